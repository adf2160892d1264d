import type { Millis } from '../base/deadline.ts';
import type { MemberId } from '../base/ids.ts';
import type { AlertEvent, HandlerSpec, PreparedHandler } from './event.ts';
import type { AlertsOptions, MembersView } from './alerts-io.ts';
import type { EventRef, HandlingCause } from '../base/observation.ts';
import type { Completion, SyncPosition } from './messages.ts';
import type { Level, Publication } from './publication.ts';
import { Timers } from './timers.ts';

/** Everything the core knows. Only the functions of this folder change it, and only inside `step`. */
export interface AlertsState {
  readonly options: Required<AlertsOptions>;
  view: MembersView;
  nowMs: Millis;
  wallMs: number;
  readonly timers: Timers<TimerTask>;

  readonly topics: Map<string, Topic>;
  /** State of tasks' own topics whose task does not run. */
  readonly closedInline: Map<string, Map<string, Register>>;
  readonly deletions: Map<string, number>;
  readonly handlers: Map<string, HandlerRuntime[]>;
  /** Standalone handlers of topics that were deleted: listed, but deaf until they are replaced (1.5.4's quirk). */
  readonly deaf: Set<HandlerSpec>;

  readonly outbox: Map<number, OutboxEntry>;
  nextSequence: number;
  /** How often this member published what agrees in all but the ordinal (D15). */
  readonly ordinals: Map<string, { count: number; atMs: Millis }>;
  readonly pending: Map<string, Pending>;
  readonly completed: Map<string, Completion>;
  /** Hashes of completed keys by topic and minute, for sync. */
  readonly completedHashes: Map<string, Map<number, [number, number, number]>>;

  /**
   * Whose running attempt a number means. The events are with the handlers: the table of a map that was outgrown lives
   * on with all that was in it then, once it is old.
   */
  readonly attempts: Map<number, HandlerRuntime>;
  nextAttempt: number;
  readonly peers: Map<MemberId, Peer>;
  readonly calls: Map<number, Call>;
  nextToken: number;

  /** D19: synced with all others alive since the start. */
  isSynced: boolean;
  /** Until then copies may have lain in a buffer while the loop stood still: ask before handling. */
  doubtUntilMs: Millis;
  /** Latest time by which an input was due; one that comes much later tells of a stall. */
  expectedByMs: Millis;
}

export interface Topic {
  readonly id: string;
  /** A task's own topic (D13): no owners, no deduplication, no sync. */
  readonly isInline: boolean;
  readonly events: Map<string, Register>;
  /** Events per level, for the topic's own level. */
  readonly levelCounts: [number, number, number, number];
  collected: number;
  /** Cached hash of all registers; null after a change. */
  hash: string | null;
}

/** State of one event ID (D23). */
export interface Register {
  readonly level: Level;
  readonly timeNs: bigint;
  readonly durationNs: bigint;
  readonly message: string;
  readonly details: string;
  readonly member: string;
  readonly key: string;
  readonly previousLevel: Level;
  readonly updatedWallMs: number;
}

/** How a publication got its ordinal and which topics it came through. */
export interface Trail {
  readonly ordinal: string;
  readonly via: readonly string[];
  /** Why the owner of the topic before handled the event; `first-owner` for what a task published. */
  readonly cause: HandlingCause;
}

/** What an event brings along into its topic: where it came through, and the level it had before there. */
export interface Origin {
  readonly trail: Trail;
  readonly previousLevel: Level;
}

/** An event as a task makes it, for the topic of its node. */
export const ofTask: Origin = { trail: { ordinal: '0', via: [], cause: 'first-owner' }, previousLevel: 'OK' };

export interface OutboxEntry {
  readonly sequence: number;
  readonly key: string;
  readonly trail: Trail;
  readonly publication: Publication;
  readonly owners: readonly MemberId[];
  readonly ownersVersion: number;
  readonly unacknowledged: Set<MemberId>;
  readonly publishedWallMs: number;
}

export type AskReason = 'stale-copy' | 'stalled' | 'not-synced' | 'newer-owner';

