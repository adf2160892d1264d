/** What members ask each other about the cluster, and what they answer. All of it was validated at the boundary. */
import type { ClusterId, MemberId } from '../base/ids.ts';
import type { HandlerEntry, HandlerSummary, TombstoneAcks } from './handler-entry.ts';
import type { MemberRecord, MembershipState } from './member-record.ts';
import type { VersionRanges } from './versions.ts';

export type ClusterState = 'uninitialized' | 'initialized';

export interface HelloRequest {
  readonly kind: 'hello';
  readonly member: MemberId;
  readonly clusterId: ClusterId;
  readonly versions: VersionRanges;
}

export interface HelloReply {
  readonly kind: 'hello';
  readonly member: MemberId;
  readonly clusterId: ClusterId;
  readonly state: ClusterState;
  /** Of its membership in that cluster. */
  readonly epoch: number;
  /** The highest epoch it ever had; an invitation must be above. */
  readonly lastEpoch: number;
  /** Epoch with which it left the asker's cluster for good; 0 if it never did. */
  readonly departedEpoch: number;
  readonly versions: VersionRanges;
  /** D5: it may not cluster. */
  readonly clusteringRefusal: string | null;
}

export interface InviteRequest {
  readonly kind: 'invite';
  readonly adder: MemberId;
  /** The cluster's ID and key, which the newcomer adopts. */
  readonly clusterId: ClusterId;
  readonly key: string;
  /** Epoch of the newcomer's membership. */
  readonly epoch: number;
  readonly joinSecret: string;
  readonly versions: VersionRanges;
  readonly membership: MembershipState;
  readonly handlers: readonly HandlerEntry[];
}

export type InviteRefusal =
  /** It is in this cluster already, with this record. */
  | { readonly kind: 'already-member'; readonly record: MemberRecord }
  | { readonly kind: 'other-cluster'; readonly clusterId: ClusterId }
  /** It invites the adder at this moment, and its cluster ID is the lower one (D8). */
  | { readonly kind: 'invites-adder'; readonly clusterId: ClusterId }
  /** It adds another member at this moment. */
  | { readonly kind: 'busy'; readonly reason: string }
  /** The invitation is older than what it has seen. */
  | { readonly kind: 'stale' }
  | { readonly kind: 'join-secret' }
  | { readonly kind: 'refused'; readonly reason: string };

export interface InviteReply {
  readonly kind: 'invite';
  readonly outcome:
    | { readonly kind: 'joined'; readonly record: MemberRecord; readonly handlersSetAside: readonly string[] }
    | InviteRefusal;
}

/** "Did you take my invitation? If not, never do." */
export interface SettleRequest {
  readonly kind: 'settle-invitation';
  /** Who was invited: somebody else may live at the address by now. */
  readonly member: MemberId;
  readonly clusterId: ClusterId;
  readonly epoch: number;
}

export interface SettleReply {
  readonly kind: 'settle-invitation';
  /** The membership that came of it; null: there is none and never will be. */
  readonly record: MemberRecord | null;
}

export interface SyncMembersRequest {
  readonly kind: 'sync-members';
  readonly membership: MembershipState;
  /** Of the handlers held; where it differs the caller goes on with `sync-handlers`. */
  readonly handlersDigest: string;
}

export interface SyncMembersReply {
  readonly kind: 'sync-members';
  readonly membership: MembershipState;
  readonly handlersDigest: string;
}

export interface SyncHandlersRequest {
  readonly kind: 'sync-handlers';
  readonly summary: readonly HandlerSummary[];
}

export interface SyncHandlersReply {
  readonly kind: 'sync-handlers';
  /** Entries that the caller lacks or holds older, at most 1 MiB of them. */
  readonly newer: readonly HandlerEntry[];
  readonly hasMore: boolean;
  /** Keys of entries that the caller should push. */
  readonly wanted: readonly string[];
  /** Keys of tombstones that every member has acknowledged. */
  readonly collected: readonly string[];
  readonly acks: readonly TombstoneAcks[];
}

export interface PushHandlersRequest {
  readonly kind: 'push-handlers';
  readonly entries: readonly HandlerEntry[];
}

export interface PushHandlersReply {
  readonly kind: 'push-handlers';
  /** Keys that were not taken: their time is too far ahead. */
  readonly refused: readonly string[];
}

/** Tells a member that its membership is over (D10). */
export interface TellRemovedRequest {
  readonly kind: 'tell-removed';
  readonly clusterId: ClusterId;
  readonly member: MemberId;
  readonly epoch: number;
  readonly by: MemberId;
}

/** Whether the callee is that member, and now out of the cluster. */
export interface TellRemovedReply {
  readonly kind: 'tell-removed';
  readonly isKnown: boolean;
}

/** Asks for a sign of life before a handler changes (D24). */
export interface ProbeRequest {
  readonly kind: 'probe';
}

export interface ProbeReply {
  readonly kind: 'probe';
}

export type ClusterRequest =
  | HelloRequest
  | InviteRequest
  | SettleRequest
  | SyncMembersRequest
  | SyncHandlersRequest
  | PushHandlersRequest
  | TellRemovedRequest
  | ProbeRequest;

export type ClusterResponse =
  | HelloReply
  | InviteReply
  | SettleReply
  | SyncMembersReply
  | SyncHandlersReply
  | PushHandlersReply
  | TellRemovedReply
  | ProbeReply;

/** Requests of strangers: the rest needs the credentials of the cluster. */
export function isOpenToStrangers(request: ClusterRequest): boolean {
  return request.kind === 'hello' || request.kind === 'invite' || request.kind === 'settle-invitation';
}
