import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nanosOf, secondsOf, timeNs } from '../../influx/block.ts';
import { roundNs, roundTimes, truncateNs, truncateTimes } from './times.ts';
import type { Times } from './times.ts';

const yearOneNs = -62_135_596_800_000_000_000n;
const time = fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n });
const unit = fc.oneof(
  fc.constantFrom(1n, 7n, 1_000_000_000n, 10_000_000_000n, 3_600_000_000_000n, 604_800_000_000_000n),
  fc.bigInt({ min: 1n, max: 10_000_000_000_000n }),
);

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
