/**
 * Is that member alive? One is asked per interval: directly, then through others and over a stream. Silence on
 * all ways makes it a suspect.
 */
import type { Millis } from '../base/deadline.ts';
import { scaleByAwareness } from './awareness.ts';
import { endpointOf, sendMessage, sendToMember } from './dissemination.ts';
import type { Endpoint } from './input.ts';
import { isDeadOrLeft, type MemberRecord } from './member-table.ts';
import { forgetTheDead, handleSuspect } from './membership.ts';
import { changeHealth, nextSeqNo, observe, type GossipState } from './state.ts';
import { dialStream } from './streams.ts';
import { versionOf } from './versions.ts';
import type { Ping, Suspect } from './wire/message.ts';
import { writePacketMessage, writeStreamMessage } from './wire/message-writer.ts';

export interface Probe {
  readonly member: string;
  /** As it was when the probe began: that is what a failure accuses. */
  readonly incarnation: number;
  readonly target: { readonly address: Uint8Array; readonly port: number };
  readonly protocolMax: number;
  readonly ping: Ping;
  readonly sentMs: Millis;
  /** Until then we wait for a direct answer; null once others were asked. */
  directDeadlineMs: Millis | null;
  deadlineMs: Millis;
  hasPacketFailed: boolean;
  nacksExpected: number;
  nacksReceived: number;
  hasStreamAnswered: boolean;
}

/** A tick that comes while a probe still runs is skipped. */
export function startProbe(state: GossipState): void {
  if (state.probe !== null) return;
  const isProbed = (record: MemberRecord): boolean => record.name !== state.name && !isDeadOrLeft(record);
  const member = state.members.nextToProbe(isProbed, () => forgetTheDead(state));
  if (member !== null) probe(state, member);
}

function probe(state: GossipState, member: MemberRecord): void {
  const { settings, nowMs } = state;
  const ping: Ping = { kind: 'ping', seqNo: nextSeqNo(state), node: member.name, source: state.source };
  const deadlineMs = nowMs + scaleByAwareness(state.awareness, settings.probeIntervalMs);
  state.probe = {
    member: member.name,
    incarnation: member.incarnation,
    target: { address: member.address, port: member.port },
    protocolMax: member.versions.protocolMax,
    ping,
    sentMs: nowMs,
    directDeadlineMs: Math.min(nowMs + settings.probeTimeoutMs, deadlineMs),
    deadlineMs,
    hasPacketFailed: false,
    nacksExpected: 0,
    nacksReceived: 0,
    hasStreamAnswered: false,
  };
  observe(state, { kind: 'probe-started', member: member.name, seqNo: ping.seqNo });
  if (member.status === 'alive') {
    sendMessage(state, endpointOf(member), ping);
    return;
  }
  // A suspect is told so, that it can refute at once.
  const suspect: Suspect = { kind: 'suspect', incarnation: member.incarnation, node: member.name, from: state.name };
  sendToMember(state, member, [writePacketMessage(ping), writePacketMessage(suspect)]);
}

/** The moment at which the running probe needs attention. */
export function probeDeadline(current: Probe): Millis {
  return current.directDeadlineMs ?? current.deadlineMs;
}

export function advanceProbe(state: GossipState): void {
  const current = state.probe;
  if (current === null) return;
  if (current.directDeadlineMs !== null && current.directDeadlineMs <= state.nowMs) probeIndirectly(state, current);
  else if (current.directDeadlineMs === null && current.deadlineMs <= state.nowMs) concludeProbe(state, current);
}

export function handleProbeAck(state: GossipState, seqNo: number, from: Endpoint): void {
  const current = state.probe;
  if (current === null || current.ping.seqNo !== seqNo) return;
  const target = endpointOf(current.target);
  succeed(state, current, from.host === target.host && from.port === target.port ? 'direct' : 'relay');
}

export function handleProbeNack(state: GossipState, seqNo: number): void {
  if (state.probe?.ping.seqNo === seqNo) state.probe.nacksReceived++;
}

/** The stream counts only at the deadline: until then an answer by packet may still come. */
export function handleStreamAck(state: GossipState, seqNo: number): void {
  if (state.probe?.ping.seqNo === seqNo) state.probe.hasStreamAnswered = true;
}

/** The system would not send to the member's address: no use in waiting for a direct answer. */
export function handlePacketFailure(state: GossipState, to: Endpoint): void {
  const current = state.probe;
  if (current === null || current.directDeadlineMs === null) return;
  const target = endpointOf(current.target);
  if (to.host !== target.host || to.port !== target.port) return;
  current.hasPacketFailed = true;
  probeIndirectly(state, current);
}

function probeIndirectly(state: GossipState, current: Probe): void {
  current.directDeadlineMs = null;
  const relays = state.members.pick(
    state.settings.indirectChecks,
    (record) => record.status === 'alive' && record.name !== state.name && record.name !== current.member,
  );
  const { address: target, port } = current.target;
  const { seqNo } = current.ping;
  for (const relay of relays) {
    const wantsNack = relay.versions.protocolMax >= versionOf.nack;
    if (wantsNack) current.nacksExpected++;
    sendMessage(state, endpointOf(relay), {
      kind: 'indirect-ping',
      seqNo,
      target,
      port,
      node: current.member,
      wantsNack,
      source: state.source,
    });
  }
  observe(state, { kind: 'probe-indirect', member: current.member, seqNo, relays: relays.map((relay) => relay.name) });
  if (!state.settings.isStreamPinging || current.protocolMax < versionOf.streamPing) return;
  const request = writeStreamMessage(current.ping);
  dialStream(state, endpointOf(current.target), { kind: 'ping', seqNo }, request, current.deadlineMs);
}

function concludeProbe(state: GossipState, current: Probe): void {
  if (current.hasStreamAnswered) {
    succeed(state, current, 'stream');
    return;
  }
  state.probe = null;
  const { nacksExpected, nacksReceived } = current;
  observe(state, {
    kind: 'probe-failed',
    member: current.member,
    seqNo: current.ping.seqNo,
    nacksExpected,
    nacksReceived,
  });
  changeHealth(state, nacksExpected > 0 ? Math.max(0, nacksExpected - nacksReceived) : 1);
  handleSuspect(state, { kind: 'suspect', incarnation: current.incarnation, node: current.member, from: state.name });
}

function succeed(state: GossipState, current: Probe, via: 'direct' | 'relay' | 'stream'): void {
  state.probe = null;
  const roundTripMs = state.nowMs - current.sentMs;
  observe(state, { kind: 'probe-acked', member: current.member, seqNo: current.ping.seqNo, via, roundTripMs });
  // Where not even the ping could be sent, success says nothing about our own health.
  if (!current.hasPacketFailed) changeHealth(state, -1);
}
