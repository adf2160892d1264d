/**
 * `member remove` (section 6). The removal is durable here first; it then spreads like everything else, and the
 * removed member is told until it knows. The answer waits a moment for that, so that lists read next are right.
 */
import { earliest, type Millis } from '../base/deadline.ts';
import { isUuid, memberId, type MemberId } from '../base/ids.ts';
import type { Result } from '../base/result.ts';
import type { ClusterContext } from './cluster-context.ts';
import type { MembershipKeeper } from './membership-keeper.ts';
import type { RemovedRecord } from './member-record.ts';
import type { ClusterResponse, TellRemovedRequest } from './messages.ts';
import type { RpcFailure } from './rpc-port.ts';

/** One `member remove` under way. */
export interface Removing {
  readonly request: number;
  readonly member: MemberId;
  /** Members whose word is still waited for. */
  readonly waiting: Set<MemberId>;
  readonly deadlineMs: Millis;
  /** Of the membership without that member. */
  generation: number;
  wasTold: boolean;
}

interface Telling {
  nextAtMs: Millis;
  backoffMs: Millis;
  isUnderWay: boolean;
}

const answerWithinMs = 2_000;
const tellTimeoutMs = 2_000;
const firstBackoffMs = 500;
const longestBackoffMs = 30_000;
/** Somebody else lives at that address: it may come back, but there is no hurry. */
const strangerBackoffMs = 600_000;

export class Remover {
  readonly #context: ClusterContext;
  readonly #keeper: MembershipKeeper;
  readonly #removings = new Set<Removing>();
  readonly #tellings = new Map<MemberId, Telling>();

  constructor(context: ClusterContext, keeper: MembershipKeeper) {
    this.#context = context;
    this.#keeper = keeper;
  }

