/** Every InfluxQL function on random batches and streams, against the plainest way to compute it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lineOf, postedRows, randomSeries } from '../../testing/random-series.ts';
import type { PostedRow, SeriesPoint } from '../../testing/random-series.ts';
import { RunningScript } from '../../testing/run-script.ts';

interface Row {
  readonly time: number;
  readonly value: number;
}

/** Points of a batch, `v` already a quarter or an integer. */
type Batch = readonly SeriesPoint[];
/** What a function makes of a batch; an undefined time is that of the batch. */
type Way = (batch: Batch) => readonly { readonly time?: number; readonly value: number }[];

const values = (batch: Batch): number[] => batch.map(({ v }) => v);
const ascending = (batch: Batch): number[] => values(batch).toSorted((a, b) => a - b);
const total = (numbers: readonly number[]): number => numbers.reduce((sum, value) => sum + value, 0);
const single =
  (way: (batch: Batch) => number): Way =>
  (batch) => [{ value: way(batch) }];
/** The point that no other comes before. */
const chosen =
  (order: (a: SeriesPoint, b: SeriesPoint) => number): Way =>
  (batch) =>
    batch
      .toSorted(order)
      .slice(0, 1)
      .map(({ time, v }) => ({ time, value: v }));

function median(batch: Batch): number {
  const sorted = ascending(batch);
  const at = (index: number): number => sorted[index] ?? 0;
  const half = sorted.length / 2;
  return Number.isInteger(half) ? (at(half - 1) + at(half)) / 2 : at(half - 0.5);
}

function deviation(batch: Batch): number {
  const mean = total(values(batch)) / batch.length;
  return batch.length < 2
    ? 0
    : Math.sqrt(total(values(batch).map((value) => (value - mean) ** 2)) / (batch.length - 1));
}

function extremes(limit: number, sign: 1 | -1, tag: 'core' | undefined): Way {
  return (batch) => {
    const best = batch.toSorted((a, b) => sign * (a.v - b.v) || a.time - b.time);
    const unique =
      tag === undefined
        ? best
        : best.filter((point, index) => best.findIndex((other) => other[tag] === point[tag]) === index);
    return unique.slice(0, limit).map(({ time, v }) => ({ time, value: v }));
  };
}

/** Nodes that make rows of a batch. `time`: the rows have the time of their point only when asked to. */
const aggregates: Readonly<Record<string, Way>> = {
  "count('v')": single((batch) => batch.length),
  "sum('v')": single((batch) => total(values(batch))),
  "mean('v')": single((batch) => total(values(batch)) / batch.length),
  "median('v')": single(median),
  "spread('v')": single((batch) => Math.max(...values(batch)) - Math.min(...values(batch))),
  "stddev('v')": single(deviation),
  "min('v')": chosen((a, b) => a.v - b.v || a.time - b.time),
  "max('v')": chosen((a, b) => b.v - a.v || a.time - b.time),
  "first('v')": chosen((a, b) => a.time - b.time || b.v - a.v),
  "last('v')": chosen((a, b) => b.time - a.time || b.v - a.v),
  "distinct('v')": (batch) =>
    batch
      .filter(({ v }, index) => batch.findIndex((other) => other.v === v) === index)
      .toSorted((a, b) => a.time - b.time || a.v - b.v)
      .map(({ time, v }) => ({ time, value: v })),
  "top(2, 'v')": extremes(2, -1, undefined),
  "top(5, 'v', 'core')": extremes(5, -1, 'core'),
  "bottom(3, 'v')": extremes(3, 1, undefined),
  "bottom(1, 'v', 'core')": extremes(1, 1, 'core'),
};

/** Of several points with one value, an order of equals may choose any. */
const percents = [0, 1, 10, 25, 50, 75.5, 90, 99, 100];

