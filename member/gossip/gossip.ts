/**
 * Membership by gossip: who is in the cluster and who is alive, in the wire format and with the behaviour of
 * hashicorp/memberlist (SWIM with the Lifeguard refinements), so that members and real memberlist nodes share one
 * cluster. `resources/docs/gossip.md` walks through the files.
 *
 * It guarantees that every member learns of every change in bounded time (gossip, and full sync where gossip
 * missed somebody), that a member that answers its probes is never declared dead, and that nothing that comes
 * from the network makes it throw or grow without bound. It must not know sockets, clocks, or what the metadata
 * of its members means.
 *
 * The machine is a value: `step` takes one input with its time and answers the outputs, in order. Same options,
 * same inputs, same outputs. To rejoin after a leave, or as another member, make a new one.
 */
import { assert } from '../base/assert.ts';
import { earliest, never, type Millis } from '../base/deadline.ts';
import { randomFloat } from '../base/random.ts';
import { expireBroadcastWaits, handleCommand } from './commands.ts';
import { gossipToSome } from './dissemination.ts';
import { syncWithSomebody } from './full-sync.ts';
import { handlePacket } from './inbound-packet.ts';
import type { GossipInput } from './input.ts';
import { handleResolved } from './join.ts';
import { viewOf } from './member-table.ts';
import { announceOurselves, expireSuspicions } from './membership.ts';
import type { GossipOptions } from './options.ts';
import type { GossipMember, GossipOutput } from './output.ts';
import { advanceProbe, handlePacketFailure, probeDeadline, startProbe } from './probe.ts';
import { expireRelays } from './relay.ts';
import { fullSyncIntervalMs } from './scaling.ts';
import { createState, type GossipState } from './state.ts';
import { handleStreamOutcome } from './stream-outcomes.ts';
import {
  acceptStream,
  expireStreams,
  handleConnected,
  handleStreamBytes,
  handleStreamEnd,
  handleStreamFailure,
} from './streams.ts';

export interface Gossip {
  /** The first input is `start`. */
  step(input: GossipInput): readonly GossipOutput[];
  /** When to send the next `wake`, at the latest. */
  nextDeadline(): Millis;
  /** Every record held: ourselves, and dead and left ones that are not yet forgotten. Ordered by name. */
  members(): readonly GossipMember[];
  readonly name: string;
  /** 0 (well) to 7: how far this member doubts itself. */
  healthScore(): number;
}

/** The options are checked by assertions: they are the application's, not the network's. */
export function createGossip(options: GossipOptions): Gossip {
  const state = createState(options);
  return {
    name: options.name,
    step(input) {
      advanceClock(state, input.atMs);
      skipIdleTicks(state);
      dispatch(state, input);
      const { outputs } = state;
      state.outputs = [];
      return outputs;
    },
    nextDeadline: () => nextDeadline(state),
    members: () =>
      state.members
        .all()
        .map(viewOf)
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    healthScore: () => state.awareness.score,
  };
}

/** A clock that comes later than this after a deadline did not run: the process was stopped, or starved. */
const stallMs = 500;

/**
 * What we could not hear while we were stopped is not held against others: their answers may still lie in the
 * socket. So running probes and suspicions get the lost time back.
 */
function advanceClock(state: GossipState, atMs: Millis): void {
  const heardMs = Math.max(state.nowMs, nextDeadline(state));
  state.nowMs = Math.max(state.nowMs, atMs);
  const lostMs = state.nowMs - heardMs;
  if (lostMs < stallMs) return;
  if (state.probe !== null) {
    if (state.probe.directDeadlineMs !== null) state.probe.directDeadlineMs += lostMs;
    state.probe.deadlineMs += lostMs;
  }
  for (const [name, suspicion] of state.suspicions) {
    state.suspicions.set(name, {
      ...suspicion,
      startedMs: suspicion.startedMs + lostMs,
      deadlineMs: suspicion.deadlineMs + lostMs,
    });
  }
}

