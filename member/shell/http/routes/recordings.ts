/** `/recordings` (http-api.md 7). */
import { formatRfc3339 } from '../../../base/rfc3339.ts';
import type { Result } from '../../../base/result.ts';
import type { ApiError } from '../../../tasks/api-error.ts';
import type { Recording } from '../../../tasks/recordings/recording.ts';
import type { WireValue } from '../../../tasks/wire-value.ts';
import { basePath } from '../api-server.ts';
import { failure, json, noContent, type Exchange, type PlainReply } from '../exchange.ts';
import type { GoJson } from '../go-json.ts';
import type { Route } from '../router.ts';
import { selfLink } from './task-view.ts';
import { beginWork, listWork } from './work-view.ts';

export interface RecordingApi {
  /** Newest first. */
  list(): readonly Recording[];
  get(id: string): Recording | undefined;
  recordStream(body: WireValue): Promise<Result<Recording, ApiError>>;
  recordBatch(body: WireValue): Promise<Result<Recording, ApiError>>;
  recordQuery(body: WireValue): Promise<Result<Recording, ApiError>>;
  remove(id: string): Promise<Result<void, ApiError>>;
}

const path = `${basePath}/recordings`;
const fields = ['link', 'id', 'type', 'size', 'date', 'error', 'status', 'progress'];

export function recordingRoutes(api: RecordingApi): readonly Route[] {
  const post = (kind: string, begin: (body: WireValue) => Promise<Result<Recording, ApiError>>): Route => ({
    method: 'POST',
    pattern: `${path}/${kind}`,
    handle: (exchange) => beginWork(exchange, begin, recordingView),
  });
  return [
    {
      method: 'GET',
      pattern: path,
      handle: (exchange) => listWork(exchange, 'recordings', fields, api.list(), recordingView),
    },
    { method: 'GET', pattern: `${path}/`, handle: (exchange) => show(exchange, api) },
    { method: 'DELETE', pattern: `${path}/`, handle: (exchange) => remove(exchange, api) },
    { method: 'OPTIONS', pattern: `${path}/`, handle: () => noContent },
    post('stream', (body) => api.recordStream(body)),
    post('batch', (body) => api.recordBatch(body)),
    post('query', (body) => api.recordQuery(body)),
  ];
}

function recordingView(recording: Recording): Readonly<Record<string, GoJson>> {
  const { id, type, size, dateNs, error, status, progress } = recording;
  const link = selfLink(`/kapacitor/v1/recordings/${id}`);
  return { link, id, type, size, date: formatRfc3339(dateNs), error, status, progress };
}

function show(exchange: Exchange, api: RecordingApi): PlainReply {
  const id = exchange.path.slice(path.length + 1);
  if (id === '') return failure(400, 'must specify recording id on path');
  const recording = api.get(id);
  // As 1.5.4: an unknown recording is a server error.
  if (recording === undefined) return failure(500, 'error finding recording: no recording exists');
  return json(recordingView(recording), recording.status === 'running' ? 202 : 200);
}

async function remove(exchange: Exchange, api: RecordingApi): Promise<PlainReply> {
  const id = exchange.path.slice(path.length + 1);
  if (id === '') return failure(400, 'must specify recording id on path');
  const removed = await api.remove(id);
  return removed.ok ? noContent : failure(removed.error.status, removed.error.message);
}
