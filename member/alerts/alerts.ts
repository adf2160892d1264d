/**
 * Alerts of one member: topics and the state of their events, and who in the cluster handles an event.
 *
 * It guarantees, as cluster.md sections 7, 8 and 11 say:
 * - on an uninitialized member, and for topics that tasks make for themselves, every event is handled here and at
 *   once, as 1.5.4 does;
 * - on a member of a cluster an event of a shared topic is handled by one of its owners: without faults exactly
 *   once, by the owner of rank 0, with no wait for a disk; with faults at least once while not all owners fail,
 *   and every second delivery leaves its cause on record;
 * - what it acknowledged survives a crash: acknowledgements and completions follow the disk.
 *
 * It is a value with one entry, `step`. Time comes with every input, waiting is the deadline in the result. It
 * knows ranks from the members it is given, and neither gossip nor gRPC, handlers' options nor lambdas.
 */
import { assert, unreachable } from '../base/assert.ts';
import type { MemberId } from '../base/ids.ts';
import { joinKey, eventKey, eventRef } from './event-key.ts';
import type {
  AlertsClocks,
  AlertsEvent,
  AlertsOptions,
  AlertsTable,
  EventState,
  MembersView,
  RestoredTables,
  StepResult,
} from './alerts-io.ts';
import {
  addHandler,
  attemptEnded,
  dispatch,
  flushAggregate,
  removeHandlers,
  replaceHandlers,
  runRetry,
  type HandlingContext,
} from './handling.ts';
import { followMembers } from './membership.ts';
import { Outgoing } from './outgoing.ts';
import {
  answerAsk,
  askAgain,
  askAnswered,
  askFailed,
  complete,
  doubtAll,
  pendingDue,
  pruneCompleted,
  receiveCompletion,
  receiveCopy,
  resume,
} from './owning.ts';
import { flushPeers, peerAnswered, peerFailed, peersDeadlineMs } from './peers.ts';
import { acknowledged, pruneOutbox, publishShared } from './publishing.ts';
import type { HandlerSpec } from './event.ts';
import type { PeerAnswer, PeerRequest } from './messages.ts';
import type { Publication } from './publication.ts';
import { restoreTables } from './restore.ts';
import { emptyState, ofTask, type AlertsState, type Origin, type TimerTask } from './state.ts';
import { answerSync, applyDeletion, startSync, syncAnswered, syncFailed } from './sync.ts';
import { ensureTopic, forgetEvents, newTopic, persistRegister, registerOf, setRegister } from './topics.ts';
import { fromWirePublication } from './wire.ts';

/** Wakes so often on a member of a cluster that a stall of the loop shows. */
const heartbeatMs = 200;
/** D19: a loop that stood still for longer makes copies doubtful. */
const stallMs = 500;
const pruneIntervalMs = 60_000;

/** The core as it was when the process ended, or empty. Nothing happens before the first `step`. */
export function createAlerts(options: AlertsOptions, restored: RestoredTables): AlertsState {
  const state = emptyState(options);
  restoreTables(state, restored);
  return state;
}

/** Takes one input; the outputs are to be done in order (see `AlertsOutput`). */
export function step(state: AlertsState, input: AlertsEvent, clocks: AlertsClocks): StepResult {
  const out = new Outgoing();
  const context = contextOf(state, out);
  const isStalled = readClocks(state, clocks);
  if (isStalled) noteStall(context);
  runDueTimers(context);
  take(context, input);
  flushPeers(state, out);
  return { outputs: out.finish(), nextDeadlineMs: deadline(state) };
}

function contextOf(state: AlertsState, out: Outgoing): HandlingContext {
  const context: HandlingContext = {
    state,
    out,
    publish: (publication, origin) => publish(context, publication, origin),
    finished: (pending) => complete(context, pending, 'handled'),
  };
  return context;
}

/** Moves the clocks on; true when the loop stood still, or the wall clock ran on while this one did not. */
function readClocks(state: AlertsState, { nowMs, wallMs }: AlertsClocks): boolean {
  assert(nowMs >= state.nowMs, 'the monotonic clock never goes back');
  const isFirst = state.wallMs === 0;
  const slept = wallMs - state.wallMs - (nowMs - state.nowMs);
  state.nowMs = nowMs;
  state.wallMs = wallMs;
  if (isFirst) state.timers.set('prune', nowMs + pruneIntervalMs, { kind: 'prune' });
  return !isFirst && state.view.isInitialized && (nowMs - state.expectedByMs > stallMs || slept > stallMs);
}

function noteStall(context: HandlingContext): void {
  context.state.doubtUntilMs = context.state.nowMs + context.state.view.delayPerMemberMs;
  doubtAll(context);
}