/** An event of a shared topic at one of its owners, until it is complete. */
export interface Pending {
  readonly key: string;
  readonly publication: Publication;
  readonly trail: Trail;
  /** The first list received: it gives the ranks. */
  readonly owners: readonly MemberId[];
  readonly ownersVersion: number;
  readonly union: Set<MemberId>;
  readonly rank: number;
  readonly receivedMs: Millis;
  readonly receivedWallMs: number;
  phase: 'waiting' | 'asking' | 'handling';
  /** Why co-owners must be asked before handling; null for a fresh copy. */
  askFirst: AskReason | null;
  readonly asked: Set<MemberId>;
  /** A co-owner with a better claim is at it: give it one more delay. */
  mustYield: boolean;
  askUntilMs: Millis;
  cause: HandlingCause;
  /** Attempts not yet ended, and whether any was started. */
  attemptsLeft: number;
  hasStarted: boolean;
  /** Grows when the event is withdrawn from the handlers' queues; what is queued of an older round is skipped. */
  round: number;
}

export interface HandlerRuntime {
  readonly spec: HandlerSpec;
  readonly prepared: PreparedHandler;
  readonly queue: QueuedEvent[];
  running: RunningAttempt | null;
  /** Events of an `aggregate` handler since its last tick; lost with the member. */
  readonly gathered: Publication[];
}

export interface QueuedEvent {
  readonly event: AlertEvent;
  /** Made once: every observation of the event has it. */
  readonly ref: EventRef;
  /** Null for events that nobody else owns. */
  readonly work: Pending | null;
  readonly round: number;
  readonly retry: Retry | null;
}

/** A failed attempt that is repeated until it succeeds or its time has passed (D18). */
export interface Retry {
  readonly id: string;
  readonly publication: Publication;
  readonly previousLevel: Level;
  readonly handler: string;
  readonly untilWallMs: number;
  tries: number;
}

export interface RunningAttempt {
  readonly attempt: number;
  readonly item: QueuedEvent;
}

/** What is under way to one other member. */
export interface Peer {
  readonly id: MemberId;
  /** Outbox entries to send, in order. */
  readonly publications: number[];
  publicationCalls: number;
  /** Keys of completions to tell. */
  readonly tells: string[];
  isTelling: boolean;
  readonly asks: Set<string>;
  readonly deletions: Set<string>;
  retryAtMs: Millis;
  backoffMs: Millis;
  sync: SyncRound | null;
  hasSynced: boolean;
}

export interface SyncRound {
  after: string | null;
  upTo: string | null;
  resume: SyncPosition | null;
  registers: number;
  completions: number;
}

export type Call = { readonly to: MemberId } & (
  | { readonly kind: 'publications'; readonly sequences: readonly number[] }
  | { readonly kind: 'completions'; readonly keys: readonly string[] }
  | { readonly kind: 'ask'; readonly keys: readonly string[] }
  | { readonly kind: 'deletion'; readonly topic: string }
  | { readonly kind: 'sync' }
);

export type TimerTask =
  | { readonly kind: 'pending'; readonly key: string }
  | { readonly kind: 'aggregate'; readonly runtime: HandlerRuntime }
  | { readonly kind: 'retry'; readonly retry: Retry }
  | { readonly kind: 'ask-again'; readonly key: string; readonly peer: MemberId }
  | { readonly kind: 'sync'; readonly peer: MemberId | null }
  | { readonly kind: 'prune' };

export const aloneView: MembersView = {
  isInitialized: false,
  members: [],
  ownersVersion: 0,
  redundancy: 0,
  delayPerMemberMs: 10_000,
  fullSyncIntervalMs: 300_000,
};

export function emptyState(options: AlertsOptions): AlertsState {
  return {
    options: { retentionMs: 3_600_000, outboxLimit: 100_000, queueLimit: 5000, ...options },
    view: aloneView,
    nowMs: 0,
    wallMs: 0,
    timers: new Timers(),
    topics: new Map(),
    closedInline: new Map(),
    deletions: new Map(),
    handlers: new Map(),
    deaf: new Set(),
    outbox: new Map(),
    nextSequence: 1,
    ordinals: new Map(),
    pending: new Map(),
    completed: new Map(),
    completedHashes: new Map(),
    attempts: new Map(),
    nextAttempt: 1,
    peers: new Map(),
    calls: new Map(),
    nextToken: 1,
    isSynced: false,
    doubtUntilMs: Number.NEGATIVE_INFINITY,
    expectedByMs: Number.POSITIVE_INFINITY,
  };
}
