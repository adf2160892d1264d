/**
 * The picture of one alert's life as data: rows for the data, each member (owners in rank order after the others) and
 * the inbox, and what is drawn in them, in pixels. Pure; the component only puts it into SVG.
 */
import type { AlertRecord, AlertStep, HostState, LevelName } from '../../electron/contract/state.ts';
import { silentOwnersOf } from './alerts.ts';
import { isProcessFault, type History } from './history.ts';
import { nameOf } from './names.ts';
import { ticksOf, timeScale, type LifeTimes, type Tick, type TimeScale } from './time-scale.ts';
import { ranksOf, shortEvent } from './topics.ts';
import { duration, goDuration, offset } from './words.ts';

export type BarLook = 'alive' | 'unknown' | 'suspect' | 'dead' | 'left' | 'fault' | 'process' | 'wait';

export type LifeMark =
  | {
      readonly kind: 'bar';
      readonly look: BarLook;
      readonly x1: number;
      readonly x2: number;
      readonly y: number;
      readonly label: string | null;
    }
  | { readonly kind: 'event'; readonly level: LevelName; readonly x: number; readonly y: number }
  | {
      readonly kind: 'dot' | 'takeover' | 'handled' | 'tick' | 'cross' | 'dropped';
      readonly x: number;
      readonly y: number;
    }
  | { readonly kind: 'arrow'; readonly d: string; readonly look: 'sent' | 'delivered' | 'unanswered' }
  | {
      readonly kind: 'text';
      readonly x: number;
      readonly y: number;
      readonly text: string;
      readonly isStrong: boolean;
      readonly isEnd?: boolean;
    };

interface LifeRow {
  readonly key: string;
  readonly title: string;
  readonly sub: string | null;
  readonly top: number;
  readonly height: number;
}

export interface LifePicture {
  readonly width: number;
  readonly height: number;
  readonly rows: readonly LifeRow[];
  readonly ticks: readonly Tick[];
  readonly eventX: number;
  readonly breakAt: number | null;
  readonly marks: readonly LifeMark[];
}

const labelColumn = 122;
const rightEdge = 20;
const axis = 28;
const rowHeight = { data: 56, member: 60, tall: 70, inbox: 54 } as const;

interface Layout {
  readonly host: HostState;
  readonly history: History;
  readonly alert: AlertRecord;
  readonly scale: TimeScale;
  readonly now: number;
  readonly lineOf: (member: string) => number;
  readonly dataLine: number;
  readonly inboxLine: number;
}

export function lifeOfAlert(
  host: HostState,
  history: History,
  alert: AlertRecord,
  width: number,
  now: number,
): LifePicture {
  const steps = alert.steps.map((step) => ({ ...step, member: nameOf(host.members, step.member) }));
  const scale = timeScale(lifeTimes({ ...alert, steps }, now), labelColumn, width - rightEdge);
  const rows = layRows(host, history, alert, scale);
  const lines = new Map(
    rows.map(
      (row) =>
        [
          row.key,
          row.top + (row.key === 'data' ? 30 : row.key === 'inbox' ? 26 : row.height === rowHeight.tall ? 23 : 30),
        ] as const,
    ),
  );
  const layout: Layout = {
    host,
    history,
    scale,
    now,
    alert: { ...alert, steps },
    lineOf: (member) => lines.get(member) ?? 0,
    dataLine: lines.get('data') ?? 0,
    inboxLine: lines.get('inbox') ?? 0,
  };
  const last = rows.at(-1);
  return {
    width,
    height: last === undefined ? axis : last.top + last.height,
    rows,
    ticks: ticksOf(alert.at, scale),
    eventX: scale.x(alert.at),
    breakAt: scale.breakAt,
    marks: [
      ...rows.flatMap((row) => (row.key === 'data' || row.key === 'inbox' ? [] : memberBars(layout, row))),
      ...dataMarks(layout),
      ...stepMarks(layout),
      ...silentMarks(layout),
      ...deliveryMarks(layout),
    ],
  };
}

