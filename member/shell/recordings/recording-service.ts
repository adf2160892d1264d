/**
 * Records streams, the queries of batch tasks, and single queries. A request is answered once the recording is in the
 * store; the work goes on behind it, and its failure is the recording's.
 */
import { err, ok, type Result } from '../../base/result.ts';
import type { WriteBody } from '../../influx/block.ts';
import { formatBatch } from '../../influx/batch-json.ts';
import type { QueriedBatch } from '../../influx/queried-batch.ts';
import type { PipelineDefinition, TaskType } from '../../pipeline/definition.ts';
import { notFound, serverError, type ApiError } from '../../tasks/api-error.ts';
import { pointsByTime } from '../../tasks/recordings/points-by-time.ts';
import {
  readRecordBatch,
  readRecordQuery,
  readRecordStream,
  type RecordBatchRequest,
  type RecordQueryRequest,
} from '../../tasks/recordings/recording-request.ts';
import { ended, type Recording } from '../../tasks/recordings/recording.ts';
import { StreamRecording } from '../../tasks/recordings/stream-recording.ts';
import type { Task } from '../../tasks/task.ts';
import type { WireValue } from '../../tasks/wire-value.ts';
import type { RecordingApi } from '../http/routes/recordings.ts';
import type { Logger } from '../log/log.ts';
import { placedAnswer, plannedBatches, WorkFailure, type QueryPort } from './query-source.ts';
import type { RecordingFiles, StreamWriter } from './recording-files.ts';
import type { WorkTable } from './work-table.ts';

export interface RecordingServiceOptions {
  readonly table: WorkTable<Recording>;
  readonly files: RecordingFiles;
  readonly taskOf: (id: string) => Task | undefined;
  readonly define: (task: Task) => Result<PipelineDefinition, string>;
  readonly influx: QueryPort;
  readonly nowNs: () => bigint;
  readonly newId: () => string;
  readonly logger: Logger;
}

/** A stream that is being recorded. */
interface Tap {
  readonly recording: StreamRecording;
  readonly writer: StreamWriter;
  readonly complete: () => void;
}

export class RecordingService implements RecordingApi {
  private readonly options: RecordingServiceOptions;
  private readonly taps = new Map<string, Tap>();

  /** Files that lie in the folder become recordings. */
  constructor(options: RecordingServiceOptions) {
    this.options = options;
    this.find();
  }

  private find(): void {
    const { files, table, logger } = this.options;
    let found: ReturnType<RecordingFiles['find']>;
    try {
      found = files.find();
    } catch (error) {
      logger.error('failed to look for recordings', ['err', messageOf(error)]);
      return;
    }
    const { recordings, others } = found;
    for (const name of others) logger.error('unknown file type in replay dir', ['file', name]);
    for (const { id, type, size, modifiedNs } of recordings) {
      if (table.get(id) !== undefined) continue;
      const recording = { id, type, size, dateNs: modifiedNs, status: 'finished', error: '', progress: 1 } as const;
      void table.put(recording);
    }
  }

  list(): readonly Recording[] {
    return this.options.table.list();
  }

  get(id: string): Recording | undefined {
    return this.options.table.get(id);
  }

  async recordStream(body: WireValue): Promise<Result<Recording, ApiError>> {
    const request = readRecordStream(body, this.context());
    if (!request.ok) return request;
    const { id, stopNs } = request.value;
    const task = this.defined(request.value.task);
    if (!task.ok) return task;
    const { dbrps } = task.value.task;
    const tap = new StreamRecording({ dbrps, measurements: task.value.definition.measurements, stopNs });
    return this.begin(id, 'stream', () => this.tap(id, tap));
  }

  async recordBatch(body: WireValue): Promise<Result<Recording, ApiError>> {
    const request = readRecordBatch(body, this.context());
    if (!request.ok) return request;
    const task = this.defined(request.value.task);
    if (!task.ok) return task;
    const { definition } = task.value;
    return this.begin(request.value.id, 'batch', () => this.writeBatches(task.value.task, definition, request.value));
  }

  async recordQuery(body: WireValue): Promise<Result<Recording, ApiError>> {
    const request = readRecordQuery(body, this.context());
    if (!request.ok) return request;
    return this.begin(request.value.id, request.value.type, () => this.writeQuery(request.value));
  }