function deadline(state: AlertsState): number {
  const { isInitialized, members } = state.view;
  const beat = isInitialized && members.length > 1 ? state.nowMs + heartbeatMs : Number.POSITIVE_INFINITY;
  const next = Math.min(state.timers.nextMs(), peersDeadlineMs(state), beat);
  state.expectedByMs = beat;
  return Math.max(next, state.nowMs);
}

function take(context: HandlingContext, input: AlertsEvent): void {
  const { state, out } = context;
  switch (input.kind) {
    case 'publish':
      return publish(context, input.publication, null);
    case 'inhibited':
      return out.observe({
        kind: 'inhibited',
        ...eventRef(eventKey(input.publication, '0'), input.publication),
        task: input.publication.task,
      });
    case 'request':
      return out.afterDisk({
        kind: 'acknowledge',
        token: input.token,
        message: answer(context, input.from, input.message),
      });
    case 'answer':
      return takeAnswer(context, input.from, input.token, input.message);
    case 'members':
      return takeMembers(context, input.view);
    case 'handlers':
      return replaceHandlers(context, input.specs);
    case 'open-inline':
      return openInline(context, input.topic, input.handlers);
    case 'close-inline':
      return closeInline(state, input.topic);
    case 'delete-inline':
      return deleteInline(context, input.topic);
    case 'attempted':
      return attemptEnded(context, input.attempt, input.error, input.durationMs);
    case 'delete-topic':
      return deleteTopic(context, input.topic);
    case 'update-event':
      return updateEvent(context, input.topic, input.event, input.state);
    case 'stall':
      return input.stalledMs > stallMs && state.view.isInitialized ? noteStall(context) : undefined;
    case 'wake':
      return undefined;
    default:
      return unreachable(input);
  }
}

function runDueTimers(context: HandlingContext): void {
  const { timers, nowMs } = context.state;
  for (let task = timers.take(nowMs); task !== undefined; task = timers.take(nowMs)) runTimer(context, task);
}

function runTimer(context: HandlingContext, task: TimerTask): void {
  const { state } = context;
  switch (task.kind) {
    case 'pending':
      return pendingDue(context, task.key);
    case 'aggregate':
      return flushAggregate(context, task.runtime);
    case 'retry':
      return runRetry(context, task.retry);
    case 'ask-again':
      return askAgain(context, task.key, task.peer);
    case 'sync':
      return syncDue(context, task.peer);
    case 'prune':
      state.timers.set('prune', state.nowMs + pruneIntervalMs, task);
      pruneOutbox(state, context.out);
      return pruneCompleted(context);
    default:
      return unreachable(task);
  }
}

function syncDue(context: HandlingContext, id: MemberId | null): void {
  const { state } = context;
  if (id === null) armFullSync(state);
  for (const peer of state.peers.values()) if (id === null || peer.id === id) startSync(context, peer);
}

function armFullSync(state: AlertsState): void {
  state.timers.set('sync', state.nowMs + state.view.fullSyncIntervalMs, { kind: 'sync', peer: null });
}

/** An event of a task, or of a `publish` or `aggregate` handler, for its topic. */
function publish(context: HandlingContext, publication: Publication, origin: Origin | null): void {
  const { state, out } = context;
  const isShared =
    state.view.isInitialized && state.topics.get(publication.topic)?.isInline !== true && publication.replay === null;
  if (!isShared) {
    handleHere(context, publication, origin ?? ofTask);
    return;
  }
  const copy = publishShared(state, out, publication, origin?.trail ?? null);
  if (copy !== null) receiveCopy(context, copy, state.options.self, state.wallMs);
}

/** As 1.5.4: the last arrival is the state, and every handler gets the event at once. */
function handleHere(
  context: HandlingContext,
  publication: Publication,
  { trail, previousLevel: givenLevel }: Origin,
): void {
  const { state, out } = context;
  const topic = ensureTopic(state, publication.topic);
  // A topic that does not know the event leaves it the level it came with, as 1.5.4 does.
  const previousLevel = topic.events.get(publication.event)?.level ?? givenLevel;
  const key = eventKey(publication, trail.ordinal);
  // A replay on a member of a cluster leaves the shared state alone (D22).
  if (publication.replay === null || topic.isInline || !state.view.isInitialized) {
    const facts = { member: state.options.self, key: '', previousLevel, updatedWallMs: state.wallMs };
    const register = registerOf(publication, facts);
    setRegister(topic, publication.event, register);
    persistRegister(state, out, topic, publication.event, register);
  }
  topic.collected++;
  const ref = eventRef(key, publication);
  const { topic: id, event, level, eventTime } = ref;
  if (topic.isInline)
    out.observe({ kind: 'inline-handled', topic: id, event, level, eventTime, key, task: publication.task });
  else out.observe({ kind: 'handled', ...ref, rank: 0, latencyMs: 0 });
  dispatch(context, publication, { previousLevel, trail, ref, work: null });
}