function dispatch(state: GossipState, input: GossipInput): void {
  switch (input.kind) {
    case 'start':
      start(state);
      return;
    case 'wake':
      wake(state);
      return;
    case 'command':
      handleCommand(state, input.request, input.command);
      return;
    case 'packet':
      handlePacket(state, input.from, input.bytes);
      return;
    case 'packet-failed':
      handlePacketFailure(state, input.to);
      return;
    case 'host-resolved':
      handleResolved(state, input.query, input.hosts, input.error);
      return;
    case 'stream-accepted':
      acceptStream(state, input.stream, input.from);
      return;
    case 'stream-connected':
      handleStreamOutcome(state, handleConnected(state, input.stream));
      return;
    case 'stream-bytes':
      handleStreamOutcome(state, handleStreamBytes(state, input.stream, input.bytes));
      return;
    case 'stream-ended':
      handleStreamOutcome(state, handleStreamEnd(state, input.stream));
      return;
    case 'stream-failed':
      handleStreamOutcome(state, handleStreamFailure(state, input.stream, input.reason));
      return;
  }
}

function start(state: GossipState): void {
  assert(state.startedMs === never, 'a gossip machine starts once');
  const { settings, nowMs } = state;
  state.startedMs = nowMs;
  state.nextProbeMs = nextTick(state, settings.probeIntervalMs);
  state.nextGossipMs = nextTick(state, settings.gossipIntervalMs);
  if (settings.fullSyncIntervalMs > 0) {
    // A random phase keeps members that started together from syncing together.
    state.nextFullSyncMs = nowMs + Math.floor((1 + randomFloat(state.options.random)) * settings.fullSyncIntervalMs);
  }
  announceOurselves(state, state.options.meta, null);
}

/** Ticks fall at whole multiples of their interval after the start; those missed are not made up for. 0: none. */
function nextTick(state: GossipState, intervalMs: number): Millis {
  if (intervalMs <= 0) return never;
  return state.startedMs + intervalMs * (Math.floor((state.nowMs - state.startedMs) / intervalMs) + 1);
}

/** With nobody else known, ticks have nothing to do: they are not waited for, and go on in their raster later. */
function skipIdleTicks(state: GossipState): void {
  if (!isAlone(state)) return;
  const { settings, nowMs } = state;
  if (state.nextProbeMs <= nowMs) state.nextProbeMs = nextTick(state, settings.probeIntervalMs);
  if (state.nextGossipMs <= nowMs) state.nextGossipMs = nextTick(state, settings.gossipIntervalMs);
}

function isAlone(state: GossipState): boolean {
  return state.members.size <= 1;
}

/** Everything that is due. A probe that ends at the moment of a tick makes way for the next one. */
function wake(state: GossipState): void {
  for (const outcome of expireStreams(state)) handleStreamOutcome(state, outcome);
  expireRelays(state);
  advanceProbe(state);
  expireSuspicions(state);
  expireBroadcastWaits(state);
  const { settings } = state;
  if (state.nextProbeMs <= state.nowMs) {
    state.nextProbeMs = nextTick(state, settings.probeIntervalMs);
    startProbe(state);
  }
  if (state.nextGossipMs <= state.nowMs) {
    state.nextGossipMs = nextTick(state, settings.gossipIntervalMs);
    gossipToSome(state);
  }
  if (state.nextFullSyncMs <= state.nowMs) {
    state.nextFullSyncMs = state.nowMs + fullSyncIntervalMs(settings.fullSyncIntervalMs, state.members.size);
    syncWithSomebody(state);
  }
}

function nextDeadline(state: GossipState): Millis {
  let deadline = state.nextFullSyncMs;
  if (!isAlone(state)) deadline = earliest(deadline, state.nextProbeMs, state.nextGossipMs);
  if (state.probe !== null) deadline = Math.min(deadline, probeDeadline(state.probe));
  for (const timed of [state.suspicions, state.relays, state.streams, state.broadcastWaits]) {
    for (const { deadlineMs } of timed.values()) deadline = Math.min(deadline, deadlineMs);
  }
  return deadline;
}
