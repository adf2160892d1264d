/** Changes of the durable membership, wherever they come from, with all that follows from them. */
import { clusterId, randomUuid, type MemberId } from '../base/ids.ts';
import type { ClusterContext } from './cluster-context.ts';
import type { Refusal } from './credentials.ts';
import { membershipKey, splitHandlerKey } from './handler-entry.ts';
import type { MemberRecord, MembershipState, RemovedRecord } from './member-record.ts';
import { findSettingsMismatches } from './settings-agreement.ts';
import {
  deletion,
  departedWrite,
  handlerJson,
  handlerRowKey,
  handlerWrite,
  memberWrite,
  removedWrite,
} from './stored-state.ts';

export class MembershipKeeper {
  readonly #context: ClusterContext;
  readonly #onLeft: () => void;
  #mismatches = '[]';

  constructor(context: ClusterContext, onLeft: () => void) {
    this.#context = context;
    this.#onLeft = onLeft;
  }

  /** Merges what another member of this cluster knows. */
  take(state: MembershipState): void {
    const context = this.#context;
    const before = new Map(context.membership.members().map((record) => [record.id, record]));
    const revision = context.selfRecord().revision;
    const change = context.membership.merge(state);
    for (const record of [...change.added, ...change.updated]) context.write(memberWrite(record));
    for (const record of [...change.removed, ...change.told]) context.write(removedWrite(record));
    if (change.added.length + change.updated.length + change.removed.length === 0) return;
    const own = change.removed.find(({ id }) => id === context.self);
    if (own !== undefined && context.membership.get(context.self) === undefined) {
      this.leave(own, before.get(context.self));
      return;
    }
    for (const removal of change.removed) this.#removed(removal, before.get(removal.id));
    for (const record of change.added) this.#added(record);
    // Somebody holds a later profile of this member than its own store does: outdo it.
    if (context.selfRecord().revision !== revision) context.reviseSelf(context.profile(context.selfRecord().mayOwn));
    this.#becomeInitialized();
    this.afterChange();
  }

  /** A newcomer that has answered is a member: ends the invitation. */
  complete(record: MemberRecord): void {
    const context = this.#context;
    if (context.membership.put(record)) {
      context.write(memberWrite(record));
      this.#added(record);
    }
    this.dropInvitation(record.id);
    this.#becomeInitialized();
    this.afterChange();
  }

