/**
 * What a member needs from outside, in the cores' terms. The daemon hands in real adapters, the simulator its own.
 * Ports answer through callbacks, not promises, so that a simulated instant is over when its calls have returned.
 * No callback is called before the call that took it has returned.
 */
import type { AlertEvent, HandlerSpec } from '../../alerts/event.ts';
import type { PeerAnswer, PeerRequest } from '../../alerts/messages.ts';
import type { Millis } from '../../base/deadline.ts';
import type { Random } from '../../base/random.ts';
import type { Result } from '../../base/result.ts';
import type { JsonValue, StoreBatch, StoreRows } from '../../base/store.ts';
import type { ClusterRequest, ClusterResponse } from '../../cluster/messages.ts';
import type { RpcPort } from '../../cluster/rpc-port.ts';
import type { GossipInput } from '../../gossip/input.ts';
import type { GossipOutput } from '../../gossip/output.ts';

/** Everything members say to each other by RPC. */
export type MemberRequest =
  | { readonly service: 'cluster'; readonly message: ClusterRequest }
  | { readonly service: 'alerts'; readonly message: PeerRequest };

export type MemberResponse =
  | { readonly service: 'cluster'; readonly message: ClusterResponse }
  | { readonly service: 'alerts'; readonly message: PeerAnswer };

export type MemberRpc = RpcPort<MemberRequest, MemberResponse>;

export interface Timer {
  cancel(): void;
}

export interface ClockPort {
  /** Monotonic; goes on while the process is frozen. */
  nowMs(): Millis;
  /** Milliseconds since 1970; may jump. */
  wallMs(): number;
  startTimer(delayMs: Millis, run: () => void): Timer;
  /**
   * Once everything that has already arrived on sockets was handed in (`setImmediate` after a poll). Deadlines are
   * judged only then: an answer that waits in a socket's buffer must count, also after the process stood still.
   */
  afterPendingIo(run: () => void): void;
}

/** The outputs of gossip that go to the network, and what comes back from there. */
export type GossipNetworkOutput = Exclude<GossipOutput, { readonly kind: 'event' | 'observation' | 'reply' }>;
type WithoutTime<Input> = Input extends unknown ? Omit<Input, 'atMs'> : never;
export type GossipNetworkInput = WithoutTime<Exclude<GossipInput, { readonly kind: 'start' | 'wake' | 'command' }>>;

/** The bound UDP and TCP socket of one member. */
export interface GossipNetworkPort {
  /** IP address as text and port that others reach us at. */
  readonly advertise: { readonly host: string; readonly port: number };
  readonly bindPort: number;
  /**
   * From now on what arrives goes to `receive`. Called again when a new gossip instance takes over (after a removal):
   * streams of the instance before are torn down, and nothing of them is delivered any more.
   */
  attach(receive: (input: GossipNetworkInput) => void): void;
  perform(output: GossipNetworkOutput): void;
  close(done: () => void): void;
}

export interface StorePort {
  /** Rows of one table in key order, as they were at the start. */
  rows(table: string): StoreRows;
  /**
   * Batches are committed in the order of the calls. `done` comes when the batch is as durable as it asks for;
   * an error means that the member cannot keep its promises any longer and stops.
   */
  commit(batch: StoreBatch, done: (result: Result<void, string>) => void): void;
}

/** What is set aside (D9, D11): files under `removed/` in the data folder. */
export interface SetAsidePort {
  /** Durable when `done` is called. The name is safe as a file name; a second write replaces the first. */
  write(name: string, content: JsonValue, done: (result: Result<void, string>) => void): void;
}

export interface AttemptResult {
  readonly error: string | null;
  readonly durationMs: Millis;
}

/** Runs alert handlers: `post`, `log`, `tcp` … */
export interface HandlerPort {
  /** One attempt; `done` exactly once, at the latest after `limitMs` (null: the handler's own limit). */
  attempt(handler: HandlerSpec, event: AlertEvent, limitMs: Millis | null, done: (result: AttemptResult) => void): void;
}

export interface MemberPorts {
  readonly clock: ClockPort;
  /** In production a source of the system's: cluster keys are drawn from it. */
  readonly random: Random;
  readonly gossip: GossipNetworkPort;
  readonly rpc: MemberRpc;
  readonly store: StorePort;
  readonly setAside: SetAsidePort;
  readonly handlers: HandlerPort;
}
