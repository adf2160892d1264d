/**
 * What the live timeline shows, as data: lanes for faults, each member and the chosen topic; bars, points and words in
 * them, and right of now the deadlines that can be predicted. Positions are pixels from an anchor instant, so that
 * moving time moves one group and draws nothing anew.
 */
import type { HostState } from '../../electron/contract/state.ts';
import type { History, StatusSpan } from './history.ts';
import { shortLink } from './links.ts';
import { allMembers } from './members.ts';
import { nameOf } from './names.ts';
import { allWaits, shortEvent } from './topics.ts';
import type { LevelName } from '../../electron/contract/state.ts';
import { countdown, duration } from './words.ts';

interface Lane {
  readonly key: string;
  readonly title: string;
  readonly top: number;
  readonly height: number;
}

export type SpanLook = StatusSpan['status'] | 'fault' | 'waiting' | 'unrecorded' | 'suspect-ahead';

export type TimelineMark =
  | {
      readonly kind: 'span';
      readonly look: SpanLook;
      readonly x1: number;
      readonly x2: number;
      readonly y: number;
      readonly label: string | null;
      /** Where it is seen to end when it still lasts: now. Its words go by that. */
      readonly seenTo?: number;
    }
  | {
      readonly kind: 'alert';
      readonly level: LevelName;
      readonly x: number;
      readonly y: number;
      readonly label: string | null;
      readonly alertKey: string;
    }
  | {
      readonly kind: 'takeover' | 'back' | 'takeover-ahead' | 'dead-ahead';
      readonly x: number;
      readonly y: number;
      readonly label: string | null;
    };

export interface TimelineScene {
  readonly lanes: readonly Lane[];
  readonly height: number;
  /** Left of now: hidden right of it. */
  readonly past: readonly TimelineMark[];
  /** Right of now: hidden left of it. */
  readonly ahead: readonly TimelineMark[];
  readonly isEmpty: boolean;
}

export interface TimelineFrame {
  /** The instant at x = 0. */
  readonly anchor: number;
  readonly pxPerMs: number;
  /** What must be drawn, from the anchor: a little more than is seen. */
  readonly fromMs: number;
  readonly toMs: number;
}

const axisPx = 26;
const faultPx = 19;
const restMs = 3;
/** A span that still lasts is drawn far beyond now, and cut off there. */
const farMs = 3_600_000;

export function timelineScene(
  host: HostState,
  history: History,
  topic: string | null,
  frame: TimelineFrame,
  now: number,
): TimelineScene {
  const x = (at: number): number => (at - frame.anchor) * frame.pxPerMs;
  const [from, to] = [frame.anchor + frame.fromMs, frame.anchor + frame.toMs];
  const isSeen = (a: number, b: number): boolean => b >= from && a <= to;
  const slots = faultSlots(history, from);
  const lanes = layLanes(host, topic, Math.max(1, ...slots.values(), 0));
  const laneY = (key: string): number => {
    const lane = lanes.find((each) => each.key === key);
    return lane === undefined ? 0 : lane.top + lane.height / 2;
  };
  const draw: Draw = { host, history, x, from, isSeen, now, frame, laneY };
  const faults = faultMarks(draw, slots, lanes[0]?.top ?? axisPx);
  const past = [
    ...faults,
    ...memberMarks(draw),
    ...waitMarks(draw),
    ...takeoverMarks(draw),
    ...alertMarks(draw, topic),
  ];
  const last = lanes.at(-1);
  return {
    lanes,
    height: last === undefined ? axisPx : last.top + last.height,
    past,
    ahead: aheadMarks(draw),
    isEmpty: history.faults.length === 0 && host.alerts.length === 0,
  };
}

interface Draw {
  readonly host: HostState;
  readonly history: History;
  readonly x: (at: number) => number;
  readonly from: number;
  readonly isSeen: (a: number, b: number) => boolean;
  readonly now: number;
  readonly frame: TimelineFrame;
  readonly laneY: (key: string) => number;
}

function layLanes(host: HostState, topic: string | null, slots: number): readonly Lane[] {
  const laneHeight = host.members.length > 6 ? 22 : 28;
  const keys = [
    { key: 'faults', title: 'Faults', height: Math.max(laneHeight, slots * faultPx + 9) },
    ...host.members.map((member) => ({ key: `member:${member.name}`, title: member.name, height: laneHeight })),
    ...(topic === null ? [] : [{ key: 'topic', title: topic, height: laneHeight }]),
  ];
  let top = axisPx + 4;
  return keys.map((lane) => {
    const made = { ...lane, top };
    top += lane.height;
    return made;
  });
}

/** Faults that overlap stand under each other. */
function faultSlots(history: History, from: number): ReadonlyMap<string, number> {
  const slots = new Map<string, number>();
  const ends: number[] = [];
  for (const fault of history.faults) {
    const end = fault.to ?? farMs + fault.from;
    if (end < from) continue;
    const free = ends.findIndex((until) => until < fault.from);
    const slot = free < 0 ? Math.min(ends.length, restMs) : free;
    ends[slot] = end;
    slots.set(faultKey(fault), slot + 1);
  }
  return slots;
}

const faultKey = (fault: { readonly id: string; readonly from: number }): string => `${fault.id}@${fault.from}`;
const faultWords = {
  crash: 'crash',
  freeze: 'freeze',
  stop: 'stop',
  cut: 'cut',
  delay: 'slow',
  loss: 'lossy',
} as const;

