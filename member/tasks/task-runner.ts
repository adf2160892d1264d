/**
 * The running pipelines of a member: which bodies go to which, when they want to be woken, and which of them ended
 * by themselves. A failing task ends alone. Pure: the daemon calls with time and data and does what waits.
 */
import { earliest, never, type Millis } from '../base/deadline.ts';
import { ok, type Result } from '../base/result.ts';
import type { JsonValue } from '../base/store.ts';
import type { WriteBody } from '../influx/block.ts';
import type { QueriedBatch } from '../influx/queried-batch.ts';
import type { QueryResult } from '../influx/result.ts';
import type { Dbrp, PipelineDefinition } from '../pipeline/definition.ts';
import type { PipelineEnvironment } from '../pipeline/environment.ts';
import type { DotView, PipelineRun, RunStats } from '../pipeline/run.ts';
import { createIngress, type Ingress, type IngressCount } from './ingress.ts';

export interface StartedTask {
  readonly id: string;
  readonly dbrps: readonly Dbrp[];
}

export interface TaskFailure {
  readonly task: string;
  readonly error: string;
}

interface Running {
  readonly task: StartedTask;
  readonly run: PipelineRun;
  deadline: Millis;
}

/** Rows waiting behind a node, beyond which writers are held back; the original's channels hold 1000 points per edge. */
export const backlogLimit = 10_000;

export class TaskRunner {
  private readonly running = new Map<string, Running>();
  private readonly received: Ingress = createIngress();
  private routes = new Map<string, readonly string[]>();
  private deadline: Millis = never;
  private failures: TaskFailure[] = [];

  start(
    task: StartedTask,
    definition: PipelineDefinition,
    environment: PipelineEnvironment,
    snapshot: JsonValue | null,
  ): Result<void, string> {
    const started = definition.start(environment, { dbrps: task.dbrps, snapshot });
    if (!started.ok) return started;
    const entry: Running = { task, run: started.value, deadline: never };
    this.running.set(task.id, entry);
    this.addRoutes(task);
    this.settle(entry);
    return ok(undefined);
  }

  /** False when it was not running. */
  stop(id: string): boolean {
    const entry = this.running.get(id);
    if (entry !== undefined) this.remove(entry);
    return entry !== undefined;
  }

  stopAll(): void {
    for (const entry of this.running.values()) entry.run.close();
    this.running.clear();
    this.reroute();
    this.reschedule();
  }

  isExecuting(id: string): boolean {
    return this.running.has(id);
  }

  executingIds(): readonly string[] {
    return [...this.running.keys()];
  }

  /** The tasks that take points of a database and retention policy, in the order in which they were started. */
  targets(db: string, rp: string): readonly string[] {
    return this.routes.get(routeKey(db, rp)) ?? [];
  }

  /** Hands a body to one task; nothing happens when it has stopped in the meantime. */
  deliver(id: string, body: WriteBody): void {
    const entry = this.running.get(id);
    if (entry === undefined) return;
    entry.run.write(body);
    this.settle(entry);
  }

  /** Hands a batch to one of a batch task's queries. */
  deliverBatch(id: string, query: number, batch: QueriedBatch): void {
    const entry = this.running.get(id);
    if (entry === undefined) return;
    entry.run.collectBatch(query, batch);
    this.settle(entry);
  }

  /** No more data comes: what was held back for later data goes on. */
  finish(id: string): void {
    const entry = this.running.get(id);
    if (entry === undefined) return;
    entry.run.finish();
    this.settle(entry);
  }

  queryCount(id: string): number {
    return this.running.get(id)?.run.queryCount ?? 0;
  }

  /** Counts a body that came in, whether a task wants it or not. */
  countIngress(body: WriteBody, db: string, rp: string): void {
    this.received.count(body, db, rp);
  }

  ingress(): readonly IngressCount[] {
    return this.received.counts();
  }

  /** A node's answer came: its run may be due at another time or have failed. */
  touch(id: string): void {
    const entry = this.running.get(id);
    if (entry !== undefined) this.settle(entry);
  }

  /** Does what is due. */
  wake(now: Millis): void {
    for (const entry of this.running.values()) {
      if (entry.deadline > now) continue;
      entry.run.wake(now);
      this.settle(entry);
    }
    this.reschedule();
  }

  nextDeadline(): Millis {
    return this.deadline;
  }

  /** The longest queue behind a node that waits for an answer: hold writers back while it is over `backlogLimit`. */
  backlog(): number {
    let longest = 0;
    for (const entry of this.running.values()) longest = Math.max(longest, entry.run.backlog());
    return longest;
  }

  /** The same of one task. */
  backlogOf(id: string): number {
    return this.running.get(id)?.run.backlog() ?? 0;
  }

  /** Tasks that ended by themselves since the last call. */
  takeFailures(): readonly TaskFailure[] {
    if (this.failures.length === 0) return this.failures;
    const taken = this.failures;
    this.failures = [];
    return taken;
  }

  stats(id: string): RunStats | undefined {
    return this.running.get(id)?.run.stats();
  }

  dot(id: string, view: DotView): string | undefined {
    return this.running.get(id)?.run.dot(view);
  }

  httpOutput(id: string, name: string): QueryResult | undefined {
    return this.running.get(id)?.run.httpOutput(name);
  }

  httpOutputNames(id: string): readonly string[] {
    return this.running.get(id)?.run.httpOutputNames() ?? [];
  }

  /** Calls back when what `snapshot` tells is of now, as far as it can be found out; never for a task that does not run. */
  prepareSnapshot(id: string, done: () => void): void {
    this.running.get(id)?.run.prepareSnapshot(done);
  }

  snapshot(id: string): JsonValue | null {
    return this.running.get(id)?.run.snapshot() ?? null;
  }

  private reroute(): void {
    this.routes = new Map();
    for (const { task } of this.running.values()) this.addRoutes(task);
  }

  private addRoutes(task: StartedTask): void {
    for (const key of new Set(task.dbrps.map(({ db, rp }) => routeKey(db, rp)))) {
      // A list that was handed out stays as it is: a body may be on its way along it.
      this.routes.set(key, [...(this.routes.get(key) ?? []), task.id]);
    }
  }

  private remove(entry: Running): void {
    this.running.delete(entry.task.id);
    entry.run.close();
    this.reroute();
    this.reschedule();
  }

  private reschedule(): void {
    this.deadline = never;
    for (const entry of this.running.values()) this.deadline = earliest(this.deadline, entry.deadline);
  }

  /** After a run did something: notes its end, or when it wants to be woken. */
  private settle(entry: Running): void {
    const error = entry.run.error();
    if (error !== null) {
      this.failures.push({ task: entry.task.id, error });
      this.remove(entry);
      return;
    }
    const next = entry.run.nextDeadline();
    if (next === entry.deadline) return;
    const wasFirst = entry.deadline === this.deadline;
    entry.deadline = next;
    if (next < this.deadline) this.deadline = next;
    else if (wasFirst) this.reschedule();
  }
}

/** NUL stands in no name of a database that line protocol or a URL can carry unescaped. */
function routeKey(db: string, rp: string): string {
  return `${db}\u0000${rp}`;
}
