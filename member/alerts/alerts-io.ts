/**
 * What goes into the alerts core and what comes out of it.
 *
 * Outputs of one step are done in the order given. A `persist` of durability `sync` holds back what follows it in
 * the same step until it is on disk; it never holds back another step. Batches are committed in the order of the
 * steps. That order is the contract of D21: handlers start and publications leave before the disk has answered,
 * acknowledgements and completions after.
 */
import type { Millis } from '../base/deadline.ts';
import type { MemberId } from '../base/ids.ts';
import type { MemberStatus, Observation } from '../base/observation.ts';
import type { JsonValue, StoreBatch, StoreRows } from '../base/store.ts';
import type { AlertEvent, HandlerSpec, PrepareHandler } from './event.ts';
import type { PeerAnswer, PeerRequest } from './messages.ts';
import type { Level, Publication } from './publication.ts';

export interface AlertsOptions {
  readonly self: MemberId;
  readonly prepareHandler: PrepareHandler;
  /** `[alert] persist-topics`; false keeps the state of topics of a single member in memory only. */
  readonly persistTopics: boolean;
  /** `[alert] handler-retry-for` (D18); 0 never repeats an attempt, as 1.5.4. */
  readonly handlerRetryForMs: Millis;
  /** D17; 3,600,000 and 100,000 unless a test says otherwise. */
  readonly retentionMs?: Millis;
  readonly outboxLimit?: number;
  /** Events waiting per handler; 5000 unless a test says otherwise. */
  readonly queueLimit?: number;
}

/** One table's rows as they were at the start of the process; tables that are missing are empty. */
export type RestoredTables = Readonly<Partial<Record<AlertsTable, StoreRows>>>;

export type AlertsTable =
  | 'alert-registers'
  | 'alert-inline'
  | 'alert-deletions'
  | 'alert-outbox'
  | 'alert-pending'
  | 'alert-completed'
  | 'alert-retries';

export interface MembersView {
  readonly isInitialized: boolean;
  /** Every member that is not removed, dead ones and this one included. */
  readonly members: readonly MemberSeen[];
  /** Grows with each change of the set of owners; equal on members that agree (D20). */
  readonly ownersVersion: number;
  /** 0 means every member. */
  readonly redundancy: number;
  readonly delayPerMemberMs: Millis;
  readonly fullSyncIntervalMs: Millis;
}

export interface MemberSeen {
  readonly id: MemberId;
  readonly status: MemberStatus;
  /** False until an added member has synced the topics it will own (D20); it then says so with `synced`. */
  readonly mayOwn: boolean;
}

/** Every event comes with both clocks: `nowMs` monotonic, `wallMs` milliseconds since 1970. */
export interface AlertsClocks {
  readonly nowMs: Millis;
  readonly wallMs: number;
}

export type AlertsEvent =
  /** A task of this member publishes an event to a topic: shared, or its own that was opened inline. */
  | { readonly kind: 'publish'; readonly publication: Publication }
  /** An alert node held an event back because its category is inhibited; noticed, never sent (D23). */
  | { readonly kind: 'inhibited'; readonly publication: Publication }
  /** A peer asks; the answer is an `acknowledge` output with the same token. `message` was validated. */
  | { readonly kind: 'request'; readonly from: MemberId; readonly token: number; readonly message: PeerRequest }
  /** What became of a `send` output: the peer's validated answer, or null when it failed or took too long. */
  | { readonly kind: 'answer'; readonly from: MemberId; readonly token: number; readonly message: PeerAnswer | null }
  | { readonly kind: 'members'; readonly view: MembersView }
  /** All standalone handlers in force; replaces the list before. */
  | { readonly kind: 'handlers'; readonly specs: readonly HandlerSpec[] }
  /** A task with inline handlers starts: its own topic comes back with its state, collected 0. */
  | { readonly kind: 'open-inline'; readonly topic: string; readonly handlers: readonly HandlerSpec[] }
  /** The task stops: the topic vanishes, its state stays on disk. */
  | { readonly kind: 'close-inline'; readonly topic: string }
  /** The task is deleted: its topic's state goes too. */
  | { readonly kind: 'delete-inline'; readonly topic: string }
  | { readonly kind: 'attempted'; readonly attempt: number; readonly error: string | null; readonly durationMs: Millis }
  | { readonly kind: 'delete-topic'; readonly topic: string }
  /** An alert node found two states of one event ID and settles them, as 1.5.4 does when a group is restored. */
  | { readonly kind: 'update-event'; readonly topic: string; readonly event: string; readonly state: EventState }
  /** The shell's own notice that the event loop stood still; the core also notices by itself. */
  | { readonly kind: 'stall'; readonly stalledMs: Millis }
  | { readonly kind: 'wake' };

export type AlertsOutput =
  /** Run this handler on this event; `attempted` must follow exactly once, at the latest after `limitMs`. */
  | {
      readonly kind: 'attempt';
      readonly attempt: number;
      readonly handler: HandlerSpec;
      readonly event: AlertEvent;
      /** Null: no limit but the handler's own. */
      readonly limitMs: Millis | null;
    }
  | { readonly kind: 'persist'; readonly batch: StoreBatch }
  /** Ask a peer; one `answer` input with this token must follow, at the latest after `timeoutMs`. */
  | {
      readonly kind: 'send';
      readonly to: MemberId;
      readonly token: number;
      readonly message: PeerRequest;
      readonly timeoutMs: Millis;
    }
  | { readonly kind: 'acknowledge'; readonly token: number; readonly message: PeerAnswer }
  | { readonly kind: 'observe'; readonly observation: Observation }
  /** This member has caught up with all others that are alive: it may own topics now (D20). */
  | { readonly kind: 'synced' }
  /** This member was removed: what it held, to be kept under `removed/` (D11). The tables themselves are emptied. */
  | {
      readonly kind: 'set-aside';
      readonly rows: readonly (readonly [table: AlertsTable, key: string, value: JsonValue])[];
    };

export interface StepResult {
  readonly outputs: readonly AlertsOutput[];
  /** When to step with `wake`, on the monotonic clock. */
  readonly nextDeadlineMs: Millis;
}

/** What a topic remembers of one event ID. */
export interface EventState {
  readonly level: Level;
  readonly timeNs: bigint;
  readonly durationNs: bigint;
  readonly message: string;
  readonly details: string;
}
