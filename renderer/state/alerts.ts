/** What the window says about one alert event and about all of them: counts, sentences, table, text to copy. */
import type { AlertRecord, AlertStep, HostState, LevelName } from '../../electron/contract/state.ts';
import { processFaultAt, statusAt, type FaultSpan, type History } from './history.ts';
import { nameOf } from './names.ts';
import { ranksOf } from './topics.ts';
import type { StoryPart } from './story.ts';
import { clock, counted, duration, goDuration, inWords, listed, measured, offset } from './words.ts';

export interface AlertCounts {
  readonly events: number;
  readonly once: number;
  readonly inline: number;
  readonly takenOver: number;
  readonly duplicates: number;
  readonly lost: number;
  readonly deliveries: number;
  readonly byLevel: Readonly<Record<LevelName, number>>;
}

export function countAlerts(alerts: readonly AlertRecord[]): AlertCounts {
  const byLevel: Record<LevelName, number> = { OK: 0, INFO: 0, WARNING: 0, CRITICAL: 0 };
  for (const alert of alerts) byLevel[alert.level] += 1;
  const having = (outcome: AlertRecord['outcome']): number =>
    alerts.filter((alert) => alert.outcome === outcome).length;
  return {
    events: alerts.length,
    once: having('once'),
    inline: having('inline'),
    takenOver: alerts.filter(wasTakenOver).length,
    duplicates: having('duplicate'),
    lost: having('lost'),
    deliveries: alerts.reduce((sum, alert) => sum + alert.deliveries.length, 0),
    byLevel,
  };
}

function wasTakenOver(alert: AlertRecord): boolean {
  return alert.steps.some((step) => step.did === 'took-over');
}

export interface AlertFilter {
  readonly level: LevelName | null;
  readonly topic: string | null;
  /** Part of the event ID, the task or a member's name. */
  readonly text: string;
}

export function filterAlerts(alerts: readonly AlertRecord[], filter: AlertFilter): readonly AlertRecord[] {
  const text = filter.text.trim().toLowerCase();
  return alerts.filter(
    (alert) =>
      (filter.level === null || alert.level === filter.level) &&
      (filter.topic === null || alert.topic === filter.topic) &&
      (text === '' ||
        [alert.event, alert.task, ...alert.steps.map((step) => step.member)].some((part) =>
          part.toLowerCase().includes(text),
        )),
  );
}

/** Second line of a row: who handled it and how long after the event. */
export function handledBy(
  host: HostState,
  alert: AlertRecord,
): { readonly member: string | null; readonly text: string } {
  if (alert.inline) return { member: null, text: 'inline handler, one per member' };
  const first = alert.deliveries[0];
  const member =
    first?.member ?? alert.steps.find((step) => step.did === 'handled' || step.did === 'took-over')?.member ?? null;
  if (member === null)
    return { member: null, text: alert.outcome === 'lost' ? 'no owner handled it' : waitingText(host, alert) };
  const after = first === undefined ? null : first.at - alert.at;
  const name = nameOf(host.members, member);
  if (wasTakenOver(alert))
    return { member: name, text: after === null ? 'took over' : `took over, ${measured(after)}` };
  return { member: name, text: alert.latencyMs === null ? 'handled it' : `in ${duration(alert.latencyMs)}` };
}

function waitingText(host: HostState, alert: AlertRecord): string {
  const holder = alert.steps.findLast((step) => step.did === 'waiting');
  return holder === undefined ? 'waits for its owner' : `${nameOf(host.members, holder.member)} holds it`;
}

export function outcomeText(alert: AlertRecord): string {
  const times = alert.deliveries.length;
  if (alert.outcome === 'pending') return times === 0 ? 'not delivered yet' : 'delivered once';
  if (alert.outcome === 'lost') return 'lost';
  if (alert.outcome === 'once') return 'delivered once';
  return times === 1 ? 'delivered once' : `delivered ${times} times`;
}

