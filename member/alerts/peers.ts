/**
 * Talking to the other members: what waits for each of them, in batches, in order, repeated with growing pauses
 * until it is answered. Publications and questions leave at once; completions leave when they are on disk (D21).
 */
import type { MemberId } from '../base/ids.ts';
import type { Millis } from '../base/deadline.ts';
import type { PeerRequest, PublicationCopy } from './messages.ts';
import type { Outgoing } from './outgoing.ts';
import type { AlertsState, Call, OutboxEntry, Peer } from './state.ts';
import { toWireRegister } from './topics.ts';
import { toWirePublication } from './wire.ts';

const batchLimit = 200;
/** Publications go out in up to so many calls at a time; the transport keeps their order. */
const callLimit = 8;
/** A peer that does not answer is told the newest completions; sync brings the rest. */
const tellLimit = 10_000;
const firstBackoffMs = 100;

export function newPeer(id: MemberId, nowMs: Millis): Peer {
  return {
    id,
    publications: [],
    publicationCalls: 0,
    tells: [],
    isTelling: false,
    asks: new Set(),
    deletions: new Set(),
    retryAtMs: nowMs,
    backoffMs: firstBackoffMs,
    sync: null,
    hasSynced: false,
  };
}

/** Sends what is waiting and may go; called once at the end of every step. */
export function flushPeers(state: AlertsState, out: Outgoing): void {
  for (const peer of state.peers.values()) {
    if (peer.asks.size > 0) sendAsk(state, out, peer);
    if (state.nowMs < peer.retryAtMs) continue;
    while (peer.publications.length > 0 && peer.publicationCalls < callLimit) sendPublications(state, out, peer);
    if (peer.tells.length > 0 && !peer.isTelling) sendCompletions(state, out, peer);
    for (const topic of peer.deletions) sendDeletion(state, out, peer, topic);
  }
}

/** When waiting work may next be sent; never when nothing waits. */
export function peersDeadlineMs(state: AlertsState): Millis {
  let next = Number.POSITIVE_INFINITY;
  for (const peer of state.peers.values()) {
    const isWaiting =
      (peer.publications.length > 0 && peer.publicationCalls < callLimit) ||
      (peer.tells.length > 0 && !peer.isTelling) ||
      peer.deletions.size > 0;
    if (isWaiting) next = Math.min(next, peer.retryAtMs);
  }
  return next;
}

/** Short enough that a lost call is repeated before the next owner's wait is over. */
export function callTimeoutMs(state: AlertsState): Millis {
  return Math.max(200, Math.floor(state.view.delayPerMemberMs / 4));
}

export function call(
  state: AlertsState,
  details: Call,
  message: PeerRequest,
  timeoutMs: Millis,
): Parameters<Outgoing['now']>[0] {
  const token = state.nextToken++;
  state.calls.set(token, details);
  return { kind: 'send', to: details.to, token, message, timeoutMs };
}

function sendPublications(state: AlertsState, out: Outgoing, peer: Peer): void {
  const sequences: number[] = [];
  const copies: PublicationCopy[] = [];
  // A copy that is sent again is as old as it was the first time: meanwhile others may have taken over (D19).
  let sentWallMs = state.wallMs;
  for (const sequence of peer.publications.splice(0, batchLimit)) {
    const entry = state.outbox.get(sequence);
    if (entry === undefined || !entry.unacknowledged.has(peer.id)) continue;
    sequences.push(sequence);
    copies.push(toCopy(entry));
    sentWallMs = Math.min(sentWallMs, entry.publishedWallMs);
  }
  if (copies.length === 0) return;
  peer.publicationCalls++;
  const message: PeerRequest = { kind: 'publications', sentWallMs, copies };
  out.now(call(state, { kind: 'publications', to: peer.id, sequences }, message, callTimeoutMs(state)));
}

export function toCopy(entry: OutboxEntry): PublicationCopy {
  const { key, trail, owners, ownersVersion, publication } = entry;
  return {
    key,
    ordinal: trail.ordinal,
    via: trail.via,
    cause: trail.cause,
    owners,
    ownersVersion,
    publication: toWirePublication(publication),
  };
}

function sendCompletions(state: AlertsState, out: Outgoing, peer: Peer): void {
  const keys = peer.tells.splice(0, batchLimit).filter((key) => state.completed.has(key));
  if (keys.length === 0) return;
  const completions = keys.flatMap((key) => {
    const completion = state.completed.get(key);
    if (completion === undefined) return [];
    const register = state.topics.get(completion.topic)?.events.get(completion.event);
    return [
      {
        ...completion,
        register: register?.key === key ? toWireRegister(completion.topic, completion.event, register) : null,
      },
    ];
  });
  peer.isTelling = true;
  out.afterDisk(
    call(state, { kind: 'completions', to: peer.id, keys }, { kind: 'completions', completions }, callTimeoutMs(state)),
  );
}

function sendAsk(state: AlertsState, out: Outgoing, peer: Peer): void {
  const keys = [...peer.asks];
  peer.asks.clear();
  out.now(call(state, { kind: 'ask', to: peer.id, keys }, { kind: 'ask', keys }, callTimeoutMs(state)));
}

function sendDeletion(state: AlertsState, out: Outgoing, peer: Peer, topic: string): void {
  peer.deletions.delete(topic);
  const atWallMs = state.deletions.get(topic);
  if (atWallMs === undefined) return;
  const message: PeerRequest = { kind: 'deletion', deletion: { topic, atWallMs } };
  out.afterDisk(call(state, { kind: 'deletion', to: peer.id, topic }, message, callTimeoutMs(state)));
}

export function tell(peer: Peer, key: string): void {
  peer.tells.push(key);
  if (peer.tells.length > tellLimit) peer.tells.shift();
}

/** The peer answered: what waits may go at once. */
export function peerAnswered(peer: Peer): void {
  peer.backoffMs = firstBackoffMs;
  peer.retryAtMs = Number.NEGATIVE_INFINITY;
}

/** The peer did not answer: the same things again, first in line, after a pause. */
export function peerFailed(state: AlertsState, peer: Peer, failed: Call): void {
  peer.retryAtMs = state.nowMs + peer.backoffMs;
  peer.backoffMs = Math.min(peer.backoffMs * 2, 5000, Math.max(firstBackoffMs, state.view.delayPerMemberMs / 2));
  if (failed.kind === 'publications') {
    const again = new Set([...failed.sequences, ...peer.publications]);
    peer.publications.splice(0, peer.publications.length, ...[...again].sort((a, b) => a - b));
  } else if (failed.kind === 'completions') peer.tells.unshift(...failed.keys);
  else if (failed.kind === 'deletion') peer.deletions.add(failed.topic);
}