/** What a peer asked; the answer leaves when what it says is on disk. */
function answer(context: HandlingContext, from: MemberId, request: PeerRequest): PeerAnswer {
  const { state } = context;
  switch (request.kind) {
    case 'publications':
      for (const { key, ordinal, via, cause, owners, ownersVersion, publication } of request.copies) {
        const copy = {
          key,
          trail: { ordinal, via, cause },
          owners,
          ownersVersion,
          publication: fromWirePublication(publication),
        };
        receiveCopy(context, copy, from, request.sentWallMs);
      }
      return { kind: 'accepted' };
    case 'completions':
      for (const { register, ...completion } of request.completions) receiveCompletion(context, completion, register);
      return { kind: 'accepted' };
    case 'deletion':
      applyDeletion(context, request.deletion);
      return { kind: 'accepted' };
    case 'ask':
      return answerAsk(state, request.keys);
    case 'sync':
      return answerSync(state, request, from);
    default:
      return unreachable(request);
  }
}

function takeAnswer(context: HandlingContext, from: MemberId, token: number, message: PeerAnswer | null): void {
  const { state, out } = context;
  const details = state.calls.get(token);
  const peer = state.peers.get(from);
  state.calls.delete(token);
  if (details === undefined || peer === undefined) return;
  if (details.kind === 'publications') peer.publicationCalls--;
  if (details.kind === 'completions') peer.isTelling = false;
  if (message === null) {
    if (details.kind === 'ask') askFailed(context, from, details.keys);
    else if (details.kind === 'sync') syncFailed(context, peer);
    else peerFailed(state, peer, details);
    return;
  }
  peerAnswered(peer);
  if (details.kind === 'publications') acknowledged(state, out, from, details.sequences);
  else if (message.kind === 'states') askAnswered(context, from, message.states);
  else if (message.kind === 'sync-part') syncAnswered(context, peer, message);
}

function takeMembers(context: HandlingContext, view: MembersView): void {
  const { state } = context;
  const before = state.view;
  const restored = before.isInitialized ? [] : Array.from(state.pending.values());
  const added = followMembers(context, view);
  for (const copy of added) receiveCopy(context, copy, state.options.self, state.wallMs);
  if (view.isInitialized && !before.isInitialized) {
    state.isSynced = view.members.length <= 1;
    armFullSync(state);
    for (const pending of restored) if (state.pending.has(pending.key)) resume(context, pending);
  }
}

/** A task with inline handlers starts: its topic comes back with its state, counting from 0. */
function openInline(context: HandlingContext, id: string, handlers: readonly HandlerSpec[]): void {
  const { state } = context;
  closeInline(state, id);
  const topic = newTopic(id, true);
  for (const [event, register] of state.closedInline.get(id) ?? []) setRegister(topic, event, register);
  state.closedInline.delete(id);
  state.topics.set(id, topic);
  for (const spec of handlers) addHandler(context, spec);
}

function closeInline(state: AlertsState, id: string): void {
  const topic = state.topics.get(id);
  if (topic?.isInline !== true) return;
  state.closedInline.set(id, topic.events);
  state.topics.delete(id);
  removeHandlers(state, id);
}

function deleteInline({ state, out }: HandlingContext, id: string): void {
  closeInline(state, id);
  for (const event of state.closedInline.get(id)?.keys() ?? []) out.write('alert-inline', joinKey([id, event]), null);
  state.closedInline.delete(id);
}

/**
 * Events and state are gone, handler definitions stay. On an uninitialized member they are deaf until they are
 * replaced, as 1.5.4's are; in a cluster they go on, as deafness would differ between owners.
 */
function deleteTopic(context: HandlingContext, id: string): void {
  const { state, out } = context;
  if (state.topics.get(id)?.isInline === true) {
    const table: AlertsTable = 'alert-inline';
    for (const event of state.topics.get(id)?.events.keys() ?? []) out.write(table, joinKey([id, event]), null);
    state.topics.delete(id);
    removeHandlers(state, id);
    return;
  }
  if (state.view.isInitialized) {
    applyDeletion(context, { topic: id, atWallMs: state.wallMs });
    for (const peer of state.peers.values()) peer.deletions.add(id);
  } else {
    forgetEvents(state, out, id, Number.POSITIVE_INFINITY);
    for (const { spec } of state.handlers.get(id) ?? []) state.deaf.add(spec);
  }
  state.topics.delete(id);
}

function updateEvent({ state, out }: HandlingContext, topicId: string, event: string, given: EventState): void {
  const topic = ensureTopic(state, topicId);
  if (state.view.isInitialized && !topic.isInline) return;
  const previousLevel = topic.events.get(event)?.level ?? 'OK';
  const register = { ...given, member: state.options.self, key: '', previousLevel, updatedWallMs: state.wallMs };
  setRegister(topic, event, register);
  persistRegister(state, out, topic, event, register);
}