/** The one or two sentences above the picture of its life. */
export function alertSentence(host: HostState, history: History, alert: AlertRecord): readonly StoryPart[] {
  if (alert.outcome === 'pending') return ['Not delivered yet. ', ...silentOwners(host, history, alert)];
  if (alert.outcome === 'lost') return ['Not delivered. All its owners failed before one handled it.'];
  if (alert.outcome === 'inline') {
    const who = listed(
      alert.deliveries.map((delivery) =>
        delivery.member === null ? 'a member' : nameOf(host.members, delivery.member),
      ),
    );
    return [
      `Delivered ${timesWord(alert.deliveries.length)}, by `,
      { strong: who },
      '. It goes out from the script itself, so each member that runs the task sends it.',
    ];
  }
  const first = alert.deliveries[0];
  const member = first?.member ?? null;
  const by: readonly StoryPart[] = member === null ? [] : [', by ', { strong: nameOf(host.members, member) }];
  const after = first === undefined ? '' : `, ${measured(first.at - alert.at)} after the event`;
  const head: readonly StoryPart[] = [`Delivered ${timesWord(alert.deliveries.length)}`, ...by, `${after}. `];
  if (alert.outcome === 'duplicate')
    return [...head, `The second delivery is allowed: ${alert.cause ?? 'no cause is on record'}.`];
  return [...head, ...silentOwners(host, history, alert)];
}

function timesWord(count: number): string {
  return count === 1 ? 'once' : count === 2 ? 'twice' : `${inWords(count)} times`;
}

function silentOwners(host: HostState, history: History, alert: AlertRecord): readonly StoryPart[] {
  const silent = silentOwnersOf(host, alert);
  const first = silent[0];
  if (first === undefined || !(wasTakenOver(alert) || alert.outcome === 'pending')) return [];
  const rank = first.rank === 0 ? 'The first owner' : 'An earlier owner';
  const fault = processFaultAt(history, first.name, alert.at);
  const why =
    fault === null
      ? 'was silent.'
      : `was silent: you had ${faultVerb[fault.kind]} it ${inWordsDuration(alert.at - fault.from)} before.`;
  return [`${rank}, `, { strong: first.name }, `, ${why}`];
}

const faultVerb: Readonly<Record<FaultSpan['kind'], string>> = {
  crash: 'crashed',
  freeze: 'frozen',
  stop: 'stopped',
  cut: 'cut',
  delay: 'slowed',
  loss: 'made lossy',
};

function inWordsDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 1) return 'just';
  return seconds <= 12 ? `${inWords(seconds)} ${seconds === 1 ? 'second' : 'seconds'}` : duration(ms);
}

/** Owners of a lower rank than the one that handled or holds the event, which did nothing for it. */
export function silentOwnersOf(
  host: HostState,
  alert: AlertRecord,
): readonly { readonly name: string; readonly rank: number }[] {
  const tookOver = alert.steps.findLast((step) => step.did === 'took-over');
  const held = alert.outcome === 'pending' ? alert.steps.findLast((step) => step.did === 'waiting') : undefined;
  const acting = tookOver ?? held;
  // Where the first owner handled the event nobody was silent, however late its own word came.
  if (alert.inline || acting === undefined) return [];
  const ranks = ranksOf(host, host.topics.find((topic) => topic.topic === alert.topic) ?? null);
  const limit = acting.rank ?? ranks[nameOf(host.members, acting.member)] ?? 0;
  // What an owner did after the takeover, such as to hear of it when it came back, does not count.
  const active = new Set(
    alert.steps
      .filter((step) => tookOver === undefined || (step.did !== 'published' && step.at <= tookOver.at))
      .map((step) => nameOf(host.members, step.member)),
  );
  return Object.entries(ranks)
    .filter(([name, rank]) => rank < limit && !active.has(name))
    .map(([name, rank]) => ({ name, rank }))
    .toSorted((a, b) => a.rank - b.rank);
}

export type OutcomeTone = 'plain' | 'good' | 'fault' | 'warning' | 'bad';

