/**
 * Keeps in touch with the other members: exchanges membership and handlers with each after every change, from time
 * to time, and again and again with those that did not answer; and dials those that gossip does not know alive, since
 * gossip forgets a member some time after its death.
 */
import { earliest, never, type Millis } from '../base/deadline.ts';
import type { MemberId } from '../base/ids.ts';
import { randomFloat } from '../base/random.ts';
import type { Result } from '../base/result.ts';
import type { ClusterContext } from './cluster-context.ts';
import type { HandlerReplication } from './handler-replication.ts';
import type { MembershipKeeper } from './membership-keeper.ts';
import type { ClusterResponse } from './messages.ts';
import type { Remover } from './removing.ts';
import type { RpcFailure } from './rpc-port.ts';
import type { Invitation } from './stored-state.ts';

/** Tries again, later each time. */
interface Retry {
  nextAtMs: Millis;
  backoffMs: Millis;
  isUnderWay: boolean;
}

interface Contact {
  readonly sync: Retry;
  readonly dial: Retry;
  /** What the peer is known to know of our membership. */
  syncedGeneration: number;
}

/** Every pair of members compares what it knows this often, or at the full-sync interval if that is shorter. */
const longestSyncIntervalMs = 30_000;
const syncTimeoutMs = 5_000;
const firstBackoffMs = 250;
const longestBackoffMs = 10_000;

export class Contacts {
  readonly #context: ClusterContext;
  readonly #keeper: MembershipKeeper;
  readonly #handlers: HandlerReplication;
  readonly #remover: Remover;
  readonly #isInviting: (member: MemberId) => boolean;
  readonly #contacts = new Map<MemberId, Contact>();
  readonly #settlings = new Map<MemberId, Retry>();

  constructor(
    context: ClusterContext,
    parts: {
      keeper: MembershipKeeper;
      handlers: HandlerReplication;
      remover: Remover;
      isInviting: (member: MemberId) => boolean;
    },
  ) {
    this.#context = context;
    this.#keeper = parts.keeper;
    this.#handlers = parts.handlers;
    this.#remover = parts.remover;
    this.#isInviting = parts.isInviting;
  }

