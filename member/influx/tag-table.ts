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
      record[key] = this.values[index] ?? '';
    });
    return record;
  }
}

/** Tag sets with one list of keys. */
interface Shape {
  readonly keys: readonly string[];
  readonly sets: Map<string, TagSet>;
}

/**
 * Numbers tag sets, so that rows carry a number and nodes keep what they know of a series in arrays. Blocks of one
 * measurement share a table; whoever caches by number must drop the cache when the table is another one.
 */
export class TagTable {
  readonly #sets: TagSet[] = [];
  readonly #shapes: Shape[] = [];
  /** Per asked key: the value in each set, as far as the sets were when last asked. */
  readonly #values = new Map<string, (string | undefined)[]>();

  get size(): number {
    return this.#sets.length;
  }

  at(id: number): TagSet {
    const set = this.#sets[id];
    if (set === undefined) throw new RangeError(`no tag set ${id}`);
    return set;
  }

  has(set: TagSet): boolean {
    return this.#sets[set.id] === set;
  }

  /** `keys` in byte order, each once. The values become the set's own. */
  intern(keys: readonly string[], values: readonly string[]): TagSet {
    const { keys: sharedKeys, sets } = this.#shapeOf(keys);
    const [only = ''] = values;
    const text = values.length <= 1 ? only : textOf(values);
    const known = sets.get(text);
    if (known !== undefined) return known;
    const set = new TagSet(this.#sets.length, sharedKeys, values);
    this.#sets.push(set);
    sets.set(text, set);
    return set;
  }

  /** Whether any set has this key. */
  mayHave(key: string): boolean {
    return this.#shapes.some((shape) => shape.keys.includes(key));
  }

  /** The key's value in every set, by number; undefined where a set lacks it. Valid until the next `intern`. */
  valuesOf(key: string): readonly (string | undefined)[] {
    let values = this.#values.get(key);
    if (values === undefined) {
      values = [];
      this.#values.set(key, values);
    }
    for (let id = values.length; id < this.#sets.length; id++) values.push(this.#sets[id]?.get(key));
    return values;
  }

  #shapeOf(keys: readonly string[]): Shape {
    for (const shape of this.#shapes) if (areEqual(shape.keys, keys)) return shape;
    const shape: Shape = { keys, sets: new Map() };
    this.#shapes.push(shape);
    return shape;
  }

  internRecord(tags: Readonly<Record<string, string>>): TagSet {
    const keys = Object.keys(tags).sort(compareBytes);
    return this.intern(
      keys,
      keys.map((key) => tags[key] ?? ''),
    );
  }
}

export function areEqual(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Injective, as lengths are part of it. */
function textOf(values: readonly string[]): string {
  let text = '';
  for (const value of values) text += `${value.length}:${value}`;
  return text;
}

/** The order of UTF-8 bytes, which is Go's order of strings; JavaScript's own order differs beyond U+FFFF. */
export function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above every other UTF-16 unit. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x2000 : unit;
}