export interface AlertRow {
  readonly key: string;
  readonly after: string;
  readonly member: string;
  readonly part: string;
  readonly did: string;
  readonly outcome: string;
  readonly tone: OutcomeTone;
}

/** The table *What each member did*: its steps in the order of time, and the owners that kept silent. */
export function alertRows(host: HostState, history: History, alert: AlertRecord): readonly AlertRow[] {
  const ranks = alert.inline ? {} : ranksOf(host, host.topics.find((topic) => topic.topic === alert.topic) ?? null);
  const rows = mergedSteps(alert.steps).map(({ step, waits }, index) => ({
    at: step.at,
    row: stepRow(host, alert, ranks, step, waits, index),
  }));
  // They did not answer the last of the first publications either; what a member publishes late is another matter.
  const first = alert.steps.find((step) => step.did === 'published')?.at ?? alert.at;
  const askedAt = alert.steps
    .filter((step) => step.did === 'published' && step.at - first < 500)
    .reduce((latest, step) => Math.max(latest, step.at), first);
  const silent = silentOwnersOf(host, alert).map(({ name, rank }) => ({
    at: askedAt,
    row: silentRow(history, alert, name, rank, askedAt),
  }));
  return [...rows, ...silent].toSorted((a, b) => a.at - b.at).map(({ row }) => row);
}

function isFailure(note: string): boolean {
  return /error|failed|refused/i.test(note);
}

/** A publication and the wait that starts with it are one line. */
function mergedSteps(steps: readonly AlertStep[]): readonly { readonly step: AlertStep; readonly waits: boolean }[] {
  return steps.flatMap((step) => {
    const startsWait =
      (step.did === 'published' || step.did === 'received') &&
      steps.some((other) => other.did === 'waiting' && other.member === step.member && other.at - step.at < 50);
    const isMerged =
      step.did === 'waiting' &&
      steps.some(
        (other) =>
          (other.did === 'published' || other.did === 'received') &&
          other.member === step.member &&
          step.at - other.at < 50,
      );
    // An inline handler that ran well is said by the step of the task itself.
    const isInlineAttempt =
      step.did === 'attempted' &&
      !isFailure(step.note) &&
      steps.some((other) => other.did === 'inline' && other.member === step.member);
    const isReceiptOfOwn =
      step.did === 'received' &&
      steps.some(
        (other) => other.did === 'published' && other.member === step.member && Math.abs(step.at - other.at) < 50,
      );
    return isMerged || isInlineAttempt || isReceiptOfOwn ? [] : [{ step, waits: startsWait }];
  });
}

function stepRow(
  host: HostState,
  alert: AlertRecord,
  ranks: Readonly<Record<string, number>>,
  step: AlertStep,
  waits: boolean,
  index: number,
): AlertRow {
  const member = nameOf(host.members, step.member);
  const rank = step.rank ?? ranks[member] ?? null;
  const first = alert.steps.find((other) => other.did === 'published');
  const words = stepWords(step, waits, {
    rank,
    delayMs: host.lab.plan.delayPerMemberMs,
    isRepeat: first !== undefined && first !== step,
  });
  return {
    key: `${index}-${step.did}-${step.member}`,
    after: afterText(step.at - alert.at),
    member,
    part: rank === null ? '–' : `rank ${rank}`,
    ...words,
  };
}

function afterText(ms: number): string {
  return ms < 0 ? offset(ms) : duration(ms);
}

interface StepContext {
  readonly rank: number | null;
  readonly delayMs: number;
  readonly isRepeat: boolean;
}

