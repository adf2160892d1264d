/**
 * The one way of points into tasks, whatever brought them. Bodies are taken in the order in which they came, one task
 * after the other; after some milliseconds of work the loop goes round, so that alerts, pings and gossip keep their
 * latency. A writer is answered when every task has taken its body and none of them has too much waiting.
 *
 * What tasks write back themselves waits in a queue of its own and is never delivered from within a task's work, so
 * tasks that feed each other in a circle neither nest nor keep others out: the two queues take turns, and while much
 * is on its way back, writers from outside wait. A body that came by more tasks than there are must be going round in
 * a circle; such points are refused rather than kept in memory without end.
 */
import { err, ok, type Result } from '../base/result.ts';
import type { WriteBody } from '../influx/block.ts';
import { backlogLimit, type TaskRunner } from '../tasks/task-runner.ts';

/** Who brings points: clients and tasks, or the member with its own statistics. Named as 1.5.4 names the ways. */
export type IntakeWay = 'write_points' | 'stats';

export interface Intake {
  /** Undefined when the body is through already. `way`: `write_points` unless told. */
  readonly accept: (body: WriteBody, db: string, rp: string, way?: IntakeWay) => Promise<void> | undefined;
  /** Points that a task writes back; all of one database and retention policy. Callable from within a task's work. */
  readonly loopBack: (body: WriteBody) => Result<void, string>;
  /** Points that came that way. */
  readonly arrived: (way: IntakeWay) => number;
  /** Bodies that wait for their turn. */
  readonly waiting: number;
  /** Resolves when nothing waits any more, at the latest after the limit. */
  readonly drained: (limitMs: number) => Promise<void>;
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
const backlogPollMs = 5;
/** Rows on their way back: those going round in a circle, and all of them. */
const circlingLimit = 5_000;
const returningLimit = 4_000_000;

interface Waiting {
  readonly body: WriteBody;
  readonly targets: readonly string[];
  /** How many tasks wrote it back, one after the other. */
  readonly hops: number;
  next: number;
  readonly done: () => void;
}

export function createIntake(options: IntakeOptions): Intake {
  return new TaskIntake(options);
}

class TaskIntake implements Intake {
  private readonly options: IntakeOptions;
  private readonly outside: Waiting[] = [];
  private readonly returning: Waiting[] = [];
  private readonly arrivals: Record<IntakeWay, number> = { write_points: 0, stats: 0 };
  private returningRows = 0;
  private isScheduled = false;
  private isOutsideNext = true;
  /** Of the body that is being delivered. */
  private hops = 0;

  constructor(options: IntakeOptions) {
    this.options = options;
  }

  get waiting(): number {
    return this.outside.length + this.returning.length;
  }

  readonly accept = (
    body: WriteBody,
    db: string,
    rp: string,
    way: IntakeWay = 'write_points',
  ): Promise<void> | undefined => {
    if (body.rowCount === 0) return undefined;
    this.note(body, db, rp, way);
    const entry: Waiting = { body, targets: this.targets(db, rp), hops: 0, next: 0, done: () => undefined };
    const until = this.options.now() + sliceMs;
    if (this.outside.length === 0 && !this.isHeld() && this.deliver(entry, until)) {
      if (this.returning.length > 0) this.work(until);
      else this.options.settled();
      return this.isCalm() ? undefined : new Promise(this.whenCalm);
    }
    return new Promise((resolve) => {
      this.outside.push({ ...entry, done: () => this.whenCalm(resolve) });
      this.schedule();
    });
  };

  readonly loopBack = (body: WriteBody): Result<void, string> => {
    const [block] = body.blocks;
    if (block === undefined || body.rowCount === 0) return ok(undefined);
    const hops = this.hops + 1;
    const refusal = this.refusal(hops);
    if (refusal !== undefined) return err(refusal);
    const { database, retentionPolicy } = block;
    this.note(body, database, retentionPolicy, 'write_points');
    const targets = this.targets(database, retentionPolicy);
    if (targets.length === 0) return ok(undefined);
    this.returning.push({ body, targets, hops, next: 0, done: () => undefined });
    this.returningRows += body.rowCount;
    this.schedule();
    return ok(undefined);
  };

  readonly drained = async (limitMs: number): Promise<void> => {
    const until = this.options.now() + limitMs;
    while (this.waiting > 0 && this.options.now() < until)
      await new Promise((resolve) => setTimeout(resolve, backlogPollMs));
  };

  readonly arrived = (way: IntakeWay): number => this.arrivals[way];

  private note(body: WriteBody, db: string, rp: string, way: IntakeWay): void {
    this.arrivals[way] += body.rowCount;
    this.options.runner.countIngress(body, db, rp);
    this.options.received(body.rowCount, db, rp);
    this.options.tap(body);
  }

  private targets(db: string, rp: string): readonly string[] {
    return this.options.runner.targets(db, rp);
  }

  private refusal(hops: number): string | undefined {
    const rows = this.returningRows;
    if (rows < circlingLimit) return undefined;
    if (hops > this.options.runner.executingIds().length)
      return `tasks write to each other in a circle, and ${rows} points are on their way already`;
    return rows >= returningLimit ? `${rows} points are on their way already` : undefined;
  }

  /** True when the entry is through. */
  private deliver(entry: Waiting, until: number): boolean {
    const { runner, now } = this.options;
    this.hops = entry.hops;
    while (entry.next < entry.targets.length) {
      const target = entry.targets[entry.next++];
      if (target !== undefined) runner.deliver(target, entry.body);
      if (entry.next < entry.targets.length && now() >= until) break;
    }
    this.hops = 0;
    return entry.next >= entry.targets.length;
  }

  private readonly work = (until: number): void => {
    const isBackedUp = this.returning.length > 0 && this.isBackedUp();
    for (;;) {
      const queue = this.nextQueue(isBackedUp);
      const entry = queue[0];
      if (entry === undefined || !this.deliver(entry, until)) break;
      queue.shift();
      if (queue === this.returning) this.returningRows -= entry.body.rowCount;
      entry.done();
      if (this.options.now() >= until) break;
    }
    if (this.nextQueue(isBackedUp).length > 0) this.schedule();
    else if (this.returning.length > 0) this.scheduleLater();
    this.options.settled();
  };

  /** The queue whose turn it is; empty when there is nothing that may be done. */
  private nextQueue(isBackedUp: boolean): Waiting[] {
    const { outside, returning } = this;
    if (returning.length === 0) return outside;
    if (isBackedUp) return this.isHeld() ? [] : outside;
    if (outside.length === 0 || this.isHeld()) return returning;
    this.isOutsideNext = !this.isOutsideNext;
    return this.isOutsideNext ? outside : returning;
  }

  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      this.work(this.options.now() + sliceMs);
    });
  }

  /** Behind a node that waits for an answer there is too much already: what is to go there had better wait here. */
  private scheduleLater(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setTimeout(() => {
      this.isScheduled = false;
      this.work(this.options.now() + sliceMs);
    }, backlogPollMs);
  }

  private isBackedUp(): boolean {
    return this.options.runner.backlog() > backlogLimit;
  }

  /** Whether so much is on its way back that nothing more is taken from outside. */
  private isHeld(): boolean {
    return this.returningRows > backlogLimit;
  }

  private isCalm(): boolean {
    return !this.isBackedUp() && !this.isHeld();
  }

  private readonly whenCalm = (resolve: () => void): void => {
    if (this.isCalm()) resolve();
    else setTimeout(() => this.whenCalm(resolve), backlogPollMs);
  };
}
