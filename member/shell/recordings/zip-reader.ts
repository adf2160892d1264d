/** Reads the entries of a zip archive as streams of bytes, in the order of its directory. */
import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createInflateRaw } from 'node:zlib';

const endSignature = 0x0605_4b50;
const endLength = 22;
const directorySignature = 0x0201_4b50;
const headerSignature = 0x0403_4b50;
const stored = 0;
const deflated = 8;
/** A comment of at most 64 KiB may stand behind the end. */
const longestTail = endLength + 0xffff;

interface Place {
  readonly offset: number;
  readonly compressed: number;
  readonly method: number;
}

/** Failures are thrown: of the disk, or that the file is no archive. */
export async function readZip(path: string): Promise<readonly Readable[]> {
  const file = await open(path, 'r');
  try {
    const places: Place[] = [];
    for (const place of await directoryOf(file)) {
      const header = await bytesAt(file, place.offset, 30);
      if (header.readUInt32LE(0) !== headerSignature) throw new Error('zip: not a valid zip file');
      const start = place.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
      places.push({ ...place, offset: start });
    }
    return places.map((place) => contentsOf(path, place));
  } finally {
    await file.close();
  }
}

function contentsOf(path: string, { offset, compressed, method }: Place): Readable {
  // An empty entry has no byte to read, which a range of bytes cannot say.
  const raw = createReadStream(path, { start: offset, end: Math.max(offset, offset + compressed - 1) });
  if (method === stored) return raw;
  const inflate = createInflateRaw();
  raw.on('error', (error) => inflate.destroy(error));
  return raw.pipe(inflate);
}

async function directoryOf(file: FileHandle): Promise<readonly Place[]> {
  const { size } = await file.stat();
  const tailStart = Math.max(0, size - longestTail);
  const tail = await bytesAt(file, tailStart, size - tailStart);
  let end = tail.length - endLength;
  while (end >= 0 && tail.readUInt32LE(end) !== endSignature) end--;
  if (end < 0) throw new Error('zip: not a valid zip file');
  const count = tail.readUInt16LE(end + 10);
  const directory = await bytesAt(file, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
  const places: Place[] = [];
  for (let at = 0, i = 0; i < count; i++) {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== directorySignature)
      throw new Error('zip: not a valid zip file');
    const method = directory.readUInt16LE(at + 10);
    if (method !== stored && method !== deflated) throw new Error('zip: unsupported compression algorithm');
    places.push({ method, compressed: directory.readUInt32LE(at + 20), offset: directory.readUInt32LE(at + 42) });
    at += 46 + directory.readUInt16LE(at + 28) + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return places;
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  if (bytesRead < length) throw new Error('zip: not a valid zip file');
  return buffer;
}
