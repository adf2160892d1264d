/** The `/cluster` routes: membership and what this member noticed (interfaces.md). */
import type { ServerResponse } from 'node:http';
import type { ClusterTopics, ClusterView } from '../../../api/cluster-routes.ts';
import type { StampedObservation } from '../../../base/observation.ts';
import type { Result } from '../../../base/result.ts';
import { isWireObject } from '../../../tasks/wire-value.ts';
import { basePath } from '../api-server.ts';
import { failure, json, noContent, type PlainReply } from '../exchange.ts';
import type { GoJson } from '../go-json.ts';
import { readJson } from '../json-body.ts';
import type { Route } from '../router.ts';

interface OperationError {
  readonly status: number;
  readonly message: string;
}

export interface ClusterApi {
  view(): ClusterView;
  topics(): ClusterTopics;
  add(
    rpcAddress: string,
  ): Promise<
    Result<
      { readonly view: ClusterView; readonly handlersSetAside: readonly string[]; readonly wasAlreadyThere: boolean },
      OperationError
    >
  >;
  remove(id: string): Promise<Result<{ readonly note: string }, OperationError>>;
  /** Names of what was set aside when a member was added or this one removed (D9, D11). */
  setAside(): Promise<readonly string[]>;
  /** What is wrong but bearable (D4, D6, D28). */
  warnings(): readonly string[];
  readonly observations: {
    after(seq: number): readonly StampedObservation[];
    subscribe(listener: (observation: StampedObservation) => void): () => void;
  };
}

/** What a reader that does not keep up may make the member hold; past it the stream ends and may be taken up with `after`. */
const backlogLimitBytes = 8 * 1024 * 1024;

export function clusterRoutes(api: ClusterApi): readonly Route[] {
  const cluster = `${basePath}/cluster`;
  return [
    { method: 'GET', pattern: cluster, handle: () => json(viewJson(api.view(), api.warnings())) },
    {
      method: 'POST',
      pattern: `${cluster}/members`,
      handle: async (exchange) => addMember(await readJson(exchange), api),
    },
    {
      method: 'DELETE',
      pattern: `${cluster}/members/`,
      handle: async (exchange) => {
        const id = exchange.path.slice(cluster.length + '/members/'.length);
        if (id === '') return failure(400, 'must specify member id on path');
        const removed = await api.remove(id);
        if (!removed.ok) return failure(removed.error.status, removed.error.message);
        return noContent;
      },
    },
    {
      method: 'GET',
      pattern: `${cluster}/removed`,
      handle: async () => json({ removed: [...(await api.setAside())] }),
    },
    { method: 'GET', pattern: `${cluster}/topics`, handle: () => json(topicsJson(api.topics())) },
    {
      method: 'GET',
      pattern: `${cluster}/observations`,
      isPlain: true,
      handle: (exchange) => {
        const after = exchange.query.get('after');
        if (after !== '' && !/^\d{1,15}$/.test(after))
          return failure(400, `invalid after parameter ${JSON.stringify(after)}: must be the number of an observation`);
        return {
          kind: 'stream',
          write: (response) => streamObservations(response, after === '' ? 0 : Number(after), api),
        };
      },
    },
  ];
}

async function addMember(body: Awaited<ReturnType<typeof readJson>>, api: ClusterApi): Promise<PlainReply> {
  if (!body.ok) return failure(400, `invalid JSON: ${body.error}`);
  const rpc = isWireObject(body.value) ? body.value['rpc'] : undefined;
  if (typeof rpc !== 'string' || !/^(?:\[[^\]]+\]|[^:\s]+):\d{1,5}$/.test(rpc)) {
    return failure(400, 'rpc must be the host:port of a member\'s RPC service, as in {"rpc":"kapacitor-2:9091"}');
  }
  const added = await api.add(rpc);
  if (!added.ok) return failure(added.error.status, added.error.message);
  const { view, handlersSetAside } = added.value;
  return json({
    ...viewJson(view, api.warnings()),
    ...(handlersSetAside.length === 0 ? {} : { 'handlers-set-aside': [...handlersSetAside] }),
  });
}

function viewJson(view: ClusterView, warnings: readonly string[]): { readonly [key: string]: GoJson } {
  return {
    state: view.state,
    'cluster-id': view['cluster-id'],
    'member-id': view['member-id'],
    members: view.members.map((member) => ({ ...member, roles: [...member.roles] })),
    warnings: [...warnings],
  };
}

function topicsJson(topics: ClusterTopics): GoJson {
  return { topics: topics.topics.map((topic) => ({ ...topic, owners: topic.owners.map((owner) => ({ ...owner })) })) };
}

/** JSON lines: the recent past with higher numbers first, then each as it is noticed, until the client goes. */
async function streamObservations(response: ServerResponse, after: number, api: ClusterApi): Promise<void> {
  response.writeHead(200, { 'Content-Type': 'application/x-ndjson; charset=utf-8', 'Cache-Control': 'no-store' });
  response.flushHeaders();
  const write = (observation: StampedObservation): void => {
    if (response.destroyed) return;
    response.write(`${JSON.stringify(observation)}\n`);
    if (response.writableLength > backlogLimitBytes) response.destroy();
  };
  for (const observation of api.observations.after(after)) write(observation);
  const unsubscribe = api.observations.subscribe(write);
  await new Promise<void>((resolve) => response.once('close', resolve));
  unsubscribe();
}
