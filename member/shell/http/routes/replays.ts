/** `/replays` (http-api.md 8). The outputs of a running one stand below it, apart from those of the live task. */
import { formatRfc3339 } from '../../../base/rfc3339.ts';
import type { Result } from '../../../base/result.ts';
import { queryResultJson } from '../../../influx/result-json.ts';
import type { QueryResult } from '../../../influx/result.ts';
import type { ApiError } from '../../../tasks/api-error.ts';
import type { Replay } from '../../../tasks/recordings/recording.ts';
import type { TaskRunner } from '../../../tasks/task-runner.ts';
import type { WireValue } from '../../../tasks/wire-value.ts';
import { basePath } from '../api-server.ts';
import { failure, json, noContent, type Exchange, type PlainReply } from '../exchange.ts';
import type { GoJson } from '../go-json.ts';
import type { Route } from '../router.ts';
import { selfLink, statsView } from './task-view.ts';
import { beginWork, listWork } from './work-view.ts';

export interface ReplayApi {
  /** Newest first. */
  list(): readonly Replay[];
  get(id: string): Replay | undefined;
  running(id: string): { readonly task: string; readonly runner: TaskRunner } | undefined;
  output(id: string, name: string): QueryResult | undefined;
  replay(body: WireValue): Promise<Result<Replay, ApiError>>;
  replayBatch(body: WireValue): Promise<Result<Replay, ApiError>>;
  replayQuery(body: WireValue): Promise<Result<Replay, ApiError>>;
  remove(id: string): Promise<Result<void, ApiError>>;
}

const path = `${basePath}/replays`;
const fields = ['link', 'id', 'recording', 'task', 'recording-time', 'clock', 'date', 'error', 'status', 'progress'];

export function replayRoutes(api: ReplayApi): readonly Route[] {
  const post = (pattern: string, begin: (body: WireValue) => Promise<Result<Replay, ApiError>>): Route => ({
    method: 'POST',
    pattern,
    handle: (exchange) => beginWork(exchange, begin, replayView),
  });
  return [
    {
      method: 'GET',
      pattern: path,
      handle: (exchange) => listWork(exchange, 'replays', fields, api.list(), replayView),
    },
    { method: 'GET', pattern: `${path}/`, handle: (exchange) => show(exchange, api) },
    { method: 'DELETE', pattern: `${path}/`, handle: (exchange) => remove(exchange, api) },
    { method: 'OPTIONS', pattern: `${path}/`, handle: () => noContent },
    post(path, (body) => api.replay(body)),
    post(`${path}/batch`, (body) => api.replayBatch(body)),
    post(`${path}/query`, (body) => api.replayQuery(body)),
  ];
}

function replayView(replay: Replay): Readonly<Record<string, GoJson>> {
  const { id, task, recording, hasRecordingTime, clock, dateNs, error, status, progress, stats } = replay;
  return {
    link: selfLink(`/kapacitor/v1/replays/${id}`),
    id,
    task,
    recording,
    'recording-time': hasRecordingTime,
    clock,
    date: formatRfc3339(dateNs),
    error,
    status,
    progress,
    stats: status === 'finished' && stats !== null ? statsView(stats) : {},
  };
}

function show(exchange: Exchange, api: ReplayApi): PlainReply {
  const id = exchange.path.slice(path.length + 1);
  if (id === '') return failure(400, 'must specify replay id on path');
  const slash = id.indexOf('/');
  if (slash > 0) {
    const output = api.output(id.slice(0, slash), id.slice(slash + 1));
    if (output !== undefined) return { kind: 'text', status: 200, text: queryResultJson(output) };
  }
  const replay = api.get(id);
  if (replay === undefined) return failure(404, 'could not find replay: no replay exists');
  return json(replayView(replay), replay.status === 'running' ? 202 : 200);
}

async function remove(exchange: Exchange, api: ReplayApi): Promise<PlainReply> {
  const id = exchange.path.slice(path.length + 1);
  if (id === '') return failure(400, 'must specify replay id on path');
  const removed = await api.remove(id);
  return removed.ok ? noContent : failure(removed.error.status, removed.error.message);
}
