/**
 * The owner's side (cluster.md, *The way of an event* 2 to 5): the owner of rank 0 handles at once, the others
 * wait for word of completion and take over without it; a doubtful copy is asked about first.
 */
import { present } from '../base/assert.ts';
import type { MemberId } from '../base/ids.ts';
import type { HandlingCause } from '../base/observation.ts';
import { eventRef } from './event-key.ts';
import { dispatch, type HandlingContext } from './handling.ts';
import type { AskAnswer, AskedState, Completion, WireRegister } from './messages.ts';
import { tell } from './peers.ts';
import { currentOwners, type ReceivedCopy } from './publishing.ts';
import type { AlertsState, AskReason, Pending } from './state.ts';
import { textHash } from './murmur3.ts';
import { ensureTopic, fromWireRegister, mergeRegister, registerOf } from './topics.ts';
import { toWirePublication } from './wire.ts';

const minuteMs = 60_000;

/** A copy of a publication has come, from a peer or from a task of this member. */
export function receiveCopy(context: HandlingContext, copy: ReceivedCopy, from: MemberId, sentWallMs: number): void {
  const { state, out } = context;
  const { key, publication } = copy;
  const done = state.completed.get(key);
  if (done !== undefined) {
    out.observe({ kind: 'duplicate-dropped', ...eventRef(key, publication), from, reason: 'already-complete' });
    widenCompletion(context, done, copy.owners);
    return;
  }
  const held = state.pending.get(key);
  if (held !== undefined) {
    out.observe({ kind: 'duplicate-dropped', ...eventRef(key, publication), from, reason: 'same-event' });
    for (const id of copy.owners) held.union.add(id);
    // Written again even if nothing changed: this copy's acknowledgement must not overtake the first write.
    persistPending(context, held);
    return;
  }
  const pending = newPending(state, copy, sentWallMs);
  state.pending.set(key, pending);
  persistPending(context, pending);
  out.observe({ kind: 'publication-received', ...eventRef(key, publication), from, rank: pending.rank });
  begin(context, pending);
}

function newPending(state: AlertsState, copy: ReceivedCopy, sentWallMs: number): Pending {
  const self = state.options.self;
  const union = new Set(copy.owners);
  const listed = copy.owners.indexOf(self);
  if (listed < 0) for (const id of currentOwners(state, copy.publication.topic)) union.add(id);
  union.add(self);
  const rank = listed >= 0 ? listed : [...union].indexOf(self);
  return {
    key: copy.key,
    publication: copy.publication,
    trail: copy.trail,
    owners: copy.owners,
    ownersVersion: copy.ownersVersion,
    union,
    rank,
    receivedMs: state.nowMs,
    receivedWallMs: state.wallMs,
    phase: 'waiting',
    askFirst: doubt(state, sentWallMs, listed < 0),
    asked: new Set(),
    mustYield: false,
    askUntilMs: 0,
    cause: 'first-owner',
    attemptsLeft: 0,
    hasStarted: false,
    round: 0,
  };
}

/** D19: why a copy that comes now must not be handled without asking; null when it is fresh. */
function doubt(state: AlertsState, sentWallMs: number, isNewOwner: boolean): AskReason | null {
  if (isNewOwner) return 'newer-owner';
  if (!state.isSynced) return 'not-synced';
  if (state.nowMs < state.doubtUntilMs) return 'stalled';
  return state.wallMs - sentWallMs >= state.view.delayPerMemberMs ? 'stale-copy' : null;
}

function begin(context: HandlingContext, pending: Pending): void {
  if (pending.rank > 0) wait(context, pending, pending.rank * context.state.view.delayPerMemberMs);
  else if (pending.askFirst === null) handle(context, pending, 'first-owner');
  else ask(context, pending);
}

function wait(context: HandlingContext, pending: Pending, waitMs: number): void {
  const { state, out } = context;
  pending.phase = 'waiting';
  state.timers.set(timerOf(pending), state.nowMs + waitMs, { kind: 'pending', key: pending.key });
  out.observe({ kind: 'owner-waiting', ...eventRef(pending.key, pending.publication), rank: pending.rank, waitMs });
}

function timerOf(pending: Pending): string {
  return `pending ${pending.key}`;
}

/** The wait of an owner is over, for word of completion or for answers of co-owners. */
export function pendingDue(context: HandlingContext, key: string): void {
  const pending = context.state.pending.get(key);
  if (pending === undefined) return;
  if (pending.phase === 'asking') settleAsk(context, pending);
  else if (pending.phase === 'waiting' && pending.askFirst !== null) ask(context, pending);
  else if (pending.phase === 'waiting') takeOver(context, pending);
}