/** Nodes that make rows of the points before, in a batch or a stream's group. */
const transformations: Readonly<Record<string, (points: Batch) => readonly Row[]>> = {
  "elapsed('v', 1s)": (points) =>
    points.slice(1).map(({ time }, index) => ({ time, value: Math.trunc((time - (points[index]?.time ?? 0)) / 1000) })),
  "elapsed('v', 1u)": (points) =>
    points.slice(1).map(({ time }, index) => ({ time, value: (time - (points[index]?.time ?? 0)) * 1000 })),
  "difference('v')": (points) => {
    // The first of equal times counts.
    const firsts = points.filter(({ time }, index) => index === 0 || time !== points[index - 1]?.time);
    return firsts.slice(1).map(({ time, v }, index) => ({ time, value: v - (firsts[index]?.v ?? 0) }));
  },
  "cumulativeSum('v')": (points) =>
    points.map(({ time }, index) => ({ time, value: total(values(points.slice(0, index + 1))) })),
  "movingAverage('v', 1)": (points) => points.map(({ time, v }) => ({ time, value: v })),
  "movingAverage('v', 4)": (points) =>
    points.slice(3).map(({ time }, index) => ({ time, value: total(values(points.slice(index, index + 4))) / 4 })),
};

/** Batches of so many points of a host each, with the host. */
function batchesOf(points: Batch, size: number): (readonly [host: string, batch: Batch])[] {
  const open = new Map<string, SeriesPoint[]>();
  return points.flatMap((point) => {
    const batch = [...(open.get(point.host) ?? []), point];
    open.set(point.host, batch.length === size ? [] : batch);
    return batch.length === size ? [[point.host, batch] as const] : [];
  });
}

function played(points: Batch, nodes: string, isInt: boolean): readonly (readonly PostedRow[])[] {
  const script = new RunningScript(`
stream
    |from().measurement('m').groupBy('host')
    ${nodes}.as('value')
    |httpPost('http://collector/o')
`);
  script.write(...points.map((point) => lineOf(point, 'm', isInt)));
  return postedRows(script.posted('o'));
}

const rowOf = ({ time, values: fields }: PostedRow): unknown => [time, fields['value']];
const inOrder = (rows: readonly unknown[]): readonly unknown[] =>
  rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
const rounded = (value: unknown): unknown => (typeof value === 'number' ? Number(value.toPrecision(12)) : value);

const size = fc.integer({ min: 1, max: 9 });

describe('of batches', () => {
  test.each(Object.entries(aggregates))('%s', (call, way) => {
    fc.assert(
      fc.property(randomSeries(), size, fc.boolean(), fc.boolean(), (series, count, isInt, isPointTimes) => {
        const points = isInt ? series.map((point) => ({ ...point, v: point.v * 4 })) : series;
        const got = played(
          series,
          `|window().periodCount(${count}).everyCount(${count})|${call}${isPointTimes ? '.usePointTimes()' : ''}`,
          isInt,
        );
        const wanted = batchesOf(points, count).map(([, batch]) => {
          // As in 1.5.4, a sum with the time of its point is of 1970.
          const end = isPointTimes && call.startsWith('sum(') ? 0 : batch.at(-1)?.time;
          return way(batch).map(({ time, value }) => [isPointTimes && time !== undefined ? time : end, rounded(value)]);
        });
        // Rows of equal times may come in any order.
        const rows = got.map((posted) => inOrder(posted.map((row) => [row.time, rounded(row.values['value'])])));
        expect(rows).toEqual(wanted.map(inOrder));
      }),
      { numRuns: 60 },
    );
  });

  test.each(percents)('percentile %d', (percent) => {
    fc.assert(
      fc.property(randomSeries(), size, (points, count) => {
        const got = played(
          points,
          `|window().periodCount(${count}).everyCount(${count})|percentile('v', ${percent.toFixed(1)})`,
          false,
        );
        const wanted = batchesOf(points, count).flatMap(([, batch]) => {
          // The nearest rank, rounded half up; rank 0 is none.
          const rank = Math.floor((batch.length * percent) / 100 + 0.5);
          const value = ascending(batch)[rank - 1];
          return value === undefined ? [] : [[[batch.at(-1)?.time, value]]];
        });
        expect(got.map((rows) => rows.map(rowOf))).toEqual(wanted);
      }),
      { numRuns: 40 },
    );
  });

  test('mode', () => {
    fc.assert(
      fc.property(randomSeries(), size, (points, count) => {
        const few = points.map((point) => ({ ...point, v: Math.round(point.v / 5) }));
        const got = played(few, `|window().periodCount(${count}).everyCount(${count})|mode('v')`, false);
        const batches = batchesOf(few, count);
        expect(got).toHaveLength(batches.length);
        for (const [index, [, batch]] of batches.entries()) {
          const times = (value: unknown): number => batch.filter(({ v }) => v === value).length;
          expect(times(got[index]?.[0]?.values['value'])).toBe(Math.max(...values(batch).map(times)));
        }
      }),
      { numRuns: 60 },
    );
  });

  test.each(Object.entries(transformations))('%s', (call, way) => {
    fc.assert(
      fc.property(randomSeries(), size, (points, count) => {
        const got = played(points, `|window().periodCount(${count}).everyCount(${count})|${call}`, false);
        const wanted = batchesOf(points, count).map(([, batch]) => way(batch).map(({ time, value }) => [time, value]));
        expect(got.map((rows) => rows.map(rowOf)).filter((rows) => rows.length > 0)).toEqual(
          wanted.filter((rows) => rows.length > 0),
        );
      }),
      { numRuns: 60 },
    );
  });
});

