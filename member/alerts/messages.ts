/**
 * What members say to each other about alerts, as plain JSON. 64-bit integers are decimal texts. A message from
 * a peer is a stranger's until it went through `readPeerRequest` or `readPeerAnswer`.
 */
import type { MemberId } from '../base/ids.ts';
import type { HandlingCause } from '../base/observation.ts';
import type { JsonValue } from '../base/store.ts';
import type { Level } from './publication.ts';

export type PeerRequest = PublicationsRequest | CompletionsRequest | AskRequest | DeletionRequest | SyncRequest;
export type PeerAnswer = AcceptedAnswer | AskAnswer | SyncAnswer;

/** From a publisher to an owner, in the order they were published. Answered once they are on disk. */
export type PublicationsRequest = {
  readonly kind: 'publications';
  /** When the oldest of the copies was first sent, by the sender's wall clock: an owner knows a stale copy by it (D19). */
  readonly sentWallMs: number;
  readonly copies: readonly PublicationCopy[];
};

export type PublicationCopy = {
  readonly key: string;
  readonly ordinal: string;
  /** Topics an event came through before this one, first to last. */
  readonly via: readonly string[];
  readonly cause: HandlingCause;
  /** Owners by rank, as the publisher knew them (D20). */
  readonly owners: readonly MemberId[];
  readonly ownersVersion: number;
  readonly publication: WirePublication;
};

/** From the owner that handled events to all other members. Answered once they are on disk. */
export type CompletionsRequest = {
  readonly kind: 'completions';
  readonly completions: readonly (Completion & { readonly register: WireRegister | null })[];
};

export type Completion = {
  readonly key: string;
  readonly topic: string;
  readonly event: string;
  readonly level: Level;
  readonly timeNs: string;
  readonly by: MemberId;
  readonly rank: number;
  readonly outcome: 'handled' | 'no-change' | 'late';
  readonly cause: HandlingCause;
  /** Wall clock of the owner when the event was complete; its age counts from here (D17). */
  readonly atWallMs: number;
  /** Union of the owner lists seen (D20). */
  readonly owners: readonly MemberId[];
};

/** From an owner with a doubtful copy to its co-owners (D19). */
export type AskRequest = {
  readonly kind: 'ask';
  readonly keys: readonly string[];
};

/** A topic was deleted at this wall-clock time (D23). */
export type DeletionRequest = {
  readonly kind: 'deletion';
  readonly deletion: TopicDeletion;
};

export type TopicDeletion = {
  readonly topic: string;
  readonly atWallMs: number;
};

/**
 * What the sender holds of the topics after `after` up to `upTo`, as hashes; the answer brings what differs.
 * `resume` continues an answer that did not fit.
 */
export type SyncRequest = {
  readonly kind: 'sync';
  /** Topics greater than this one … */
  readonly after: string | null;
  /** … and not greater than this one; null is the end. */
  readonly upTo: string | null;
  readonly topics: readonly TopicDigest[];
  /** Hash of all topic deletions. */
  readonly deletions: string;
  readonly resume: SyncPosition | null;
};

export type TopicDigest = {
  readonly topic: string;
  readonly registers: string;
  /** Hashes of the completed keys by minute of completion. */
  readonly completions: { readonly [minute: string]: string };
};

export type SyncPosition = {
  readonly topic: string;
  readonly part: 'registers' | 'completions';
  readonly id: string;
};

export type AcceptedAnswer = {
  readonly kind: 'accepted';
};

export type AskAnswer = {
  readonly kind: 'states';
  readonly states: readonly AskedState[];
};

export type AskedState =
  | { readonly key: string; readonly state: 'complete'; readonly completion: Completion }
  /** The peer holds it, waiting or handling, at this rank. */
  | { readonly key: string; readonly state: 'waiting' | 'handling'; readonly rank: number }
  | { readonly key: string; readonly state: 'unknown' };

export type SyncAnswer = {
  readonly kind: 'sync-part';
  readonly registers: readonly WireRegister[];
  readonly completions: readonly Completion[];
  readonly deletions: readonly TopicDeletion[];
  readonly next: SyncPosition | null;
};

/** State of one event ID of a topic: a register ordered by (event time, level, member) (D23). */
export type WireRegister = {
  readonly topic: string;
  readonly event: string;
  readonly level: Level;
  readonly timeNs: string;
  readonly durationNs: string;
  readonly message: string;
  readonly details: string;
  /** The member that handled the event. */
  readonly member: string;
  /** Key of the event; empty on a member that never was in a cluster. */
  readonly key: string;
  /** Level of the event ID before this event. */
  readonly previousLevel: Level;
  /** Wall clock when the event was handled; a topic's deletion reaches what is not newer. */
  readonly updatedWallMs: number;
};

/** `Publication` with 64-bit integers as text: `{"i":"12"}` in data, and floats JSON cannot say as `{"f":"NaN"}`. */
export type WirePublication = {
  readonly topic: string;
  readonly event: string;
  readonly level: Level;
  readonly timeNs: string;
  readonly durationNs: string;
  readonly message: string;
  readonly details: string;
  readonly series: readonly WireSeries[];
  readonly name: string;
  readonly group: string;
  readonly tags: { readonly [name: string]: string };
  readonly fields: { readonly [name: string]: JsonValue };
  readonly task: string;
  readonly category: string;
  readonly recoverable: boolean;
  readonly stateChangesOnly: boolean;
  readonly stateChangesIntervalNs: string;
  readonly replay: string | null;
};

export type WireSeries = {
  readonly name: string;
  readonly tags: { readonly [name: string]: string };
  readonly columns: readonly string[];
  readonly values: readonly (readonly JsonValue[])[];
};
