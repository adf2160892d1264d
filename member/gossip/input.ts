import type { Millis } from '../base/deadline.ts';

/** An IP address as text (never a host name) and a port. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/**
 * One stream (TCP connection). The machine names those it dials (`dialled-1`, …), the shell those it
 * accepts (`accepted-1`, …); a name is never used again by the same instance.
 */
export type StreamId = string;

/** What an application asks of gossip. Each is answered by exactly one `reply` output. */
export type GossipCommand =
  /** `host`, `host:port`, `[v6]:port` or `name/host:port`; succeeds if at least one of them answered. */
  | { readonly kind: 'join'; readonly addresses: readonly string[] }
  /** Answered once others were told, or after the time-out. There is no way back: rejoin with a new instance. */
  | { readonly kind: 'leave'; readonly timeoutMs: number }
  | { readonly kind: 'update-meta'; readonly meta: Uint8Array; readonly timeoutMs: number }
  /**
   * Rides on gossip packets; reaches at most as many members as the transmit limit, each perhaps more than once.
   * A later message of the same name replaces a queued one.
   */
  | { readonly kind: 'broadcast-user-message'; readonly payload: Uint8Array; readonly name: string | null }
  | {
      readonly kind: 'send-user-message';
      readonly member: string;
      readonly payload: Uint8Array;
      readonly via: 'packet' | 'stream';
    }
  /** Bytes of the application that every full sync carries to the other side. */
  | { readonly kind: 'set-user-state'; readonly state: Uint8Array };

/** Every input carries its time, of one monotonic clock per instance. Times never go back. */
export type GossipInput = { readonly atMs: Millis } & (
  | { readonly kind: 'start' }
  | { readonly kind: 'wake' }
  | { readonly kind: 'command'; readonly request: number; readonly command: GossipCommand }
  | { readonly kind: 'packet'; readonly from: Endpoint; readonly bytes: Uint8Array }
  /** The system refused to send a packet there. */
  | { readonly kind: 'packet-failed'; readonly to: Endpoint; readonly reason: string }
  | {
      readonly kind: 'host-resolved';
      readonly query: number;
      readonly hosts: readonly string[];
      readonly error: string | null;
    }
  | { readonly kind: 'stream-accepted'; readonly stream: StreamId; readonly from: Endpoint }
  | { readonly kind: 'stream-connected'; readonly stream: StreamId }
  | { readonly kind: 'stream-bytes'; readonly stream: StreamId; readonly bytes: Uint8Array }
  /** The other side will send no more. */
  | { readonly kind: 'stream-ended'; readonly stream: StreamId }
  /** Dial refused, connection reset, write failed. The stream is gone. */
  | { readonly kind: 'stream-failed'; readonly stream: StreamId; readonly reason: string }
);
