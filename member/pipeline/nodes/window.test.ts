/** Windows of random series are those of the plainest implementation: lists, filtered. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineOf, postedRows, randomSeries } from '../testing/random-series.ts';
import type { SeriesPoint } from '../testing/random-series.ts';
import { RunningScript } from '../testing/run-script.ts';

type Points = readonly (readonly [time: number, v: unknown])[];

interface Window {
  readonly host: string;
  readonly end: number;
  readonly points: Points;
}

interface TimeWindow {
  readonly period: number;
  readonly every: number;
  readonly isAligned: boolean;
  readonly isFilled: boolean;
}

const secondsToYear1 = 62_135_596_800;
/** Multiples count from year 1. */
const truncate = (time: number, unit: number): number => {
  const sinceYear1 = BigInt(time) + BigInt(secondsToYear1) * 1000n;
  return Number(sinceYear1 - (sinceYear1 % BigInt(unit)) - BigInt(secondsToYear1) * 1000n);
};

function timeWindows(points: readonly SeriesPoint[], { period, every, isAligned, isFilled }: TimeWindow): Window[] {
  const windows: Window[] = [];
  const groups = new Map<string, { readonly seen: SeriesPoint[]; next: number }>();
  const emit = (host: string, seen: readonly SeriesPoint[], end: number, isWithin: (time: number) => boolean): void => {
    const points = seen.filter(({ time }) => isWithin(time)).map(({ time, v }) => [time, v] as const);
    windows.push({ host, end, points });
  };
  for (const point of points) {
    const { host, time } = point;
    let group = groups.get(host);
    if (group === undefined) {
      const first = time + (isFilled ? period : every);
      let next = isAligned && every > 0 ? truncate(first, every) : first;
      if (isAligned && isFilled && next <= first) next += every;
      group = { seen: [], next };
      groups.set(host, group);
    }
    const { seen, next } = group;
    if (every === 0) {
      seen.push(point);
      if (time >= next) emit(host, seen, time, (at) => at > time - period);
      continue;
    }
    if (time >= next) {
      // A window ends before the point that is due, and holds its first instant.
      emit(host, seen, next, (at) => at >= next - period);
      group.next = isAligned ? truncate(time + every, every) : time + every;
    }
    seen.push(point);
  }
  return windows;
}

function countWindows(points: readonly SeriesPoint[], period: number, every: number, isFilled: boolean): Window[] {
  const windows: Window[] = [];
  const groups = new Map<string, SeriesPoint[]>();
  const due = new Map<string, number>();
  for (const point of points) {
    const { host, time } = point;
    const seen = groups.get(host) ?? [];
    groups.set(host, seen);
    seen.push(point);
    const next = due.get(host) ?? (isFilled ? period : every);
    due.set(host, next);
    if (seen.length !== next) continue;
    due.set(host, next + every);
    windows.push({ host, end: time, points: seen.slice(-period).map((kept) => [kept.time, kept.v] as const) });
  }
  return windows;
}

/** What the engine makes of it: the ends from counts, the points from what is posted where there are any. */
function played(points: readonly SeriesPoint[], properties: string): Window[] {
  const script = new RunningScript(`
var windows = stream
    |from().measurement('m').groupBy('host')
    |window()${properties}
windows
    |httpPost('http://collector/points')
windows
    |count('v')
    |httpPost('http://collector/ends')
`);
  script.write(...points.map((point) => lineOf(point)));
  const contents = postedRows(script.posted('points')).filter((rows) => rows.length > 0);
  return postedRows(script.posted('ends')).map(([row]) => {
    const rows = row?.values['count'] === 0 ? [] : (contents.shift() ?? []);
    expect([rows.length, rows[0]?.host ?? row?.host]).toEqual([row?.values['count'], row?.host]);
    return {
      host: row?.host ?? '',
      end: row?.time ?? 0,
      points: rows.map(({ time, values }) => [time, values['v']] as const),
    };
  });
}

/**
 * Once a group's window was left without a point, later ones may begin with points that are too old: the original
 * looks at places of a ring buffer that no longer hold what it thinks, and so does the engine.
 */
function withoutTooOld(got: readonly Window[], wanted: readonly Window[]): Window[] {
  const odd = new Set<string>();
  return got.map((window, index) => {
    const { points, host } = wanted[index] ?? { points: [], host: '' };
    const extra = odd.has(host) ? Math.max(0, window.points.length - points.length) : 0;
    if (points.length === 0) odd.add(host);
    return { ...window, points: window.points.slice(extra) };
  });
}

const span = fc.constantFrom(500, 1000, 1500, 2000, 3000, 5000, 7000, 10_000, 60_000);

test('windows of time', () => {
  const every = fc.oneof({ weight: 4, arbitrary: span }, { weight: 1, arbitrary: fc.constant(0) });
  const settings = fc.record({ period: span, every, isAligned: fc.boolean(), isFilled: fc.boolean() });
  fc.assert(
    fc.property(randomSeries(60), settings, (points, settings) => {
      const { period, every, isAligned, isFilled } = settings;
      const properties = [
        `.period(${period}ms)`,
        `.every(${every}ms)`,
        isAligned ? '.align()' : '',
        isFilled ? '.fillPeriod()' : '',
      ];
      const wanted = timeWindows(points, settings);
      expect(withoutTooOld(played(points, properties.join('')), wanted)).toEqual(wanted);
    }),
    { numRuns: 300 },
  );
});

test('windows of so many points', () => {
  const count = fc.integer({ min: 1, max: 7 });
  fc.assert(
    fc.property(randomSeries(60), count, count, fc.boolean(), (points, period, every, isFilled) => {
      const properties = `.periodCount(${period}).everyCount(${every})${isFilled ? '.fillPeriod()' : ''}`;
      expect(played(points, properties)).toEqual(countWindows(points, period, every, isFilled));
    }),
    { numRuns: 150 },
  );
});