describe('of streams', () => {
  test.each(Object.entries(transformations))('%s', (call, way) => {
    fc.assert(
      fc.property(randomSeries(), (points) => {
        const got = played(points, `|${call}`, false).flat();
        for (const host of ['a', 'b', '']) {
          const wanted = way(points.filter((point) => point.host === host)).map(({ time, value }) => [time, value]);
          expect(got.filter((row) => row.host === host).map(rowOf)).toEqual(wanted);
        }
      }),
      { numRuns: 60 },
    );
  });

  test.each(["count('v')", "sum('v')", "mean('v')", "max('v')", "median('v')", "stddev('v')"])(
    '%s of each time',
    (call) => {
      fc.assert(
        fc.property(randomSeries(), (points) => {
          const got = played(points, `|${call}`, false).flat();
          for (const host of ['a', 'b', '']) {
            const own = points.filter((point) => point.host === host);
            // The points of the last time wait for one of another.
            const times = [...new Set(own.map(({ time }) => time))].slice(0, -1);
            const wanted = times.flatMap((at) =>
              (aggregates[call]?.(own.filter(({ time }) => time === at)) ?? []).map(({ value }) => [
                at,
                rounded(value),
              ]),
            );
            expect(
              got.filter((row) => row.host === host).map((row) => [row.time, rounded(row.values['value'])]),
            ).toEqual(wanted);
          }
        }),
        { numRuns: 40 },
      );
    },
  );
});

test('points of a stream that give no value are errors as they come, not when their time is over', () => {
  const script = new RunningScript(`stream|from().measurement('m')|sum('v')`);
  script.write(
    'm w=1 1000000000',
    'm v="text" 1000000000',
    'm v=1 1000000000',
    'm v=1i 1000000000',
    'm w=1 1000000000',
  );
  expect(script.stat('sum2', 'errors')).toBe(4);
  script.write('m v=1 2000000000');
  expect(script.stat('sum2', 'errors')).toBe(4);
});

describe('holtWinters', () => {
  test('goes on with a constant, at the interval asked for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 4, max: 12 }),
        fc.integer({ min: 1, max: 4 }),
        (level, length, forecasts) => {
          const points = Array.from({ length }, (_, i) => ({
            host: 'a',
            core: '0',
            time: 1_000_000 + i * 2000,
            v: level,
          }));
          const window = `|window().periodCount(${length}).everyCount(${length})`;
          const [rows = []] = played(points, `${window}|holtWinters('v', ${forecasts}, 0, 2s)`, false);
          const end = points.at(-1)?.time ?? 0;
          expect(rows.map(({ time }) => time)).toEqual(
            Array.from({ length: forecasts }, (_, i) => end + (i + 1) * 2000),
          );
          for (const { values: fields } of rows)
            expect(Math.abs(Number(fields['value']) / level - 1)).toBeLessThan(0.05);
          const [fitted = []] = played(points, `${window}|holtWintersWithFit('v', ${forecasts}, 0, 2s)`, false);
          expect(fitted.slice(-forecasts)).toEqual(rows);
          expect(fitted).toHaveLength(length + forecasts);
        },
      ),
      { numRuns: 25 },
    );
  });
});
