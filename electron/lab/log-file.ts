/**
 * What one process says: kept in a file of bounded size (one old file beside it), the last lines also in memory,
 * each line handed on as it comes. Lines are capped, so that a broken process cannot fill the memory.
 */
import { BoundedFile } from './bounded-file.ts';

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
  private readonly file: BoundedFile;
  private rest = '';
  private seq = 0;
  private readonly kept: KeptLine[] = [];

  constructor(options: LogFileOptions) {
    this.options = options;
    // Told as a line of this very log, which the memory still keeps.
    const onTrouble = (text: string): void => options.onLine({ seq: ++this.seq, at: Date.now(), text });
    this.file = new BoundedFile(options.file, options.limitBytes ?? 16 * 1024 * 1024, onTrouble);
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

  close(): void {
    this.flush();
    this.file.close();
  }

  private line(text: string): void {
    const line = { seq: ++this.seq, at: Date.now(), text };
    this.kept.push(line);
    if (this.kept.length > keptLines * 1.2) this.kept.splice(0, this.kept.length - keptLines);
    this.file.append(`${text}\n`);
    this.options.onLine(line);
  }
}
