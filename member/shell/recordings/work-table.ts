import type { Result } from '../../base/result.ts';
import type { JsonValue } from '../../base/store.ts';
import type { Work } from '../../tasks/recordings/recording.ts';
import { afterShutdown, newestFirst } from '../../tasks/recordings/recording.ts';
import type { Logger } from '../log/log.ts';
import type { DurableStore } from '../store/lmdb-store.ts';

export interface WorkTableOptions<T extends Work> {
  readonly store: DurableStore;
  readonly table: string;
  readonly toRow: (work: T) => JsonValue;
  readonly ofRow: (row: JsonValue) => T | undefined;
  readonly logger: Logger;
}

/** Recordings, or replays: in memory and in the store. */
export class WorkTable<T extends Work> {
  private readonly options: WorkTableOptions<T>;
  private readonly works = new Map<string, T>();

  /** What ran when the member stopped has failed. */
  constructor(options: WorkTableOptions<T>) {
    this.options = options;
    for (const [key, row] of options.store.rows(options.table)) {
      const work = options.ofRow(row);
      if (work === undefined) {
        options.logger.error('a row of the store cannot be read and is left alone', ['row', `${options.table} ${key}`]);
        continue;
      }
      this.works.set(work.id, afterShutdown(work));
    }
  }

  get(id: string): T | undefined {
    return this.works.get(id);
  }

  list(): readonly T[] {
    return newestFirst(this.works.values());
  }

  /** Durable once it resolves. */
  async put(work: T): Promise<Result<void, string>> {
    const { store, table, toRow, logger } = this.options;
    this.works.set(work.id, work);
    const written = await store.commit({ durability: 'sync', writes: [{ table, key: work.id, value: toRow(work) }] });
    if (!written.ok) logger.error(`failed to save ${table}`, ['id', work.id], ['err', written.error]);
    return written;
  }

  remove(id: string): Promise<Result<void, string>> {
    const { store, table } = this.options;
    this.works.delete(id);
    return store.commit({ durability: 'sync', writes: [{ table, key: id, value: null }] });
  }
}
