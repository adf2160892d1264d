/**
 * The running pipelines of a member: which bodies go to which, when they want to be woken, and which of them ended
 * by themselves. A failing task ends alone. Pure: the daemon calls with time and data and does what waits.
 */
import { earliest, never, type Millis } from '../base/deadline.ts';
import { ok, type Result } from '../base/result.ts';
import type { JsonValue } from '../base/store.ts';
import type { WriteBody } from '../influx/block.ts';
import type { QueryResult } from '../influx/result.ts';
import type { Dbrp, PipelineDefinition } from '../pipeline/definition.ts';
import type { PipelineEnvironment } from '../pipeline/environment.ts';
import type { DotView, PipelineRun, RunStats } from '../pipeline/run.ts';
import { createIngress, type IngressCount } from './ingress.ts';

export interface StartedTask {
  readonly id: string;
  readonly dbrps: readonly Dbrp[];
}

export interface TaskRunner {
  start(task: StartedTask, definition: PipelineDefinition, environment: PipelineEnvironment, snapshot: JsonValue | null): Result<void, string>;
  /** False when it was not running. */
  stop(id: string): boolean;
  stopAll(): void;
  isExecuting(id: string): boolean;
  executingIds(): readonly string[];

  /** The tasks that take points of a database and retention policy, in the order in which they were started. */
  targets(db: string, rp: string): readonly string[];
  /** Hands a body to one task; nothing happens when it has stopped in the meantime. */
  deliver(id: string, body: WriteBody): void;
  /** Counts a body that came in, whether a task wants it or not. */
  countIngress(body: WriteBody, db: string, rp: string): void;
  /** A node's answer came: its run may be due at another time or have failed. */
  touch(id: string): void;
  /** Does what is due. */
  wake(now: Millis): void;
  nextDeadline(): Millis;
  /** The longest queue behind a node that waits for an answer: hold writers back while it is large. */
  backlog(): number;
  /** Tasks that ended by themselves since the last call. */
  takeFailures(): readonly TaskFailure[];

  stats(id: string): RunStats | undefined;
  dot(id: string, view: DotView): string | undefined;
  httpOutput(id: string, name: string): QueryResult | undefined;
  httpOutputNames(id: string): readonly string[];
  snapshot(id: string): JsonValue | null;
  ingress(): readonly IngressCount[];
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

export function createTaskRunner(): TaskRunner {
  const running = new Map<string, Running>();
  let routes = new Map<string, readonly string[]>();
  let deadline: Millis = never;
  let failures: TaskFailure[] = [];
  const ingress = createIngress();

  const route = (): void => {
    const next = new Map<string, string[]>();
    for (const { task } of running.values()) {
      for (const key of new Set(task.dbrps.map(({ db, rp }) => routeKey(db, rp)))) {
        const ids = next.get(key);
        if (ids === undefined) next.set(key, [task.id]);
        else ids.push(task.id);
      }
    }
    routes = next;
  };
  const remove = (entry: Running): void => {
    running.delete(entry.task.id);
    entry.run.close();
    route();
    reschedule();
  };
  const reschedule = (): void => {
    deadline = never;
    for (const entry of running.values()) deadline = earliest(deadline, entry.deadline);
  };
  /** After a run did something: notes its end, or when it wants to be woken. */
  const settle = (entry: Running): void => {
    const error = entry.run.error();
    if (error !== null) {
      failures.push({ task: entry.task.id, error });
      remove(entry);
      return;
    }
    const next = entry.run.nextDeadline();
    if (next === entry.deadline) return;
    const wasFirst = entry.deadline === deadline;
    entry.deadline = next;
    if (next < deadline) deadline = next;
    else if (wasFirst) reschedule();
  };

  return {
    start(task, definition, environment, snapshot) {
      const started = definition.start(environment, { dbrps: task.dbrps, snapshot });
      if (!started.ok) return started;
      const entry: Running = { task, run: started.value, deadline: never };
      running.set(task.id, entry);
      route();
      settle(entry);
      return ok(undefined);
    },
    stop(id) {
      const entry = running.get(id);
      if (entry !== undefined) remove(entry);
      return entry !== undefined;
    },
    stopAll() {
      for (const entry of running.values()) entry.run.close();
      running.clear();
      route();
      reschedule();
    },
    isExecuting: (id) => running.has(id),
    executingIds: () => [...running.keys()],
    targets: (db, rp) => routes.get(routeKey(db, rp)) ?? [],
    deliver(id, body) {
      const entry = running.get(id);
      if (entry === undefined) return;
      entry.run.write(body);
      settle(entry);
    },
    countIngress: (body, db, rp) => ingress.count(body, db, rp),
    touch(id) {
      const entry = running.get(id);
      if (entry !== undefined) settle(entry);
    },
    wake(now) {
      for (const entry of [...running.values()]) {
        if (entry.deadline > now) continue;
        entry.run.wake(now);
        settle(entry);
      }
      reschedule();
    },
    nextDeadline: () => deadline,
    backlog() {
      let longest = 0;
      for (const entry of running.values()) longest = Math.max(longest, entry.run.backlog());
      return longest;
    },
    takeFailures() {
      if (failures.length === 0) return failures;
      const taken = failures;
      failures = [];
      return taken;
    },
    stats: (id) => running.get(id)?.run.stats(),
    dot: (id, view) => running.get(id)?.run.dot(view),
    httpOutput: (id, name) => running.get(id)?.run.httpOutput(name),
    httpOutputNames: (id) => running.get(id)?.run.httpOutputNames() ?? [],
    snapshot: (id) => running.get(id)?.run.snapshot() ?? null,
    ingress: () => ingress.counts(),
  };
}

/** NUL stands in no name of a database that line protocol or a URL can carry unescaped. */
function routeKey(db: string, rp: string): string {
  return `${db}\u0000${rp}`;
}
