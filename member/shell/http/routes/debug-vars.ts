/** `GET /debug/vars`: who this member is, what it runs, and the statistics of its tasks and topics. */
import { basePath } from '../api-server.ts';
import { prettyJson, type GoJson } from '../go-json.ts';
import type { Route } from '../router.ts';

/** One statistic: the same that `[stats]` writes as points. */
export interface Statistic {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, number | bigint | string | boolean>>;
}

/** What a member has and takes, at this moment. */
export interface MemberFigures {
  readonly enabledTasks: number;
  readonly tasks: number;
  readonly subscriptions: number;
  readonly uptimeSeconds: number;
  /** Bytes. */
  readonly memory: {
    readonly rss: number;
    readonly heapUsed: number;
    readonly heapTotal: number;
    readonly external: number;
  };
}

export interface DebugVarsApi {
  readonly version: string;
  readonly host: string;
  clusterId(): string;
  serverId(): string;
  figures(): MemberFigures;
  statistics(): readonly Statistic[];
  readonly commandLine: readonly string[];
}

export function debugVarsRoutes(api: DebugVarsApi): readonly Route[] {
  return [
    {
      method: 'GET',
      pattern: `${basePath}/debug/vars`,
      isDebug: true,
      handle: () => ({ kind: 'text', status: 200, text: `${prettyJson(view(api))}\n` }),
    },
  ];
}

function view(api: DebugVarsApi): GoJson {
  const identity = { cluster_id: api.clusterId(), host: api.host, server_id: api.serverId() };
  const kapacitor: Record<string, GoJson> = {};
  api.statistics().forEach((statistic, index) => {
    // The original's keys are random; clients look at names and tags only.
    kapacitor[`${statistic.name}-${index}`] = {
      name: statistic.name,
      tags: { ...statistic.tags, ...identity },
      values: { ...statistic.values },
    };
  });
  const { enabledTasks, subscriptions, tasks, memory } = api.figures();
  return {
    cluster_id: identity.cluster_id,
    cmdline: [...api.commandLine],
    host: api.host,
    kapacitor,
    memstats: {
      Alloc: memory.heapUsed,
      HeapAlloc: memory.heapUsed,
      HeapSys: memory.heapTotal,
      Sys: memory.rss,
      External: memory.external,
    },
    num_enabled_tasks: enabledTasks,
    num_subscriptions: subscriptions,
    num_tasks: tasks,
    platform: 'OSS',
    product: 'kapacitor',
    server_id: identity.server_id,
    version: api.version,
  };
}
