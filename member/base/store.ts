/**
 * What cores say to the durable store. A core returns the writes of one step together; the shell commits them in
 * one transaction, before it sends anything of the same step that depends on them ("persist before you speak").
 */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** One row; a null value deletes it. Keys are at most 1024 bytes of UTF-8; longer ones are hashed by their core. */
export interface StoreWrite {
  readonly table: string;
  readonly key: string;
  readonly value: JsonValue | null;
}

/**
 * `sync`: what follows waits for the disk (acknowledgements, D21). `group`: written within some milliseconds,
 * nothing waits (state of a single member's topics, counters).
 */
export interface StoreBatch {
  readonly durability: 'sync' | 'group';
  readonly writes: readonly StoreWrite[];
}

/** Rows of one table at start, in key order. */
export type StoreRows = readonly (readonly [key: string, value: JsonValue])[];
