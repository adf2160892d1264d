/**
 * The one way of points into tasks, whatever brought them. Bodies are taken in the order in which they came, one task
 * after the other; after some milliseconds of work the loop goes round, so that alerts, pings and gossip keep their
 * latency. A writer is answered when every task has taken its body and none of them has too much waiting.
 */
import type { WriteBody } from '../influx/block.ts';
import type { TaskRunner } from '../tasks/task-runner.ts';

export interface Intake {
  /** Undefined when the body is through already. */
  readonly accept: (body: WriteBody, db: string, rp: string) => Promise<void> | undefined;
  /** Bodies that wait for their turn. */
  readonly waiting: number;
}

export interface IntakeOptions {
  readonly runner: TaskRunner;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** Points came in, wanted or not. */
  readonly received: (points: number, db: string, rp: string) => void;
  /** Sees every body as it came in, wanted or not. */
  readonly tap: (body: WriteBody) => void;
  /** Called after tasks took data: they may have failed, or want to be woken at another time. */
  readonly settled: () => void;
}

const sliceMs = 5;
/** Rows waiting behind a node; the original's channels hold 1000 points per edge. */
const backlogLimit = 10_000;
const backlogPollMs = 5;

interface Waiting {
  readonly body: WriteBody;
  readonly targets: readonly string[];
  next: number;
  readonly done: () => void;
}

export function createIntake(options: IntakeOptions): Intake {
  const { runner, now, settled } = options;
  const queue: Waiting[] = [];
  let isDraining = false;

  /** True when the entry is through. */
  const deliver = (entry: Waiting, until: number): boolean => {
    while (entry.next < entry.targets.length) {
      const target = entry.targets[entry.next++];
      if (target !== undefined) runner.deliver(target, entry.body);
      if (entry.next < entry.targets.length && now() >= until) return false;
    }
    return true;
  };
  const drain = (): void => {
    const until = now() + sliceMs;
    for (;;) {
      const entry = queue[0];
      if (entry === undefined) break;
      if (!deliver(entry, until)) break;
      queue.shift();
      entry.done();
      if (now() >= until) break;
    }
    isDraining = queue.length > 0;
    if (isDraining) setImmediate(drain);
    settled();
  };
  const whenCalm = (resolve: () => void): void => {
    if (runner.backlog() <= backlogLimit) resolve();
    else setTimeout(() => whenCalm(resolve), backlogPollMs);
  };

  return {
    accept(body, db, rp) {
      if (body.rowCount === 0) return undefined;
      runner.countIngress(body, db, rp);
      options.received(body.rowCount, db, rp);
      options.tap(body);
      const entry: Waiting = { body, targets: runner.targets(db, rp), next: 0, done: () => undefined };
      if (queue.length === 0 && deliver(entry, now() + sliceMs)) {
        settled();
        return runner.backlog() <= backlogLimit ? undefined : new Promise(whenCalm);
      }
      return new Promise((resolve) => {
        queue.push({ ...entry, done: () => whenCalm(resolve) });
        if (isDraining) return;
        isDraining = true;
        setImmediate(drain);
      });
    },
    get waiting() {
      return queue.length;
    },
  };
}
