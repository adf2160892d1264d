/**
 * What became of each alert event: joins what members noticed with what the inbox received. Pure: observations,
 * deliveries and the time go in, changed records come out.
 *
 * A delivery often arrives before the observations that explain it; it is held for a moment, as its latency counts
 * from the first publication.
 */
import type { EventRef, StampedObservation } from '../../member/base/observation.ts';
import type { AlertRecord, AlertStep, LevelName } from '../contract/state.ts';
import { instantMs, instantNs, spanText } from './instant.ts';

export interface InboxDelivery {
  readonly topic: string;
  readonly event: string;
  readonly time: string;
  readonly level: LevelName;
  /** Member ID of the sender; null for other engines. */
  readonly member: string | null;
  readonly at: number;
  readonly path: string;
}

export interface AlertLogOptions {
  /** Member ID to the name shown. */
  readonly nameOf: (memberId: string) => string;
  /** Whether members report observations at all (a foreign engine does not). */
  readonly isObserved: () => boolean;
  /** What of D25 explains a second delivery of this event, in words. */
  readonly causeOf: (record: AlertRecord) => string | null;
  readonly delayPerMemberMs: () => number;
}

const heldMs = 500;
/** Beyond the last owner's turn: scheduling, the handler's own attempt. */
const lostMarginMs = 10_000;
const stepLimit = 200;
const recordLimit = 1_000;

interface Entry {
  record: AlertRecord;
  publishedAt: number | null;
  owners: number;
  timeNs: bigint | undefined;
}

type EventObservation = Extract<StampedObservation, EventRef>;

export class AlertLog {
  private readonly options: AlertLogOptions;
  private readonly entries = new Map<string, Entry>();
  private held: InboxDelivery[] = [];

  constructor(options: AlertLogOptions) {
    this.options = options;
  }

  /** The changed record, if the observation is about an event. */
  observe(observation: StampedObservation): AlertRecord[] {
    if (!isEventObservation(observation)) return [];
    const entry = this.entries.get(observation.key) ?? this.create(observation.key, observation, observation.eventTime);
    if (observation.kind === 'published') {
      entry.publishedAt = Math.min(entry.publishedAt ?? Number.POSITIVE_INFINITY, observation.at);
      entry.owners = Math.max(entry.owners, observation.owners.length);
    }
    const task = 'task' in observation ? observation.task : entry.record.task;
    const inline = entry.record.inline || observation.kind === 'inline-handled';
    const step = stepOf(observation, this.options.nameOf);
    const steps =
      step === null || entry.record.steps.length >= stepLimit
        ? entry.record.steps
        : insertInOrder(entry.record.steps, step);
    const cause = observation.kind === 'delivered-twice' ? causes[observation.cause] : entry.record.cause;
    entry.record = { ...entry.record, task, inline, steps, cause };
    this.takeHeld(entry);
    return [this.settle(entry)];
  }

  deliver(delivery: InboxDelivery): AlertRecord[] {
    const entry = this.entryFor(delivery);
    if (entry !== undefined) {
      this.attach(entry, delivery);
      return [this.settle(entry)];
    }
    if (this.options.isObserved()) {
      this.held.push(delivery);
      return [];
    }
    return [this.unexplained(delivery)];
  }

  /**
   * Time passes: deliveries that nobody explained get a record of their own; events nobody delivered are lost once
   * every owner has had its turn. `isWhole`: all members run and are heard, so that nothing is still hidden.
   */
  tick(now: number, isWhole: boolean): AlertRecord[] {
    const due = this.held.filter(({ at }) => now - at >= heldMs);
    this.held = this.held.filter(({ at }) => now - at < heldMs);
    const changed = due.map((delivery) => this.unexplained(delivery));
    for (const entry of this.entries.values()) {
      if (!isWhole || entry.record.outcome !== 'pending') continue;
      const from = entry.publishedAt ?? entry.record.steps[0]?.at ?? now;
      if (now - from < entry.owners * this.options.delayPerMemberMs() + lostMarginMs) continue;
      entry.record = { ...entry.record, outcome: 'lost' };
      changed.push(entry.record);
    }
    return changed;
  }

  private unexplained(delivery: InboxDelivery): AlertRecord {
    const key = `inbox ${delivery.topic} ${delivery.event} ${delivery.time} ${delivery.level}`;
    const entry = this.entryFor(delivery) ?? this.create(key, { ...delivery, key }, delivery.time);
    this.attach(entry, delivery);
    return this.settle(entry);
  }

  private create(
    key: string,
    event: { topic: string; event: string; level: string; key: string },
    time: string,
  ): Entry {
    const record: AlertRecord = {
      key,
      topic: event.topic,
      event: event.event,
      level: levelOf(event.level),
      at: instantMs(time) ?? 0,
      task: '',
      inline: false,
      deliveries: [],
      latencyMs: null,
      steps: [],
      outcome: 'pending',
      cause: null,
    };
    const entry: Entry = { record, publishedAt: null, owners: 1, timeNs: instantNs(time) };
    this.entries.set(key, entry);
    if (this.entries.size > recordLimit * 1.2) this.forgetOldest();
    return entry;
  }

  private forgetOldest(): void {
    for (const key of this.entries.keys()) {
      if (this.entries.size <= recordLimit) return;
      this.entries.delete(key);
    }
  }