function faultMarks(
  { host, history, x, isSeen, frame, now }: Draw,
  slots: ReadonlyMap<string, number>,
  top: number,
): readonly TimelineMark[] {
  return history.faults.flatMap((fault, index): TimelineMark[] => {
    const end = fault.to ?? frame.anchor + farMs;
    if (!isSeen(fault.from, end)) return [];
    const [a = '', b] = fault.members.map((member) => nameOf(host.members, member));
    const label = `${faultWords[fault.kind]} ${b === undefined ? a : shortLink(a, b)}`;
    const slot = slots.get(faultKey(fault)) ?? 1;
    const y = top + 5 + (slot - 1) * faultPx + 8.5;
    const open = fault.to === null ? { seenTo: x(now) } : {};
    // Words beside a bar stop where the next bar of the row begins.
    const next = history.faults.slice(index + 1).find((other) => slots.get(faultKey(other)) === slot);
    const room = next === undefined ? Infinity : x(next.from) - x(fault.from);
    const hasRoom = room > Math.max(0, x(fault.to ?? now) - x(fault.from)) + label.length * 6.3 + 12;
    const isInside = x(fault.to ?? now) - x(fault.from) > label.length * 6.3 + 26;
    const shown = isInside || hasRoom ? label : null;
    return [{ kind: 'span', look: 'fault', x1: x(fault.from), x2: x(end), y, label: shown, ...open }];
  });
}

function memberMarks({ host, history, x, isSeen, frame, laneY, from }: Draw): readonly TimelineMark[] {
  return host.members.flatMap(({ name }): TimelineMark[] => {
    const y = laneY(`member:${name}`);
    const spans = history.statuses[name] ?? [];
    const recorded = Math.max(history.since ?? frame.anchor, 0);
    const begun = Math.min(spans[0]?.from ?? recorded, recorded);
    const marks: TimelineMark[] =
      begun > from && host.lab.status === 'running' && spans.length > 0 && begun < (history.since ?? 0) + 1
        ? [{ kind: 'span', look: 'unrecorded', x1: x(from), x2: x(begun), y, label: null }]
        : [];
    spans.forEach((span, index) => {
      const end = span.to ?? frame.anchor + farMs;
      if (!isSeen(span.from, end)) return;
      const label = span.status === 'dead' && span.to !== null ? `dead, ${duration(span.to - span.from)}` : null;
      marks.push({ kind: 'span', look: span.status, x1: x(span.from), x2: x(end), y, label });
      const before = spans[index - 1]?.status;
      if (span.status === 'alive' && (before === 'dead' || before === 'left'))
        marks.push({ kind: 'back', x: x(span.from), y, label: null });
    });
    return marks;
  });
}

function waitMarks({ host, x, laneY, frame }: Draw): readonly TimelineMark[] {
  return allWaits(host).map((wait) => ({
    kind: 'span',
    look: 'waiting',
    x1: x(wait.from),
    x2: x(frame.anchor + farMs),
    y: laneY(`member:${wait.member}`),
    label: null,
  }));
}

function takeoverMarks({ host, x, isSeen, laneY }: Draw): readonly TimelineMark[] {
  return host.alerts.flatMap((alert) =>
    alert.steps
      .filter((step) => step.did === 'took-over' && isSeen(step.at, step.at))
      .map((step): TimelineMark => ({
        kind: 'takeover',
        x: x(step.at),
        y: laneY(`member:${nameOf(host.members, step.member)}`),
        label: 'took over',
      })),
  );
}

function alertMarks({ host, x, isSeen, laneY }: Draw, topic: string | null): readonly TimelineMark[] {
  if (topic === null) return [];
  const seen = host.alerts.filter((alert) => alert.topic === topic && isSeen(alert.at, alert.at)).toReversed();
  return seen.map((alert, index): TimelineMark => {
    const label = shortEvent(alert.event);
    const next = seen[index + 1];
    const hasRoom = next === undefined || x(next.at) - x(alert.at) > label.length * 6.6 + 26;
    return {
      kind: 'alert',
      level: alert.level,
      x: x(alert.at),
      y: laneY('topic'),
      label: hasRoom ? label : null,
      alertKey: alert.key,
    };
  });
}

/** Deadlines: when a suspect is declared dead, when a waiting owner takes over. */
function aheadMarks({ host, x, laneY, now, frame }: Draw): readonly TimelineMark[] {
  const dying = allMembers(host).flatMap((member): TimelineMark[] => {
    if (member.deadAt === null) return [];
    const y = laneY(`member:${member.name}`);
    return [
      { kind: 'span', look: 'suspect-ahead', x1: x(frame.anchor - farMs), x2: x(member.deadAt), y, label: null },
      { kind: 'dead-ahead', x: x(member.deadAt), y, label: `dead, in ${countdown(member.deadAt - now)}` },
    ];
  });
  const waiting = allWaits(host).map((wait): TimelineMark => ({
    kind: 'takeover-ahead',
    x: x(wait.until),
    y: laneY(`member:${wait.member}`),
    label: `takes over, in ${countdown(wait.until - now)}`,
  }));
  return [...dying, ...waiting];
}

export interface AxisTick {
  readonly at: number;
  readonly isLabelled: boolean;
}

/** Grid lines at round times of the zone: seconds, tens of seconds, minutes. */
export function axisTicks(from: number, to: number, pxPerMs: number): readonly AxisTick[] {
  const steps = [1_000, 2_000, 5_000, 10_000, 20_000, 60_000, 120_000, 300_000];
  const step = steps.find((each) => each * pxPerMs >= 62) ?? 300_000;
  const isEveryOther = step * pxPerMs < 110 && step < 60_000;
  const ticks: AxisTick[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step)
    ticks.push({ at, isLabelled: !isEveryOther || Math.round(at / step) % 2 === 0 });
  return ticks;
}