/** A told or dropped copy may come long after; everything else is the life of the event itself. */
function lifeTimes(alert: AlertRecord, now: number): LifeTimes {
  const isAfter = (step: AlertStep): boolean =>
    step.did === 'told' || step.did === 'dropped' || step.did === 'received';
  const delivered = alert.deliveries.map((delivery) => delivery.at);
  const life = [...alert.steps.filter((step) => !isAfter(step)).map((step) => step.at), ...delivered];
  return {
    event: alert.at,
    life: alert.outcome === 'pending' ? [...life, now] : life,
    after: alert.steps.filter(isAfter).map((step) => step.at),
  };
}

function layRows(host: HostState, history: History, alert: AlertRecord, scale: TimeScale): readonly LifeRow[] {
  const ranks = alert.inline ? {} : ranksOf(host, host.topics.find((topic) => topic.topic === alert.topic) ?? null);
  const names = [
    ...new Set([
      ...host.members.map((member) => member.name),
      ...alert.steps.map((step) => nameOf(host.members, step.member)),
    ]),
  ];
  const order = names.toSorted(
    (a, b) => (ranks[a] ?? -1) - (ranks[b] ?? -1) || a.localeCompare(b, 'en', { numeric: true }),
  );
  let top = axis;
  const row = (key: string, title: string, sub: string | null, height: number): LifeRow => {
    const made = { key, title, sub, top, height };
    top += height;
    return made;
  };
  const member = (name: string): LifeRow => {
    const isTall = faultsOf(history, name, scale).length > 0;
    const part = alert.inline ? 'runs the task' : ranks[name] === undefined ? 'publishes only' : `rank ${ranks[name]}`;
    return row(name, name, part, isTall ? rowHeight.tall : rowHeight.member);
  };
  return [
    row('data', 'Data', null, rowHeight.data),
    ...order.map(member),
    row('inbox', 'Inbox', null, rowHeight.inbox),
  ];
}

function faultsOf(history: History, member: string, { main }: TimeScale) {
  return history.faults.filter(
    (fault) =>
      isProcessFault(fault) &&
      fault.members.includes(member) &&
      fault.from < main.to &&
      (fault.to === null || fault.to > main.from),
  );
}

const faultWords = {
  crash: 'you crashed it',
  freeze: 'you froze it',
  stop: 'you stopped it',
  cut: '',
  delay: '',
  loss: '',
} as const;

/** Upper line: how the others see the member. Lower line: its process, where that failed. */
function memberBars({ history, scale, now, lineOf }: Layout, row: LifeRow): readonly LifeMark[] {
  const y = lineOf(row.key);
  const { from, to } = scale.main;
  const end = Math.min(to, now);
  const clip = (a: number, b: number | null): readonly [number, number] => [
    scale.x(Math.max(a, from)),
    scale.x(Math.min(b ?? end, end)),
  ];
  const spans = (history.statuses[row.key] ?? []).filter(
    (span) => span.from < end && (span.to === null || span.to > from),
  );
  const marks: LifeMark[] = [];
  const known = spans[0]?.from ?? end;
  if (known > from)
    marks.push({ kind: 'bar', look: 'unknown', x1: scale.x(from), x2: scale.x(Math.min(known, end)), y, label: null });
  for (const span of spans) {
    const [x1, x2] = clip(span.from, span.to);
    const look: BarLook =
      span.status === 'suspect' || span.status === 'dead' || span.status === 'alive' || span.status === 'left'
        ? span.status
        : 'unknown';
    const length = (span.to ?? now) - span.from;
    const label = look === 'suspect' ? `suspect, ${duration(length)}` : look === 'dead' ? 'dead' : null;
    marks.push({
      kind: 'bar',
      look,
      x1,
      x2,
      y,
      label: label !== null && x2 - x1 > label.length * 6.4 + 12 ? label : null,
    });
  }
  for (const fault of faultsOf(history, row.key, scale)) {
    const [x1, x2] = clip(fault.from, fault.to);
    if (x1 > scale.main.left + 4)
      marks.push({
        kind: 'bar',
        look: 'process',
        x1: scale.main.left,
        x2: x1,
        y: y + 22,
        label: x1 - scale.main.left > 70 ? 'process' : null,
      });
    marks.push({ kind: 'bar', look: 'fault', x1, x2, y: y + 22, label: x2 - x1 > 110 ? faultWords[fault.kind] : null });
  }
  return marks;
}

