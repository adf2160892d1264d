/**
 * What goes into the cluster core and what comes out of it. Outputs are carried out strictly in order, across steps
 * too: what stands after a `persist` waits until that is on disk.
 */
import type { Millis } from '../base/deadline.ts';
import type { MemberId } from '../base/ids.ts';
import type { ClusterObservation } from '../base/observation.ts';
import type { Result } from '../base/result.ts';
import type { JsonValue, StoreBatch, StoreRows } from '../base/store.ts';
import type { Random } from '../base/random.ts';
import type { GossipEvent } from '../gossip/output.ts';
import type { Credentials, Refusal } from './credentials.ts';
import type { HandlerDefinition } from './handler-definition.ts';
import type { ClusterRequest, ClusterResponse } from './messages.ts';
import type { RpcFailure } from './rpc-port.ts';
import type { VersionRanges } from './versions.ts';

export interface ClusterOptions {
  /** Advertised `host:port` of each service. */
  readonly addresses: { readonly gossip: string; readonly rpc: string; readonly api: string };
  readonly roles: readonly string[];
  readonly versions: VersionRanges;
  readonly redundancy: number;
  readonly delayPerMemberMs: Millis;
  /** Members compare what they hold at least this often (invariant 3 counts on it). */
  readonly fullSyncIntervalMs: Millis;
  /** D28; empty accepts every adder. */
  readonly joinSecret: string;
  /** Bound beyond loopback: an empty join secret is then worth a warning. */
  readonly isReachableFromOutside: boolean;
  /** D5: why this member may not cluster, or null. */
  readonly clusteringRefusal: string | null;
  /** D1: taken over once, by a store without an identity. */
  readonly importedIds: { readonly memberId: string; readonly clusterId: string } | null;
  /** In production a source of the system's: keys are drawn from it. */
  readonly random: Random;
  /** Rows of a table as they were at the start of the process. */
  readonly rows: (table: ClusterTable) => StoreRows;
}

export type ClusterTable =
  | 'cluster-identity'
  | 'cluster-members'
  | 'cluster-removed'
  | 'cluster-departed'
  | 'cluster-invitations'
  | 'cluster-statuses'
  | 'cluster-handlers';

export type HandlerChange =
  | { readonly kind: 'create'; readonly definition: HandlerDefinition }
  /** Whole replacement of `topic/id`; the ID may change with it. */
  | { readonly kind: 'replace'; readonly topic: string; readonly id: string; readonly definition: HandlerDefinition }
  | { readonly kind: 'delete'; readonly topic: string; readonly id: string };

export type ClusterCommand =
  | { readonly kind: 'add-member'; readonly rpc: string }
  | { readonly kind: 'remove-member'; readonly id: string }
  /** `owners` of the topic, which must all answer first (D24). */
  | { readonly kind: 'change-handler'; readonly change: HandlerChange; readonly owners: readonly MemberId[] };

export type ClusterReply =
  | {
      readonly kind: 'added';
      readonly member: MemberId;
      readonly wasAlreadyThere: boolean;
      readonly handlersSetAside: readonly string[];
    }
  /** `wasTold`: the removed member knows already. */
  | { readonly kind: 'removed'; readonly wasTold: boolean }
  | { readonly kind: 'handler-changed' };

/** Kinds of failure as a caller acts on them; the text is for people. */
export interface ClusterError {
  readonly code: 'bad-request' | 'not-found' | 'conflict' | 'unreachable' | 'failed';
  readonly message: string;
}

/** Every input carries both clocks: `nowMs` monotonic, `wallMs` milliseconds since 1970. */
export type ClusterInput = { readonly nowMs: Millis; readonly wallMs: number } & ClusterEvent;

export type ClusterEvent =
  | { readonly kind: 'start' }
  | { readonly kind: 'wake' }
  | { readonly kind: 'command'; readonly request: number; readonly command: ClusterCommand }
  /** A call that was admitted; to be answered with `answer-call` and the same token. */
  | {
      readonly kind: 'call';
      readonly token: number;
      readonly credentials: Credentials | null;
      readonly request: ClusterRequest;
    }
  | { readonly kind: 'called'; readonly call: number; readonly result: Result<ClusterResponse, RpcFailure> }
  /** A call of another core was refused by this member. */
  | { readonly kind: 'refused'; readonly member: MemberId; readonly refusal: Refusal }
  | { readonly kind: 'gossip-event'; readonly event: GossipEvent }
  /** What became of `join-gossip`. */
  | { readonly kind: 'gossip-joined'; readonly member: MemberId; readonly isReached: boolean }
  /** The alerts core has caught up: this member may own topics (D20). */
  | { readonly kind: 'topics-synced' };

export type ClusterOutput =
  | { readonly kind: 'persist'; readonly batch: StoreBatch }
  /** Keep this where an operator finds it (D9, D11), durably before the next `persist`. */
  | { readonly kind: 'set-aside'; readonly name: string; readonly content: JsonValue }
  /** One `called` input with this number must follow, at the latest after the time-out. */
  | {
      readonly kind: 'call';
      readonly call: number;
      readonly address: string;
      readonly request: ClusterRequest;
      readonly credentials: Credentials | null;
      readonly timeoutMs: Millis;
    }
  | { readonly kind: 'answer-call'; readonly token: number; readonly answer: Result<ClusterResponse, Refusal> }
  | { readonly kind: 'reply'; readonly request: number; readonly result: Result<ClusterReply, ClusterError> }
  /** Answered with `gossip-joined`. */
  | { readonly kind: 'join-gossip'; readonly member: MemberId; readonly address: string }
  | { readonly kind: 'update-metadata'; readonly meta: Uint8Array }
  /** Leave, and begin again as one who knows nobody. */
  | { readonly kind: 'restart-gossip'; readonly meta: Uint8Array }
  /** `memberSeen`, settings or version differ from before. */
  | { readonly kind: 'members-changed' }
  | { readonly kind: 'handlers-changed' }
  | { readonly kind: 'observe'; readonly observation: ClusterObservation };
