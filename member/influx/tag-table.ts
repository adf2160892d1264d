import { byteOrder } from '../base/byte-order.ts';
import { setOwn } from '../base/own-members.ts';

/** The tags of a series. Keys are in byte order, without double ones and without empty values unless a node made them. */
export class TagSet {
  /** Its number in its table. */
  readonly id: number;
  readonly keys: readonly string[];
  readonly values: readonly string[];

  constructor(id: number, keys: readonly string[], values: readonly string[]) {
    this.id = id;
    this.keys = keys;
    this.values = values;
  }

  get(key: string): string | undefined {
    const index = this.keys.indexOf(key);
    return index < 0 ? undefined : this.values[index];
  }

  toRecord(): Record<string, string> {
    const record: Record<string, string> = {};
    this.keys.forEach((key, index) => {
      setOwn(record, key, this.values[index] ?? '');
    });
    return record;
  }
}

/**
 * Numbers tag sets, so that rows carry a number and nodes keep what they know of a series in arrays. Blocks of one
 * measurement share a table; whoever caches by number must drop the cache when the table is another one.
 *
 * Sets are found by open addressing over a hash of their values: a `Map` by text would need a text per set, and its
 * growing was a seventh of the time of points of new series.
 */
export class TagTable {
  /** By number: keys, of which there is one list for all sets that have the same, and values. */
  readonly #keysOf: (readonly string[])[] = [];
  readonly #valuesOf: (readonly string[])[] = [];
  /** Made when they are first asked for: of most series only the number is ever needed. */
  readonly #sets: (TagSet | undefined)[] = [];
  /** Every list of keys that a set has, each once: sets with the same keys share it. */
  readonly #shapes: (readonly string[])[] = [];
  #hashes = new Int32Array(64);
  /** Numbers of sets, -1 where there is none; a power of two of places, at most half of them taken. */
  #slots = new Int32Array(128).fill(-1);
  /** Per asked key: the value in each set, as far as the sets were when last asked. */
  readonly #byKey = new Map<string, (string | undefined)[]>();

  get size(): number {
    return this.#sets.length;
  }

  at(id: number): TagSet {
    const known = this.#sets[id];
    if (known !== undefined) return known;
    const set = new TagSet(id, this.keysOf(id), this.valuesOf(id));
    this.#sets[id] = set;
    return set;
  }

  keysOf(id: number): readonly string[] {
    return this.#keysOf[id] ?? noSet(id);
  }

  valuesOf(id: number): readonly string[] {
    return this.#valuesOf[id] ?? noSet(id);
  }

  has(set: TagSet): boolean {
    return this.#sets[set.id] === set;
  }

  /** `keys` in byte order, each once; they are copied. The values become the set's own. */
  intern(keys: readonly string[], values: readonly string[]): TagSet {
    return this.at(this.number(keys, values));
  }

  /** The number of the set that `intern` would give. */
  number(keys: readonly string[], values: readonly string[]): number {
    const shape = this.#shapeOf(keys);
    const sharedKeys = this.#shapes[shape] ?? keys;
    const hash = hashOf(shape, values);
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (; ; slot = (slot + 1) & mask) {
      const known = this.#slots[slot] ?? -1;
      if (known < 0) break;
      if (this.#hashes[known] !== hash || this.#keysOf[known] !== sharedKeys) continue;
      if (areEqual(this.#valuesOf[known] ?? [], values)) return known;
    }
    const id = this.#sets.push(undefined) - 1;
    this.#keysOf.push(sharedKeys);
    this.#valuesOf.push(values);
    this.#slots[slot] = id;
    this.#keepHash(id, hash);
    return id;
  }

  /** Whether any set has this key. */
  mayHave(key: string): boolean {
    return this.#shapes.some((keys) => keys.includes(key));
  }

  /** The key's value in every set, by number; undefined where a set lacks it. Valid until the next `intern`. */
  valuesBySet(key: string): readonly (string | undefined)[] {
    let values = this.#byKey.get(key);
    if (values === undefined) {
      values = [];
      this.#byKey.set(key, values);
    }
    for (let id = values.length; id < this.#sets.length; id++) {
      const index = this.#keysOf[id]?.indexOf(key) ?? -1;
      values.push(index < 0 ? undefined : this.#valuesOf[id]?.[index]);
    }
    return values;
  }

  internRecord(tags: Readonly<Record<string, string>>): TagSet {
    const keys = Object.keys(tags).sort(byteOrder);
    return this.intern(
      keys,
      keys.map((key) => tags[key] ?? ''),
    );
  }

  #shapeOf(keys: readonly string[]): number {
    const shapes = this.#shapes;
    for (let shape = 0; shape < shapes.length; shape++) if (areEqual(shapes[shape] ?? [], keys)) return shape;
    return shapes.push(keys.slice()) - 1;
  }

  #keepHash(id: number, hash: number): void {
    if (id === this.#hashes.length) {
      const hashes = new Int32Array(2 * id);
      hashes.set(this.#hashes);
      this.#hashes = hashes;
    }
    this.#hashes[id] = hash;
    if (2 * this.#sets.length <= this.#slots.length) return;
    const slots = new Int32Array(2 * this.#slots.length).fill(-1);
    const mask = slots.length - 1;
    for (let other = 0; other <= id; other++) {
      let slot = (this.#hashes[other] ?? 0) & mask;
      while ((slots[slot] ?? -1) >= 0) slot = (slot + 1) & mask;
      slots[slot] = other;
    }
    this.#slots = slots;
  }
}

function noSet(id: number): never {
  throw new RangeError(`no tag set ${id}`);
}

export function areEqual(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** FNV-1a over the UTF-16 units, the ends of the values among them; mixed, as places are its low bits. */
function hashOf(shape: number, values: readonly string[]): number {
  let hash = 0x811c9dc5 ^ shape;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? '';
    for (let i = 0; i < value.length; i++) hash = Math.imul(hash ^ value.charCodeAt(i), 0x01000193);
    hash = Math.imul(hash ^ 0x110000, 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
