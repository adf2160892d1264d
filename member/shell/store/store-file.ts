/**
 * Which file the store lives in. `[storage] boltdb` names it, so that a backup put in its place is used (cli.md). A
 * BoltDB file of an original found there is left untouched and ours stands beside it.
 */
import { closeSync, existsSync, mkdirSync, openSync, readSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

const boltMagic = 0xed0cdaed;
/** Both formats begin with a page header of 16 bytes, then their magic number. */
const magicOffset = 16;

export interface StoreFile {
  readonly path: string;
  /** The original's database, when the configured path holds one. */
  readonly boltPath: string | undefined;
}

/** Makes the folder. Throws what the file system says; the caller names the configuration key. */
export function locateStoreFile(configured: string): StoreFile {
  const path = resolve(configured);
  mkdirSync(dirname(path), { recursive: true });
  return isBolt(path) ? { path: `${path}.lmdb`, boltPath: path } : { path, boltPath: undefined };
}

function isBolt(path: string): boolean {
  if (!existsSync(path)) return false;
  const fd = openSync(path, 'r');
  try {
    const head = Buffer.alloc(magicOffset + 4);
    const length = readSync(fd, head, 0, head.length, 0);
    return length === head.length && head.readUInt32LE(magicOffset) === boltMagic;
  } finally {
    closeSync(fd);
  }
}