function stepWords(
  step: AlertStep,
  waits: boolean,
  { rank, delayMs, isRepeat }: StepContext,
): Pick<AlertRow, 'did' | 'outcome' | 'tone'> {
  const note = step.note === '' ? '' : `: ${step.note}`;
  const aside = step.note === '' ? '' : `, ${step.note}`;
  const wait = `started to wait ${goDuration((rank ?? 1) * delayMs).replace(/([a-z]+)$/, ' $1')}`;
  switch (step.did) {
    case 'published':
      if (waits) return { did: `Published the event, ${wait}`, outcome: 'held', tone: 'plain' };
      return isRepeat
        ? { did: 'Published the same event: topic, ID, time and level agree', outcome: 'same event', tone: 'plain' }
        : { did: `Published the event${aside}`, outcome: 'published', tone: 'plain' };
    case 'received':
      return {
        did: waits ? `Received the event, ${wait}` : `Received the event${aside}`,
        outcome: 'held',
        tone: 'plain',
      };
    case 'waiting':
      return {
        did: `Waits ${rank ?? 1} × ${goDuration(delayMs)} for ${(rank ?? 1) === 1 ? 'rank 0' : 'the ranks before it'}`,
        outcome: 'held',
        tone: 'plain',
      };
    case 'asking':
      return { did: `Asked the other owners first${note}`, outcome: 'asked', tone: 'plain' };
    case 'took-over':
      return { did: `Took over${aside}`, outcome: 'took over', tone: 'warning' };
    case 'handled':
      return { did: `Handled the event${aside}`, outcome: 'handled', tone: 'good' };
    case 'attempted':
      return {
        did: `Ran handler ${step.note === '' ? 'of the topic' : step.note}`,
        outcome: isFailure(step.note) ? 'failed' : 'delivered',
        tone: isFailure(step.note) ? 'bad' : 'good',
      };
    case 'told':
      return { did: `Was told that it is handled${aside}`, outcome: 'told', tone: 'plain' };
    case 'dropped':
      return {
        did: step.note.startsWith('from ') ? `Dropped the copy ${step.note}` : `Dropped its copy${note}`,
        outcome: 'dropped as duplicate',
        tone: 'plain',
      };
    case 'inline':
      return { did: `Ran the inline handler of the task${aside}`, outcome: 'delivered', tone: 'warning' };
    case 'inhibited':
      return { did: `Held back by an inhibition${note}`, outcome: 'inhibited', tone: 'plain' };
  }
}

function silentRow(history: History, alert: AlertRecord, name: string, rank: number, at: number): AlertRow {
  const fault = processFaultAt(history, name, at) ?? processFaultAt(history, name, alert.at);
  const status = statusAt(history, name, at)?.status ?? null;
  const row = {
    key: `silent-${name}`,
    after: afterText(at - alert.at),
    member: name,
    part: `rank ${rank}`,
    did: 'Did not answer',
  };
  if (fault !== null) return { ...row, outcome: `silent, ${faultVerb[fault.kind]}`, tone: 'fault' };
  return { ...row, outcome: status === null || status === 'alive' ? 'silent' : `silent, ${status}`, tone: 'warning' };
}

/** *Copy as text*: sentence, deliveries and table, as plain lines. */
export function alertAsText(host: HostState, history: History, alert: AlertRecord): string {
  const sentence = alertSentence(host, history, alert)
    .map((part) => (typeof part === 'string' ? part : part.strong))
    .join('')
    .trim();
  const rows = alertRows(host, history, alert).map((row) => [row.after, row.member, row.part, row.did, row.outcome]);
  const table = [['After', 'Member', 'Part', 'What it did', 'Outcome'], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => (row[column] ?? '').length)) + 2);
  const lines = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('')
      .trimEnd(),
  );
  const head = `${alert.level} ${alert.event}, topic ${alert.topic}, ${clock(alert.at, 3)}`;
  return [
    head,
    sentence,
    `${counted(alert.deliveries.length, 'delivery', 'deliveries')}${deliveryList(host, alert)}`,
    '',
    ...lines,
    '',
  ].join('\n');
}

function deliveryList(host: HostState, alert: AlertRecord): string {
  if (alert.deliveries.length === 0) return '';
  const each = alert.deliveries.map(({ member, path, at }) => {
    const by = member === null ? 'unknown' : nameOf(host.members, member);
    return `${path} by ${by} ${offset(at - alert.at)}`;
  });
  return `: ${each.join(', ')}`;
}
