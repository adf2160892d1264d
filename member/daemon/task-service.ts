/**
 * Changes tasks and templates one after the other: check, make durable, apply, then stop and start. What was answered
 * is on disk; what was refused changed nothing. A task that cannot start, or ends by itself, keeps its error.
 */
import { err, ok, type Result } from '../base/result.ts';
import type { JsonValue } from '../base/store.ts';
import type { PipelineEnvironment } from '../pipeline/environment.ts';
import type { DurableStore } from '../shell/store/lmdb-store.ts';
import type { Logger } from '../shell/log/log.ts';
import type { TaskApi } from '../shell/http/routes/tasks.ts';
import type { ViewContext } from '../shell/http/routes/task-view.ts';
import { serverError, type ApiError } from '../tasks/api-error.ts';
import { applyChange, changeWrites, loadCatalog, type Catalog, type CatalogChange, type ChangeContext } from '../tasks/catalog.ts';
import { createTask, defineTask, deleteTask, patchTask, recordError } from '../tasks/change-task.ts';
import { createTemplate, deleteTemplate, patchTemplate } from '../tasks/change-template.ts';
import { snapshotTable, taskTable, templateTable, type Task } from '../tasks/task.ts';

export interface TaskServiceOptions {
  readonly store: DurableStore;
  readonly view: ViewContext;
  readonly newId: () => string;
  readonly environmentOf: (task: Task) => PipelineEnvironment;
  readonly logger: Logger;
  readonly observe: (observation: TaskNotice) => void;
  /** A task is gone for good: its own topics go with it. */
  readonly onDeleted: (task: Task) => void;
  /** After tasks started or stopped: deadlines may have changed. */
  readonly settled: () => void;
}

export type TaskNotice =
  | { readonly kind: 'task-started' | 'task-stopped'; readonly task: string }
  | { readonly kind: 'task-failed'; readonly task: string; readonly error: string };

export interface TaskService extends TaskApi {
  /** Starts every enabled task, by id. Resolves when each runs or has failed. */
  startEnabled(): Promise<void>;
  /** Takes note of tasks that ended by themselves. */
  reap(): void;
  /** Writes the state of nodes that keep one over a restart. */
  saveSnapshots(): Promise<void>;
  /** Waits for changes under way, then ends all runs. */
  close(): Promise<void>;
}

type Planned = Result<CatalogChange | undefined, ApiError>;

export function createTaskService(options: TaskServiceOptions): TaskService {
  const { store, view, logger, observe } = options;
  const { runner, language } = view;
  const loaded = loadCatalog(store.rows(taskTable), store.rows(templateTable));
  for (const row of loaded.unreadable) logger.error('a row of the store cannot be read and is left alone', ['row', row]);
  const snapshots = new Map<string, JsonValue>(store.rows(snapshotTable));
  let catalog: Catalog = loaded.catalog;
  let queue: Promise<unknown> = Promise.resolve();

  const context = (): ChangeContext => ({ language, nowNs: view.nowNs(), newId: options.newId });
  /** One change at a time: a check holds until its change is applied. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = queue.then(work);
    queue = result.catch(() => undefined);
    return result;
  };

  const start = (id: string): Result<void, string> => {
    const task = catalog.tasks.get(id);
    if (task === undefined) return ok(undefined);
    logger.debug('starting task', ['task', id]);
    const definition = defineTask(task.script, task.vars, { language, nowNs: view.nowNs() });
    if (!definition.ok) return err(definition.error.message);
    const started = runner.start({ id, dbrps: task.dbrps }, definition.value, options.environmentOf(task), snapshots.get(id) ?? null);
    if (started.ok && runner.isExecuting(id)) {
      logger.info('started task', ['task', id]);
      observe({ kind: 'task-started', task: id });
    }
    return started;
  };
  const stop = (id: string): void => {
    if (!runner.stop(id)) return;
    logger.info('stopped task', ['task', id]);
    observe({ kind: 'task-stopped', task: id });
  };

  /** Durable first, then in memory. */
  const commit = async (change: CatalogChange): Promise<Result<void, ApiError>> => {
    const written = await store.commit({ durability: 'sync', writes: changeWrites(change) });
    if (!written.ok) return err(serverError(written.error));
    const gone = [...change.tasks].flatMap(([id, task]) => (task === null ? [catalog.tasks.get(id)] : []));
    catalog = applyChange(catalog, change);
    for (const task of gone) if (task !== undefined) snapshots.delete(task.id);
    return ok(undefined);
  };
  const fail = async (id: string, error: string): Promise<void> => {
    logger.error('task failed', ['task', id], ['err', error]);
    observe({ kind: 'task-failed', task: id, error });
    const change = recordError(catalog, id, error);
    if (change === undefined) return;
    const written = await commit(change);
    if (!written.ok) logger.error('failed to save last error for task', ['task', id], ['err', written.error.message]);
  };

  const change = (plan: () => Planned): Promise<Result<string, ApiError>> =>
    inTurn(async () => {
      const planned = plan();
      if (!planned.ok) return planned;
      const wanted = planned.value;
      if (wanted === undefined) return ok('');
      const deleted = [...wanted.tasks].flatMap(([id, task]) => (task === null ? [catalog.tasks.get(id)] : []));
      const written = await commit(wanted);
      if (!written.ok) return written;
      const failures: string[] = [];
      for (const order of wanted.runs) {
        if (order.kind === 'stop') {
          stop(order.task);
          continue;
        }
        const started = start(order.task);
        if (started.ok) continue;
        failures.push(started.error);
        await fail(order.task, started.error);
      }
      for (const task of deleted) if (task !== undefined) options.onDeleted(task);
      options.settled();
      const [failure] = failures;
      return failure === undefined ? ok(wanted.subject) : err(serverError(failure));
    });
  const removal = async (plan: () => CatalogChange | undefined): Promise<Result<void, ApiError>> => {
    const result = await change(() => ok(plan()));
    return result.ok ? ok(undefined) : result;
  };

  return {
    view,
    catalog: () => catalog,
    createTask: (body) => change(() => createTask(catalog, body, context())),
    patchTask: (id, body) => change(() => patchTask(catalog, id, body, context())),
    deleteTask: (id) => removal(() => deleteTask(catalog, id)),
    createTemplate: (body) => change(() => createTemplate(catalog, body, context())),
    patchTemplate: (id, body) => change(() => patchTemplate(catalog, id, body, context())),
    deleteTemplate: (id) => removal(() => deleteTemplate(catalog, id)),
    startEnabled: () =>
      inTurn(async () => {
        for (const task of catalog.tasks.values()) {
          if (task.status !== 'enabled') continue;
          const started = start(task.id);
          if (!started.ok) await fail(task.id, started.error);
          else if (task.error !== '') await clearError(task.id);
        }
        options.settled();
      }),
    reap() {
      for (const { task, error } of runner.takeFailures()) void inTurn(() => fail(task, error));
    },
    async saveSnapshots() {
      const writes = runner.executingIds().flatMap((key) => {
        const value = runner.snapshot(key);
        if (value === null) return [];
        snapshots.set(key, value);
        return [{ table: snapshotTable, key, value }];
      });
      const written = await store.commit({ durability: 'group', writes });
      if (!written.ok) logger.error('failed to save snapshots', ['err', written.error]);
    },
    async close() {
      await queue;
      runner.stopAll();
    },
  };

  async function clearError(id: string): Promise<void> {
    const cleared = recordError(catalog, id, '');
    if (cleared === undefined) return;
    const written = await commit(cleared);
    if (!written.ok) logger.error('failed to clear last error of task', ['task', id], ['err', written.error.message]);
  }
}