  dropInvitation(member: MemberId): void {
    if (this.#context.invitations.delete(member)) this.#context.write(deletion('cluster-invitations', member));
  }

  /** A removal decided or learnt here, of somebody else. */
  remove(removal: RemovedRecord): void {
    const context = this.#context;
    const record = context.membership.get(removal.id);
    if (!context.membership.remove(removal)) return;
    context.write(removedWrite(removal));
    this.#removed(removal, record);
    this.afterChange();
  }

  markTold(member: MemberId): void {
    const removal = this.#context.membership.removal(member);
    if (removal !== undefined && !removal.isTold)
      this.#context.write(removedWrite(this.#context.membership.markTold(member)));
  }

  /** A member that was called does not talk to this one. `callee` null: it is not known who it was. */
  refused(callee: MemberId | null, refusal: Refusal): void {
    const context = this.#context;
    if (refusal.kind !== 'removed' && refusal.kind !== 'departed') return;
    if (refusal.clusterId !== context.identity.clusterId || !context.isInitialized) return;
    if (refusal.kind === 'removed') {
      const record = context.selfRecord();
      if (refusal.member !== context.self || refusal.epoch < record.epoch) return;
      const removal = {
        id: context.self,
        epoch: refusal.epoch,
        clusterId: refusal.clusterId,
        by: refusal.by,
        rpc: record.rpc,
        isTold: true,
      };
      context.membership.remove(removal);
      this.leave(removal, record);
      return;
    }
    const record = context.membership.get(refusal.member);
    if (refusal.member === context.self || (callee !== null && callee !== refusal.member)) return;
    if (record !== undefined && refusal.epoch >= record.epoch) {
      this.remove({
        id: record.id,
        epoch: refusal.epoch,
        clusterId: refusal.clusterId,
        by: record.id,
        rpc: record.rpc,
        isTold: true,
      });
    }
    this.markTold(refusal.member);
  }

  /**
   * Out of the cluster (D10, D11): a fresh cluster ID, this member alone in it, the replicated handlers set aside.
   * What the alerts core holds is set aside by that core, before the membership is over on disk.
   */
  leave(removal: RemovedRecord, record: MemberRecord | undefined): void {
    const context = this.#context;
    const { clusterId: left } = context.identity;
    const epoch = Math.max(removal.epoch, context.identity.lastEpoch, record?.epoch ?? 0);
    context.setAside(`${left}.${removal.epoch}.handlers`, {
      cluster: left,
      member: context.self,
      epoch: removal.epoch,
      by: removal.by,
      atWallMs: context.wallMs,
      handlers: context.handlers
        .entries()
        .filter(({ definition }) => definition !== null)
        .map(handlerJson),
    });
    for (const { id } of context.membership.members())
      context.write(deletion('cluster-members', id), deletion('cluster-statuses', id));
    for (const id of context.invitations.keys()) context.write(deletion('cluster-invitations', id));
    for (const { key } of context.handlers.entries()) context.write(deletion('cluster-handlers', handlerRowKey(key)));
    context.departed.set(left, removal.epoch);
    context.departure = { clusterId: left, epoch: removal.epoch };
    context.write(departedWrite(left, removal.epoch), removedWrite({ ...removal, isTold: true }));
    context.invitations.clear();
    context.handlers.clear();
    context.statuses.clear();
    context.forgetCalls();
    const fresh = {
      memberId: context.self,
      clusterId: clusterId(randomUuid(context.random)),
      key: context.freshKey(),
      state: 'uninitialized',
      lastEpoch: epoch + 1,
    } as const;
    context.setIdentity(fresh);
    const self = { ...context.profile(true), id: context.self, epoch: epoch + 1, revision: 1, addedBy: context.self };
    context.membership.reset(self);
    context.write(memberWrite(self));
    context.membersLeftEarly();
    context.observe({ kind: 'member-removed', member: context.self, by: removal.by });
    context.observe({ kind: 'cluster-state', state: 'uninitialized', clusterId: fresh.clusterId, cause: 'removed' });
    const meta = context.metadata();
    if (meta.ok) context.emit({ kind: 'restart-gossip', meta: meta.value });
    this.#onLeft();
  }

  /** Tombstones that every membership in force has acknowledged are no longer needed (D12). */
  collectTombstones(): void {
    const context = this.#context;
    const memberships = context.membership.members().map(({ id, epoch }) => membershipKey(id, epoch));
    for (const { key, acks } of context.handlers.tombstones()) {
      if (!memberships.every((membership) => acks.includes(membership))) continue;
      context.handlers.drop(key);
      context.write(deletion('cluster-handlers', handlerRowKey(key)));
    }
  }

  acknowledge(keys: readonly string[], acks: readonly string[]): void {
    for (const key of keys) {
      const held = this.#context.handlers.get(key);
      const entry =
        held === undefined ? undefined : this.#context.handlers.acknowledge({ key, stamp: held.stamp, acks });
      if (entry !== undefined) this.#context.write(handlerWrite(entry));
    }
  }

  afterChange(): void {
    this.#context.membersChanged();
    this.collectTombstones();
    this.checkSettings();
  }

  /** D6: a mismatch is noticed once each time it changes. */
  checkSettings(): void {
    const mismatches = findSettingsMismatches(this.#context.membership.members());
    const text = JSON.stringify(mismatches);
    if (text === this.#mismatches) return;
    this.#mismatches = text;
    for (const mismatch of mismatches) this.#context.observe({ kind: 'settings-mismatch', ...mismatch });
  }

  /** A member that finds another one in its cluster has founded it. */
  #becomeInitialized(): void {
    const context = this.#context;
    if (context.isInitialized || context.peers().length === 0) return;
    context.setIdentity({ ...context.identity, state: 'initialized' });
    context.observe({
      kind: 'cluster-state',
      state: 'initialized',
      clusterId: context.identity.clusterId,
      cause: 'founded',
    });
  }

  #added(record: MemberRecord): void {
    const invitation = this.#context.invitations.get(record.id);
    if (invitation !== undefined && invitation.epoch <= record.epoch) this.dropInvitation(record.id);
    this.#context.statuses.met(record.id, this.#context.wallMs);
    this.#context.observe({ kind: 'member-added', member: record.id, by: record.addedBy });
  }

  #removed(removal: RemovedRecord, record: MemberRecord | undefined): void {
    const context = this.#context;
    const invitation = context.invitations.get(removal.id);
    if (invitation !== undefined && invitation.epoch <= removal.epoch) this.dropInvitation(removal.id);
    if (record === undefined || record.epoch > removal.epoch) return;
    context.observe({ kind: 'member-removed', member: removal.id, by: removal.by });
    // The same message may bring its next membership, whose row must stay.
    if (context.membership.get(removal.id) !== undefined) return;
    context.write(deletion('cluster-members', removal.id), deletion('cluster-statuses', removal.id));
  }
}

/** Topic and ID of a changed entry, for the observation. */
export function handlerNames(key: string): { readonly topic: string; readonly handler: string } {
  const { topic, id } = splitHandlerKey(key);
  return { topic, handler: id };
}