function takeOver(context: HandlingContext, pending: Pending): void {
  const { state, out } = context;
  const silent = pending.owners.slice(0, pending.rank);
  const hasFailed = silent.some((id) => statusOf(state, id) !== 'alive');
  const waitedMs = state.nowMs - pending.receivedMs;
  out.observe({
    kind: 'owner-took-over',
    ...eventRef(pending.key, pending.publication),
    rank: pending.rank,
    waitedMs,
    silent,
  });
  handle(context, pending, hasFailed ? 'owner-failed' : 'delay-ran-out');
}

function statusOf(state: AlertsState, id: MemberId): string {
  return state.view.members.find((member) => member.id === id)?.status ?? 'removed';
}

/** Asks the co-owners whether one of them has handled the event (D19). */
function ask(context: HandlingContext, pending: Pending): void {
  const { state, out } = context;
  const reason = present(pending.askFirst, 'reason to ask');
  const of = coOwners(state, pending);
  pending.phase = 'asking';
  pending.mustYield = false;
  pending.asked.clear();
  if (of.length === 0) {
    handle(context, pending, causeOf(reason));
    return;
  }
  pending.askUntilMs = state.nowMs + state.view.delayPerMemberMs;
  for (const id of of) {
    pending.asked.add(id);
    state.peers.get(id)?.asks.add(pending.key);
  }
  state.timers.set(timerOf(pending), pending.askUntilMs, { kind: 'pending', key: pending.key });
  out.observe({ kind: 'owner-asking', ...eventRef(pending.key, pending.publication), rank: pending.rank, of, reason });
}

function coOwners(state: AlertsState, pending: Pending): readonly MemberId[] {
  return [...pending.union].filter((id) => id !== state.options.self && state.peers.has(id));
}

function causeOf(reason: AskReason): HandlingCause {
  return reason === 'newer-owner' ? 'membership-change' : reason === 'stale-copy' ? 'delay-ran-out' : 'owner-failed';
}

/** What a peer says to a question: for each key whether it is complete there, held, or unknown. */
export function answerAsk(state: AlertsState, keys: readonly string[]): AskAnswer {
  return {
    kind: 'states',
    states: keys.map((key): AskedState => {
      const completion = state.completed.get(key);
      if (completion !== undefined) return { key, state: 'complete', completion };
      const pending = state.pending.get(key);
      if (pending === undefined) return { key, state: 'unknown' };
      return { key, state: pending.phase === 'handling' ? 'handling' : 'waiting', rank: pending.rank };
    }),
  };
}

export function askAnswered(context: HandlingContext, from: MemberId, states: readonly AskedState[]): void {
  for (const asked of states) {
    if (asked.state === 'complete') receiveCompletion(context, asked.completion, null);
    const pending = context.state.pending.get(asked.key);
    if (pending === undefined || pending.phase !== 'asking' || !pending.asked.delete(from)) continue;
    if (
      asked.state === 'handling' ||
      (asked.state === 'waiting' && hasBetterClaim(context.state, pending, from, asked.rank))
    )
      pending.mustYield = true;
    if (pending.asked.size === 0) settleAsk(context, pending);
  }
}

/** Of two owners that ask each other, the one of lower rank goes on; of equal ranks the lower member ID. */
function hasBetterClaim(state: AlertsState, pending: Pending, other: MemberId, otherRank: number): boolean {
  return otherRank < pending.rank || (otherRank === pending.rank && other < state.options.self);
}

/** A co-owner could not be reached: it is asked again until the delay is over, as it may come back. */
export function askFailed(context: HandlingContext, from: MemberId, keys: readonly string[]): void {
  const { state } = context;
  const pauseMs = Math.max(50, state.view.delayPerMemberMs / 8);
  for (const key of keys) {
    const pending = state.pending.get(key);
    if (pending === undefined || pending.phase !== 'asking' || !pending.asked.has(from)) continue;
    if (state.nowMs + pauseMs < pending.askUntilMs)
      state.timers.set(`ask ${from} ${key}`, state.nowMs + pauseMs, { kind: 'ask-again', key, peer: from });
  }
}

export function askAgain(context: HandlingContext, key: string, peer: MemberId): void {
  const pending = context.state.pending.get(key);
  if (pending?.phase === 'asking' && pending.asked.has(peer)) context.state.peers.get(peer)?.asks.add(key);
}

