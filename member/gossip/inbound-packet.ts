/** Packets in. Probe traffic is answered at once; news wait until the packet is read, and come in the order of their weight. */
import { sendMessage, sourceEndpoint } from './dissemination.ts';
import type { Endpoint } from './input.ts';
import { handleAlive, handleDead, handleSuspect } from './membership.ts';
import { handleProbeAck, handleProbeNack } from './probe.ts';
import { handleRelayAck, startRelay } from './relay.ts';
import { limits } from './settings.ts';
import { emitEvent, observeRejection, type GossipState } from './state.ts';
import { nilBytes } from './wire/bytes.ts';
import type { Alive, Dead, PacketMessage, Ping, Suspect, UserMessage } from './wire/message.ts';
import { readPacket } from './wire/packet-codec.ts';

type News = Alive | Suspect | Dead | UserMessage;

/** Two bounded stacks: alive messages before all other news, the latest first. */
class NewsQueue {
  readonly #alive: News[] = [];
  readonly #others: News[] = [];

  push(news: News): boolean {
    const queue = news.kind === 'alive' ? this.#alive : this.#others;
    return queue.length < limits.inboundQueue && queue.push(news) > 0;
  }

  pop(): News | undefined {
    return this.#alive.pop() ?? this.#others.pop();
  }
}

export function handlePacket(state: GossipState, from: Endpoint, bytes: Uint8Array): void {
  const { messages, rejections } = readPacket(state.envelope, bytes);
  const news = new NewsQueue();
  for (const reason of rejections) observeRejection(state, from, reason);
  for (const message of messages) {
    const refusal = handleMessage(state, from, message, news);
    if (refusal !== null) observeRejection(state, from, refusal);
  }
  for (let item = news.pop(); item !== undefined; item = news.pop()) {
    const refusal = handleNews(state, item);
    if (refusal !== null) observeRejection(state, from, refusal);
  }
}

function handleMessage(state: GossipState, from: Endpoint, message: PacketMessage, news: NewsQueue): string | null {
  switch (message.kind) {
    case 'ping':
      return answerPing(state, from, message);
    case 'indirect-ping':
      return startRelay(state, message, sourceEndpoint(message.source) ?? from);
    case 'ack':
      handleProbeAck(state, message.seqNo, from);
      handleRelayAck(state, message.seqNo);
      return null;
    case 'nack':
      handleProbeNack(state, message.seqNo);
      return null;
    default:
      return news.push(message) ? null : 'inbound queue full';
  }
}

function handleNews(state: GossipState, news: News): string | null {
  switch (news.kind) {
    case 'alive':
      return handleAlive(state, news);
    case 'suspect':
      handleSuspect(state, news);
      return null;
    case 'dead':
      handleDead(state, news);
      return null;
    case 'user':
      emitEvent(state, { kind: 'user-message', payload: news.payload });
      return null;
  }
}

function answerPing(state: GossipState, from: Endpoint, ping: Ping): string | null {
  if (ping.node !== '' && ping.node !== state.name) return `ping for another member: ${ping.node}`;
  sendMessage(state, sourceEndpoint(ping.source) ?? from, { kind: 'ack', seqNo: ping.seqNo, payload: nilBytes });
  return null;
}
