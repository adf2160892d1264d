/**
 * `/recordings` and `/replays`: this member keeps none, and says so. Lists are empty, unknown ids are answered as the
 * original does, and making one is refused with a clear error.
 */
import { readListQuery } from '../../../tasks/list-query.ts';
import { basePath } from '../api-server.ts';
import { failure, json, noContent, type Exchange, type PlainReply } from '../exchange.ts';
import { readJson } from '../json-body.ts';
import type { Route } from '../router.ts';

export function recordingRoutes(): readonly Route[] {
  return [
    ...collection(
      'recordings',
      'recording',
      ['stream', 'batch', 'query'],
      500,
      'error finding recording: no recording exists',
    ),
    ...collection('replays', 'replay', ['batch', 'query'], 404, 'could not find replay: no replay exists'),
    { method: 'POST', pattern: `${basePath}/replays`, handle: (exchange) => refuse(exchange, 'replays') },
  ];
}

function collection(
  name: string,
  singular: string,
  kinds: readonly string[],
  status: number,
  unknown: string,
): readonly Route[] {
  const path = `${basePath}/${name}`;
  const byId =
    (answer: () => PlainReply) =>
    (exchange: Exchange): PlainReply =>
      exchange.path === `${path}/` ? failure(400, `must specify ${singular} id on path`) : answer();
  return [
    { method: 'GET', pattern: path, handle: (exchange) => list(exchange, name) },
    { method: 'GET', pattern: `${path}/`, handle: byId(() => failure(status, unknown)) },
    { method: 'DELETE', pattern: `${path}/`, handle: byId(() => noContent) },
    { method: 'OPTIONS', pattern: `${path}/`, handle: () => noContent },
    ...kinds.map((kind): Route => ({
      method: 'POST',
      pattern: `${path}/${kind}`,
      handle: (exchange) => refuse(exchange, name),
    })),
  ];
}

function list(exchange: Exchange, name: string): PlainReply {
  const query = readListQuery(exchange.query, []);
  return query.ok ? json({ [name]: [] }) : failure(query.error.status, query.error.message);
}

async function refuse(exchange: Exchange, name: string): Promise<PlainReply> {
  const body = await readJson(exchange);
  if (!body.ok) return failure(400, body.error);
  return failure(500, `${name} are not available in this version`);
}
