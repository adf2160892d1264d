/** Joins of random series are those of the plainest implementation: for each time, the n-th points of all sides. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lineOf, postedRows, randomSeries } from '../../testing/random-series.ts';
import type { SeriesPoint } from '../../testing/random-series.ts';
import { RunningScript } from '../../testing/run-script.ts';

interface Sent extends SeriesPoint {
  readonly side: number;
}

type Fill = 'none' | 'null' | number;

/** A joined row: host, time and the value of each side. */
type Joined = readonly [host: string, time: number, values: readonly unknown[]];

const hosts = ['a', 'b', ''];
const sideNames = ['a', 'b', 'c'];

/** To the nearest multiple since year 1, halves up. */
function rounded(time: number, unit: number): number {
  if (unit === 0) return time;
  const sinceYear1 = BigInt(time) + 62_135_596_800_000n;
  const rest = Number(sinceYear1 % BigInt(unit));
  return rest * 2 < unit ? time - rest : time + unit - rest;
}

/** The rows of one group, in order of time. */
function joinOf(lists: readonly (readonly SeriesPoint[])[], host: string, tolerance: number, fill: Fill): Joined[] {
  const times = [...new Set(lists.flat().map(({ time }) => rounded(time, tolerance)))].toSorted((a, b) => a - b);
  return times.flatMap((at) => {
    const sides = lists.map((list) => list.filter(({ time }) => rounded(time, tolerance) === at));
    const count = Math.max(...sides.map(({ length }) => length));
    return Array.from({ length: count }, (_, n): Joined => {
      const missing = fill === 'null' ? null : fill;
      return [host, at, sides.map((side) => side[n]?.v ?? missing)];
    }).filter(([, , values]) => !values.includes('none'));
  });
}

function wantedRows(sent: readonly Sent[], sides: number, tolerance: number, fill: Fill): Joined[] {
  return hosts.flatMap((host) => {
    const own = sent.filter((point) => point.host === host);
    const lists = Array.from({ length: sides }, (_, side) => own.filter((point) => point.side === side));
    return joinOf(lists, host, tolerance, fill);
  });
}

/** Rows of the posted bodies, group after group, each in the order in which they came. */
function gotRows(script: RunningScript, sides: number): Joined[] {
  const rows = postedRows(script.posted('o')).flat();
  return hosts.flatMap((host) =>
    rows
      .filter((row) => row.host === host)
      .map(({ time, values }): Joined => [host, time, sideNames.slice(0, sides).map((name) => values[`${name}.v`])]),
  );
}

function scriptOf(sides: number, groupBy: string, between: string, properties: string): string {
  const names = sideNames.slice(0, sides);
  const from = names.map((name) => `var ${name} = stream|from().measurement('${name}').groupBy(${groupBy})${between}`);
  const others = names.slice(1).join(', ');
  const as = names.map((name) => `'${name}'`).join(', ');
  return `${from.join('\n')}\na|join(${others}).as(${as})${properties}|httpPost('http://collector/o')`;
}

function propertiesOf(tolerance: number, fill: Fill): string {
  const filled = typeof fill === 'number' ? String(fill) : `'${fill}'`;
  return `${tolerance === 0 ? '' : `.tolerance(${tolerance}ms)`}.fill(${filled})`;
}

const gap = fc.constantFrom(0, 500, 1000, 1000, 1500, 2000, 5000, 30_000);
const series = randomSeries(25, gap);
const tolerance = fc.constantFrom(0, 0, 1000, 2000, 3000, 60_000);
const fill = fc.constantFrom<Fill>('none', 'null', 0, 7);

/** Points of several sides, each in order of time, in any order among each other. */
function sentTo(sides: number): fc.Arbitrary<readonly Sent[]> {
  const turns = fc.array(fc.nat(sides - 1), { minLength: 75, maxLength: 75 });
  return fc.tuple(fc.array(series, { minLength: sides, maxLength: sides }), turns).map(([lists, order]) => {
    const left = lists.map((list, side) => list.map((point) => ({ ...point, side })));
    const sent = order.flatMap((side) => left[side]?.splice(0, 1) ?? []);
    return [...sent, ...left.flat()];
  });
}