/** Publications that fall together with the event are drawn side by side, in the order of their rows. */
function publishedX({ alert, scale, lineOf }: Layout): ReadonlyMap<string, number> {
  const eventX = scale.x(alert.at);
  const steps = alert.steps.filter((step) => step.did === 'published' || step.did === 'inline');
  const members = [...new Set(steps.map((step) => step.member))].toSorted((a, b) => lineOf(a) - lineOf(b));
  return new Map(
    members.map((member, index) => {
      const x = scale.x(steps.find((step) => step.member === member)?.at ?? alert.at);
      const shift = members.length === 1 ? 0 : -5 + (10 * index) / (members.length - 1);
      return [member, x - eventX < 8 ? eventX + shift : x] as const;
    }),
  );
}

function dataMarks(layout: Layout): readonly LifeMark[] {
  const { alert, scale, dataLine, lineOf } = layout;
  const x = scale.x(alert.at);
  const arrows = [...publishedX(layout)].map(([member, at]): LifeMark => {
    const end = lineOf(member) - 9;
    const bend = dataLine + 20;
    const d =
      Math.abs(at - x) < 8
        ? `M${at} ${dataLine + 9}V${end}`
        : `M${x} ${dataLine + 9}V${bend - 6}Q${x} ${bend} ${x + 6} ${bend}H${at - 6}Q${at} ${bend} ${at} ${bend + 6}V${end}`;
    return { kind: 'arrow', look: 'sent', d };
  });
  return [
    ...arrows,
    { kind: 'event', level: alert.level, x, y: dataLine },
    {
      kind: 'text',
      x: x + 15,
      y: dataLine + 4,
      text: `${shortEvent(alert.event)} becomes ${alert.level}`,
      isStrong: true,
    },
  ];
}

/** A dropped copy ends no wait: it may be the same event from another publisher. */
const waitEnds: ReadonlySet<AlertStep['did']> = new Set(['took-over', 'handled', 'told']);

/** The publication that is told about: not one of an owner that waits, whose row is full already. */
function toldPublication({ alert }: Layout): AlertStep | undefined {
  const waiting = new Set(alert.steps.filter((step) => step.did === 'waiting').map((step) => step.member));
  const published = alert.steps.filter((step) => step.did === 'published');
  return published.find((step) => !waiting.has(step.member)) ?? published[0];
}

function stepMarks(layout: Layout): readonly LifeMark[] {
  const { alert, scale, lineOf } = layout;
  const told = toldPublication(layout);
  const published = publishedX(layout);
  const tookOver = new Set(alert.steps.filter((step) => step.did === 'took-over').map((step) => step.member));
  return alert.steps.flatMap((step): readonly LifeMark[] => {
    const [x, y] = [scale.x(step.at), lineOf(step.member)];
    switch (step.did) {
      case 'published': {
        const dot: LifeMark = { kind: 'dot', x: published.get(step.member) ?? x, y };
        return step === told ? [dot, ...publishedNote(layout, step)] : [dot];
      }
      case 'received':
        return told === undefined ? [] : receivedArrow(layout, told, published.get(told.member) ?? x, step);
      case 'waiting':
        return waitBar(layout, step);
      case 'took-over':
        return [
          { kind: 'takeover', x, y },
          { kind: 'text', x: x + 15, y: y - 9, text: 'takes over', isStrong: true },
        ];
      case 'handled':
        return tookOver.has(step.member) ? [] : [{ kind: 'handled', x, y }];
      case 'told': {
        // Only one that learned of it long after is worth a word.
        const isLate = scale.late !== null && step.at >= scale.late.from;
        return isLate
          ? [{ kind: 'text', x: x - 8, y: y - 10, text: `was told, ${offset(step.at - alert.at)}`, isStrong: false }]
          : [];
      }
      case 'dropped':
        return x - (published.get(step.member) ?? 0) > 12 ? [{ kind: 'dropped', x, y }] : [];
      default:
        return [];
    }
  });
}

function publishedNote({ alert, scale, lineOf, host }: Layout, step: AlertStep): readonly LifeMark[] {
  const owners = host.topics.find((topic) => topic.topic === alert.topic)?.owners.length ?? 0;
  const sent =
    owners === 0
      ? ''
      : owners === 1
        ? ', sent to its owner'
        : owners === 2
          ? ', sent to both owners'
          : `, sent to ${owners} owners`;
  const text = `published after ${duration(step.at - alert.at)}${sent}`;
  return [{ kind: 'text', x: scale.x(step.at) + 62, y: lineOf(step.member) - 8, text, isStrong: true }];
}