  start(request: number, id: string): void {
    const context = this.#context;
    const member = isUuid(id) ? memberId(id) : undefined;
    const known = member === undefined ? undefined : (context.membership.get(member) ?? this.#invited(member));
    if (member === undefined || known === undefined) {
      const ids = context.membership.members().map((record) => record.id);
      return context.fail(
        request,
        'not-found',
        `unknown member ${JSON.stringify(id)}: the members are ${ids.join(', ')}`,
      );
    }
    if (!context.isInitialized && member === context.self)
      return context.fail(request, 'conflict', `member ${id} is not part of a cluster`);
    const removing: Removing = {
      request,
      member,
      waiting: new Set(),
      deadlineMs: context.nowMs + answerWithinMs,
      generation: 0,
      wasTold: member === context.self,
    };
    this.#removings.add(removing);
    const removal = {
      id: member,
      epoch: known.epoch,
      clusterId: context.identity.clusterId,
      by: context.self,
      rpc: known.rpc,
      isTold: false,
    };
    if (member === context.self) return this.#leave(removing, removal);
    this.#keeper.remove(removal);
    removing.generation = context.membership.generation;
    for (const { id: peer } of context.peers())
      if (context.statuses.of(peer).status === 'alive') removing.waiting.add(peer);
    removing.waiting.add(member);
  }

  /** A peer knows this generation of the membership, or cannot be reached now (null). */
  peerDone(member: MemberId, generation: number | null): void {
    for (const removing of this.#removings) {
      if (removing.member !== member && (generation === null || generation >= removing.generation))
        removing.waiting.delete(member);
    }
  }

  toldEnded(member: MemberId, result: Result<ClusterResponse, RpcFailure>): void {
    const telling = this.#tellings.get(member);
    if (telling !== undefined) telling.isUnderWay = false;
    const isTold = this.#isTold(member, result);
    if (isTold) this.#keeper.markTold(member);
    else if (telling !== undefined) this.#backOff(telling, result);
    if (!result.ok && result.error.kind === 'refused') this.#keeper.refused(member, result.error.refusal);
    for (const removing of this.#removings) {
      if (removing.member !== member) continue;
      removing.wasTold ||= isTold;
      removing.waiting.delete(member);
    }
  }

  farewellEnded(removing: Removing, member: MemberId): void {
    removing.waiting.delete(member);
  }

  tell(token: number, request: TellRemovedRequest): void {
    const context = this.#context;
    const record = context.selfRecord();
    const isKnown = request.member === context.self && request.clusterId === context.identity.clusterId;
    if (isKnown && request.epoch >= record.epoch) {
      const removal: RemovedRecord = {
        id: context.self,
        epoch: request.epoch,
        clusterId: request.clusterId,
        by: request.by,
        rpc: record.rpc,
        isTold: true,
      };
      context.membership.remove(removal);
      this.#keeper.leave(removal, record);
    }
    context.answer(token, { kind: 'tell-removed', isKnown });
  }

  nextDeadline(): Millis {
    const tellings = this.#untold()
      .map(({ id }) => this.#tellings.get(id))
      .map((telling) => (telling === undefined ? 0 : telling.isUnderWay ? Infinity : telling.nextAtMs));
    return earliest(...tellings, ...[...this.#removings].map(({ deadlineMs }) => deadlineMs));
  }

  progress(): void {
    const context = this.#context;
    for (const removal of this.#untold()) this.#tellWhenDue(removal);
    for (const removing of this.#removings) {
      if (removing.waiting.size > 0 && context.nowMs < removing.deadlineMs) continue;
      this.#removings.delete(removing);
      context.reply(removing.request, { ok: true, value: { kind: 'removed', wasTold: removing.wasTold } });
    }
  }

  /** This member is out of its cluster: what it decided there has been sent on, or is nobody's business now. */
  abort(): void {
    this.#tellings.clear();
    for (const removing of this.#removings) if (removing.member !== this.#context.self) removing.waiting.clear();
  }

  #invited(member: MemberId): { readonly epoch: number; readonly rpc: string } | undefined {
    const invitation = this.#context.invitations.get(member);
    return invitation === undefined ? undefined : { epoch: invitation.epoch, rpc: invitation.address };
  }

  /** The others are told with the credentials of the membership that is over; whoever is missed learns it when it calls. */
  #leave(removing: Removing, removal: RemovedRecord): void {
    const context = this.#context;
    const record = context.selfRecord();
    const peers = context.peers();
    const credentials = context.credentials();
    const request = {
      kind: 'sync-members',
      membership: { members: peers, removed: [...context.membership.removed(), removal] },
      handlersDigest: context.handlers.digest(),
    } as const;
    context.membership.remove(removal);
    this.#keeper.leave(removal, record);
    for (const peer of peers) {
      removing.waiting.add(peer.id);
      context.call({ kind: 'farewell', removing, member: peer.id }, peer.rpc, request, answerWithinMs, credentials);
    }
  }

  #untold(): readonly RemovedRecord[] {
    const { membership, identity, self } = this.#context;
    return membership
      .removed()
      .filter(({ id, isTold, clusterId }) => !isTold && clusterId === identity.clusterId && id !== self);
  }

  #tellWhenDue(removal: RemovedRecord): void {
    const context = this.#context;
    const telling = this.#tellings.get(removal.id) ?? {
      nextAtMs: context.nowMs,
      backoffMs: firstBackoffMs,
      isUnderWay: false,
    };
    this.#tellings.set(removal.id, telling);
    if (telling.isUnderWay || context.nowMs < telling.nextAtMs) return;
    telling.isUnderWay = true;
    const { id, epoch, clusterId, by } = removal;
    context.call(
      { kind: 'telling', member: id },
      removal.rpc,
      { kind: 'tell-removed', member: id, epoch, clusterId, by },
      tellTimeoutMs,
    );
  }

  #isTold(member: MemberId, result: Result<ClusterResponse, RpcFailure>): boolean {
    if (result.ok) return result.value.kind === 'tell-removed' && result.value.isKnown;
    const { error } = result;
    return error.kind === 'refused' && error.refusal.kind === 'departed' && error.refusal.member === member;
  }

  #backOff(telling: Telling, result: Result<ClusterResponse, RpcFailure>): void {
    const isStranger = result.ok || result.error.kind === 'refused';
    telling.nextAtMs = this.#context.nowMs + (isStranger ? strangerBackoffMs : telling.backoffMs);
    telling.backoffMs = Math.min(2 * telling.backoffMs, longestBackoffMs);
  }
}
