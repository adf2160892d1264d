import type { JsonValue, StoreBatch, StoreRows, StoreWrite } from '../../base/store.ts';
import type { SetAsidePort, StorePort } from './ports.ts';

/**
 * The store as the cores use it. What is set aside (D9, D11) is first a row of the transaction that ends its use, and
 * from there becomes a file, at the latest after the next start.
 */
export class StoreLink {
  readonly #store: StorePort;
  readonly #files: SetAsidePort;
  readonly #onFatal: (reason: string) => void;
  /** Rows of `set-aside` that are on disk and not yet files. */
  readonly #unexported = new Map<string, JsonValue>();
  #asideWrites: StoreWrite[] = [];

  constructor(store: StorePort, files: SetAsidePort, onFatal: (reason: string) => void) {
    this.#store = store;
    this.#files = files;
    this.#onFatal = onFatal;
    for (const [name, content] of store.rows('set-aside')) this.#unexported.set(name, content);
  }

  rows(table: string): StoreRows {
    return this.#store.rows(table);
  }

  /** Goes into the next synced batch. */
  setAside(name: string, content: JsonValue): void {
    this.#asideWrites.push({ table: 'set-aside', key: name, value: content });
  }

  /** `done` only when the batch is as durable as it asks for; a store that fails ends the member. */
  commit(batch: StoreBatch, done: () => void = nothing): void {
    const withAside = batch.durability === 'sync' ? this.#takeAside(batch) : batch;
    this.#store.commit(withAside, (result) => {
      if (!result.ok) {
        this.#onFatal(result.error);
        return;
      }
      this.#noteAside(withAside);
      done();
    });
  }

  /** Makes files of what was set aside. A file that cannot be written is tried again at the next start. */
  exportSetAside(): void {
    for (const [name, content] of this.#unexported) {
      this.#unexported.delete(name);
      this.#files.write(name, content, (result) => {
        if (result.ok) this.commit({ durability: 'group', writes: [{ table: 'set-aside', key: name, value: null }] });
      });
    }
  }

  #takeAside(batch: StoreBatch): StoreBatch {
    if (this.#asideWrites.length === 0) return batch;
    const writes = [...this.#asideWrites, ...batch.writes];
    this.#asideWrites = [];
    return { ...batch, writes };
  }

  #noteAside({ writes }: StoreBatch): void {
    let isNew = false;
    for (const { table, key, value } of writes) {
      if (table !== 'set-aside' || value === null) continue;
      this.#unexported.set(key, value);
      isNew = true;
    }
    if (isNew) this.exportSetAside();
  }
}

function nothing(): void {
  // A write that nothing waits for.
}
