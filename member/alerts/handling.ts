/**
 * Running the handlers of a topic on an event. Each handler takes one event at a time off a bounded queue, in
 * order, as 1.5.4 does; the next attempt starts when the last one has ended.
 */
import { assert } from '../base/assert.ts';
import type { EventRef } from '../base/observation.ts';
import type { AlertEvent, HandlerSpec } from './event.ts';
import { eventKey, eventRef } from './event-key.ts';
import { goQuote } from './go-quote.ts';
import { levelRank } from './level.ts';
import type { Outgoing } from './outgoing.ts';
import type { Level, Publication } from './publication.ts';
import type { AlertsState, HandlerRuntime, Origin, Pending, QueuedEvent, Retry, Trail } from './state.ts';
import { ensureTopic } from './topics.ts';
import { toWirePublication } from './wire.ts';

const maxHops = 16;
const firstRetryMs = 1000;
const longestRetryMs = 60_000;

/** What handling needs of the rest of the core. */
export interface HandlingContext {
  readonly state: AlertsState;
  readonly out: Outgoing;
  /** Publishes on behalf of a `publish` or `aggregate` handler. */
  readonly publish: (publication: Publication, origin: Origin | null) => void;
  /** All attempts of an owner's event have ended. */
  readonly finished: (pending: Pending) => void;
}

/** Puts the standalone handlers in force in place of those before; unchanged ones keep their queues. */
export function replaceHandlers(context: HandlingContext, specs: readonly HandlerSpec[]): void {
  const { state } = context;
  const wanted = new Map(specs.map((spec) => [handlerName(spec), spec]));
  for (const [topic, runtimes] of state.handlers) {
    if (state.topics.get(topic)?.isInline === true) continue;
    const kept = runtimes.filter((runtime) => {
      const name = handlerName(runtime.spec);
      const spec = wanted.get(name);
      if (spec !== undefined && JSON.stringify(spec) === JSON.stringify(runtime.spec)) {
        wanted.delete(name);
        return true;
      }
      retire(state, runtime);
      return false;
    });
    if (kept.length === 0) state.handlers.delete(topic);
    else state.handlers.set(topic, kept);
  }
  for (const spec of wanted.values()) {
    ensureTopic(state, spec.topic);
    addHandler(context, spec);
  }
}

/** Makes a definition run. One that cannot is noticed and left out. */
export function addHandler(context: HandlingContext, spec: HandlerSpec): void {
  const { state, out } = context;
  const prepared = state.options.prepareHandler(spec);
  if (!prepared.ok) {
    out.observe({ kind: 'handler-set-aside', topic: spec.topic, handler: spec.id, reason: prepared.error });
    return;
  }
  const runtime: HandlerRuntime = { spec, prepared: prepared.value, queue: [], running: null, gathered: [] };
  const known = state.handlers.get(spec.topic);
  if (known === undefined) state.handlers.set(spec.topic, [runtime]);
  else known.push(runtime);
  armAggregate(state, runtime);
}

export function removeHandlers(state: AlertsState, topic: string): void {
  for (const runtime of state.handlers.get(topic) ?? []) retire(state, runtime);
  state.handlers.delete(topic);
}

function retire(state: AlertsState, runtime: HandlerRuntime): void {
  // What is queued is still sent, as 1.5.4 drains a handler before it closes it.
  state.deaf.delete(runtime.spec);
  state.timers.clear(aggregateTimer(runtime.spec));
}

function handlerName(spec: HandlerSpec): string {
  return JSON.stringify([spec.topic, spec.id]);
}

export function toAlertEvent(publication: Publication, previousLevel: Level): AlertEvent {
  const {
    topic,
    event,
    level,
    timeNs,
    durationNs,
    message,
    details,
    series,
    name,
    task,
    group,
    tags,
    fields,
    recoverable,
  } = publication;
  return {
    topic,
    id: event,
    level,
    previousLevel,
    timeNs,
    durationNs,
    message,
    details,
    series,
    name,
    task,
    group,
    tags,
    fields,
    recoverable,
  };
}

/** Gives an event to every handler of its topic that it matches. */
export function dispatch(
  context: HandlingContext,
  publication: Publication,
  facts: {
    readonly previousLevel: Level;
    readonly trail: Trail;
    readonly ref: EventRef;
    readonly work: Pending | null;
  },
): void {
  const runtimes = context.state.handlers.get(publication.topic);
  if (runtimes === undefined) return;
  const event = toAlertEvent(publication, facts.previousLevel);
  for (const runtime of runtimes) {
    if (context.state.deaf.has(runtime.spec) || !doesMatch(context, runtime, event, facts.ref)) continue;
    const { effect } = runtime.prepared;
    if (effect.kind === 'publish')
      forward(context, publication, effect.topics, {
        trail: { ...facts.trail, cause: facts.work?.cause ?? facts.trail.cause },
        previousLevel: facts.previousLevel,
      });
    else if (effect.kind === 'aggregate') runtime.gathered.push(publication);
    else
      enqueue(context, runtime, {
        event,
        ref: facts.ref,
        work: facts.work,
        round: facts.work?.round ?? 0,
        retry: null,
      });
  }
}

