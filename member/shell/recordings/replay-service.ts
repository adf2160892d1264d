/**
 * Plays recordings and live queries into private copies of tasks. A request is answered once the replay is in the
 * store; the work goes on behind it, and its failure is the replay's.
 */
import { err, ok, type Result } from '../../base/result.ts';
import { parseBatch } from '../../influx/batch-json.ts';
import type { QueryResult } from '../../influx/result.ts';
import type { PipelineDefinition } from '../../pipeline/definition.ts';
import type { PipelineEnvironment } from '../../pipeline/environment.ts';
import { badRequest, notFound, serverError, type ApiError } from '../../tasks/api-error.ts';
import { pointsByTime } from '../../tasks/recordings/points-by-time.ts';
import {
  readReplay,
  readReplayBatch,
  readReplayQuery,
  type ReplayRequest,
} from '../../tasks/recordings/recording-request.ts';
import { ended, type Recording, type Replay } from '../../tasks/recordings/recording.ts';
import type { Task } from '../../tasks/task.ts';
import type { TaskRunner } from '../../tasks/task-runner.ts';
import type { WireValue } from '../../tasks/wire-value.ts';
import type { ReplayApi } from '../http/routes/replays.ts';
import type { Logger } from '../log/log.ts';
import { batchesOf, feedBatches, feedPoints, pointsOf, type Pace, type RecordedPoint } from './feed.ts';
import { Cancelled, PrivateRun, type RunTimer } from './private-run.ts';
import { placedAnswer, plannedBatches, WorkFailure, type QueryAnswer, type QueryPort } from './query-source.ts';
import type { RecordingFiles } from './recording-files.ts';
import type { WorkTable } from './work-table.ts';

export interface ReplayServiceOptions {
  readonly table: WorkTable<Replay>;
  readonly recordingOf: (id: string) => Recording | undefined;
  readonly files: RecordingFiles;
  readonly taskOf: (id: string) => Task | undefined;
  readonly define: (task: Task) => Result<PipelineDefinition, string>;
  readonly environmentOf: (
    task: Task,
    replay: { readonly id: string; readonly touched: () => void },
  ) => PipelineEnvironment;
  readonly createTimer: (runner: TaskRunner, settled: () => void) => RunTimer;
  readonly influx: QueryPort;
  readonly nowNs: () => bigint;
  readonly nowMs: () => number;
  readonly newId: () => string;
  readonly logger: Logger;
  readonly deleteInlineTopic: (topic: string) => void;
}

type Feed = (run: PrivateRun, pace: Pace) => Promise<void>;

export class ReplayService implements ReplayApi {
  private readonly options: ReplayServiceOptions;
  private readonly runs = new Map<string, PrivateRun>();
  private readonly working = new Set<Promise<void>>();
  private readonly abort = new AbortController();

  constructor(options: ReplayServiceOptions) {
    this.options = options;
  }

  list(): readonly Replay[] {
    return this.options.table.list();
  }

  get(id: string): Replay | undefined {
    return this.options.table.get(id);
  }

  running(id: string): { readonly task: string; readonly runner: TaskRunner } | undefined {
    const run = this.runs.get(id);
    return run === undefined ? undefined : { task: run.task.id, runner: run.runner };
  }

  /** Of an `httpOut` node, while the replay runs. */
  output(id: string, name: string): QueryResult | undefined {
    const run = this.runs.get(id);
    return run?.runner.httpOutput(run.task.id, name);
  }

  async replay(body: WireValue): Promise<Result<Replay, ApiError>> {
    const request = readReplay(body, this.context());
    if (!request.ok) return request;
    const task = this.defined(request.value.task);
    if (!task.ok) return task;
    const recording = this.options.recordingOf(request.value.recording);
    if (recording === undefined) return err(notFound('recording not found: no recording exists'));
    const feed: Feed = (run, pace) => this.feedRecording(run, recording.id, pace);
    // As 1.5.4: a used id is no error here, the replay takes its place when it ends.
    return this.begin(request.value, recording.id, task.value, feed, true);
  }

  async replayBatch(body: WireValue): Promise<Result<Replay, ApiError>> {
    const request = readReplayBatch(body, this.context());
    if (!request.ok) return request;
    const task = this.defined(request.value.task);
    if (!task.ok) return task;
    const { startNs, stopNs } = request.value;
    if (task.value.task.type === 'stream')
      return err(badRequest(`cannot replay batch against stream task: ${request.value.task}`));
    // The original would begin at the year 1.
    if (startNs === undefined) return err(badRequest('must provide start time'));
    const feed: Feed = async (run, pace) => {
      const { dbrps } = task.value.task;
      const plans = task.value.definition.planQueries({ dbrps, startNs, stopNs, nowNs: this.options.nowNs() });
      if (!plans.ok) throw new WorkFailure(plans.error);
      const sources = plans.value.map((plan) => plannedBatches(this.options.influx, plan));
      await feedBatches(run, sources, pace);
    };
    return this.begin(request.value, '', task.value, feed, false);
  }