function receivedArrow({ scale, lineOf }: Layout, from: AlertStep, x1: number, step: AlertStep): readonly LifeMark[] {
  if (from.member === step.member) return [];
  const [y1, x2, y2] = [lineOf(from.member), Math.max(scale.x(step.at), x1 + 24), lineOf(step.member)];
  const side = y2 > y1 ? 1 : -1;
  const d = `M${x1 + 6} ${y1}H${x2 - 6}Q${x2} ${y1} ${x2} ${y1 + 6 * side}V${y2 - 10 * side}`;
  return [{ kind: 'arrow', look: 'sent', d }];
}

function waitBar({ alert, scale, now, lineOf, host }: Layout, step: AlertStep): readonly LifeMark[] {
  const ended = alert.steps.find(
    (other) => waitEnds.has(other.did) && other.member === step.member && other.at >= step.at,
  );
  const [x1, x2] = [scale.x(step.at), scale.x(ended?.at ?? now)];
  const rank = step.rank ?? 1;
  const delay = goDuration(host.lab.plan.delayPerMemberMs).replace(/([a-z]+)$/, ' $1');
  const label = `waits ${rank} × ${delay} for ${rank === 1 ? 'rank 0' : 'earlier ranks'}`;
  return [
    {
      kind: 'bar',
      look: 'wait',
      x1,
      x2: Math.max(x2, x1 + 3),
      y: lineOf(step.member),
      label: x2 - x1 > label.length * 6 + 24 ? label : null,
    },
  ];
}

/** An owner that was asked and did not answer: a dashed line to a cross. */
function silentMarks(layout: Layout): readonly LifeMark[] {
  const { host, history, alert, scale, lineOf } = layout;
  const from = toldPublication(layout);
  if (from === undefined) return [];
  const x1 = publishedX(layout).get(from.member) ?? scale.x(from.at);
  return silentOwnersOf(host, alert).flatMap(({ name }): readonly LifeMark[] => {
    const [y1, x2, y2] = [lineOf(from.member), x1 + 51, lineOf(name)];
    // Below the two lines of a member whose process failed, above its upper line.
    const under = faultsOf(history, name, scale).length > 0 ? 40 : 18;
    const end = y2 > y1 ? y2 - 18 : y2 + under;
    const turn = y2 > y1 ? 6 : -6;
    return [
      { kind: 'arrow', look: 'unanswered', d: `M${x1 + 6} ${y1}H${x2 - 6}Q${x2} ${y1} ${x2} ${y1 + turn}V${end}` },
      { kind: 'cross', x: x2, y: end },
      { kind: 'text', x: x2 + 12, y: end + 4, text: 'no answer, kept for later', isStrong: false },
    ];
  });
}

function deliveryMarks({ host, alert, scale, lineOf, inboxLine }: Layout): readonly LifeMark[] {
  const { right } = scale.late ?? scale.main;
  const word = alert.deliveries.length === 1 ? 'delivered once' : `delivered ${alert.deliveries.length} times`;
  return alert.deliveries.flatMap((delivery, index): readonly LifeMark[] => {
    const x =
      scale.x(delivery.at) +
      (alert.deliveries.length > 1 && scale.x(delivery.at) === scale.x(alert.deliveries[0]?.at ?? 0) ? index * 3 : 0);
    const y = delivery.member === null ? inboxLine - 30 : lineOf(nameOf(host.members, delivery.member));
    const text = `${word}, ${offset(delivery.at - alert.at)}`;
    const isEnd = x + 16 + text.length * 6 > right;
    const label: readonly LifeMark[] =
      index === alert.deliveries.length - 1
        ? [{ kind: 'text', x: isEnd ? x - 12 : x + 14, y: inboxLine + 4, text, isStrong: true, isEnd }]
        : [];
    return [
      { kind: 'arrow', look: 'delivered', d: `M${x} ${y + 10}V${inboxLine - 9}` },
      { kind: 'tick', x, y: inboxLine },
      ...label,
    ];
  });
}
