/**
 * Anti-entropy (D23): every full-sync interval, and when a member joins, returns or the owners change, each member
 * pulls from each other one what differs. Topics go by ranges, as hashes of their registers and, per minute, of
 * their completed keys; answers are cut at 1 MiB. As all pull, all end up equal.
 */
import { ownersOf } from './owners.ts';
import { joinKey } from './event-key.ts';
import type { HandlingContext } from './handling.ts';
import type { MemberId } from '../base/ids.ts';
import { hex8, textHash } from './murmur3.ts';
import type {
  Completion,
  SyncAnswer,
  SyncPosition,
  SyncRequest,
  TopicDeletion,
  TopicDigest,
  WireRegister,
} from './messages.ts';
import { receiveCompletion } from './owning.ts';
import { call } from './peers.ts';
import type { AlertsState, Peer, Topic } from './state.ts';
import { forgetEvents, fromWireRegister, mergeRegister, registersHash, toWireRegister } from './topics.ts';

/** Bytes of JSON, with room below 1 MiB for the frame around it. */
const answerLimitBytes = 900_000;
const digestLimitBytes = 200_000;
const callTimeoutMs = 10_000;

/** Begins to pull from a peer; one round at a time. */
export function startSync(context: HandlingContext, peer: Peer): void {
  if (peer.sync !== null) return;
  peer.sync = { after: null, upTo: null, resume: null, registers: 0, completions: 0 };
  requestPart(context, peer);
}

function requestPart({ state, out }: HandlingContext, peer: Peer): void {
  const round = peer.sync;
  if (round === null) return;
  const topics: TopicDigest[] = [];
  let bytes = 0;
  let upTo: string | null = null;
  for (const id of sharedTopicNames(state)) {
    if (round.after !== null && id <= round.after) continue;
    if (bytes > digestLimitBytes) {
      upTo = topics.at(-1)?.topic ?? null;
      break;
    }
    const digest = digestOf(state, id);
    topics.push(digest);
    bytes += JSON.stringify(digest).length;
  }
  round.upTo = upTo;
  const message: SyncRequest = {
    kind: 'sync',
    after: round.after,
    upTo,
    topics,
    deletions: deletionsHash(state),
    resume: round.resume,
  };
  out.now(call(state, { kind: 'sync', to: peer.id }, message, callTimeoutMs));
}

function sharedTopicNames(state: AlertsState): readonly string[] {
  const names = new Set<string>(state.completedHashes.keys());
  for (const topic of state.topics.values()) if (!topic.isInline) names.add(topic.id);
  return [...names].sort();
}

function digestOf(state: AlertsState, id: string): TopicDigest {
  const topic = state.topics.get(id);
  const completions: Record<string, string> = {};
  for (const [minute, [high, low, count]] of state.completedHashes.get(id) ?? [])
    completions[minute] = `${hex8(high)}${hex8(low)}.${count}`;
  return { topic: id, registers: topic === undefined ? '' : registersHash(topic), completions };
}

function deletionsHash(state: AlertsState): string {
  return textHash(
    [...state.deletions]
      .map(([topic, at]) => joinKey([topic, String(at)]))
      .sort()
      .join('\n'),
  );
}

/** What this member holds and the asking one does not, as far as one answer takes it. */
export function answerSync(state: AlertsState, request: SyncRequest, from: MemberId): SyncAnswer {
  const asked = new Map(request.topics.map((digest) => [digest.topic, digest]));
  const parts = new AnswerParts(request.resume);
  for (const id of sharedTopicNames(state)) {
    if ((request.after !== null && id <= request.after) || (request.upTo !== null && id > request.upTo)) continue;
    addTopic(state, parts, id, asked.get(id), from);
    if (parts.next !== null) break;
  }
  const deletions: readonly TopicDeletion[] =
    request.deletions === deletionsHash(state)
      ? []
      : [...state.deletions].map(([topic, atWallMs]) => ({ topic, atWallMs }));
  return { kind: 'sync-part', registers: parts.registers, completions: parts.completions, deletions, next: parts.next };
}

/** Collects an answer in the order of (topic, part, id), from where the last one stopped, up to the limit. */
class AnswerParts {
  readonly registers: WireRegister[] = [];
  readonly completions: Completion[] = [];
  next: SyncPosition | null = null;
  readonly #resume: SyncPosition | null;
  #bytes = 0;

  constructor(resume: SyncPosition | null) {
    this.#resume = resume;
  }

  isBehind(topic: string, part: SyncPosition['part'], id: string): boolean {
    const resume = this.#resume;
    if (resume === null || topic !== resume.topic) return resume !== null && topic < resume.topic;
    return part === resume.part ? id <= resume.id : part === 'registers';
  }

