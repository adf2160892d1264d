/**
 * Creating, changing and deleting standalone handlers on behalf of a user: every owner of the topic must show a sign
 * of life first (D24); then the change is durable here, and the answer waits a moment for those that are alive.
 */
import { earliest, type Millis } from '../base/deadline.ts';
import type { MemberId } from '../base/ids.ts';
import type { ClusterContext } from './cluster-context.ts';
import type { HandlerChange } from './cluster-io.ts';
import { handlerKey, type HandlerEntry } from './handler-entry.ts';
import type { HandlerDefinition } from './handler-definition.ts';
import type { HandlerReplication } from './handler-replication.ts';
import { handlerNames } from './membership-keeper.ts';

/** One change under way. */
export interface HandlerChanging {
  readonly request: number;
  readonly change: HandlerChange;
  phase: 'probing' | 'spreading';
  /** Members whose answer is waited for. */
  readonly waiting: Set<MemberId>;
  readonly silent: MemberId[];
  deadlineMs: Millis;
}

const probeTimeoutMs = 2_000;
const spreadMs = 1_000;

export class HandlerChanger {
  readonly #context: ClusterContext;
  readonly #replication: HandlerReplication;
  readonly #changings = new Set<HandlerChanging>();

  constructor(context: ClusterContext, replication: HandlerReplication) {
    this.#context = context;
    this.#replication = replication;
  }

  start(request: number, change: HandlerChange, owners: readonly MemberId[]): void {
    const context = this.#context;
    const problem = this.#problem(change);
    if (problem !== null) return context.fail(request, problem.code, problem.message);
    const changing: HandlerChanging = {
      request,
      change,
      phase: 'probing',
      waiting: new Set(),
      silent: [],
      deadlineMs: Infinity,
    };
    this.#changings.add(changing);
    for (const owner of owners) {
      const record = context.membership.get(owner);
      if (owner === context.self || record === undefined) continue;
      changing.waiting.add(owner);
      context.call({ kind: 'probing', changing, member: owner }, record.rpc, { kind: 'probe' }, probeTimeoutMs);
    }
    if (changing.waiting.size === 0) this.#probed(changing);
  }

  probeEnded(changing: HandlerChanging, member: MemberId, isAlive: boolean): void {
    if (!this.#changings.has(changing) || !changing.waiting.delete(member)) return;
    if (!isAlive) changing.silent.push(member);
    if (changing.waiting.size === 0) this.#probed(changing);
  }

  pushEnded(changing: HandlerChanging, member: MemberId): void {
    if (changing.phase === 'spreading') changing.waiting.delete(member);
  }

  nextDeadline(): Millis {
    return earliest(...[...this.#changings].map(({ deadlineMs }) => deadlineMs));
  }

  progress(): void {
    for (const changing of this.#changings) {
      if (changing.phase === 'probing' || (changing.waiting.size > 0 && this.#context.nowMs < changing.deadlineMs))
        continue;
      this.#changings.delete(changing);
      this.#context.reply(changing.request, { ok: true, value: { kind: 'handler-changed' } });
    }
  }

  abort(): void {
    for (const changing of this.#changings) {
      const message = 'this member was removed from its cluster meanwhile';
      this.#context.fail(changing.request, 'failed', message);
    }
    this.#changings.clear();
  }

  /** The original's texts. */
  #problem(change: HandlerChange): { readonly code: 'failed' | 'not-found'; readonly message: string } | null {
    const { handlers } = this.#context;
    if (change.kind === 'delete') return null;
    const key = handlerKey(change.definition.topic, change.definition.id);
    if (change.kind === 'create') {
      if (handlers.definition(key) === undefined) return null;
      const id = JSON.stringify(change.definition.id);
      return { code: 'failed', message: `cannot register handler, handler with ID ${id} already exists` };
    }
    if (handlers.definition(handlerKey(change.topic, change.id)) === undefined)
      return { code: 'not-found', message: `unknown handler: ${JSON.stringify(change.id)}` };
    if (change.id !== change.definition.id && handlers.definition(key) !== undefined)
      return { code: 'failed', message: 'handler spec already exists' };
    return null;
  }

  #probed(changing: HandlerChanging): void {
    const context = this.#context;
    if (changing.silent.length > 0) {
      this.#changings.delete(changing);
      const statuses = changing.silent.sort().map((member) => `status of ${member} is ${this.#statusOf(member)}`);
      return context.fail(
        changing.request,
        'failed',
        `could not verify liveness of topic owners: ${statuses.join(', ')}`,
      );
    }
    const problem = this.#problem(changing.change);
    if (problem !== null) {
      this.#changings.delete(changing);
      return context.fail(changing.request, problem.code, problem.message);
    }
    changing.phase = 'spreading';
    changing.deadlineMs = context.nowMs + spreadMs;
    this.#replication.changeHere(this.#entries(changing.change), changing);
  }

  /** A member that does not answer is at best suspect, whatever gossip has heard last. */
  #statusOf(member: MemberId): string {
    const { status } = this.#context.statuses.of(member);
    return status === 'alive' ? 'suspect' : status;
  }

  #entries(change: HandlerChange): readonly HandlerEntry[] {
    if (change.kind === 'delete') {
      const key = handlerKey(change.topic, change.id);
      return this.#context.handlers.definition(key) === undefined ? [] : [this.#entry(key, null, 'deleted')];
    }
    const key = handlerKey(change.definition.topic, change.definition.id);
    if (change.kind === 'create') return [this.#entry(key, change.definition, 'created')];
    if (change.id === change.definition.id) return [this.#entry(key, change.definition, 'updated')];
    return [
      this.#entry(handlerKey(change.topic, change.id), null, 'deleted'),
      this.#entry(key, change.definition, 'created'),
    ];
  }

  #entry(key: string, definition: HandlerDefinition | null, change: 'created' | 'updated' | 'deleted'): HandlerEntry {
    const context = this.#context;
    context.observe({ kind: 'handler-changed', ...handlerNames(key), change, by: context.self });
    return { key, stamp: context.clock.next(context.wallMs, context.self), definition, acks: [] };
  }
}