function write(script: RunningScript, sent: readonly Sent[], atOnce: number): void {
  for (let i = 0; i < sent.length; i += atOnce) {
    script.write(...sent.slice(i, i + atOnce).map((point) => lineOf(point, sideNames[point.side])));
  }
}

describe('of streams', () => {
  test.each([2, 3])('%d sides', (sides) => {
    fc.assert(
      fc.property(
        sentTo(sides),
        tolerance,
        fill,
        fc.integer({ min: 1, max: 30 }),
        (sent, toleranceMs, filled, atOnce) => {
          const script = new RunningScript(scriptOf(sides, "'host'", '', propertiesOf(toleranceMs, filled)));
          write(script, sent, atOnce);
          script.run.close();
          script.world.answerAll();
          expect(gotRows(script, sides)).toEqual(wantedRows(sent, sides, toleranceMs, filled));
        },
      ),
      { numRuns: 150 },
    );
  });

  test('on: each point of the finer side with the one of its host and time', () => {
    const distinct = randomSeries(25, fc.constantFrom(1000, 2000, 5000));
    fc.assert(
      fc.property(
        distinct,
        distinct,
        fc.array(fc.boolean(), { minLength: 50, maxLength: 50 }),
        (fine, coarse, order) => {
          const left = [[...fine], [...coarse]];
          const lines = [...order.map(Number), ...Array.from({ length: 50 }, (_, i) => (i < 25 ? 0 : 1))].flatMap(
            (side) => {
              const point = left[side]?.shift();
              return point === undefined ? [] : [lineOf(point, sideNames[side])];
            },
          );
          const script = new RunningScript(`
var a = stream|from().measurement('a').groupBy('host', 'core')
var b = stream|from().measurement('b').groupBy('host')
a|join(b).as('a', 'b').on('host')|httpPost('http://collector/o')`);
          for (const line of lines) script.write(line);
          script.run.close();
          script.world.answerAll();
          const got = postedRows(script.posted('o'))
            .flat()
            .map(({ host, time, values }) => [host, time, values['a.v'], values['b.v']]);
          const wanted = fine.flatMap(({ host, time, v }) =>
            coarse
              .filter((other) => other.host === host && other.time === time)
              .map((other) => [host, time, v, other.v]),
          );
          const sorted = (rows: readonly unknown[]): string[] => rows.map((row) => JSON.stringify(row)).toSorted();
          expect(sorted(got)).toEqual(sorted(wanted));
        },
      ),
      { numRuns: 150 },
    );
  });
});

/** Batches of every so many points of a host. */
function batches(points: readonly Sent[], size: number): Sent[][] {
  const whole = Math.floor(points.length / size);
  return Array.from({ length: whole }, (_, i) => points.slice(i * size, (i + 1) * size));
}

describe('of batches', () => {
  test('those of one end are joined point by point', () => {
    fc.assert(
      fc.property(sentTo(2), fc.integer({ min: 1, max: 4 }), tolerance, fill, (sent, size, toleranceMs, filled) => {
        const window = `|window().periodCount(${size}).everyCount(${size})`;
        const script = new RunningScript(scriptOf(2, "'host'", window, propertiesOf(toleranceMs, filled)));
        write(script, sent, 1);
        script.run.close();
        script.world.answerAll();
        const wanted = hosts.flatMap((host) => {
          const sides = [0, 1].map((side) =>
            batches(
              sent.filter((point) => point.host === host && point.side === side),
              size,
            ),
          );
          const endOf = (batch: readonly Sent[]): number => rounded(batch.at(-1)?.time ?? 0, toleranceMs);
          const ends = [...new Set(sides.flat().map(endOf))].toSorted((a, b) => a - b);
          return ends.flatMap((end) => {
            const ending = sides.map((list) => list.filter((batch) => endOf(batch) === end));
            const count = Math.max(...ending.map(({ length }) => length));
            return Array.from({ length: count }, (_, n) => ending.map((list) => list[n] ?? [])).flatMap((pair) =>
              joinOf(pair, host, toleranceMs, filled),
            );
          });
        });
        expect(gotRows(script, 2)).toEqual(wanted);
      }),
      { numRuns: 150 },
    );
  });
});
