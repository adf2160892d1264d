/** The lab's calls of one member's API: what comes back is checked, as a member may be a foreign engine. */
import { z } from 'zod';
import type { ClusterTopics, ClusterView } from '../../member/api/cluster-routes.ts';
import { err, ok, type Result } from '../../member/base/result.ts';
import { httpCall, jsonCall, type HttpCall } from './http-call.ts';

const status = z.enum(['alive', 'suspect', 'dead', 'left']);
const clusterView = z.object({
  state: z.enum(['uninitialized', 'initialized']),
  'cluster-id': z.string(),
  'member-id': z.string(),
  members: z.array(
    z.object({
      id: z.string(),
      gossip: z.string(),
      rpc: z.string(),
      api: z.string(),
      roles: z.array(z.string()),
      status,
      incarnation: z.number(),
      since: z.string(),
    }),
  ),
});
const clusterTopics = z.object({
  topics: z.array(
    z.object({
      topic: z.string(),
      level: z.string(),
      owners: z.array(z.object({ id: z.string(), rank: z.number(), status })),
      pending: z.number(),
    }),
  ),
});

export interface TaskDefinition {
  readonly id: string;
  readonly type: 'stream';
  readonly dbrps: readonly { readonly db: string; readonly rp: string }[];
  readonly script: string;
  readonly status: 'enabled' | 'disabled';
  readonly vars?: Readonly<Record<string, { readonly type: string; readonly value: unknown }>>;
}

export interface HandlerDefinition {
  readonly id: string;
  readonly kind: string;
  readonly options: Readonly<Record<string, unknown>>;
}

export class MemberClient {
  private readonly base: string;

  /** `http://127.0.0.1:19092` */
  constructor(api: string) {
    this.base = `${api}/kapacitor/v1`;
  }

  async isServing(): Promise<boolean> {
    const answer = await httpCall(`${this.base}/ping`, { timeoutMs: 1_000 });
    return answer.ok && answer.value.status === 204;
  }

  cluster(): Promise<Result<ClusterView, string>> {
    return this.read('/cluster', clusterView);
  }

  topics(): Promise<Result<ClusterTopics, string>> {
    return this.read('/cluster/topics', clusterTopics);
  }

  /** An invitation may take 10 s until it fails. */
  addMember(rpc: string): Promise<Result<unknown, string>> {
    return this.call('/cluster/members', { method: 'POST', json: { rpc }, timeoutMs: 15_000 });
  }

  removeMember(id: string): Promise<Result<unknown, string>> {
    return this.call(`/cluster/members/${id}`, { method: 'DELETE', timeoutMs: 15_000 });
  }

  /** Defines the task unless there is one of that ID already, which then stays as it is. */
  async defineMissingTask(task: TaskDefinition): Promise<Result<'defined' | 'kept', string>> {
    const known = await httpCall(`${this.base}/tasks/${task.id}`);
    if (known.ok && known.value.status === 200) return ok('kept');
    const made = await this.call('/tasks', { method: 'POST', json: task });
    return made.ok ? ok('defined') : err(`task ${task.id}: ${made.error}`);
  }

  deleteTask(id: string): Promise<Result<unknown, string>> {
    return this.call(`/tasks/${id}`, { method: 'DELETE' });
  }

  /** Creates the handler, or gives the existing one these options. */
  async setHandler(topic: string, handler: HandlerDefinition): Promise<Result<unknown, string>> {
    const path = `/alerts/topics/${encodeURIComponent(topic)}/handlers`;
    const known = await this.call(`${path}/${handler.id}`, {});
    if (known.ok && JSON.stringify(optionsOf(known.value)) === JSON.stringify(handler.options)) return known;
    const made = await (known.ok
      ? this.call(`${path}/${handler.id}`, { method: 'PUT', json: handler })
      : this.call(path, { method: 'POST', json: handler }));
    return made.ok ? made : err(`handler ${handler.id} of ${topic}: ${made.error}`);
  }

  write(db: string, rp: string, lines: string): Promise<Result<unknown, string>> {
    return this.call(`/write?db=${encodeURIComponent(db)}&rp=${encodeURIComponent(rp)}`, {
      method: 'POST',
      body: lines,
    });
  }

  observationsUrl(after: number): string {
    return `${this.base}/cluster/observations?after=${after}`;
  }

  private call(path: string, call: HttpCall & { json?: unknown }): Promise<Result<unknown, string>> {
    return jsonCall(`${this.base}${path}`, call);
  }

  private async read<T>(path: string, schema: z.ZodType<T>): Promise<Result<T, string>> {
    const answer = await this.call(path, { timeoutMs: 2_000 });
    if (!answer.ok) return answer;
    const parsed = schema.safeParse(answer.value);
    return parsed.success
      ? ok(parsed.data)
      : err(`GET ${path} answered something else: ${parsed.error.issues[0]?.message ?? ''}`);
  }
}

function optionsOf(handler: unknown): unknown {
  return typeof handler === 'object' && handler !== null && 'options' in handler ? handler.options : null;
}
