/** The private copy of a task that a replay runs in: a runner of its own, so that no live point reaches it. */
import type { Result } from '../../base/result.ts';
import type { WriteBody } from '../../influx/block.ts';
import type { QueriedBatch } from '../../influx/queried-batch.ts';
import type { PipelineDefinition } from '../../pipeline/definition.ts';
import type { PipelineEnvironment } from '../../pipeline/environment.ts';
import type { Task } from '../../tasks/task.ts';
import { backlogLimit, TaskRunner } from '../../tasks/task-runner.ts';
import { WorkFailure } from './query-source.ts';

export interface RunTimer {
  reschedule(): void;
  dispose(): void;
}

export interface PrivateRunOptions {
  readonly task: Task;
  readonly definition: PipelineDefinition;
  /** `touched`: a node got its answer. */
  readonly environment: (touched: () => void) => PipelineEnvironment;
  /** Wakes the runner when it is due; `settled` is called after that. */
  readonly createTimer: (runner: TaskRunner, settled: () => void) => RunTimer;
  readonly nowMs: () => number;
  /** The member stops. */
  readonly signal: AbortSignal;
}

/** The member stops: the replay is left as it is. */
export class Cancelled extends Error {}

const pollMs = 5;
/** Work of that long lets others have their turn. */
const sliceMs = 5;

export class PrivateRun {
  readonly runner = new TaskRunner();
  readonly task: Task;
  private readonly options: PrivateRunOptions;
  private readonly timer: RunTimer;
  private failure: string | undefined;
  private sliceEndMs: number;

  constructor(options: PrivateRunOptions) {
    this.options = options;
    this.task = options.task;
    this.timer = options.createTimer(this.runner, () => this.settle());
    this.sliceEndMs = options.nowMs() + sliceMs;
  }

  start(): Result<void, string> {
    const { task, definition, environment } = this.options;
    const touched = (): void => {
      this.runner.touch(task.id);
      this.settle();
    };
    const started = this.runner.start({ id: task.id, dbrps: task.dbrps }, definition, environment(touched), null);
    this.settle();
    return started;
  }

  get queryCount(): number {
    return this.runner.queryCount(this.task.id);
  }

  async write(body: WriteBody): Promise<void> {
    this.runner.deliver(this.task.id, body);
    await this.calm();
  }

  async collect(query: number, batch: QueriedBatch): Promise<void> {
    this.runner.deliverBatch(this.task.id, query, batch);
    await this.calm();
  }

  /** All data is in: resolves when nothing waits in the run any more. */
  async drain(): Promise<void> {
    this.runner.finish(this.task.id);
    this.settle();
    while (this.failure === undefined && this.runner.backlog() > 0) await this.wait(pollMs);
    this.check();
  }

  /** Rejects early only when the member stops. */
  async wait(ms: number): Promise<void> {
    const { signal } = this.options;
    if (signal.aborted) throw new Cancelled();
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, Math.min(ms, 2 ** 31 - 1));
      signal.addEventListener('abort', end);
    });
    if (this.options.signal.aborted) throw new Cancelled();
    this.check();
  }

  close(): void {
    this.runner.stopAll();
    this.timer.dispose();
  }

  private async calm(): Promise<void> {
    this.settle();
    this.check();
    while (this.runner.backlog() > backlogLimit) await this.wait(pollMs);
    if (this.options.nowMs() < this.sliceEndMs) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.sliceEndMs = this.options.nowMs() + sliceMs;
    if (this.options.signal.aborted) throw new Cancelled();
    this.check();
  }

  private settle(): void {
    for (const { error } of this.runner.takeFailures()) this.failure ??= error;
    this.timer.reschedule();
  }

  private check(): void {
    if (this.failure !== undefined) throw new WorkFailure(`task run: ${this.failure}`);
  }
}