  async replayQuery(body: WireValue): Promise<Result<Replay, ApiError>> {
    const request = readReplayQuery(body, this.context());
    if (!request.ok) return request;
    const task = this.defined(request.value.task);
    if (!task.ok) return task;
    const { query, cluster } = request.value;
    const feed: Feed = async (run, pace) => {
      const answer = await placedAnswer(this.options.influx, query, cluster);
      if (run.task.type === 'stream') await feedPoints(run, answeredPoints(answer), pace);
      else await feedBatches(run, [iterated(answer.batches)], pace);
    };
    return this.begin(request.value, '', task.value, feed, false);
  }

  /** One that runs is not stopped, and stays deleted. */
  async remove(id: string): Promise<Result<void, ApiError>> {
    const replay = this.options.table.get(id);
    if (replay === undefined) return ok(undefined);
    const removed = await this.options.table.remove(id);
    if (!removed.ok) return err(serverError(removed.error));
    if (replay.status !== 'running') for (const topic of replay.topics) this.options.deleteInlineTopic(topic);
    return ok(undefined);
  }

  /** Replays that run end here, and have failed when the member starts again. */
  async close(): Promise<void> {
    this.abort.abort();
    await Promise.all(this.working);
  }

  private context() {
    return { nowNs: this.options.nowNs(), newId: this.options.newId };
  }

  private defined(id: string): Result<DefinedTask, ApiError> {
    const task = this.options.taskOf(id);
    if (task === undefined) return err(notFound('task load: no task exists'));
    const definition = this.options.define(task);
    return definition.ok ? ok({ task, definition: definition.value }) : err(notFound(`task load: ${definition.error}`));
  }

  private async begin(
    request: ReplayRequest,
    recording: string,
    defined: DefinedTask,
    feed: Feed,
    mayReplace: boolean,
  ): Promise<Result<Replay, ApiError>> {
    const { table, nowNs } = this.options;
    const { id, task, hasRecordingTime, clock } = request;
    const isTaken = table.get(id) !== undefined;
    if (isTaken && !mayReplace) return err(serverError('replay already exists'));
    const replay: Replay = {
      id,
      task,
      recording,
      hasRecordingTime,
      clock,
      status: 'running',
      error: '',
      progress: 0,
      dateNs: nowNs(),
      stats: null,
      topics: defined.definition.nodeNames
        .filter((node) => /^alert\d+$/.test(node))
        .map((node) => `${id}:${task}:${node}`),
    };
    if (!isTaken) {
      const written = await table.put(replay);
      if (!written.ok) return err(serverError(written.error));
    }
    const work = this.perform(replay, defined, feed);
    this.working.add(work);
    void work.finally(() => this.working.delete(work));
    return ok(replay);
  }

  private async perform(replay: Replay, { task, definition }: DefinedTask, feed: Feed): Promise<void> {
    const { table, nowMs, nowNs, createTimer, environmentOf } = this.options;
    const run = new PrivateRun({
      task,
      definition,
      environment: (touched) => environmentOf(task, { id: replay.id, touched }),
      createTimer,
      nowMs,
      signal: this.abort.signal,
    });
    this.runs.set(replay.id, run);
    const outcome = await this.play(replay, run, feed);
    run.close();
    if (this.runs.get(replay.id) === run) this.runs.delete(replay.id);
    if (outcome === undefined) return;
    if (table.get(replay.id) === undefined) for (const topic of replay.topics) this.options.deleteInlineTopic(topic);
    else await table.put({ ...ended(replay, outcome.error, nowNs()), stats: outcome.stats });
  }

  /** Undefined: the member stops. */
  private async play(
    replay: Replay,
    run: PrivateRun,
    feed: Feed,
  ): Promise<{ readonly error: string | null; readonly stats: Replay['stats'] } | undefined> {
    const { clock, hasRecordingTime } = replay;
    const { nowNs } = this.options;
    try {
      const started = run.start();
      if (!started.ok) return { error: `task start: ${started.error}`, stats: null };
      await feed(run, { clock, hasRecordingTime, zeroNs: nowNs(), nowNs });
      await run.drain();
      const stats = run.runner.stats(run.task.id);
      return { error: null, stats: stats === undefined ? null : { throughput: stats.throughput, nodes: stats.nodes } };
    } catch (error) {
      if (error instanceof Cancelled) return undefined;
      const message = error instanceof Error ? error.message : String(error);
      return { error: message.startsWith('task run: ') ? message : `running replay: ${message}`, stats: null };
    }
  }

  private async feedRecording(run: PrivateRun, recording: string, pace: Pace): Promise<void> {
    const { files } = this.options;
    try {
      if (run.task.type === 'stream') await feedPoints(run, pointsOf(files.streamLines(recording)), pace);
      else {
        const sources = (await files.batchLines(recording)).map((lines) => batchesOf(lines, parseBatch));
        await feedBatches(run, sources, pace);
      }
    } catch (error) {
      if (error instanceof WorkFailure || error instanceof Cancelled) throw error;
      throw new WorkFailure(`data source open: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

interface DefinedTask {
  readonly task: Task;
  readonly definition: PipelineDefinition;
}

async function* answeredPoints({ db, rp, batches }: QueryAnswer): AsyncGenerator<RecordedPoint> {
  for (const line of pointsByTime(batches)) yield { db, rp, line };
}

async function* iterated<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