function doesMatch(context: HandlingContext, runtime: HandlerRuntime, event: AlertEvent, ref: EventRef): boolean {
  const { matches } = runtime.prepared;
  if (matches === null) return true;
  const result = matches({
    level: levelRank(event.level),
    changed: event.level !== event.previousLevel,
    name: event.name,
    taskName: event.task,
    durationNs: event.durationNs,
    tags: event.tags,
  });
  if (result.ok) return result.value;
  noteAttempt(context, runtime, ref, 0, `failed to evaluate match expression: ${result.error}`);
  return false;
}

/**
 * Sends an event on to other topics, which have states, owners and handlers of their own. A forwarded event brings
 * its ordinal with it, so that it has one key whichever owner forwards it; a topic it has been through already
 * ends the chain, where 1.5.4 would go round for ever.
 */
function forward(
  context: HandlingContext,
  publication: Publication,
  topics: readonly string[],
  { trail, previousLevel }: Origin,
): void {
  const via = [...trail.via, publication.topic];
  const ordinal = `${trail.ordinal}<${publication.topic}`;
  for (const topic of topics) {
    if (via.includes(topic) || via.length > maxHops) {
      context.out.observe({ kind: 'publications-dropped', reason: 'publish-loop', count: 1 });
      continue;
    }
    const forwarded = { ...publication, topic, stateChangesOnly: false, stateChangesIntervalNs: 0n };
    context.publish(forwarded, { trail: { ordinal, via, cause: trail.cause }, previousLevel });
  }
}

function enqueue(context: HandlingContext, runtime: HandlerRuntime, item: QueuedEvent): void {
  if (runtime.queue.length >= context.state.options.queueLimit) {
    noteAttempt(context, runtime, item.ref, 0, `failed to deliver event ${goQuote(item.event.id)} to handler`);
    return;
  }
  if (item.work !== null) item.work.attemptsLeft++;
  runtime.queue.push(item);
  pump(context, runtime);
}

function pump(context: HandlingContext, runtime: HandlerRuntime): void {
  const { state, out } = context;
  while (runtime.running === null) {
    const item = runtime.queue.shift();
    if (item === undefined) return;
    if (item.work !== null) {
      // The event was withdrawn while it waited: a co-owner completed it, or the copy became doubtful.
      if (!isCurrent(state, item, item.work)) continue;
      item.work.hasStarted = true;
    }
    const attempt = state.nextAttempt++;
    runtime.running = { attempt, item };
    state.attempts.set(attempt, runtime);
    const limitMs = item.work === null ? null : Math.floor(0.8 * state.view.delayPerMemberMs);
    out.now({ kind: 'attempt', attempt, handler: runtime.spec, event: item.event, limitMs });
  }
}

/** The executor is done with an attempt. */
export function attemptEnded(
  context: HandlingContext,
  attempt: number,
  error: string | null,
  durationMs: number,
): void {
  const { state } = context;
  const runtime = state.attempts.get(attempt);
  // An attempt of before the member was removed from its cluster; nobody waits for it.
  if (runtime === undefined) return;
  const { running } = runtime;
  assert(running?.attempt === attempt, 'a handler runs one attempt at a time');
  const { item } = running;
  state.attempts.delete(attempt);
  noteAttempt(context, runtime, item.ref, durationMs, error);
  settleRetry(context, runtime, item, error);
  runtime.running = null;
  const { work } = item;
  if (work !== null && isCurrent(state, item, work)) {
    work.attemptsLeft--;
    if (work.attemptsLeft === 0) context.finished(work);
  }
  pump(context, runtime);
}

function isCurrent(state: AlertsState, item: QueuedEvent, work: Pending): boolean {
  return work.phase === 'handling' && work.round === item.round && state.pending.get(item.ref.key) === work;
}

function noteAttempt(
  context: HandlingContext,
  runtime: HandlerRuntime,
  { topic, event, level, eventTime, key }: EventRef,
  durationMs: number,
  error: string | null,
): void {
  const { id: handler, kind: handlerKind } = runtime.spec;
  // Field by field: many are kept, and an object that is spread together is several times as large.
  context.out.observe({
    kind: 'handler-attempt',
    topic,
    event,
    level,
    eventTime,
    key,
    handler,
    handlerKind,
    durationMs,
    error,
  });
}

