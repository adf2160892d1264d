/**
 * The adder's side of `member add` (D8). First a hello, which changes nothing anywhere; then the invitation is made
 * durable, and only then sent. An invitation whose answer is lost stays until the newcomer was asked about it.
 */
import { earliest, never, type Millis } from '../base/deadline.ts';
import { randomBelow } from '../base/random.ts';
import type { MemberId } from '../base/ids.ts';
import type { Result } from '../base/result.ts';
import type { ClusterContext } from './cluster-context.ts';
import type { ClusterError } from './cluster-io.ts';
import { isHostPort } from './host-port.ts';
import type { MembershipKeeper } from './membership-keeper.ts';
import type { MemberRecord } from './member-record.ts';
import type { ClusterResponse, HelloReply, InviteReply, InviteRefusal } from './messages.ts';
import type { RpcFailure } from './rpc-port.ts';
import { describeVersionMismatch, findVersionMismatch } from './versions.ts';

/** One `member add` under way; a second one for the same address shares it. */
export interface Adding {
  readonly address: string;
  readonly requests: number[];
  /** The user has an answer by then (section 5: within 10 s). */
  readonly deadlineMs: Millis;
  phase: 'hello' | 'sync' | 'invite' | 'retry' | 'yield' | 'greet';
  member: MemberId | null;
  /** Of the invitation sent last. */
  epoch: number;
  /** When a phase that waits without a call goes on. */
  resumeAtMs: Millis;
  hellos: number;
  handlersSetAside: readonly string[];
  wasAlreadyThere: boolean;
}

const answerWithinMs = 9_000;
const helloTimeoutMs = 4_000;
/** A newcomer that has joined is usually alive in gossip at once; the answer waits this long for it. */
const greetMs = 2_000;
const helloLimit = 5;

export class Adder {
  readonly #context: ClusterContext;
  readonly #keeper: MembershipKeeper;
  readonly #addings = new Set<Adding>();

  constructor(context: ClusterContext, keeper: MembershipKeeper) {
    this.#context = context;
    this.#keeper = keeper;
  }

