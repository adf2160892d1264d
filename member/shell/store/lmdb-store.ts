/**
 * The durable store: one LMDB environment in one file, rows as JSON under `table/key`. A `sync` batch is one
 * transaction and resolves when the disk has it; `group` batches wait some milliseconds to share a transaction, and
 * never overtake a later `sync` one. LMDB survives a crash at any instant with the last committed transaction.
 */
import { open, type RootDatabase } from 'lmdb';
import { statSync } from 'node:fs';
import { err, ok, type Result } from '../../base/result.ts';
import type { JsonValue, StoreBatch, StoreRows, StoreWrite } from '../../base/store.ts';
import { locateStoreFile, type StoreFile } from './store-file.ts';

export interface DurableStore {
  readonly path: string;
  /** The original's BoltDB found at the configured path, if any. */
  readonly boltPath: string | undefined;
  /** Rows of one table in key order. */
  rows(table: string): StoreRows;
  /** Resolves when the batch is as durable as it asks for. A failure means that nothing of it was written. */
  commit(batch: StoreBatch): Promise<Result<void, string>>;
  /** Writes a consistent copy of everything committed to `path`. */
  backup(path: string): Promise<Result<{ readonly bytes: number }, string>>;
  /** Writes what waits, then closes. */
  close(): Promise<void>;
}

/** How long `group` writes wait for company: a transaction costs as much CPU as the alert it is for. */
const groupDelayMs = 50;

export function openStore(configured: string): Result<DurableStore, string> {
  try {
    const file = locateStoreFile(configured);
    const database = open<JsonValue, string>(file.path, { noSubdir: true, encoding: 'json', compression: false });
    return ok(new LmdbStore(database, file));
  } catch (error) {
    return err(`cannot open the store ${configured}: ${describe(error)}`);
  }
}

type Committed = Result<void, string>;

class LmdbStore implements DurableStore {
  readonly path: string;
  readonly boltPath: string | undefined;
  private readonly database: RootDatabase<JsonValue, string>;
  /** Latest value per row: a counter written a hundred times costs one write. */
  private waiting = new Map<string, StoreWrite>();
  private timer: NodeJS.Timeout | undefined;
  private group: { readonly promise: Promise<Committed>; readonly settle: (result: Committed) => void } | undefined;

  constructor(database: RootDatabase<JsonValue, string>, file: StoreFile) {
    this.database = database;
    this.path = file.path;
    this.boltPath = file.boltPath;
  }

  rows(table: string): StoreRows {
    const rows: (readonly [string, JsonValue])[] = [];
    const from = `${table}/`;
    // '0' follows '/': the end of the table's rows.
    for (const { key, value } of this.database.getRange({ start: from, end: `${table}0` })) {
      rows.push([key.slice(from.length), value]);
    }
    return rows;
  }

  async commit(batch: StoreBatch): Promise<Committed> {
    if (batch.writes.length === 0) return ok(undefined);
    if (batch.durability === 'group') return this.joinGroup(batch.writes);
    // Earlier group writes go first, in the same transaction: a row never goes back in time.
    const group = this.takeGroup();
    const result = await this.write([...group.writes, ...batch.writes]);
    group.settle(result);
    return result;
  }

  async backup(target: string): Promise<Result<{ readonly bytes: number }, string>> {
    try {
      await this.flushGroup();
      await this.database.backup(target, true);
      return ok({ bytes: statSync(target).size });
    } catch (error) {
      return err(`cannot back up the store: ${describe(error)}`);
    }
  }

  async close(): Promise<void> {
    await this.flushGroup();
    await this.database.close();
  }

  private async write(writes: readonly StoreWrite[]): Promise<Committed> {
    try {
      const done: Promise<boolean>[] = [];
      const batch = this.database.batch(() => {
        for (const write of writes) {
          const row = rowKey(write.table, write.key);
          done.push(write.value === null ? this.database.remove(row) : this.database.put(row, write.value));
        }
      });
      await Promise.all([batch, ...done]);
      await this.database.flushed;
      return ok(undefined);
    } catch (error) {
      return err(`cannot write to the store ${this.path}: ${describe(error)}`);
    }
  }

  private joinGroup(writes: readonly StoreWrite[]): Promise<Committed> {
    for (const write of writes) this.waiting.set(rowKey(write.table, write.key), write);
    if (this.group === undefined) {
      let settle: (result: Committed) => void = () => undefined;
      const promise = new Promise<Committed>((resolve) => {
        settle = resolve;
      });
      this.group = { promise, settle };
      this.timer = setTimeout(() => void this.flushGroup(), groupDelayMs);
    }
    return this.group.promise;
  }

  private takeGroup(): { readonly writes: readonly StoreWrite[]; readonly settle: (result: Committed) => void } {
    clearTimeout(this.timer);
    this.timer = undefined;
    const writes = [...this.waiting.values()];
    this.waiting = new Map();
    const settle = this.group?.settle ?? ((): void => undefined);
    this.group = undefined;
    return { writes, settle };
  }

  private async flushGroup(): Promise<void> {
    const group = this.takeGroup();
    group.settle(group.writes.length === 0 ? ok(undefined) : await this.write(group.writes));
  }
}

function rowKey(table: string, key: string): string {
  return `${table}/${key}`;
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