  /** False when the answer is full; the entry then belongs to the next one. */
  take(value: WireRegister | Completion, last: SyncPosition): boolean {
    this.#bytes += JSON.stringify(value).length;
    if (this.#bytes > answerLimitBytes && this.registers.length + this.completions.length > 0) return false;
    this.#last = last;
    return true;
  }

  stop(): void {
    this.next = this.#last;
  }

  #last: SyncPosition | null = null;
}

function addTopic(
  state: AlertsState,
  parts: AnswerParts,
  id: string,
  theirs: TopicDigest | undefined,
  from: MemberId,
): void {
  const topic = state.topics.get(id);
  if (topic !== undefined && registersHash(topic) !== theirs?.registers && !addRegisters(parts, topic)) return;
  const members = state.view.members.map((member) => member.id);
  if (!ownersOf(id, members, state.view.redundancy).some((owner) => owner.id === from)) return;
  const differing = new Set<number>();
  const ours = digestOf(state, id).completions;
  for (const minute of Object.keys(ours))
    if (ours[minute] !== theirs?.completions[minute]) differing.add(Number(minute));
  if (differing.size === 0) return;
  const completions = [...state.completed.values()]
    .filter((completion) => completion.topic === id && differing.has(Math.floor(completion.atWallMs / 60_000)))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  for (const completion of completions) {
    if (parts.isBehind(id, 'completions', completion.key)) continue;
    if (!parts.take(completion, { topic: id, part: 'completions', id: completion.key })) return parts.stop();
    parts.completions.push(completion);
  }
}

function addRegisters(parts: AnswerParts, topic: Topic): boolean {
  const events = [...topic.events].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [event, register] of events) {
    if (parts.isBehind(topic.id, 'registers', event)) continue;
    const wire = toWireRegister(topic.id, event, register);
    if (!parts.take(wire, { topic: topic.id, part: 'registers', id: event })) {
      parts.stop();
      return false;
    }
    parts.registers.push(wire);
  }
  return true;
}

/** Takes over what a peer sent, and asks for the next part or ends the round. */
export function syncAnswered(context: HandlingContext, peer: Peer, answer: SyncAnswer): void {
  const { state, out } = context;
  const round = peer.sync;
  if (round === null) return;
  for (const deletion of answer.deletions) applyDeletion(context, deletion);
  for (const wire of answer.registers)
    if (mergeRegister(state, out, wire.topic, wire.event, fromWireRegister(wire))) round.registers++;
  for (const completion of answer.completions) {
    if (state.wallMs - completion.atWallMs >= keepMs(state) || state.completed.has(completion.key)) continue;
    receiveCompletion(context, completion, null);
    round.completions++;
  }
  if (answer.next !== null) round.resume = answer.next;
  else if (round.upTo !== null) {
    round.after = round.upTo;
    round.resume = null;
  } else {
    peer.sync = null;
    endRound(context, peer, round);
    return;
  }
  requestPart(context, peer);
}

function keepMs(state: AlertsState): number {
  return Math.max(2 * state.view.fullSyncIntervalMs, state.options.retentionMs);
}

function endRound(
  { state, out }: HandlingContext,
  peer: Peer,
  round: { registers: number; completions: number },
): void {
  peer.hasSynced = true;
  out.observe({ kind: 'topics-synced', with: peer.id, registers: round.registers, completions: round.completions });
  if (state.isSynced) return;
  const alive = state.view.members.filter(({ id, status }) => id !== state.options.self && status === 'alive');
  if (alive.every(({ id }) => state.peers.get(id)?.hasSynced === true)) {
    state.isSynced = true;
    out.afterDisk({ kind: 'synced' });
  }
}

/** The peer did not answer; again in a while if it is thought alive, else when it comes back. */
export function syncFailed({ state }: HandlingContext, peer: Peer): void {
  peer.sync = null;
  const isAlive = state.view.members.some(({ id, status }) => id === peer.id && status === 'alive');
  if (isAlive)
    state.timers.set(`sync ${peer.id}`, state.nowMs + Math.max(500, state.view.delayPerMemberMs / 4), {
      kind: 'sync',
      peer: peer.id,
    });
}

/** A topic was deleted somewhere at a time; true when that is news here (D23). */
export function applyDeletion({ state, out }: HandlingContext, deletion: TopicDeletion): boolean {
  const { topic, atWallMs } = deletion;
  if ((state.deletions.get(topic) ?? Number.NEGATIVE_INFINITY) >= atWallMs) return false;
  state.deletions.set(topic, atWallMs);
  out.write('alert-deletions', topic.slice(0, 300), { topic, atWallMs });
  forgetEvents(state, out, topic, atWallMs);
  return true;
}
