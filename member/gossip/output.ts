import type { GossipObservation, MemberStatus } from '../base/observation.ts';
import type { Millis } from '../base/deadline.ts';
import type { Result } from '../base/result.ts';
import type { Endpoint, StreamId } from './input.ts';
import type { ProtocolVersions } from './versions.ts';

/** What we hold about a member, ourselves included. */
export interface GossipMember {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** At most 512 bytes, the application's own. */
  readonly meta: Uint8Array;
  readonly versions: ProtocolVersions;
  readonly incarnation: number;
  readonly status: MemberStatus;
  /** When the status last changed. */
  readonly sinceMs: Millis;
}

export type GossipEvent =
  /** New, or back from dead or left. The first one is our own. */
  | { readonly kind: 'join'; readonly member: GossipMember }
  /** Dead or left: its status tells which. */
  | { readonly kind: 'leave'; readonly member: GossipMember }
  /** The metadata changed. */
  | { readonly kind: 'update'; readonly member: GossipMember }
  /** Any change of status, suspicion included; follows the join or leave of the same moment. */
  | { readonly kind: 'status'; readonly member: GossipMember; readonly previous: MemberStatus | null }
  /** Dropped from the table some time after it died or left. */
  | { readonly kind: 'forgotten'; readonly name: string }
  /** Two processes use one name; the record stays as it was. */
  | { readonly kind: 'conflict'; readonly name: string; readonly ours: Endpoint; readonly theirs: Endpoint }
  | { readonly kind: 'user-message'; readonly payload: Uint8Array }
  | { readonly kind: 'user-state'; readonly state: Uint8Array; readonly isJoin: boolean };

export type GossipReply =
  | { readonly kind: 'joined'; readonly contacted: number; readonly errors: readonly string[] }
  | { readonly kind: 'done' };

/** In the order in which they are to be carried out. */
export type GossipOutput =
  | { readonly kind: 'send-packet'; readonly to: Endpoint; readonly bytes: Uint8Array }
  | { readonly kind: 'dial-stream'; readonly stream: StreamId; readonly to: Endpoint }
  /** `to` is the other side's gossip address as far as it is known: an accepted stream comes from some port. */
  | {
      readonly kind: 'write-stream';
      readonly stream: StreamId;
      readonly to: Endpoint | null;
      readonly bytes: Uint8Array;
    }
  /** What was written still goes out, then the stream ends. No input about it follows. */
  | { readonly kind: 'close-stream'; readonly stream: StreamId }
  /** Torn down at once, unsent bytes dropped. No input about it follows. */
  | { readonly kind: 'abort-stream'; readonly stream: StreamId }
  /** To be answered with `host-resolved`. */
  | { readonly kind: 'resolve-host'; readonly query: number; readonly host: string }
  | { readonly kind: 'event'; readonly event: GossipEvent }
  | { readonly kind: 'observation'; readonly observation: GossipObservation }
  | { readonly kind: 'reply'; readonly request: number; readonly result: Result<GossipReply, string> };
