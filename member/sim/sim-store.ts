/**
 * A disk that survives crashes with what was synced: batches reach it in order, each whole or not at all. At a crash
 * some of those under way may have reached it, as a torn write-back would leave it.
 */
import { randomBelow, type Random } from '../base/random.ts';
import { ok, type Result } from '../base/result.ts';
import type { JsonValue, StoreBatch, StoreWrite } from '../base/store.ts';
import type { StorePort } from '../daemon/compose.ts';
import type { SimProcess } from './sim-process.ts';

interface Waiting {
  readonly batch: StoreBatch;
  readonly done: (result: Result<void, string>) => void;
}

const groupDelayMs = 20;

export class SimStore {
  readonly #random: Random;
  readonly #onDurable: (write: StoreWrite) => void;
  readonly #tables = new Map<string, Map<string, JsonValue>>();
  #waiting: Waiting[] = [];
  /** A synced write takes this long at most. */
  slownessMs = 4;

  constructor(random: Random, onDurable: (write: StoreWrite) => void = () => undefined) {
    this.#random = random;
    this.#onDurable = onDurable;
  }

  /** Durable rows. */
  rows(table: string): ReadonlyMap<string, JsonValue> {
    return this.#tables.get(table) ?? new Map<string, JsonValue>();
  }

  port(process: SimProcess): StorePort {
    return {
      rows: (table) => [...this.rows(table)].sort(([a], [b]) => (a < b ? -1 : 1)),
      commit: (batch, done) => {
        const waiting = { batch, done };
        this.#waiting.push(waiting);
        const delayMs =
          batch.durability === 'sync'
            ? 0.2 + (randomBelow(this.#random, 1_000) / 1_000) * this.slownessMs
            : groupDelayMs;
        process.later(delayMs, () => this.#flush(waiting));
      },
    };
  }

  crash(): void {
    const survivors = randomBelow(this.#random, this.#waiting.length + 1);
    for (const { batch } of this.#waiting.slice(0, survivors)) this.#write(batch);
    this.#waiting = [];
  }

  /** Everything up to this batch. */
  #flush(until: Waiting): void {
    const end = this.#waiting.indexOf(until);
    if (end < 0) return;
    const flushed = this.#waiting.splice(0, end + 1);
    for (const { batch } of flushed) this.#write(batch);
    for (const { done } of flushed) done(ok(undefined));
  }

  #write(batch: StoreBatch): void {
    for (const write of batch.writes) {
      const { table, key, value } = write;
      let rows = this.#tables.get(table);
      if (rows === undefined) this.#tables.set(table, (rows = new Map()));
      if (value === null) rows.delete(key);
      else rows.set(key, value);
      this.#onDurable(write);
    }
  }
}
