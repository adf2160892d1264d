/** Pinging on behalf of others: their way to a member may be broken where ours is not. */
import type { Millis } from '../base/deadline.ts';
import { sendMessage } from './dissemination.ts';
import type { Endpoint } from './input.ts';
import { formatIp, isIpAddress } from './ip-address.ts';
import { limits } from './settings.ts';
import { nextSeqNo, type GossipState } from './state.ts';
import { nilBytes } from './wire/bytes.ts';
import type { IndirectPing } from './wire/message.ts';

export interface Relay {
  /** Of the one who asked; the relay's own number is the key under which it is kept. */
  readonly requestedSeqNo: number;
  readonly origin: Endpoint;
  readonly wantsNack: boolean;
  readonly deadlineMs: Millis;
}

/** A reason if the request is refused, else null. */
export function startRelay(state: GossipState, request: IndirectPing, origin: Endpoint): string | null {
  if (!isIpAddress(request.target)) return 'address';
  if (state.relays.size >= limits.relays) return 'too many relays';
  const port = request.port === 0 ? state.bindPort : request.port;
  const seqNo = nextSeqNo(state);
  const deadlineMs = state.nowMs + state.settings.probeTimeoutMs;
  state.relays.set(seqNo, { requestedSeqNo: request.seqNo, origin, wantsNack: request.wantsNack, deadlineMs });
  sendMessage(
    state,
    { host: formatIp(request.target), port },
    { kind: 'ping', seqNo, node: request.node, source: state.source },
  );
  return null;
}

export function handleRelayAck(state: GossipState, seqNo: number): void {
  const relay = state.relays.get(seqNo);
  if (relay === undefined) return;
  state.relays.delete(seqNo);
  sendMessage(state, relay.origin, { kind: 'ack', seqNo: relay.requestedSeqNo, payload: nilBytes });
}

/** Without an answer the origin is told that at least we are well. */
export function expireRelays(state: GossipState): void {
  for (const [seqNo, relay] of state.relays) {
    if (relay.deadlineMs > state.nowMs) continue;
    state.relays.delete(seqNo);
    if (relay.wantsNack) sendMessage(state, relay.origin, { kind: 'nack', seqNo: relay.requestedSeqNo });
  }
}
