/** `/storage`: names of the stores, and a consistent copy of the whole (http-api.md 11). */
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Result } from '../../../base/result.ts';
import { isWireObject } from '../../../tasks/wire-value.ts';
import { basePath } from '../api-server.ts';
import { failure, json, noContent, type Exchange, type PlainReply } from '../exchange.ts';
import { readJson } from '../json-body.ts';
import type { Route } from '../router.ts';
import { selfLink } from './task-view.ts';

export interface StorageApi {
  /** Writes a copy to a fresh file of its own; the route removes it. */
  backup(): Promise<Result<{ readonly path: string; readonly bytes: number }, string>>;
}

const storesPath = `${basePath}/storage/stores`;
const storeNames = ['tasks', 'recordings', 'replays', 'handler-specs', 'topic-states', 'overrides', 'load'];

export function storageRoutes(api: StorageApi): readonly Route[] {
  return [
    {
      method: 'GET',
      pattern: storesPath,
      handle: () =>
        json({
          link: selfLink(storesPath),
          storage: storeNames.map((name) => ({ link: selfLink(`${storesPath}/${name}`), name })),
        }),
    },
    { method: 'POST', pattern: `${basePath}/storage/`, handle: act },
    {
      method: 'GET',
      pattern: `${basePath}/storage/backup`,
      isPlain: true,
      handle: async () => {
        const copy = await api.backup();
        if (!copy.ok) return failure(500, copy.error);
        return { kind: 'stream', write: (response) => sendFile(response, copy.value.path, copy.value.bytes) };
      },
    },
  ];
}

async function act(exchange: Exchange): Promise<PlainReply> {
  const name = exchange.path.startsWith(`${storesPath}/`) ? exchange.path.slice(storesPath.length + 1) : exchange.path;
  if (!storeNames.includes(name)) return failure(404, `unknown storage ${JSON.stringify(name)}`);
  const body = await readJson(exchange);
  if (!body.ok) return failure(400, `failed to unmarshal storage action ${body.error}`);
  const action = isWireObject(body.value) ? body.value['action'] : undefined;
  // The original rebuilds its indexes; rows here have none beside their keys.
  if (action !== 'rebuild')
    return failure(400, `unknown storage action ${JSON.stringify(action ?? null)}, use "rebuild"`);
  return noContent;
}

async function sendFile(response: ServerResponse, path: string, bytes: number): Promise<void> {
  response.writeHead(200, {
    'Content-Type': 'application/octet-stream',
    'Content-Disposition': 'attachment; filename="kapacitor.db"',
    'Content-Length': bytes,
  });
  try {
    await pipeline(createReadStream(path), response);
  } finally {
    await rm(path, { force: true });
  }
}
