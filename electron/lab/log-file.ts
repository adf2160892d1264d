/**
 * What one process says: kept in a file of bounded size (one old file beside it), the last lines also in memory,
 * each line handed on as it comes. Lines are capped, so that a broken process cannot fill the memory.
 */
import { createWriteStream, mkdirSync, renameSync, statSync, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';

export interface KeptLine {
  /** 1, 2, 3 … for as long as the lab runs. */
  readonly seq: number;
  /** Wall milliseconds at which the line arrived. */
  readonly at: number;
  readonly text: string;
}

const keptLines = 5_000;
const lineLimit = 16_384;

export interface LogFileOptions {
  readonly file: string;
  readonly limitBytes?: number;
  readonly onLine: (line: KeptLine) => void;
}

export class LogFile {
  private readonly options: LogFileOptions;
  private stream: WriteStream;
  private size: number;
  private rest = '';
  private seq = 0;
  private readonly kept: KeptLine[] = [];

  constructor(options: LogFileOptions) {
    this.options = options;
    mkdirSync(dirname(options.file), { recursive: true });
    this.size = fileSize(options.file);
    this.stream = this.open();
  }

  /** A piece of output, in the middle of a line or not. */
  write(chunk: string): void {
    const lines = (this.rest + chunk).split('\n');
    this.rest = (lines.pop() ?? '').slice(-lineLimit);
    for (const line of lines) this.line(line.slice(0, lineLimit));
  }

  /** The process is gone: what it left without a line end is a line. */
  flush(): void {
    if (this.rest !== '') this.line(this.rest);
    this.rest = '';
  }

  /** The last lines, oldest first. */
  recent(count = keptLines): readonly KeptLine[] {
    return this.kept.slice(-count);
  }

  close(): Promise<void> {
    this.flush();
    return new Promise((resolve) => this.stream.end(() => resolve()));
  }

  private line(text: string): void {
    const line = { seq: ++this.seq, at: Date.now(), text };
    this.kept.push(line);
    if (this.kept.length > keptLines * 1.2) this.kept.splice(0, this.kept.length - keptLines);
    this.size += Buffer.byteLength(text) + 1;
    this.stream.write(`${text}\n`);
    if (this.size > (this.options.limitBytes ?? 16 * 1024 * 1024)) this.rotate();
    this.options.onLine(line);
  }

  private rotate(): void {
    this.stream.end();
    renameSync(this.options.file, `${this.options.file}.1`);
    this.size = 0;
    this.stream = this.open();
  }

  private open(): WriteStream {
    const stream = createWriteStream(this.options.file, { flags: 'a', mode: 0o600 });
    // A full disk must not end the lab; the lines stay in memory, and the first failure is told as a line.
    stream.once('error', (error) =>
      this.options.onLine({ seq: ++this.seq, at: Date.now(), text: `the log cannot be written: ${error.message}` }),
    );
    return stream;
  }
}

function fileSize(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
