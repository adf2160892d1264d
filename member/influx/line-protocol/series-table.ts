import { space } from './bytes.ts';
import { Measurement } from './measurement.ts';
import { areSame, viewOf } from './same-bytes.ts';

/**
 * Finds the series of a line by the bytes of its key, as they stand, without making a string: open addressing
 * over a hash of the bytes, with the bytes kept to compare. A key that is written in several ways (tags in another
 * order) has one entry for each way, all with the same tag set.
 */
export class SeriesTable {
  private readonly measurements = new Map<string, Measurement>();
  private readonly measurementOf: Measurement[] = [];
  private tagIdOf = new Uint32Array(1024);
  /** Start of each entry's bytes in `pool`; its end is the start of the next. */
  private starts = new Uint32Array(1025);
  private pool = new Uint8Array(32 * 1024);
  private view = viewOf(this.pool);
  private hashes = new Int32Array(1024);
  /** Entry that came after this one the last time: the first guess for the next line. */
  private followers = new Int32Array(1024);
  private slots = new Int32Array(4096).fill(-1);
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** Entries take about this many bytes, tag sets not counted. */
  get bytes(): number {
    return this.pool.length + 4 * (this.slots.length + 4 * this.hashes.length);
  }

  measurementAt(entry: number): Measurement {
    const found = this.measurementOf[entry];
    if (found === undefined) throw new RangeError(`no series ${entry}`);
    return found;
  }

  tagIdAt(entry: number): number {
    return this.tagIdOf[entry] ?? 0;
  }

  /**
   * The entry that followed `previous` last time, if its key stands at `position` and a blank comes after; -1
   * otherwise.
   */
  guess(previous: number, buffer: Uint8Array, view: DataView, position: number): number {
    if (previous < 0) return -1;
    const entry = this.followers[previous] ?? 0;
    const start = this.starts[entry] ?? 0;
    const length = (this.starts[entry + 1] ?? 0) - start;
    // The blank is within the buffer, so what stands before it is.
    return buffer[position + length] === space && areSame(this.view, start, view, position, length) ? entry : -1;
  }

  keyLength(entry: number): number {
    return (this.starts[entry + 1] ?? 0) - (this.starts[entry] ?? 0);
  }

  setFollower(previous: number, entry: number): void {
    this.followers[previous] = entry;
  }

  /** The entry of the key at `position` to `end`, whose hash is given; -1 when it is new. */
  find(buffer: Uint8Array, position: number, end: number, hash: number): number {
    const mask = this.slots.length - 1;
    const length = end - position;
    for (let slot = spread(hash) & mask; ; slot = (slot + 1) & mask) {
      const entry = this.slots[slot] ?? -1;
      if (entry < 0) return -1;
      if (this.hashes[entry] === hash && this.keyLength(entry) === length && this.isKey(entry, buffer, position))
        return entry;
    }
  }

  /**
   * The key's bytes are those at `position` to `end`. Its tags as text, their keys in byte order; both lists are
   * copied, and may be used again.
   */
  add(
    buffer: Uint8Array,
    position: number,
    end: number,
    hash: number,
    measurement: string,
    tagKeys: readonly string[],
    tagValues: readonly string[],
  ): number {
    const entry = this.count++;
    const length = end - position;
    this.reserve(length);
    const start = this.starts[entry] ?? 0;
    const pool = this.pool;
    // Shorter than what a copy by the runtime costs to set up.
    for (let i = 0; i < length; i++) pool[start + i] = buffer[position + i] ?? 0;
    this.starts[entry + 1] = start + length;
    this.hashes[entry] = hash;
    const owner = this.measurement(measurement);
    this.measurementOf.push(owner);
    // A list that grew by `push` has room for 17.
    this.tagIdOf[entry] = owner.tagTable.number(tagKeys, tagValues.slice());
    this.followers[entry] = entry;
    this.place(entry);
    return entry;
  }

  private measurement(name: string): Measurement {
    let found = this.measurements.get(name);
    if (found === undefined) {
      found = new Measurement(name);
      this.measurements.set(name, found);
    }
    return found;
  }

  private isKey(entry: number, buffer: Uint8Array, position: number): boolean {
    const start = this.starts[entry] ?? 0;
    const length = this.keyLength(entry);
    const pool = this.pool;
    let i = 0;
    while (i < length && pool[start + i] === buffer[position + i]) i++;
    return i === length;
  }

  private place(entry: number): void {
    if (2 * this.count > this.slots.length) {
      this.slots = new Int32Array(2 * this.slots.length).fill(-1);
      for (let other = 0; other < entry; other++) this.fill(other);
    }
    this.fill(entry);
  }

  private fill(entry: number): void {
    const mask = this.slots.length - 1;
    let slot = spread(this.hashes[entry] ?? 0) & mask;
    while ((this.slots[slot] ?? -1) >= 0) slot = (slot + 1) & mask;
    this.slots[slot] = entry;
  }

  private reserve(keyLength: number): void {
    if (this.count > this.hashes.length) {
      const capacity = 2 * this.hashes.length;
      this.hashes = grown(this.hashes, new Int32Array(capacity));
      this.followers = grown(this.followers, new Int32Array(capacity));
      this.tagIdOf = grown(this.tagIdOf, new Uint32Array(capacity));
      this.starts = grown(this.starts, new Uint32Array(capacity + 1));
    }
    const used = this.starts[this.count - 1] ?? 0;
    if (used + keyLength > this.pool.length) {
      this.pool = grown(this.pool, new Uint8Array(2 * this.pool.length + keyLength));
      this.view = viewOf(this.pool);
    }
  }
}

function grown<A extends Int32Array | Uint32Array | Uint8Array>(from: A, into: A): A {
  into.set(from);
  return into;
}

/** FNV leaves little in its low bits for keys that differ in their last byte only. */
function spread(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return mixed ^ (mixed >>> 13);
}

export const hashStart = 0x811c9dc5 | 0;

export function hashStep(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, 0x01000193);
}

export function hashOf(bytes: Uint8Array): number {
  let hash = hashStart;
  for (const byte of bytes) hash = hashStep(hash, byte);
  return hash;
}