  /** The event a delivery belongs to; inline handlers post to a path that is not their topic's name. */
  private entryFor(delivery: InboxDelivery): Entry | undefined {
    const timeNs = instantNs(delivery.time);
    let best: Entry | undefined;
    for (const entry of this.entries.values()) {
      const { record } = entry;
      if (record.event !== delivery.event || record.level !== delivery.level || entry.timeNs !== timeNs) continue;
      if (record.topic !== delivery.topic && !record.inline) continue;
      // Events that differ in group or ordinal alone look the same to the inbox: the one with fewer deliveries is due.
      if (best === undefined || record.deliveries.length < best.record.deliveries.length) best = entry;
    }
    return best;
  }

  private takeHeld(entry: Entry): void {
    const mine = this.held.filter((delivery) => this.entryFor(delivery) === entry);
    this.held = this.held.filter((delivery) => !mine.includes(delivery));
    for (const delivery of mine) this.attach(entry, delivery);
  }

  private attach(entry: Entry, delivery: InboxDelivery): void {
    const member = delivery.member === null ? null : this.options.nameOf(delivery.member);
    const deliveries = [...entry.record.deliveries, { member, at: delivery.at, path: delivery.path }];
    entry.record = { ...entry.record, deliveries };
  }

  /** Latency and outcome from what is known now. */
  private settle(entry: Entry): AlertRecord {
    const { record } = entry;
    const first = record.deliveries[0];
    const from = Math.max(record.at, entry.publishedAt ?? 0);
    const outcome = outcomeOf(record);
    entry.record = {
      ...record,
      latencyMs: first === undefined ? null : Math.max(0, first.at - from),
      outcome,
      cause: record.cause ?? (outcome === 'duplicate' ? this.options.causeOf(record) : null),
    };
    return entry.record;
  }
}

/** Handled once is delivered once, whatever the handlers are: their number is not the number of copies. */
function outcomeOf(record: AlertRecord): AlertRecord['outcome'] {
  if (record.inline) return 'inline';
  const handled = record.steps.filter(({ did }) => did === 'handled');
  const senders = new Set([
    ...handled.map(({ member }) => member),
    ...record.deliveries.flatMap(({ member }) => member ?? []),
  ]);
  const anonymous = record.deliveries.filter(({ member }) => member === null).length;
  const copies = Math.max(senders.size, handled.length) + anonymous;
  if (copies === 0) return record.outcome === 'lost' ? 'lost' : 'pending';
  return copies === 1 ? 'once' : 'duplicate';
}

function isEventObservation(observation: StampedObservation): observation is EventObservation {
  return 'key' in observation && 'eventTime' in observation;
}

/** Levels as members print them; what is no level is none worth telling. */
export function levelOf(text: string): LevelName {
  return text === 'INFO' || text === 'WARNING' || text === 'CRITICAL' ? text : 'OK';
}

function insertInOrder(steps: readonly AlertStep[], step: AlertStep): AlertStep[] {
  const place = steps.findLastIndex(({ at }) => at <= step.at) + 1;
  return steps.toSpliced(place, 0, step);
}

const dropReasons = {
  'same-event': 'the same event: topic, ID, time, level and group agree',
  'already-complete': 'the event was handled already',
  'no-change': 'no change of level',
  late: 'older than an event handled already',
} as const;

const askReasons = {
  'stale-copy': 'the copy was old',
  stalled: 'this member had stalled',
  'not-synced': 'not synced since its start',
  'newer-owner': 'owner since a later version',
} as const;

/** D25, as the members name it, in words. */
const causes = {
  'first-owner': 'the first owner handled it as well',
  'delay-ran-out': 'the delay ran out under load',
  'owner-failed': 'an owner crashed, froze or was cut off between receipt and completion',
  'membership-change': 'the membership changed within one delay',
} as const;

/** Null for what is no step of its own. */
function stepOf(observation: EventObservation, nameOf: (id: string) => string): AlertStep | null {
  const step = (did: AlertStep['did'], note: string, rank: number | null = null): AlertStep => ({
    at: observation.at,
    member: nameOf(observation.observer),
    rank,
    did,
    note,
  });
  const names = (ids: readonly string[]): string => ids.map(nameOf).join(', ');
  switch (observation.kind) {
    case 'published': {
      const rank = observation.owners.indexOf(observation.observer);
      return step(
        'published',
        observation.owners.length === 0 ? '' : `to ${names(observation.owners)}`,
        rank < 0 ? null : rank,
      );
    }
    case 'publication-received':
      return step('received', `from ${nameOf(observation.from)}`, observation.rank);
    case 'owner-waiting':
      return step('waiting', spanText(observation.waitMs), observation.rank);
    case 'owner-asking':
      return step('asking', `${names(observation.of)}: ${askReasons[observation.reason]}`, observation.rank);
    case 'owner-took-over': {
      const silent = observation.silent.length === 0 ? '' : `, ${names(observation.silent)} silent`;
      return step('took-over', `after ${spanText(observation.waitedMs)}${silent}`, observation.rank);
    }
    case 'handled':
      return step('handled', spanText(observation.latencyMs), observation.rank);
    case 'handler-attempt': {
      const how = observation.error ?? spanText(observation.durationMs);
      return step('attempted', `${observation.handler}: ${observation.handlerKind}, ${how}`);
    }
    case 'delivered-twice':
      return null;
    case 'completion-received':
      return step('told', `by ${nameOf(observation.by)}`);
    case 'duplicate-dropped':
      return step('dropped', `from ${nameOf(observation.from)}: ${dropReasons[observation.reason]}`);
    case 'inline-handled':
      return step('inline', observation.task);
    case 'inhibited':
      return step('inhibited', observation.task);
  }
}
