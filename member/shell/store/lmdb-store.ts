/**
 * The durable store: one LMDB environment in one file, rows as JSON under `table/key`. A `sync` batch is one
 * transaction and resolves when the disk has it; `group` batches wait some milliseconds to share a transaction, and
 * never overtake a later `sync` one. LMDB survives a crash at any instant with the last committed transaction.
 */
import { open, type RootDatabase } from 'lmdb';
import { statSync } from 'node:fs';
import { err, ok, type Result } from '../../base/result.ts';
import type { JsonValue, StoreBatch, StoreRows, StoreWrite } from '../../base/store.ts';
import { locateStoreFile } from './store-file.ts';

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

/** How long `group` writes wait for company. */
const groupDelayMs = 20;

export function openStore(configured: string): Result<DurableStore, string> {
  try {
    const file = locateStoreFile(configured);
    const database = open<JsonValue, string>(file.path, { noSubdir: true, encoding: 'json', compression: false });
    return ok(storeOf(database, file.path, file.boltPath));
  } catch (error) {
    return err(`cannot open the store ${configured}: ${describe(error)}`);
  }
}

function storeOf(database: RootDatabase<JsonValue, string>, path: string, boltPath: string | undefined): DurableStore {
  /** Latest value per row: a counter written a hundred times costs one write. */
  const waiting = new Map<string, StoreWrite>();
  let timer: NodeJS.Timeout | undefined;
  let groupDone:
    | { readonly promise: Promise<Result<void, string>>; readonly settle: (result: Result<void, string>) => void }
    | undefined;

  const writeAll = async (writes: readonly StoreWrite[]): Promise<Result<void, string>> => {
    try {
      const done: Promise<boolean>[] = [];
      const batch = database.batch(() => {
        for (const write of writes) {
          const row = rowKey(write.table, write.key);
          done.push(write.value === null ? database.remove(row) : database.put(row, write.value));
        }
      });
      await Promise.all([batch, ...done]);
      await database.flushed;
      return ok(undefined);
    } catch (error) {
      return err(`cannot write to the store ${path}: ${describe(error)}`);
    }
  };

  const takeGroup = (): {
    readonly writes: readonly StoreWrite[];
    readonly settle: (result: Result<void, string>) => void;
  } => {
    clearTimeout(timer);
    timer = undefined;
    const writes = [...waiting.values()];
    waiting.clear();
    const settle = groupDone?.settle ?? ((): void => undefined);
    groupDone = undefined;
    return { writes, settle };
  };

  const flushGroup = async (): Promise<void> => {
    const group = takeGroup();
    group.settle(group.writes.length === 0 ? ok(undefined) : await writeAll(group.writes));
  };

  const joinGroup = (writes: readonly StoreWrite[]): Promise<Result<void, string>> => {
    for (const write of writes) waiting.set(rowKey(write.table, write.key), write);
    if (groupDone === undefined) {
      let settle: (result: Result<void, string>) => void = () => undefined;
      const promise = new Promise<Result<void, string>>((resolve) => {
        settle = resolve;
      });
      groupDone = { promise, settle };
      timer = setTimeout(() => void flushGroup(), groupDelayMs);
    }
    return groupDone.promise;
  };

  return {
    path,
    boltPath,
    rows(table) {
      const rows: (readonly [string, JsonValue])[] = [];
      const from = `${table}/`;
      // '0' follows '/': the end of the table's rows.
      for (const { key, value } of database.getRange({ start: from, end: `${table}0` }))
        rows.push([key.slice(from.length), value]);
      return rows;
    },
    async commit(batch) {
      if (batch.writes.length === 0) return ok(undefined);
      if (batch.durability === 'group') return joinGroup(batch.writes);
      // Earlier group writes go first, in the same transaction: a row never goes back in time.
      const group = takeGroup();
      const result = await writeAll([...group.writes, ...batch.writes]);
      group.settle(result);
      return result;
    },
    async backup(target) {
      try {
        await flushGroup();
        await database.backup(target, true);
        return ok({ bytes: statSync(target).size });
      } catch (error) {
        return err(`cannot back up the store: ${describe(error)}`);
      }
    },
    async close() {
      await flushGroup();
      await database.close();
    },
  };
}

function rowKey(table: string, key: string): string {
  return `${table}/${key}`;
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
