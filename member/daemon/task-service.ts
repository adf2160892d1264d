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
import {
  applyChange,
  changeWrites,
  loadCatalog,
  type Catalog,
  type CatalogChange,
  type ChangeContext,
} from '../tasks/catalog.ts';
import { createTask, defineTask, deleteTask, patchTask, recordError } from '../tasks/change-task.ts';
import { createTemplate, deleteTemplate, patchTemplate } from '../tasks/change-template.ts';
import type { WireValue } from '../tasks/wire-value.ts';
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

type Planned = Result<CatalogChange | undefined, ApiError>;

export class TaskService implements TaskApi {
  readonly view: ViewContext;
  private readonly options: TaskServiceOptions;
  private readonly snapshots: Map<string, JsonValue>;
  /** Tasks that were asked and have not answered yet. */
  private readonly snapshotting = new Set<string>();
  private current: Catalog;
  private queue: Promise<unknown> = Promise.resolve();

  constructor(options: TaskServiceOptions) {
    const { store, logger } = options;
    this.options = options;
    this.view = options.view;
    const loaded = loadCatalog(store.rows(taskTable), store.rows(templateTable));
    for (const row of loaded.unreadable) {
      logger.error('a row of the store cannot be read and is left alone', ['row', row]);
    }
    this.current = loaded.catalog;
    this.snapshots = new Map(store.rows(snapshotTable));
  }

  catalog(): Catalog {
    return this.current;
  }

  createTask(body: WireValue): Promise<Result<string, ApiError>> {
    return this.change(() => createTask(this.current, body, this.context()));
  }

  patchTask(id: string, body: WireValue): Promise<Result<string, ApiError>> {
    return this.change(() => patchTask(this.current, id, body, this.context()));
  }

  deleteTask(id: string): Promise<Result<void, ApiError>> {
    return this.removal(() => deleteTask(this.current, id));
  }

  createTemplate(body: WireValue): Promise<Result<string, ApiError>> {
    return this.change(() => createTemplate(this.current, body, this.context()));
  }

  patchTemplate(id: string, body: WireValue): Promise<Result<string, ApiError>> {
    return this.change(() => patchTemplate(this.current, id, body, this.context()));
  }

  deleteTemplate(id: string): Promise<Result<void, ApiError>> {
    return this.removal(() => deleteTemplate(this.current, id));
  }

  /** Starts every enabled task, by id. Resolves when each runs or has failed. */
  startEnabled(): Promise<void> {
    return this.inTurn(async () => {
      for (const task of this.current.tasks.values()) {
        if (task.status !== 'enabled') continue;
        const started = this.start(task.id);
        if (!started.ok) await this.fail(task.id, started.error);
        else if (task.error !== '') await this.recordError(task.id, '');
      }
      this.options.settled();
    });
  }

  /** Takes note of tasks that ended by themselves. */
  reap(): void {
    for (const { task, error } of this.view.runner.takeFailures()) void this.inTurn(() => this.fail(task, error));
  }

  /** Asks nodes that keep a state over a restart for it, and writes it as each task has answered. */
  saveSnapshots(): void {
    const { runner } = this.view;
    for (const id of runner.executingIds()) {
      if (this.snapshotting.has(id)) continue;
      this.snapshotting.add(id);
      runner.prepareSnapshot(id, () => {
        this.snapshotting.delete(id);
        void this.saveSnapshot(id, runner.snapshot(id));
      });
    }
  }

  private async saveSnapshot(key: string, value: JsonValue | null): Promise<void> {
    if (value === null) return;
    this.snapshots.set(key, value);
    const writes = [{ table: snapshotTable, key, value }];
    const written = await this.options.store.commit({ durability: 'group', writes });
    if (!written.ok) this.options.logger.error('failed to save snapshot', ['task', key], ['err', written.error]);
  }

  /** Waits for changes under way, then ends all runs. */
  async close(): Promise<void> {
    await this.queue;
    this.view.runner.stopAll();
  }

  private context(): ChangeContext {
    return { language: this.view.language, nowNs: this.view.nowNs(), newId: this.options.newId };
  }

  /** One change at a time: a check holds until its change is applied. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.queue.then(work);
    // Whoever asked for the work hears of its failure; the next one starts all the same.
    this.queue = result.catch(() => undefined);
    return result;
  }

  private change(plan: () => Planned): Promise<Result<string, ApiError>> {
    return this.inTurn(async () => {
      const planned = plan();
      if (!planned.ok) return planned;
      const wanted = planned.value;
      if (wanted === undefined) return ok('');
      const held = this.current.tasks;
      const written = await this.commit(wanted);
      if (!written.ok) return written;
      const failure = await this.perform(wanted);
      for (const [id, task] of wanted.tasks) {
        const gone = task === null ? held.get(id) : undefined;
        if (gone !== undefined) this.options.onDeleted(gone);
      }
      this.options.settled();
      return failure === undefined ? ok(wanted.subject) : err(serverError(failure));
    });
  }

  private async removal(plan: () => CatalogChange | undefined): Promise<Result<void, ApiError>> {
    const result = await this.change(() => ok(plan()));
    return result.ok ? ok(undefined) : result;
  }

  /** Durable first, then in memory. */
  private async commit(change: CatalogChange): Promise<Result<void, ApiError>> {
    const written = await this.options.store.commit({ durability: 'sync', writes: changeWrites(change) });
    if (!written.ok) return err(serverError(written.error));
    this.current = applyChange(this.current, change);
    for (const [id, task] of change.tasks) if (task === null) this.snapshots.delete(id);
    return ok(undefined);
  }

  /** Stops and starts in order; the first failure of a start. */
  private async perform(change: CatalogChange): Promise<string | undefined> {
    let failure: string | undefined;
    for (const order of change.runs) {
      if (order.kind === 'stop') {
        this.stop(order.task);
        continue;
      }
      const started = this.start(order.task);
      if (started.ok) continue;
      failure ??= started.error;
      await this.fail(order.task, started.error);
    }
    return failure;
  }

  private start(id: string): Result<void, string> {
    const task = this.current.tasks.get(id);
    if (task === undefined) return ok(undefined);
    const { runner, language, nowNs } = this.view;
    const definition = defineTask(task.script, task.vars, { language, nowNs: nowNs() });
    if (!definition.ok) return err(definition.error.message);
    const environment = this.options.environmentOf(task);
    const snapshot = this.snapshots.get(id) ?? null;
    const started = runner.start({ id, dbrps: task.dbrps }, definition.value, environment, snapshot);
    if (started.ok && runner.isExecuting(id)) {
      this.options.logger.info('started task', ['task', id]);
      this.options.observe({ kind: 'task-started', task: id });
    }
    return started;
  }

  private stop(id: string): void {
    if (!this.view.runner.stop(id)) return;
    this.options.logger.info('stopped task', ['task', id]);
    this.options.observe({ kind: 'task-stopped', task: id });
  }

  private async fail(id: string, error: string): Promise<void> {
    this.options.logger.error('task failed', ['task', id], ['err', error]);
    this.options.observe({ kind: 'task-failed', task: id, error });
    await this.recordError(id, error);
  }

  private async recordError(id: string, error: string): Promise<void> {
    const change = recordError(this.current, id, error);
    if (change === undefined) return;
    const written = await this.commit(change);
    if (written.ok) return;
    this.options.logger.error('failed to save last error of task', ['task', id], ['err', written.error.message]);
  }
}
