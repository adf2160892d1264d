/** Integers that a float does not hold: results are exact, and wrap around at 64 bits. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { present } from '../../../base/assert.ts';
import { LineProtocolParser } from '../../../influx/line-protocol/parse.ts';
import { FieldValues } from '../../engine/field-values.ts';
import { noGroups } from '../../engine/rows.ts';
import * as aggregates from './aggregates.ts';
import type { Aggregate } from './aggregates.ts';
import { Reduced } from './reduced.ts';
import * as transformations from './transformations.ts';
import type { Transformation } from './transformations.ts';

const parser = new LineProtocolParser();

function valuesOf(integers: readonly bigint[]): FieldValues {
  const lines = integers.map((value, second) => `m v=${value}i ${second}`);
  const request = { database: 'd', retentionPolicy: 'r', precision: 's', nowNs: 0n } as const;
  const body = parser.parse(new TextEncoder().encode(lines.join('\n')), request);
  if (!body.ok) throw new Error(body.error);
  const block = present(body.value.blocks[0], 'block');
  const rows = { ...block, groups: noGroups(block.length) };
  const values = new FieldValues(() => true);
  const { column } = present(rows.fields[0], 'field');
  for (let row = 0; row < rows.length; row++) values.add(column, rows, row);
  return values;
}

/** Integers as bigints, whatever form the engine keeps them in. */
function plain(value: unknown, isInt: boolean): unknown {
  return isInt && typeof value === 'number' ? BigInt(value) : value;
}

function resultOf(aggregate: Aggregate, integers: readonly bigint[]): unknown {
  const reduced = new Reduced();
  aggregate.reduce(valuesOf(integers), reduced);
  return reduced.values.slice(0, reduced.count).map((value) => plain(value, aggregate.resultType('int') === 'int'));
}

function rowsOf(transformation: Transformation, integers: readonly bigint[]): unknown {
  const transformer = transformation.create('int');
  const values = valuesOf(integers);
  return integers.flatMap((_, index) => {
    transformer.add(values.cell(index), index, 0);
    const result = transformer.result();
    return result === undefined ? [] : [plain(result.value, transformation.resultType('int') === 'int')];
  });
}

const limit = 2n ** 63n;
const wide = fc.oneof(
  fc.bigInt({ min: -limit, max: limit - 1n }),
  fc.bigInt({ min: -4n, max: 4n }),
  fc.constantFrom(limit - 1n, -limit, 2n ** 53n + 1n, -(2n ** 53n) - 1n),
);
const integers = fc.array(wide, { minLength: 1, maxLength: 12 });
const wrapped = (value: bigint): bigint => BigInt.asIntN(64, value);
const total = (all: readonly bigint[]): bigint => wrapped(all.reduce((sum, value) => sum + value, 0n));
const sorted = (all: readonly bigint[]): bigint[] => all.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
const lowest = (all: readonly bigint[]): bigint => sorted(all)[0] ?? 0n;
const highest = (all: readonly bigint[]): bigint => sorted(all).at(-1) ?? 0n;

function median(all: readonly bigint[]): number {
  const order = sorted(all);
  const high = order[order.length >> 1] ?? 0n;
  if (order.length % 2 === 1) return Number(high);
  const low = order[(order.length >> 1) - 1] ?? 0n;
  // The difference is one of integers, and may wrap around too.
  return Number(low) + Number(wrapped(high - low)) / 2;
}

const ways: Readonly<Record<string, [Aggregate, (all: readonly bigint[]) => unknown]>> = {
  sum: [aggregates.sum, (all) => [total(all)]],
  mean: [aggregates.mean, (all) => [Number(total(all)) / all.length]],
  median: [aggregates.median, (all) => [median(all)]],
  min: [aggregates.min, (all) => [lowest(all)]],
  max: [aggregates.max, (all) => [highest(all)]],
  spread: [aggregates.spread, (all) => [wrapped(highest(all) - lowest(all))]],
  first: [aggregates.first, (all) => [all[0]]],
  last: [aggregates.last, (all) => [all.at(-1)]],
  distinct: [aggregates.distinct, (all) => [...new Set(all)]],
  percentile: [
    aggregates.percentile(50),
    (all) =>
      sorted(all)
        .slice(Math.floor(all.length / 2 + 0.5) - 1)
        .slice(0, 1),
  ],
  top: [aggregates.extremes(12, [], 'top'), (all) => all],
};

test.each(Object.entries(ways))('%s', (_name, [aggregate, way]) => {
  fc.assert(
    fc.property(integers, (all) => {
      expect(resultOf(aggregate, all)).toEqual(way(all));
    }),
  );
});

test('cumulativeSum, difference and movingAverage', () => {
  fc.assert(
    fc.property(integers, (all) => {
      expect(rowsOf(transformations.cumulativeSum, all)).toEqual(all.map((_, index) => total(all.slice(0, index + 1))));
      expect(rowsOf(transformations.differenceOf, all)).toEqual(
        all.slice(1).map((value, index) => wrapped(value - (all[index] ?? 0n))),
      );
      expect(rowsOf(transformations.movingAverage(3), all)).toEqual(
        all.slice(2).map((_, index) => Number(total(all.slice(index, index + 3))) / 3),
      );
    }),
  );
});

test('elapsed wraps around between times further apart than 64 bits of nanoseconds', () => {
  const transformer = transformations.elapsed(1_000_000_000n).create('int');
  transformer.add(1, -9_000_000_000, 0);
  transformer.add(1, 9_000_000_000, 0);
  expect(transformer.result()?.value).toBe(Number((18_000_000_000_000_000_000n - 2n * limit) / 1_000_000_000n));
});
