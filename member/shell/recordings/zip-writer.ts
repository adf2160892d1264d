/** Writes a zip archive entry by entry, each compressed as it comes: sizes stand behind the data, as Go writes them. */
import { once } from 'node:events';
import { open, type FileHandle } from 'node:fs/promises';
import { createDeflateRaw, type DeflateRaw } from 'node:zlib';
import { crc32 } from './crc32.ts';

const largest = 0xffff_ffff;
/** Sizes follow the data; names are UTF-8. */
const flags = 0x0808;
const deflated = 8;
const version = 20;

interface Entry {
  readonly name: Buffer;
  readonly offset: number;
  crc: number;
  compressed: number;
  size: number;
}

/** Failures are thrown: of the disk, or that the archive grows beyond 4 GiB. */
export class ZipWriter {
  private readonly file: FileHandle;
  private readonly entries: Entry[] = [];
  private offset = 0;

  private constructor(file: FileHandle) {
    this.file = file;
  }

  static async create(path: string): Promise<ZipWriter> {
    return new ZipWriter(await open(path, 'w'));
  }

  /** Entries are written one after the other. */
  async entry(name: string, contents: AsyncIterable<string>): Promise<void> {
    const entry: Entry = { name: Buffer.from(name), offset: this.offset, crc: 0, compressed: 0, size: 0 };
    this.entries.push(entry);
    const header = Buffer.alloc(30);
    header.writeUInt32LE(0x0403_4b50, 0);
    header.writeUInt16LE(version, 4);
    header.writeUInt16LE(flags, 6);
    header.writeUInt16LE(deflated, 8);
    header.writeUInt16LE(entry.name.length, 26);
    await this.write(Buffer.concat([header, entry.name]));
    const deflate = createDeflateRaw();
    const written = this.pump(deflate, entry);
    // Its failure is met again below; until then nobody may miss it.
    written.catch(() => deflate.destroy());
    for await (const text of contents) {
      const bytes = Buffer.from(text);
      entry.crc = crc32(bytes, entry.crc);
      entry.size += bytes.length;
      if (!deflate.write(bytes)) await Promise.race([once(deflate, 'drain'), written]);
    }
    deflate.end();
    await written;
    const descriptor = Buffer.alloc(16);
    descriptor.writeUInt32LE(0x0807_4b50, 0);
    descriptor.writeUInt32LE(entry.crc, 4);
    descriptor.writeUInt32LE(bounded(entry.compressed), 8);
    descriptor.writeUInt32LE(bounded(entry.size), 12);
    await this.write(descriptor);
  }

  /** Writes the directory of the archive. */
  async finish(): Promise<void> {
    const start = this.offset;
    for (const entry of this.entries) await this.write(directoryEntry(entry));
    const end = Buffer.alloc(22);
    end.writeUInt32LE(0x0605_4b50, 0);
    end.writeUInt16LE(this.entries.length, 8);
    end.writeUInt16LE(this.entries.length, 10);
    end.writeUInt32LE(bounded(this.offset - start), 12);
    end.writeUInt32LE(bounded(start), 16);
    await this.write(end);
  }

  close(): Promise<void> {
    return this.file.close();
  }

  private async pump(deflate: DeflateRaw, entry: Entry): Promise<void> {
    for await (const chunk of deflate) {
      if (!Buffer.isBuffer(chunk)) continue;
      entry.compressed += chunk.length;
      await this.write(chunk);
    }
  }

  private async write(bytes: Buffer): Promise<void> {
    await this.file.writeFile(bytes);
    this.offset += bytes.length;
  }
}

function directoryEntry(entry: Entry): Buffer {
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x0201_4b50, 0);
  header.writeUInt16LE(version, 4);
  header.writeUInt16LE(version, 6);
  header.writeUInt16LE(flags, 8);
  header.writeUInt16LE(deflated, 10);
  header.writeUInt32LE(entry.crc, 16);
  header.writeUInt32LE(bounded(entry.compressed), 20);
  header.writeUInt32LE(bounded(entry.size), 24);
  header.writeUInt16LE(entry.name.length, 28);
  header.writeUInt32LE(bounded(entry.offset), 42);
  return Buffer.concat([header, entry.name]);
}

function bounded(size: number): number {
  if (size > largest) throw new Error('a recording cannot be larger than 4 GiB');
  return size;
}
