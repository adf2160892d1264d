/** Packets out: messages to somebody, filled up with broadcasts, and the regular gossip. */
import type { BroadcastToken } from './broadcast-queue.ts';
import type { Endpoint } from './input.ts';
import { formatIp, isIpAddress } from './ip-address.ts';
import type { MemberRecord } from './member-table.ts';
import { transmitLimit } from './scaling.ts';
import { limits } from './settings.ts';
import { finishBroadcasts, type GossipState } from './state.ts';
import { versionOf } from './versions.ts';
import { concatBytes } from './wire/bytes.ts';
import { compoundPartOverhead, writeCompound } from './wire/compound.ts';
import type { Alive, Dead, MessageSource, PacketMessage, Suspect } from './wire/message.ts';
import { typeByte } from './wire/message-type.ts';
import { writePacketMessage } from './wire/message-writer.ts';
import { broadcastBudget, writePacket } from './wire/packet-codec.ts';

const userTypeBytes = 1;

/** Tells everybody, in the name of the member that the message is about: of each member only the latest news goes round. */
export function broadcast(
  state: GossipState,
  message: Alive | Suspect | Dead,
  token: BroadcastToken | null = null,
): void {
  finishBroadcasts(state, state.broadcasts.enqueue(message.node, writePacketMessage(message), token));
}

/** A message to an address, and as many broadcasts as fit beside it. */
export function sendMessage(state: GossipState, to: Endpoint, message: PacketMessage): void {
  const bytes = writePacketMessage(message);
  const passengers = fillPacket(state, bytes.length);
  const [first, ...others] = inCompounds([bytes, ...passengers]);
  if (first !== undefined) sendBytes(state, to, first, false);
  for (const bytes of others) sendBytes(state, to, bytes, false);
}

/** Whole messages to a member whose record we hold, and nothing else. */
export function sendToMember(state: GossipState, member: MemberRecord, messages: readonly Uint8Array[]): void {
  for (const bytes of inCompounds(messages))
    sendBytes(state, endpointOf(member), bytes, member.versions.protocolMax >= versionOf.crc);
}

export function endpointOf(record: { readonly address: Uint8Array; readonly port: number }): Endpoint {
  return { host: formatIp(record.address), port: record.port };
}

/** Where an answer goes; null if the message does not say it. */
export function sourceEndpoint(source: MessageSource | null): Endpoint | null {
  if (source === null || source.port === 0 || !isIpAddress(source.address)) return null;
  return { host: formatIp(source.address), port: source.port };
}

/** Each target takes one transmission off each broadcast; with nothing to tell, nothing is sent. */
export function gossipToSome(state: GossipState): void {
  const targets = state.members.pick(state.settings.gossipMembers, (record) => {
    if (record.name === state.name || record.status === 'left') return false;
    return record.status !== 'dead' || state.nowMs - record.sinceMs <= state.settings.gossipToTheDeadMs;
  });
  for (const target of targets) {
    const messages = fillPacket(state, 0);
    if (messages.length === 0) return;
    sendToMember(state, target, messages);
  }
}

/** Broadcasts for a packet that already holds `usedBytes`; the application's come after gossip's own. */
function fillPacket(state: GossipState, usedBytes: number): readonly Uint8Array[] {
  const budget = broadcastBudget(state.envelope, state.settings.packetSizeLimit, usedBytes);
  const limit = transmitLimit(state.settings.retransmitMult, state.members.size);
  const own = state.broadcasts.fill(compoundPartOverhead, budget, limit);
  finishBroadcasts(state, own.finished);
  const left = own.messages.reduce((bytes, message) => bytes - message.length - compoundPartOverhead, budget);
  const userOverhead = compoundPartOverhead + userTypeBytes;
  if (left <= userOverhead) return own.messages;
  const user = state.userBroadcasts.fill(userOverhead, left, limit);
  finishBroadcasts(state, user.finished);
  return [...own.messages, ...user.messages.map((payload) => concatBytes(Uint8Array.of(typeByte.user), payload))];
}

/** One message goes as it is; more are wrapped, in several packets if they are too many for one count. */
function inCompounds(messages: readonly Uint8Array[]): readonly Uint8Array[] {
  if (messages.length === 1) return messages;
  const compounds: Uint8Array[] = [];
  for (let i = 0; i < messages.length; i += limits.compoundPartsWritten) {
    compounds.push(writeCompound(messages.slice(i, i + limits.compoundPartsWritten)));
  }
  return compounds;
}

function sendBytes(state: GossipState, to: Endpoint, message: Uint8Array, hasCrc: boolean): void {
  state.outputs.push({ kind: 'send-packet', to, bytes: writePacket(state.envelope, message, hasCrc) });
}
