/** Bodies of the requests that begin recordings and replays, in the order in which the original checks them. */
import { err, ok, type Result } from '../../base/result.ts';
import { parseRfc3339 } from '../../base/rfc3339.ts';
import type { TaskType } from '../../pipeline/definition.ts';
import { badRequest, type ApiError } from '../api-error.ts';
import { isValidId } from '../task.ts';
import { isWireObject, type WireObject, type WireValue } from '../wire-value.ts';
import type { ReplayClock } from './recording.ts';

export interface RecordStreamRequest {
  readonly id: string;
  readonly task: string;
  readonly stopNs: bigint;
}

export interface RecordBatchRequest {
  readonly id: string;
  readonly task: string;
  readonly startNs: bigint;
  readonly stopNs: bigint;
}

export interface RecordQueryRequest {
  readonly id: string;
  readonly query: string;
  readonly type: TaskType;
  readonly cluster: string;
}

export interface ReplayRequest {
  readonly id: string;
  readonly task: string;
  readonly hasRecordingTime: boolean;
  readonly clock: ReplayClock;
}

export interface RequestContext {
  readonly nowNs: bigint;
  readonly newId: () => string;
}

export function readRecordStream(body: WireValue, context: RequestContext): Result<RecordStreamRequest, ApiError> {
  const read = readBody(body, ['task'], ['stop']);
  if (!read.ok) return read;
  const id = readId('recording', read.value.body, context);
  // A stop that is not given lies before every point.
  return id.ok
    ? ok({ id: id.value, task: read.value.texts['task'] ?? '', stopNs: read.value.times['stop'] ?? earliest })
    : id;
}

export function readRecordBatch(body: WireValue, context: RequestContext): Result<RecordBatchRequest, ApiError> {
  const read = readBody(body, ['task'], ['start', 'stop']);
  if (!read.ok) return read;
  const { texts, times } = read.value;
  const id = readId('recording', read.value.body, context);
  if (!id.ok) return id;
  const startNs = times['start'];
  if (startNs === undefined) return err(badRequest('must provide start time'));
  return ok({ id: id.value, task: texts['task'] ?? '', startNs, stopNs: times['stop'] ?? context.nowNs });
}

export function readRecordQuery(body: WireValue, context: RequestContext): Result<RecordQueryRequest, ApiError> {
  const read = readBody(body, ['query', 'type', 'cluster'], []);
  if (!read.ok) return read;
  const { texts } = read.value;
  const { query = '', type = '', cluster = '' } = texts;
  if (type !== '' && type !== 'stream' && type !== 'batch') return err(badRequest(`unknown TaskType ${type}`));
  const id = readId('recording', read.value.body, context);
  if (!id.ok) return id;
  if (query === '') return err(badRequest('must provide query'));
  // The original takes it and crashes.
  if (type === '') return err(badRequest('must provide type, "stream" or "batch"'));
  return ok({ id: id.value, query, type, cluster });
}

export function readReplay(
  body: WireValue,
  context: RequestContext,
): Result<ReplayRequest & { readonly recording: string }, ApiError> {
  const read = readReplayBody(body, ['recording'], [], context);
  return read.ok ? ok({ ...read.value.request, recording: read.value.texts['recording'] ?? '' }) : read;
}

export function readReplayBatch(
  body: WireValue,
  context: RequestContext,
): Result<ReplayRequest & { readonly startNs: bigint | undefined; readonly stopNs: bigint }, ApiError> {
  const read = readReplayBody(body, [], ['start', 'stop'], context);
  if (!read.ok) return read;
  const { request, times } = read.value;
  return ok({ ...request, startNs: times['start'], stopNs: times['stop'] ?? context.nowNs });
}

export function readReplayQuery(
  body: WireValue,
  context: RequestContext,
): Result<ReplayRequest & { readonly query: string; readonly cluster: string }, ApiError> {
  const read = readReplayBody(body, ['query', 'cluster'], [], context);
  if (!read.ok) return read;
  const { query = '', cluster = '' } = read.value.texts;
  return query === '' ? err(badRequest('must provide query')) : ok({ ...read.value.request, query, cluster });
}

const earliest = -62_135_596_800_000_000_000n;

interface ReadBody {
  readonly body: WireObject;
  /** Empty when not given. */
  readonly texts: Readonly<Record<string, string>>;
  /** The zero time stands for not given. */
  readonly times: Readonly<Record<string, bigint | undefined>>;
}

function readReplayBody(
  body: WireValue,
  texts: readonly string[],
  times: readonly string[],
  context: RequestContext,
): Result<ReadBody & { readonly request: ReplayRequest }, ApiError> {
  const read = readBody(body, ['task', 'clock', ...texts], times);
  if (!read.ok) return read;
  const { task = '', clock = '' } = read.value.texts;
  if (clock !== '' && clock !== 'fast' && clock !== 'real') return err(badRequest(`unknown Clock ${clock}`));
  const hasRecordingTime = read.value.body['recording-time'] ?? false;
  if (typeof hasRecordingTime !== 'boolean')
    return err(badRequest('invalid JSON: recording-time must be true or false'));
  const id = readId('replay', read.value.body, context);
  if (!id.ok) return id;
  const request = { id: id.value, task, hasRecordingTime, clock: clock === 'real' ? clock : 'fast' } as const;
  return ok({ ...read.value, request });
}

function readBody(body: WireValue, texts: readonly string[], times: readonly string[]): Result<ReadBody, ApiError> {
  if (!isWireObject(body)) return err(badRequest('invalid JSON: expected an object'));
  const readTexts: Record<string, string> = {};
  for (const name of texts) {
    const value = body[name] ?? '';
    if (typeof value !== 'string') return err(badRequest(`invalid JSON: ${name} must be a text`));
    readTexts[name] = value;
  }
  const readTimes: Record<string, bigint | undefined> = {};
  for (const name of times) {
    const value = body[name] ?? null;
    if (value === null) continue;
    const time = typeof value === 'string' ? parseRfc3339(value) : undefined;
    if (time === undefined)
      return err(badRequest(`invalid JSON: ${name} must be a time such as "2006-01-02T15:04:05Z"`));
    readTimes[name] = time === earliest ? undefined : time;
  }
  return ok({ body, texts: readTexts, times: readTimes });
}

function readId(kind: 'recording' | 'replay', body: WireObject, context: RequestContext): Result<string, ApiError> {
  const given = body['id'] ?? '';
  if (typeof given !== 'string') return err(badRequest('invalid JSON: id must be a text'));
  if (given === '') return ok(context.newId());
  if (isValidId(given)) return ok(given);
  return err(badRequest(`${kind} ID must contain only letters, numbers, '-', '.' and '_'. ${JSON.stringify(given)}`));
}
