/**
 * Invariant 5, at the moment an answer leaves a member: what it acknowledges is on its disk by then, so no crash can
 * take it back.
 */
import type { JsonValue } from '../base/store.ts';
import { compareStamps } from '../cluster/hybrid-clock.ts';
import { isHandlerEntry, isMemberRecord, isRemovedRecord } from '../cluster/message-reader.ts';
import type { ClusterRequest, ClusterResponse } from '../cluster/messages.ts';
import type { PeerRequest } from '../alerts/messages.ts';
import type { SimStore } from './sim-store.ts';
import type { LeavingAnswer } from './sim-rpc.ts';
import type { SimMember } from './sim-world.ts';

/** What is missing on the disk, or null. */
export function checkAcknowledgement(
  { store, id, member }: SimMember,
  { call, answer }: LeavingAnswer,
  hasBegun: (timeNs: string) => boolean,
): string | null {
  if (!answer.ok) return null;
  if (call.request.service === 'cluster' && answer.value.service === 'cluster') {
    return checkCluster(store, call.request.message, answer.value.message);
  }
  // On its way out of the cluster a member has set aside what it held there.
  const isLeaving = member?.clusterView().state !== 'initialized';
  const isAlerts = call.request.service === 'alerts' && !isLeaving;
  return isAlerts ? checkAlerts(store, id, call.request.message, hasBegun) : null;
}

function checkCluster(store: SimStore, request: ClusterRequest, response: ClusterResponse): string | null {
  switch (request.kind) {
    case 'invite':
      if (response.kind !== 'invite' || response.outcome.kind !== 'joined') return null;
      return identityField(store, 'clusterId') === request.clusterId
        ? null
        : `membership of cluster ${request.clusterId}`;
    case 'push-handlers': {
      const refused = response.kind === 'push-handlers' ? response.refused : [];
      const rows = [...store.rows('cluster-handlers').values()].flatMap((row: unknown) =>
        isHandlerEntry(row) ? [row] : [],
      );
      for (const entry of request.entries) {
        const row = rows.find(({ key }) => key === entry.key);
        const isCovered = row !== undefined && compareStamps(row.stamp, entry.stamp) >= 0;
        // A tombstone that all have acknowledged leaves no row.
        if (!isCovered && entry.definition !== null && !refused.includes(entry.key)) return `handler ${entry.key}`;
      }
      return null;
    }
    case 'sync-members':
      for (const record of request.membership.members) {
        const row = store.rows('cluster-members').get(record.id);
        const removed = store.rows('cluster-removed').get(record.id);
        const isHeld = isMemberRecord(row) && row.epoch >= record.epoch;
        const isRemoved = isRemovedRecord(removed) && removed.epoch >= record.epoch;
        if (!isHeld && !isRemoved) return `member ${record.id} of epoch ${record.epoch}`;
      }
      return null;
    case 'tell-removed':
      if (response.kind !== 'tell-removed' || !response.isKnown) return null;
      return removedEpoch(store, request.member) >= request.epoch ? null : `removal from cluster ${request.clusterId}`;
    default:
      return null;
  }
}

function checkAlerts(
  store: SimStore,
  self: string,
  request: PeerRequest,
  hasBegun: (timeNs: string) => boolean,
): string | null {
  switch (request.kind) {
    case 'publications':
      for (const { key } of request.copies) {
        if (!store.rows('alert-pending').has(key) && !store.rows('alert-completed').has(key))
          return `publication ${key}`;
      }
      return null;
    case 'completions':
      for (const { key, timeNs, owners } of request.completions) {
        // A member that has begun to hand an event to handlers itself goes on, and completes it on its own account.
        const isOwner = owners.some((owner) => owner === self) && !hasBegun(timeNs);
        if (isOwner && !store.rows('alert-completed').has(key)) return `completion ${key}`;
      }
      return null;
    default:
      return null;
  }
}

function removedEpoch(store: SimStore, member: string): number {
  const row: unknown = store.rows('cluster-removed').get(member);
  return isRemovedRecord(row) ? row.epoch : 0;
}

function identityField(store: SimStore, field: string): JsonValue | undefined {
  const identity = store.rows('cluster-identity').get('self');
  if (typeof identity !== 'object' || identity === null || Array.isArray(identity)) return undefined;
  return Object.entries(identity).find(([name]) => name === field)?.[1];
}