/** All that could answer did, or the delay is over: handle, unless someone with a better claim is at it. */
function settleAsk(context: HandlingContext, pending: Pending): void {
  if (pending.mustYield) wait(context, pending, context.state.view.delayPerMemberMs);
  else handle(context, pending, causeOf(present(pending.askFirst, 'reason to ask')));
}

/** Hands the event to the handlers of its topic, unless it brings nothing new (D16). */
function handle(context: HandlingContext, pending: Pending, cause: HandlingCause): void {
  const { state } = context;
  const { publication, key, trail } = pending;
  state.timers.clear(timerOf(pending));
  // A forwarded event inherits why it was forwarded, as it may have been forwarded before.
  pending.cause = cause === 'first-owner' ? trail.cause : cause;
  const topic = ensureTopic(state, publication.topic);
  const held = topic.events.get(publication.event);
  if (publication.stateChangesOnly && held !== undefined && held.key !== key) {
    const agoNs = publication.timeNs - held.timeNs;
    if (agoNs < 0n) return complete(context, pending, 'late');
    const { stateChangesIntervalNs: intervalNs } = publication;
    if (publication.level === held.level && (intervalNs === 0n || agoNs < intervalNs))
      return complete(context, pending, 'no-change');
  }
  const previousLevel = held === undefined ? 'OK' : held.key === key ? held.previousLevel : held.level;
  const facts = { member: state.options.self, key, previousLevel, updatedWallMs: state.wallMs };
  mergeRegister(state, context.out, topic.id, publication.event, registerOf(publication, facts));
  if (held?.key !== key) ensureTopic(state, publication.topic).collected++;
  pending.phase = 'handling';
  pending.hasStarted = false;
  // Held at one while handlers are given the event, so that it is not complete before all of them have it.
  pending.attemptsLeft = 1;
  dispatch(context, publication, { previousLevel, trail, ref: eventRef(key, publication), work: pending });
  pending.attemptsLeft--;
  if (pending.attemptsLeft === 0) complete(context, pending, 'handled');
  return undefined;
}

/** Every handler has made its first attempt, whatever came of it (D18). */
export function complete(context: HandlingContext, pending: Pending, outcome: Completion['outcome']): void {
  const { state, out } = context;
  const { publication, key, rank, cause } = pending;
  const { topic, event, level } = publication;
  const completion: Completion = {
    key,
    topic,
    event,
    level,
    timeNs: publication.timeNs.toString(),
    by: state.options.self,
    rank,
    outcome,
    cause,
    atWallMs: state.wallMs,
    owners: [...pending.union].sort(),
  };
  removePending(context, pending);
  rememberCompletion(context, completion);
  for (const peer of state.peers.values()) tell(peer, key);
  const ref = eventRef(key, publication);
  if (outcome === 'handled')
    out.observe({ kind: 'handled', ...ref, rank, latencyMs: state.nowMs - pending.receivedMs, cause });
  else out.observe({ kind: 'duplicate-dropped', ...ref, from: state.options.self, reason: outcome });
}

function removePending(context: HandlingContext, pending: Pending): void {
  const { state, out } = context;
  state.pending.delete(pending.key);
  state.timers.clear(timerOf(pending));
  out.write('alert-pending', pending.key, null);
}

function rememberCompletion({ state, out }: HandlingContext, completion: Completion): void {
  if (!state.completed.has(completion.key)) hashCompletion(state, completion, 1);
  state.completed.set(completion.key, completion);
  out.write('alert-completed', completion.key, { ...completion });
}

/** Keeps the hashes of completed keys by topic and minute in step with the completed keys themselves. */
export function hashCompletion(state: AlertsState, { topic, key, atWallMs }: Completion, sign: 1 | -1): void {
  let minutes = state.completedHashes.get(topic);
  if (minutes === undefined) state.completedHashes.set(topic, (minutes = new Map()));
  const minute = Math.floor(atWallMs / minuteMs);
  const [high, low, count] = minutes.get(minute) ?? [0, 0, 0];
  const hash = textHash(key);
  const changed = count + sign;
  if (changed === 0) minutes.delete(minute);
  else
    minutes.set(minute, [
      high ^ Number.parseInt(hash.slice(0, 8), 16),
      low ^ Number.parseInt(hash.slice(8), 16),
      changed,
    ]);
  if (minutes.size === 0) state.completedHashes.delete(topic);
}

