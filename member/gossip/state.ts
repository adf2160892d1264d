import { assert, present } from '../base/assert.ts';
import { never, type Millis } from '../base/deadline.ts';
import type { GossipObservation } from '../base/observation.ts';
import { err, ok, type Result } from '../base/result.ts';
import { adjustAwareness, type Awareness } from './awareness.ts';
import { BroadcastQueue, type BroadcastToken } from './broadcast-queue.ts';
import type { Endpoint, StreamId } from './input.ts';
import { formatEndpoint, parseIp } from './ip-address.ts';
import type { JoinOperation } from './join.ts';
import { MemberTable, type MemberRecord } from './member-table.ts';
import type { GossipOptions } from './options.ts';
import type { GossipEvent, GossipOutput, GossipReply } from './output.ts';
import type { Probe } from './probe.ts';
import type { Relay } from './relay.ts';
import { limits, type GossipSettings } from './settings.ts';
import type { StreamSession } from './streams.ts';
import type { Suspicion } from './suspicion.ts';
import { nilBytes } from './wire/bytes.ts';
import { createEncryption } from './wire/encryption.ts';
import type { Envelope } from './wire/envelope.ts';
import type { MessageSource } from './wire/message.ts';

/** Somebody who waits for a broadcast of ours to be through. */
interface BroadcastWait {
  readonly request: number;
  readonly deadlineMs: Millis;
  readonly timeoutText: string;
}

/** Everything a machine remembers. Only the functions of this folder change it, and only within one `step`. */
export interface GossipState {
  readonly options: GossipOptions;
  readonly settings: GossipSettings;
  readonly envelope: Envelope;
  readonly name: string;
  /** How we introduce ourselves in pings. */
  readonly source: MessageSource;
  readonly bindPort: number;

  /** Of the input being handled. */
  nowMs: Millis;
  outputs: GossipOutput[];

  readonly members: MemberTable;
  /** Of each suspect, by name. */
  readonly suspicions: Map<string, Suspicion>;
  readonly broadcasts: BroadcastQueue;
  readonly userBroadcasts: BroadcastQueue;
  readonly broadcastWaits: Map<BroadcastToken, BroadcastWait>;
  readonly joins: Map<number, JoinOperation>;
  readonly relays: Map<number, Relay>;
  readonly streams: Map<StreamId, StreamSession>;

  isLeaving: boolean;
  incarnation: number;
  seqNo: number;
  /** Counts streams, resolver queries and broadcast tokens. */
  serial: number;
  awareness: Awareness;
  userState: Uint8Array;
  probe: Probe | null;
  startedMs: Millis;
  nextProbeMs: Millis;
  nextGossipMs: Millis;
  nextFullSyncMs: Millis;
  rejectionWindow: { untilMs: Millis; count: number };
}

export function createState(options: GossipOptions): GossipState {
  const { settings, advertise } = options;
  const label = new TextEncoder().encode(options.label ?? '');
  const address = parseIp(advertise.host);
  assert(options.name !== '', 'a gossip member needs a name');
  assert(address !== null, `advertised host ${advertise.host}: not an IP address`);
  assert(advertise.port > 0 && advertise.port <= 65_535, `advertised port ${advertise.port}: not between 1 and 65535`);
  assert(
    options.meta.length <= limits.metaBytes,
    `metadata of ${options.meta.length} bytes: at most ${limits.metaBytes} are allowed`,
  );
  assert(label.length <= limits.labelBytes, `label of ${label.length} bytes: at most ${limits.labelBytes} are allowed`);
  const { encryption } = options;
  return {
    options,
    settings,
    envelope: {
      label,
      encryption:
        encryption === undefined
          ? null
          : createEncryption(encryption.keys, encryption.aesGcm, settings.protocolVersion),
      isVerifyingIncoming: settings.isVerifyingIncoming,
      isEncryptingOutgoing: settings.isEncryptingOutgoing,
      isCompressing: settings.isCompressing,
    },
    name: options.name,
    source: { address, port: advertise.port, name: options.name },
    bindPort: options.bindPort ?? advertise.port,
    nowMs: 0,
    outputs: [],
    members: new MemberTable(options.random),
    suspicions: new Map(),
    broadcasts: new BroadcastQueue(),
    userBroadcasts: new BroadcastQueue(),
    broadcastWaits: new Map(),
    joins: new Map(),
    relays: new Map(),
    streams: new Map(),
    isLeaving: false,
    incarnation: 0,
    seqNo: 0,
    serial: 0,
    awareness: { score: 0, maxMultiplier: settings.awarenessMaxMultiplier },
    userState: nilBytes,
    probe: null,
    startedMs: never,
    nextProbeMs: never,
    nextGossipMs: never,
    nextFullSyncMs: never,
    rejectionWindow: { untilMs: 0, count: 0 },
  };
}

export function ourRecord(state: GossipState): MemberRecord {
  return present(state.members.get(state.name), 'our own record');
}

export function nextSeqNo(state: GossipState): number {
  state.seqNo = (state.seqNo + 1) >>> 0;
  return state.seqNo;
}

export function emitEvent(state: GossipState, event: GossipEvent): void {
  state.outputs.push({ kind: 'event', event });
}

export function observe(state: GossipState, observation: GossipObservation): void {
  state.outputs.push({ kind: 'observation', observation });
}

export function replyOk(state: GossipState, request: number, value: GossipReply): void {
  reply(state, request, ok(value));
}

export function replyError(state: GossipState, request: number, text: string): void {
  reply(state, request, err(text));
}

function reply(state: GossipState, request: number, result: Result<GossipReply, string>): void {
  state.outputs.push({ kind: 'reply', request, result });
}

const rejectionsPerSecond = 10;

/** Notes that something was dropped. A flood of it shows as its first few: observations are kept, packets are not. */
export function observeRejection(state: GossipState, from: Endpoint, reason: string): void {
  const window = state.rejectionWindow;
  if (state.nowMs >= window.untilMs) state.rejectionWindow = { untilMs: state.nowMs + 1_000, count: 0 };
  if (++state.rejectionWindow.count > rejectionsPerSecond) return;
  observe(state, { kind: 'packet-rejected', from: formatEndpoint(from), reason });
}

export function changeHealth(state: GossipState, delta: number): void {
  const before = state.awareness.score;
  state.awareness = adjustAwareness(state.awareness, delta);
  if (state.awareness.score !== before) observe(state, { kind: 'health', score: state.awareness.score });
}

/** Answers those whose broadcast is through. */
export function finishBroadcasts(state: GossipState, tokens: readonly BroadcastToken[]): void {
  for (const token of tokens) {
    const wait = state.broadcastWaits.get(token);
    if (wait === undefined) continue;
    state.broadcastWaits.delete(token);
    replyOk(state, wait.request, { kind: 'done' });
  }
}
