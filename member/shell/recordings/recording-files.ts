/** The folder of recordings: `ID.srpl` and `ID.brpl`, files that the original reads and writes too. */
import { createReadStream, createWriteStream, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { rm, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type { TaskType } from '../../pipeline/definition.ts';
import { readZip } from './zip-reader.ts';
import { ZipWriter } from './zip-writer.ts';

const extensions: Readonly<Record<TaskType, string>> = { stream: '.srpl', batch: '.brpl' };

export interface FoundRecording {
  readonly id: string;
  readonly type: TaskType;
  readonly size: number;
  readonly modifiedNs: bigint;
}

/** A stream recording that is being written. */
export interface StreamWriter {
  write(text: string): void;
  /** Resolves when the file is complete; rejects when it could not be written. */
  close(): Promise<void>;
}

export class RecordingFiles {
  private readonly dir: string;

  /** The folder is made with the first recording: a member that records nothing needs none. */
  constructor(dir: string) {
    this.dir = dir;
  }

  /** What lies in the folder, and the names that are no recordings. Throws when it cannot be read. */
  find(): { readonly recordings: readonly FoundRecording[]; readonly others: readonly string[] } {
    const recordings: FoundRecording[] = [];
    const others: string[] = [];
    if (!existsSync(this.dir)) return { recordings, others };
    for (const entry of readdirSync(this.dir, { withFileTypes: true })) {
      if (entry.isDirectory()) continue;
      const dot = entry.name.lastIndexOf('.');
      const extension = dot < 0 ? '' : entry.name.slice(dot);
      const type = extension === extensions.stream ? 'stream' : extension === extensions.batch ? 'batch' : undefined;
      if (type === undefined) {
        others.push(entry.name);
        continue;
      }
      const info = statSync(join(this.dir, entry.name), { bigint: true });
      recordings.push({ id: entry.name.slice(0, dot), type, size: Number(info.size), modifiedNs: info.mtimeNs });
    }
    return { recordings, others };
  }

  path(id: string, type: TaskType): string {
    return join(this.dir, id + extensions[type]);
  }

  /** −1 when there is no such file. */
  async size(id: string, type: TaskType): Promise<number> {
    try {
      return (await stat(this.path(id, type))).size;
    } catch {
      return -1;
    }
  }

  /** Rejects when there is none. */
  remove(id: string, type: TaskType): Promise<void> {
    return unlink(this.path(id, type));
  }

  /** Of a recording that failed: a part of one is none. */
  removeRemains(id: string, type: TaskType): Promise<void> {
    return rm(this.path(id, type), { force: true });
  }

  openStream(id: string): StreamWriter {
    this.makeFolder();
    const gzip = createGzip();
    const done = pipeline(gzip, createWriteStream(this.path(id, 'stream')));
    // Met again by whoever closes; until then nobody may miss it.
    done.catch(() => undefined);
    return {
      write: (text) => {
        if (!gzip.destroyed) gzip.write(text);
      },
      async close() {
        gzip.end();
        await done;
      },
    };
  }

  async writeStream(id: string, texts: Iterable<string>): Promise<void> {
    this.makeFolder();
    const gzip = createGzip();
    const done = pipeline(gzip, createWriteStream(this.path(id, 'stream')));
    done.catch(() => undefined);
    for (const text of texts) await written(gzip, text, done);
    gzip.end();
    await done;
  }

  async writeBatches(id: string, queries: readonly AsyncIterable<string>[]): Promise<void> {
    this.makeFolder();
    const writer = await ZipWriter.create(this.path(id, 'batch'));
    try {
      for (const [index, lines] of queries.entries()) await writer.entry(String(index), lines);
      await writer.finish();
    } finally {
      await writer.close();
    }
  }

  private makeFolder(): void {
    mkdirSync(this.dir, { recursive: true });
  }

  streamLines(id: string): AsyncIterable<string> {
    const raw = createReadStream(this.path(id, 'stream'));
    const gunzip = createGunzip();
    raw.on('error', (error) => gunzip.destroy(error));
    return linesOf(raw.pipe(gunzip));
  }

  async batchLines(id: string): Promise<readonly AsyncIterable<string>[]> {
    return (await readZip(this.path(id, 'batch'))).map(linesOf);
  }
}

async function written(to: Writable, text: string, done: Promise<void>): Promise<void> {
  if (to.write(text)) return;
  await Promise.race([new Promise<void>((resolve) => to.once('drain', resolve)), done]);
}

/** A point has an empty line where its retention policy is: no line is left out. */
async function* linesOf(stream: Readable): AsyncGenerator<string> {
  stream.setEncoding('utf8');
  let pending = '';
  for await (const piece of stream) {
    const lines = (pending + String(piece)).split('\n');
    pending = lines.pop() ?? '';
    yield* lines;
  }
  if (pending !== '') yield pending;
}
