/**
 * What a member notices, as a closed union of plain JSON. Log lines, the `cluster/observations` stream, the
 * app's timeline and the simulator's trace are all printed from these; nothing else is. Cores return them as
 * outputs; the shell stamps them (`StampedObservation`) and keeps the recent past.
 *
 * `member` fields hold member IDs (gossip names). Milliseconds are of the observer's monotonic clock.
 */
export type Observation = GossipObservation | ClusterObservation | AlertObservation | TaskObservation;

export type GossipObservation =
  | { readonly kind: 'probe-started'; readonly member: string; readonly seqNo: number }
  | {
      readonly kind: 'probe-acked';
      readonly member: string;
      readonly seqNo: number;
      readonly via: 'direct' | 'relay' | 'stream';
      readonly roundTripMs: number;
    }
  | {
      readonly kind: 'probe-indirect';
      readonly member: string;
      readonly seqNo: number;
      readonly relays: readonly string[];
    }
  | {
      readonly kind: 'probe-failed';
      readonly member: string;
      readonly seqNo: number;
      readonly nacksExpected: number;
      readonly nacksReceived: number;
    }
  | {
      readonly kind: 'suspected';
      readonly member: string;
      readonly from: string;
      readonly incarnation: number;
      readonly timeoutMs: number;
    }
  | {
      readonly kind: 'suspicion-confirmed';
      readonly member: string;
      readonly from: string;
      readonly confirmations: number;
      readonly remainingMs: number;
    }
  | { readonly kind: 'refuted'; readonly member: string; readonly incarnation: number }
  | {
      readonly kind: 'status';
      readonly member: string;
      readonly status: MemberStatus;
      readonly previous: MemberStatus | null;
      readonly from: string | null;
      readonly incarnation: number;
    }
  | { readonly kind: 'forgotten'; readonly member: string }
  | { readonly kind: 'address-conflict'; readonly member: string; readonly ours: string; readonly theirs: string }
  | { readonly kind: 'health'; readonly score: number }
  | { readonly kind: 'packet-rejected'; readonly from: string; readonly reason: string };

export type ClusterObservation =
  | {
      readonly kind: 'cluster-state';
      readonly state: 'uninitialized' | 'initialized';
      readonly clusterId: string;
      readonly cause: 'start' | 'founded' | 'joined' | 'removed';
    }
  | { readonly kind: 'member-added'; readonly member: string; readonly by: string }
  | { readonly kind: 'member-removed'; readonly member: string; readonly by: string }
  | {
      readonly kind: 'handler-changed';
      readonly topic: string;
      readonly handler: string;
      readonly change: 'created' | 'updated' | 'deleted';
      readonly by: string;
    }
  | { readonly kind: 'handler-set-aside'; readonly topic: string; readonly handler: string; readonly reason: string }
  | { readonly kind: 'clock-ahead'; readonly member: string; readonly aheadMs: number }
  | {
      readonly kind: 'settings-mismatch';
      readonly setting: 'redundancy' | 'delay-per-member';
      readonly values: Readonly<Record<string, number>>;
    }
  | { readonly kind: 'health-warning'; readonly reason: string };

/** The same event on every member: topic, event ID, event time (RFC3339 with nanoseconds), level, group, ordinal. */
export interface EventRef {
  readonly topic: string;
  readonly event: string;
  readonly level: string;
  readonly eventTime: string;
  /** Stable text of the whole key of D15, equal on all members. */
  readonly key: string;
}

export type AlertObservation =
  | ({ readonly kind: 'published' } & EventRef & { readonly task: string; readonly owners: readonly string[] })
  | ({ readonly kind: 'publication-received' } & EventRef & { readonly from: string; readonly rank: number })
  | ({ readonly kind: 'owner-waiting' } & EventRef & { readonly rank: number; readonly waitMs: number })
  | ({ readonly kind: 'owner-asking' } & EventRef & {
        readonly rank: number;
        readonly of: readonly string[];
        readonly reason: 'stale-copy' | 'stalled' | 'not-synced' | 'newer-owner';
      })
  | ({ readonly kind: 'owner-took-over' } & EventRef & {
        readonly rank: number;
        readonly waitedMs: number;
        readonly silent: readonly string[];
      })
  /** `cause` is absent or `first-owner` where the owner of rank 0 handled a fresh copy; any other is one of D25. */
  | ({ readonly kind: 'handled' } & EventRef & {
        readonly rank: number;
        readonly latencyMs: number;
        readonly cause?: HandlingCause;
      })
  /** Two owners handled one event; found when the second one's completion arrives (invariant 7). */
  | ({ readonly kind: 'delivered-twice' } & EventRef & {
        readonly by: readonly string[];
        readonly cause: HandlingCause;
      })
  | ({ readonly kind: 'handler-attempt' } & EventRef & {
        readonly handler: string;
        readonly handlerKind: string;
        readonly durationMs: number;
        readonly error: string | null;
      })
  | ({ readonly kind: 'completion-received' } & EventRef & { readonly by: string })
  | ({ readonly kind: 'duplicate-dropped' } & EventRef & {
        readonly from: string;
        readonly reason: 'same-event' | 'already-complete' | 'no-change' | 'late';
      })
  | ({ readonly kind: 'inline-handled' } & EventRef & { readonly task: string })
  | ({ readonly kind: 'inhibited' } & EventRef & { readonly task: string })
  | {
      readonly kind: 'publications-dropped';
      readonly reason: 'retention' | 'queue-limit' | 'publish-loop';
      readonly count: number;
    }
  | { readonly kind: 'topics-synced'; readonly with: string; readonly registers: number; readonly completions: number };

export type TaskObservation =
  | { readonly kind: 'task-started'; readonly task: string }
  | { readonly kind: 'task-stopped'; readonly task: string }
  | { readonly kind: 'task-failed'; readonly task: string; readonly error: string }
  | {
      readonly kind: 'data-received';
      readonly points: number;
      readonly database: string;
      readonly retentionPolicy: string;
    };

/** Why an owner handled an event: as the first owner, or one of the causes of D25 that permit a second delivery. */
export type HandlingCause = 'first-owner' | 'delay-ran-out' | 'owner-failed' | 'membership-change';

/** Gossip's word for what a member believes of another. */
export type MemberStatus = 'alive' | 'suspect' | 'dead' | 'left';

/** One line of the observations stream. */
export type StampedObservation = {
  /** 1, 2, 3 … per process; starts again when the member restarts (then `run` differs). */
  readonly seq: number;
  /** Random text per process, so that a reader notices a restart. */
  readonly run: string;
  /** Wall clock, milliseconds since 1970. */
  readonly at: number;
  /** The observer's member ID. */
  readonly observer: string;
} & Observation;
