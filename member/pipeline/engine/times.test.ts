import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nanosOf, secondsOf, timeNs } from '../../influx/block.ts';
import { roundNs, roundTimes, TimeGrid, truncateNs, truncateTimes } from './times.ts';
import type { Times } from './times.ts';

const yearOneNs = -62_135_596_800_000_000_000n;
const secondNs = 1_000_000_000n;
const unit = fc.oneof(
  // Units that divide a second, from a nanosecond up; of whole seconds; any.
  fc.record({ twos: fc.nat(9), fives: fc.nat(9) }).map(({ twos, fives }) => 2n ** BigInt(twos) * 5n ** BigInt(fives)),
  fc.bigInt({ min: 1n, max: 2_000_000n }).map((seconds) => seconds * secondNs),
  fc.constantFrom(7n, secondNs, 90_000_000n, 1_500_000_000n, 3_600_000_000_000n, 604_800_000_000_000n),
  fc.bigInt({ min: 1n, max: 10_000_000_000_000n }),
  fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }),
);
const time = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -3n * secondNs, max: 3n * secondNs }),
  // Around and before year 1, where Go's `time.Time{}` is.
  fc.bigInt({ min: -3n * secondNs, max: 3n * secondNs }).map((ns) => yearOneNs + ns),
);

/** A unit and a time that is near one of its multiples or near the middle between two. */
const nearTurn = fc
  .record({ unitNs: unit, near: time, halves: fc.bigInt({ min: -3n, max: 3n }), off: fc.bigInt({ min: -2n, max: 2n }) })
  .map(({ unitNs, near, halves, off }) => ({ unitNs, ns: truncateNs(near, unitNs) + (halves * unitNs) / 2n + off }));
const anywhere = fc.record({ unitNs: unit, ns: time });

test('truncated times are the last multiples since year 1, rounded ones the nearest', () => {
  fc.assert(
    fc.property(time, unit, (ns, unitNs) => {
      const truncated = truncateNs(ns, unitNs);
      const rounded = roundNs(ns, unitNs);
      expect((truncated - yearOneNs) % unitNs).toBe(0n);
      expect(truncated <= ns && ns < truncated + unitNs).toBe(true);
      expect(rounded).toBe(2n * (ns - truncated) < unitNs ? truncated : truncated + unitNs);
    }),
  );
});

test('a unit of nothing leaves times alone', () => {
  expect([truncateNs(7n, 0n), roundNs(7n, 0n), truncateNs(7n, -3n)]).toEqual([7n, 7n, 7n]);
});

test('seconds and nanoseconds become what nanoseconds do', () => {
  fc.assert(
    fc.property(fc.oneof(anywhere, nearTurn), ({ unitNs, ns }) => {
      const grid = new TimeGrid(unitNs);
      grid.truncate(secondsOf(ns), nanosOf(ns));
      expect(parts(grid)).toEqual(partsOf(truncateNs(ns, unitNs)));
      grid.round(secondsOf(ns), nanosOf(ns));
      expect(parts(grid)).toEqual(partsOf(roundNs(ns, unitNs)));
      expect(grid.isMultiple(secondsOf(ns), nanosOf(ns))).toBe(truncateNs(ns, unitNs) === ns);
    }),
    { numRuns: 3000 },
  );
});

test.each([0n, -3n])('a grid of %d leaves times alone', (unitNs) => {
  const grid = new TimeGrid(unitNs);
  grid.truncate(-5, 7);
  expect(parts(grid)).toEqual([-5, 7]);
  grid.round(-6, 8);
  expect(parts(grid)).toEqual([-6, 8]);
  expect(grid.isMultiple(1, 1)).toBe(true);
});

test.each([
  ['half a unit within a second', 100_000_000n, 0, 50_000_000, [0, 100_000_000]],
  ['a nanosecond less', 100_000_000n, 0, 49_999_999, [0, 0]],
  ['half a unit at the end of a second', 100_000_000n, -1, 950_000_000, [0, 0]],
  ['half an odd number of seconds', 3n * secondNs, 1, 500_000_000, [3, 0]],
  ['a nanosecond less', 3n * secondNs, 1, 499_999_999, [0, 0]],
  ['half an even number of seconds', 2n * secondNs, 1, 0, [2, 0]],
  ['a nanosecond less', 2n * secondNs, 0, 999_999_999, [0, 0]],
  ['half a second before 1970', secondNs, -1, 500_000_000, [0, 0]],
  ['a nanosecond less', secondNs, -1, 499_999_999, [-1, 0]],
  ['half a second before year 1', secondNs, -62_135_596_801, 500_000_000, [-62_135_596_800, 0]],
  ['half a second and a half', 1_500_000_000n, 0, 750_000_000, [1, 500_000_000]],
])('half-way goes up: %s of %d', (_name, unitNs, seconds, nanos, wanted) => {
  const grid = new TimeGrid(unitNs);
  grid.round(seconds, nanos);
  expect(parts(grid)).toEqual(wanted);
});

test('whole columns become what single times do', () => {
  fc.assert(
    fc.property(fc.array(time, { maxLength: 8 }), unit, (all, unitNs) => {
      const times = { seconds: Float64Array.from(all, secondsOf), nanos: Int32Array.from(all, nanosOf) };
      expect(listed(truncateTimes(times, all.length, unitNs))).toEqual(all.map((ns) => truncateNs(ns, unitNs)));
      expect(listed(roundTimes(times, all.length, unitNs))).toEqual(all.map((ns) => roundNs(ns, unitNs)));
    }),
  );
});

function listed({ seconds, nanos }: Times): bigint[] {
  return Array.from(seconds, (second, i) => timeNs(second, nanos[i] ?? 0));
}

function parts({ seconds, nanos }: TimeGrid): number[] {
  return [seconds, nanos];
}

function partsOf(ns: bigint): number[] {
  return [secondsOf(ns), nanosOf(ns)];
}