  /** A call to this member's newcomer is under way, so its end decides about the invitation. */
  isInviting(member: MemberId): boolean {
    return [...this.#addings].some((adding) => adding.member === member && adding.phase === 'invite');
  }

  start(request: number, address: string): void {
    const context = this.#context;
    if (context.options.clusteringRefusal !== null)
      return context.fail(request, 'conflict', `this member does not cluster: ${context.options.clusteringRefusal}`);
    if (!isHostPort(address))
      return context.fail(request, 'bad-request', `invalid RPC address ${JSON.stringify(address)}: expected host:port`);
    if (address === context.options.addresses.rpc)
      return context.fail(request, 'bad-request', `cannot add ${address}: it is this member itself`);
    const running = [...this.#addings].find((adding) => adding.address === address);
    if (running !== undefined) {
      running.requests.push(request);
      return;
    }
    const adding: Adding = {
      address,
      requests: [request],
      deadlineMs: context.nowMs + answerWithinMs,
      phase: 'hello',
      member: null,
      epoch: 0,
      resumeAtMs: never,
      hellos: 0,
      handlersSetAside: [],
      wasAlreadyThere: false,
    };
    this.#addings.add(adding);
    this.#hello(adding);
  }

  ended(adding: Adding, result: Result<ClusterResponse, RpcFailure>): void {
    if (!this.#addings.has(adding)) return this.#endedLate(adding, result);
    if (!result.ok) return this.#failed(adding, result.error);
    const response = result.value;
    if (response.kind === 'hello' && adding.phase === 'hello') this.#greeted(adding, response);
    else if (response.kind === 'sync-members' && adding.phase === 'sync')
      this.#synced(adding, response.membership.members);
    else if (response.kind === 'invite' && adding.phase === 'invite') this.#invited(adding, response);
    else this.#error(adding, 'unreachable', `member at ${adding.address} gave an answer that does not fit`);
  }

  nextDeadline(): Millis {
    return earliest(...[...this.#addings].map((adding) => Math.min(adding.resumeAtMs, adding.deadlineMs)));
  }

  /** After every input: what waits for a time or for news of the newcomer goes on. */
  progress(): void {
    const { nowMs } = this.#context;
    for (const adding of this.#addings) {
      if (adding.phase === 'greet') this.#greet(adding);
      else if (adding.phase === 'yield') this.#yield(adding);
      else if (adding.phase === 'retry' && nowMs >= adding.resumeAtMs) this.#hello(adding);
      if (this.#addings.has(adding) && nowMs >= adding.deadlineMs) this.#timedOut(adding);
    }
  }

  /** This member is out of its cluster: nothing it began there goes on. */
  abort(): void {
    for (const adding of this.#addings)
      this.#error(adding, 'conflict', 'this member was removed from its cluster meanwhile');
  }

  #hello(adding: Adding): void {
    const context = this.#context;
    adding.phase = 'hello';
    adding.resumeAtMs = never;
    adding.hellos++;
    const { clusterId } = context.identity;
    const timeoutMs = Math.max(1, Math.min(helloTimeoutMs, adding.deadlineMs - context.nowMs));
    context.call(
      { kind: 'adding', adding },
      adding.address,
      { kind: 'hello', member: context.self, clusterId, versions: context.options.versions },
      timeoutMs,
      null,
    );
  }

  #greeted(adding: Adding, hello: HelloReply): void {
    const context = this.#context;
    if (hello.member === context.self)
      return this.#error(adding, 'bad-request', `cannot add ${adding.address}: it is this member itself`);
    const versions = findVersionMismatch(context.options.versions, hello.versions);
    if (!versions.ok)
      return this.#error(
        adding,
        'conflict',
        `cannot add member ${hello.member}: ${describeVersionMismatch(versions.error)}`,
      );
    if (hello.clusteringRefusal !== null)
      return this.#error(adding, 'conflict', `member ${hello.member} does not cluster: ${hello.clusteringRefusal}`);
    adding.member = hello.member;
    const record = context.membership.get(hello.member);
    if (hello.state === 'initialized') {
      if (hello.clusterId !== context.identity.clusterId)
        return this.#otherCluster(adding, hello.member, hello.clusterId);
      if (record !== undefined && record.epoch >= hello.epoch) return this.#alreadyThere(adding, record);
      return this.#sync(adding);
    }
    if (record !== undefined && hello.departedEpoch >= record.epoch) {
      // It has left this cluster, and nobody has told us.
      this.#keeper.remove({
        id: record.id,
        epoch: hello.departedEpoch,
        clusterId: context.identity.clusterId,
        by: record.id,
        rpc: record.rpc,
        isTold: true,
      });
    }
    this.#invite(adding, hello);
  }

  /** It says it is in this cluster, and we hold no such membership: compare what both know, then ask again. */
  #sync(adding: Adding): void {
    const context = this.#context;
    if (adding.hellos >= helloLimit)
      return this.#error(
        adding,
        'conflict',
        `member at ${adding.address} does not agree about its membership: try again`,
      );
    adding.phase = 'sync';
    const request = {
      kind: 'sync-members',
      membership: context.membership.state(),
      handlersDigest: context.handlers.digest(),
    } as const;
    context.call({ kind: 'adding', adding }, adding.address, request, helloTimeoutMs);
  }