function settleRetry(context: HandlingContext, runtime: HandlerRuntime, item: QueuedEvent, error: string | null): void {
  const { state, out } = context;
  if (error === null || state.options.handlerRetryForMs <= 0) {
    if (item.retry !== null) out.write('alert-retries', item.retry.id, null);
    return;
  }
  const { event } = item;
  const publication: Publication = item.retry?.publication ?? asPublication(event);
  const retry: Retry = item.retry ?? {
    id: `${item.ref.key}/${runtime.spec.id}`.slice(-300),
    publication,
    previousLevel: event.previousLevel,
    handler: runtime.spec.id,
    untilWallMs: state.wallMs + state.options.handlerRetryForMs,
    tries: 0,
  };
  retry.tries++;
  const delayMs = Math.min(longestRetryMs, firstRetryMs * 2 ** (retry.tries - 1));
  if (state.wallMs + delayMs > retry.untilWallMs) {
    out.write('alert-retries', retry.id, null);
    return;
  }
  const { handler, previousLevel, untilWallMs, tries } = retry;
  out.write('alert-retries', retry.id, {
    publication: { ...toWirePublication(publication) },
    handler,
    previousLevel,
    untilWallMs,
    tries,
  });
  state.timers.set(`retry ${retry.id}`, state.nowMs + delayMs, { kind: 'retry', retry });
}

function asPublication(event: AlertEvent): Publication {
  const { id, previousLevel: _previousLevel, ...rest } = event;
  return { ...rest, event: id, category: '', stateChangesOnly: false, stateChangesIntervalNs: 0n, replay: null };
}

/** Repeats a failed attempt whose time has come; its handler may not be there yet after a start, or not any more. */
export function runRetry(context: HandlingContext, retry: Retry): void {
  const { publication } = retry;
  const { state } = context;
  const runtime = state.handlers.get(publication.topic)?.find(({ spec }) => spec.id === retry.handler);
  if (runtime === undefined) {
    if (state.wallMs > retry.untilWallMs) context.out.write('alert-retries', retry.id, null);
    else state.timers.set(`retry ${retry.id}`, state.nowMs + longestRetryMs, { kind: 'retry', retry });
    return;
  }
  const event = toAlertEvent(publication, retry.previousLevel);
  enqueue(context, runtime, {
    event,
    ref: eventRef(eventKey(publication, '0'), publication),
    work: null,
    round: 0,
    retry,
  });
}

function aggregateTimer(spec: HandlerSpec): string {
  return `aggregate ${handlerName(spec)}`;
}

function armAggregate(state: AlertsState, runtime: HandlerRuntime): void {
  const { effect } = runtime.prepared;
  if (effect.kind !== 'aggregate') return;
  const intervalMs = Math.max(1, Number(effect.intervalNs / 1_000_000n));
  state.timers.set(aggregateTimer(runtime.spec), state.nowMs + intervalMs, { kind: 'aggregate', runtime });
}

/**
 * The interval of an `aggregate` handler is over: what it gathered becomes one event, with the highest level, the
 * latest time, the longest duration, the messages as lines of details and all rows, as 1.5.4 makes it.
 */
export function flushAggregate(context: HandlingContext, runtime: HandlerRuntime): void {
  armAggregate(context.state, runtime);
  const { effect } = runtime.prepared;
  const gathered = runtime.gathered.splice(0);
  if (effect.kind !== 'aggregate' || gathered.length === 0) return;
  let level: Level = 'OK';
  let timeNs = zeroTimeNs;
  let durationNs = 0n;
  for (const publication of gathered) {
    if (levelRank(publication.level) > levelRank(level)) level = publication.level;
    if (publication.timeNs > timeNs) timeNs = publication.timeNs;
    if (publication.durationNs > durationNs) durationNs = publication.durationNs;
  }
  context.publish(
    {
      topic: effect.topic,
      event: effect.event,
      level,
      timeNs,
      durationNs,
      message: effect.message(gathered.length),
      details: gathered.map(({ message }) => message).join('\n'),
      series: gathered.flatMap(({ series }) => series),
      name: '',
      group: '',
      tags: {},
      fields: {},
      task: '',
      category: '',
      recoverable: false,
      stateChangesOnly: false,
      stateChangesIntervalNs: 0n,
      replay: null,
    },
    null,
  );
}

/** Go's zero time, 1 January of the year 1. */
const zeroTimeNs = -62_135_596_800_000_000_000n;