/** Owners that a later copy names learn of the completion as well (D20). */
function widenCompletion(context: HandlingContext, completion: Completion, owners: readonly MemberId[]): void {
  const { state, out } = context;
  const added = owners.filter((id) => !completion.owners.includes(id));
  const wider = added.length === 0 ? completion : { ...completion, owners: [...completion.owners, ...added].sort() };
  state.completed.set(completion.key, wider);
  // Written again even if nothing changed: the acknowledgement must not overtake the first write.
  out.write('alert-completed', completion.key, wider);
  for (const id of added) {
    const peer = state.peers.get(id);
    if (peer !== undefined) tell(peer, completion.key);
  }
}

/** Word that an event is complete: from the owner that handled it, from an answer, or from sync. */
export function receiveCompletion(
  context: HandlingContext,
  completion: Completion,
  register: WireRegister | null,
): void {
  const { state, out } = context;
  const { key, topic } = completion;
  const pending = state.pending.get(key);
  const known = state.completed.get(key);
  if (
    register !== null &&
    mergeRegister(state, out, topic, register.event, fromWireRegister(register)) &&
    pending === undefined &&
    known === undefined
  ) {
    ensureTopic(state, topic).collected++;
  }
  if (known !== undefined) {
    noteSecondDelivery(context, known, completion);
    out.write('alert-completed', key, known);
    return;
  }
  const self = state.options.self;
  if (pending === undefined && !completion.owners.includes(self) && !currentOwners(state, topic).includes(self)) return;
  const ref = eventRef(key, { ...completion, timeNs: BigInt(completion.timeNs) });
  out.observe({ kind: 'completion-received', ...ref, by: completion.by });
  // What this member has begun to send it must end and report; its own completion then shows the second delivery.
  if (pending?.phase === 'handling' && pending.hasStarted) return;
  if (pending !== undefined) {
    removePending(context, pending);
    const wider = [...new Set([...completion.owners, ...pending.union])].sort();
    rememberCompletion(context, { ...completion, owners: wider });
  } else rememberCompletion(context, completion);
}

function noteSecondDelivery({ state, out }: HandlingContext, known: Completion, other: Completion): void {
  if (known.by === other.by || known.outcome !== 'handled' || other.outcome !== 'handled') return;
  if (known.by !== state.options.self && other.by !== state.options.self) return;
  const cause =
    known.cause !== 'first-owner' ? known.cause : other.cause !== 'first-owner' ? other.cause : 'membership-change';
  out.observe({
    kind: 'delivered-twice',
    ...eventRef(known.key, { ...known, timeNs: BigInt(known.timeNs) }),
    by: [known.by, other.by].sort(),
    cause,
  });
}

/** The loop stood still: what has not been started may have been handled by others meanwhile (D19). */
export function doubtAll(context: HandlingContext): void {
  const { state } = context;
  for (const pending of state.pending.values()) {
    if (pending.phase === 'handling' && pending.hasStarted) continue;
    pending.askFirst ??= 'stalled';
    if (pending.phase !== 'handling') continue;
    pending.round++;
    ask(context, pending);
  }
}

/** A pending event of before a restart: it may have been sent already, here or elsewhere. */
export function resume(context: HandlingContext, pending: Pending): void {
  begin(context, pending);
}

/** Owners that were removed cannot answer any more. */
export function forgetAsked(context: HandlingContext, gone: ReadonlySet<MemberId>): void {
  for (const pending of context.state.pending.values()) {
    if (pending.phase !== 'asking') continue;
    for (const id of gone) pending.asked.delete(id);
    if (pending.asked.size === 0) settleAsk(context, pending);
  }
}

/** D21: completed keys are kept for the larger of two full-sync intervals and the retention. */
export function pruneCompleted({ state, out }: HandlingContext): void {
  const keepMs = Math.max(2 * state.view.fullSyncIntervalMs, state.options.retentionMs);
  for (const completion of state.completed.values()) {
    if (state.wallMs - completion.atWallMs < keepMs) continue;
    state.completed.delete(completion.key);
    hashCompletion(state, completion, -1);
    out.write('alert-completed', completion.key, null);
  }
}

function persistPending({ out }: HandlingContext, pending: Pending): void {
  const { key, trail, owners, ownersVersion, union, receivedWallMs } = pending;
  out.write('alert-pending', key, {
    key,
    ordinal: trail.ordinal,
    via: trail.via,
    cause: trail.cause,
    owners,
    ownersVersion,
    receivedWallMs,
    publication: { ...toWirePublication(pending.publication) },
    union: [...union],
  });
}