  #synced(adding: Adding, members: readonly MemberRecord[]): void {
    this.#keeper.take({ members, removed: [] });
    this.#hello(adding);
  }

  #invite(adding: Adding, hello: HelloReply): void {
    const context = this.#context;
    const { membership, identity } = context;
    const known = membership.get(hello.member)?.epoch ?? 0;
    const epoch = Math.max(hello.lastEpoch, known, membership.removedEpoch(hello.member)) + 1;
    adding.phase = 'invite';
    adding.epoch = epoch;
    context.saveInvitation({ member: hello.member, address: adding.address, epoch });
    const request = {
      kind: 'invite',
      adder: context.self,
      clusterId: identity.clusterId,
      key: identity.key,
      epoch,
      joinSecret: context.options.joinSecret,
      versions: context.options.versions,
      membership: membership.state(),
      handlers: context.handlers.entries(),
    } as const;
    context.call(
      { kind: 'adding', adding },
      adding.address,
      request,
      Math.max(1, adding.deadlineMs - context.nowMs),
      null,
    );
  }

  #invited(adding: Adding, { outcome }: InviteReply): void {
    if (outcome.kind === 'joined') {
      adding.handlersSetAside = outcome.handlersSetAside;
      this.#keeper.complete(outcome.record);
      return this.#startGreeting(adding);
    }
    // Every other answer means that the newcomer has not taken this invitation and has dropped it.
    this.#withdraw(adding);
    this.#refused(adding, outcome);
  }

  #refused(adding: Adding, refusal: InviteRefusal): void {
    const who = adding.member ?? adding.address;
    switch (refusal.kind) {
      case 'already-member':
        return this.#alreadyThere(adding, refusal.record);
      case 'other-cluster':
        return this.#otherCluster(adding, who, refusal.clusterId);
      case 'invites-adder':
        adding.phase = 'yield';
        return;
      case 'busy':
      case 'stale':
        if (adding.hellos >= 20) return this.#error(adding, 'conflict', `member ${who} is busy: try again`);
        adding.phase = 'retry';
        adding.resumeAtMs = this.#context.nowMs + 200 + randomBelow(this.#context.random, 400);
        return;
      case 'join-secret':
        return this.#error(
          adding,
          'conflict',
          `member ${who} refuses: the [rpc] join-secret of this member is not its own`,
        );
      case 'refused':
        return this.#error(adding, 'conflict', `member ${who} refuses: ${refusal.reason}`);
    }
  }

  #alreadyThere(adding: Adding, record: MemberRecord): void {
    adding.wasAlreadyThere = true;
    this.#keeper.complete(record);
    this.#startGreeting(adding);
  }

  #startGreeting(adding: Adding): void {
    adding.phase = 'greet';
    adding.resumeAtMs = Math.min(adding.deadlineMs, this.#context.nowMs + greetMs);
    this.#greet(adding);
  }

  #greet(adding: Adding): void {
    const context = this.#context;
    if (adding.member === null) return;
    const seen = context.statuses.of(adding.member);
    if (!(seen.isInGossip && seen.status === 'alive') && context.nowMs < adding.resumeAtMs) return;
    this.#addings.delete(adding);
    const { member, wasAlreadyThere, handlersSetAside } = adding;
    for (const request of adding.requests)
      context.reply(request, { ok: true, value: { kind: 'added', member, wasAlreadyThere, handlersSetAside } });
  }

  /** Both invited each other and the other one's cluster ID is the lower: its invitation will come, or has. */
  #yield(adding: Adding): void {
    const { member } = adding;
    const record = member === null ? undefined : this.#context.membership.get(member);
    if (record !== undefined) this.#startGreeting(adding);
  }

  #otherCluster(adding: Adding, member: string, clusterId: string): void {
    this.#error(adding, 'conflict', `member ${member} is already part of another cluster: ${clusterId}`);
  }

  #failed(adding: Adding, failure: RpcFailure): void {
    if (failure.kind === 'refused' && adding.phase === 'sync') {
      this.#keeper.refused(adding.member, failure.refusal);
      // Being removed from the cluster ourselves has ended this adding already.
      if (this.#addings.has(adding)) this.#hello(adding);
      return;
    }
    const address = adding.address;
    if (failure.kind === 'unreachable')
      return this.#error(adding, 'unreachable', `member at ${address} does not answer: ${failure.reason}`);
    if (failure.kind === 'timeout') return this.#error(adding, 'unreachable', `member at ${address} does not answer`);
    this.#error(adding, 'conflict', `member at ${address} refuses: ${failure.refusal.kind}`);
  }

  #timedOut(adding: Adding): void {
    const isBusy = adding.phase === 'retry';
    this.#error(
      adding,
      isBusy ? 'conflict' : 'unreachable',
      `member at ${adding.address} ${isBusy ? 'is busy: try again' : 'does not answer'}`,
    );
  }

  /** The answer to an invitation came after the user had to be answered; it counts all the same. */
  #endedLate(adding: Adding, result: Result<ClusterResponse, RpcFailure>): void {
    if (!result.ok || result.value.kind !== 'invite' || adding.member === null) return;
    if (result.value.outcome.kind === 'joined') this.#keeper.complete(result.value.outcome.record);
    else this.#withdraw(adding);
  }

  /** Unless a later invitation of the same newcomer has taken its place. */
  #withdraw({ member, epoch }: Adding): void {
    if (member !== null && this.#context.invitations.get(member)?.epoch === epoch) this.#keeper.dropInvitation(member);
  }

  #error(adding: Adding, code: ClusterError['code'], message: string): void {
    this.#addings.delete(adding);
    for (const request of adding.requests) this.#context.fail(request, code, message);
  }
}