  /** The member was heard of: no need to wait before the next attempt. */
  hurry(member: MemberId): void {
    const contact = this.#contacts.get(member);
    if (contact === undefined) return;
    hurry(contact.sync, this.#context.nowMs);
    contact.dial.backoffMs = firstBackoffMs;
  }

  /** It calls us, so it may answer again. */
  heardFrom(member: MemberId): void {
    const contact = this.#contacts.get(member);
    if (contact !== undefined && contact.sync.backoffMs > firstBackoffMs) hurry(contact.sync, this.#context.nowMs);
  }

  settleSoon(): void {
    for (const settling of this.#settlings.values()) hurry(settling, this.#context.nowMs);
  }

  /** Something may differ from the peer's: compare now. */
  compareSoon(member: MemberId): void {
    const contact = this.#contacts.get(member);
    if (contact !== undefined)
      contact.sync.nextAtMs = Math.min(contact.sync.nextAtMs, this.#context.nowMs + contact.sync.backoffMs);
  }

  nextDeadline(): Millis {
    let deadline = never;
    for (const [member, contact] of this.#contacts) {
      if (!contact.sync.isUnderWay) deadline = earliest(deadline, contact.sync.nextAtMs);
      if (!contact.dial.isUnderWay && this.#needsDial(member)) deadline = earliest(deadline, contact.dial.nextAtMs);
    }
    for (const [member, settling] of this.#settlings)
      if (!settling.isUnderWay && !this.#isInviting(member)) deadline = earliest(deadline, settling.nextAtMs);
    return deadline;
  }

  /** After every input. */
  progress(): void {
    this.#follow();
    for (const peer of this.#context.peers()) {
      const contact = this.#contacts.get(peer.id);
      if (contact === undefined) continue;
      this.#syncWhenDue(peer.id, peer.rpc, contact);
      this.#dialWhenDue(peer.id, peer.gossip, contact);
    }
    for (const invitation of this.#context.invitations.values()) this.#settleWhenDue(invitation);
  }

  synced(member: MemberId, generation: number, result: Result<ClusterResponse, RpcFailure>): void {
    const contact = this.#contacts.get(member);
    if (result.ok && result.value.kind === 'sync-members') {
      const { membership, handlersDigest } = result.value;
      if (contact !== undefined) {
        contact.syncedGeneration = generation;
        succeeded(contact.sync, this.#context.nowMs + this.#untilNextSyncMs());
      }
      this.#keeper.take(membership);
      this.#handlers.compareWith(member, handlersDigest);
    } else {
      if (contact !== undefined) failed(contact.sync, this.#context.nowMs);
      if (!result.ok && result.error.kind === 'refused') this.#keeper.refused(member, result.error.refusal);
    }
    this.#remover.peerDone(member, result.ok ? generation : null);
  }

  dialled(member: MemberId, isReached: boolean): void {
    const contact = this.#contacts.get(member);
    if (contact === undefined) return;
    failed(contact.dial, this.#context.nowMs);
    if (!isReached && this.#context.statuses.unreachable(member, this.#context.wallMs)) this.#context.membersChanged();
  }

  settled(member: MemberId, result: Result<ClusterResponse, RpcFailure>): void {
    const settling = this.#settlings.get(member);
    if (settling !== undefined) failed(settling, this.#context.nowMs);
    const invitation = this.#context.invitations.get(member);
    if (invitation === undefined || !result.ok || result.value.kind !== 'settle-invitation') return;
    const { record } = result.value;
    if (record === null) this.#keeper.dropInvitation(member);
    else if (record.id === member) this.#keeper.complete(record);
  }

  clear(): void {
    this.#contacts.clear();
    this.#settlings.clear();
  }

  /** A little random, so that members do not all compare at the same moment. */
  #untilNextSyncMs(): Millis {
    const intervalMs = Math.min(longestSyncIntervalMs, this.#context.options.fullSyncIntervalMs);
    return intervalMs * (0.6 + 0.4 * randomFloat(this.#context.random));
  }

  /** One contact per other member, and everything due where our membership has changed. */
  #follow(): void {
    const { membership, nowMs } = this.#context;
    const ids = new Set(this.#context.peers().map(({ id }) => id));
    for (const id of this.#contacts.keys()) if (!ids.has(id)) this.#contacts.delete(id);
    for (const id of ids) {
      const contact = this.#contacts.get(id);
      if (contact === undefined)
        this.#contacts.set(id, { sync: freshRetry(nowMs), dial: freshRetry(nowMs), syncedGeneration: -1 });
      else if (contact.syncedGeneration !== membership.generation && contact.sync.backoffMs === firstBackoffMs)
        contact.sync.nextAtMs = Math.min(contact.sync.nextAtMs, nowMs);
    }
    for (const id of this.#settlings.keys()) if (!this.#context.invitations.has(id)) this.#settlings.delete(id);
    for (const id of this.#context.invitations.keys())
      if (!this.#settlings.has(id)) this.#settlings.set(id, freshRetry(nowMs));
  }

  #syncWhenDue(member: MemberId, rpc: string, { sync }: Contact): void {
    const { membership, handlers, nowMs } = this.#context;
    if (sync.isUnderWay || nowMs < sync.nextAtMs) return;
    sync.isUnderWay = true;
    const request = {
      kind: 'sync-members',
      membership: membership.state(),
      handlersDigest: handlers.digest(),
    } as const;
    this.#context.call(
      { kind: 'sync-members', member, generation: membership.generation },
      rpc,
      request,
      syncTimeoutMs,
    );
  }

  #needsDial(member: MemberId): boolean {
    const { isInGossip, status } = this.#context.statuses.of(member);
    return !isInGossip || status === 'dead' || status === 'left';
  }

  #dialWhenDue(member: MemberId, address: string, { dial }: Contact): void {
    if (dial.isUnderWay || this.#context.nowMs < dial.nextAtMs || !this.#needsDial(member)) return;
    dial.isUnderWay = true;
    this.#context.emit({ kind: 'join-gossip', member, address });
  }

  #settleWhenDue({ member, address, epoch }: Invitation): void {
    const settling = this.#settlings.get(member);
    if (
      settling === undefined ||
      settling.isUnderWay ||
      this.#context.nowMs < settling.nextAtMs ||
      this.#isInviting(member)
    )
      return;
    settling.isUnderWay = true;
    const { clusterId } = this.#context.identity;
    this.#context.call(
      { kind: 'settling', member },
      address,
      { kind: 'settle-invitation', member, clusterId, epoch },
      syncTimeoutMs,
      null,
    );
  }
}

function freshRetry(nowMs: Millis): Retry {
  return { nextAtMs: nowMs, backoffMs: firstBackoffMs, isUnderWay: false };
}

function hurry(retry: Retry, nowMs: Millis): void {
  retry.backoffMs = firstBackoffMs;
  retry.nextAtMs = Math.min(retry.nextAtMs, nowMs);
}

function succeeded(retry: Retry, nextAtMs: Millis): void {
  retry.isUnderWay = false;
  retry.backoffMs = firstBackoffMs;
  retry.nextAtMs = nextAtMs;
}

function failed(retry: Retry, nowMs: Millis): void {
  retry.isUnderWay = false;
  retry.nextAtMs = nowMs + retry.backoffMs;
  retry.backoffMs = Math.min(2 * retry.backoffMs, longestBackoffMs);
}