  async remove(id: string): Promise<Result<void, ApiError>> {
    const { table, files } = this.options;
    const recording = table.get(id);
    if (recording === undefined) return ok(undefined);
    const removed = await table.remove(id);
    if (!removed.ok) return err(serverError(removed.error));
    this.taps.get(id)?.complete();
    try {
      await files.remove(id, recording.type);
      return ok(undefined);
    } catch (error) {
      return err(serverError(messageOf(error)));
    }
  }

  /** Points came in. */
  take(body: WriteBody): void {
    for (const [id, tap] of this.taps) {
      const text = tap.recording.take(body);
      if (text !== '') tap.writer.write(text);
      if (!tap.recording.isComplete) continue;
      this.taps.delete(id);
      tap.complete();
    }
  }

  /** Streams that are being recorded end here, and have failed when the member starts again. */
  async close(): Promise<void> {
    const taps = [...this.taps.values()];
    this.taps.clear();
    for (const { writer } of taps) await writer.close().catch((error: unknown) => this.report('', error));
  }

  private context() {
    return { nowNs: this.options.nowNs(), newId: this.options.newId };
  }

  private defined(id: string): Result<{ readonly task: Task; readonly definition: PipelineDefinition }, ApiError> {
    const task = this.options.taskOf(id);
    if (task === undefined) return err(notFound('no task exists'));
    const definition = this.options.define(task);
    return definition.ok ? ok({ task, definition: definition.value }) : err(notFound(definition.error));
  }

  private async begin(id: string, type: TaskType, work: () => Promise<void>): Promise<Result<Recording, ApiError>> {
    const { table, nowNs } = this.options;
    if (table.get(id) !== undefined) return err(serverError('recording already exists'));
    const recording = { id, type, size: 0, dateNs: nowNs(), status: 'running', error: '', progress: 0 } as const;
    const written = await table.put(recording);
    if (!written.ok) return err(serverError(written.error));
    void this.perform(recording, work);
    return ok(recording);
  }

  private async perform(recording: Recording, work: () => Promise<void>): Promise<void> {
    const { table, files, nowNs } = this.options;
    const { id, type } = recording;
    let failure: string | null = null;
    try {
      await work();
    } catch (error) {
      failure = messageOf(error);
      await files.removeRemains(id, type).catch((other: unknown) => this.report(id, other));
    }
    const size = await files.size(id, type);
    // Deleted meanwhile: it stays so.
    if (table.get(id)?.dateNs !== recording.dateNs) return;
    await table.put({ ...ended(recording, failure, nowNs()), size });
  }

  private async tap(id: string, recording: StreamRecording): Promise<void> {
    const writer = this.options.files.openStream(id);
    await new Promise<void>((resolve) => {
      this.taps.set(id, { recording, writer, complete: resolve });
    });
    this.taps.delete(id);
    try {
      await writer.close();
    } catch (error) {
      throw new WorkFailure(`failed to create recording file: ${messageOf(error)}`);
    }
  }

  private async writeBatches(task: Task, definition: PipelineDefinition, range: RecordBatchRequest): Promise<void> {
    if (task.type !== 'batch') throw new WorkFailure('wrong task type');
    const { influx, nowNs, files } = this.options;
    const { startNs, stopNs } = range;
    const plans = definition.planQueries({ dbrps: task.dbrps, startNs, stopNs, nowNs: nowNs() });
    if (!plans.ok) throw new WorkFailure(plans.error);
    await files.writeBatches(
      range.id,
      plans.value.map((plan) => batchLines(plannedBatches(influx, plan))),
    );
  }

  private async writeQuery({ id, query, type, cluster }: RecordQueryRequest): Promise<void> {
    const { influx, files } = this.options;
    const { db, rp, batches } = await placedAnswer(influx, query, cluster);
    if (type === 'batch') await files.writeBatches(id, [batchLines(batches)]);
    else await files.writeStream(id, records(pointsByTime(batches), `${db}\n${rp}\n`));
  }

  private report(id: string, error: unknown): void {
    this.options.logger.error('failed to close a recording', ['recording_id', id], ['err', messageOf(error)]);
  }
}

async function* batchLines(batches: AsyncIterable<QueriedBatch> | Iterable<QueriedBatch>): AsyncGenerator<string> {
  for await (const batch of batches) yield formatBatch(batch);
}

function* records(lines: Iterable<string>, place: string): Generator<string> {
  for (const line of lines) yield `${place}${line}\n`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
