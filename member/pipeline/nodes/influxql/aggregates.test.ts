import fc from 'fast-check';
import { expect, test } from 'vitest';
import { present } from '../../../base/assert.ts';
import { LineProtocolParser } from '../../../influx/line-protocol/parse.ts';
import { FieldValues } from '../../engine/field-values.ts';
import { noGroups } from '../../engine/rows.ts';
import * as aggregates from './aggregates.ts';
import type { Aggregate } from './aggregates.ts';
import { Reduced } from './reduced.ts';

const parser = new LineProtocolParser();

function valuesOf(numbers: readonly number[]): FieldValues {
  const lines = numbers.map((value, second) => `m v=${value} ${second}`);
  const request = { database: 'd', retentionPolicy: 'r', precision: 's', nowNs: 0n } as const;
  const body = parser.parse(new TextEncoder().encode(lines.join('\n')), request);
  if (!body.ok) throw new Error(body.error);
  const block = present(body.value.blocks[0], 'block');
  const rows = { ...block, groups: noGroups(block.length) };
  const values = new FieldValues(() => true);
  const { column } = present(rows.fields[0], 'field');
  for (let row = 0; row < rows.length; row++) values.add(column.type, column.values[row] ?? 0, rows, row);
  return values;
}

function resultOf(aggregate: Aggregate, numbers: readonly number[]): unknown {
  const reduced = new Reduced();
  aggregate.reduce(valuesOf(numbers), reduced);
  return reduced.count === 1 ? reduced.values[0] : reduced.values.slice(0, reduced.count);
}

const quarters = fc
  .array(fc.integer({ min: -400, max: 400 }), { minLength: 1, maxLength: 30 })
  .map((all) => all.map((value) => value / 4));
const sorted = (all: readonly number[]): number[] => all.toSorted((a, b) => a - b);
const total = (all: readonly number[]): number => all.reduce((sum, value) => sum + value, 0);

/** Obvious ways, exact as quarters add up without rounding. */
const obvious: Readonly<Record<string, [Aggregate, (all: readonly number[]) => unknown]>> = {
  count: [aggregates.count, (all) => all.length],
  sum: [aggregates.sum, total],
  mean: [aggregates.mean, (all) => total(all) / all.length],
  min: [aggregates.min, (all) => Math.min(...all)],
  max: [aggregates.max, (all) => Math.max(...all)],
  first: [aggregates.first, (all) => all[0]],
  last: [aggregates.last, (all) => all.at(-1)],
  spread: [aggregates.spread, (all) => Math.max(...all) - Math.min(...all)],
  median: [
    aggregates.median,
    (all) => {
      const order = sorted(all);
      const middle = order.length >> 1;
      const high = order[middle] ?? 0;
      return order.length % 2 === 1 ? high : ((order[middle - 1] ?? 0) + high) / 2;
    },
  ],
  distinct: [
    aggregates.distinct,
    (all) => {
      const once = [...new Set(all)];
      return once.length === 1 ? once[0] : once;
    },
  ],
};

test.each(Object.entries(obvious))('%s is what the obvious way gives', (_name, [aggregate, way]) => {
  fc.assert(
    fc.property(quarters, (all) => {
      expect(resultOf(aggregate, all)).toEqual(way(all));
    }),
  );
});

test('mode is the value that comes most often', () => {
  fc.assert(
    fc.property(quarters, (all) => {
      const times = (value: unknown): number => all.filter((other) => other === value).length;
      expect(times(resultOf(aggregates.mode, all))).toBe(Math.max(...all.map(times)));
    }),
  );
});

test('stddev is that of a sample', () => {
  fc.assert(
    fc.property(quarters, (all) => {
      const average = total(all) / all.length;
      const variance = total(all.map((value) => (value - average) ** 2)) / (all.length - 1);
      expect(resultOf(aggregates.stddev, all)).toBeCloseTo(all.length < 2 ? 0 : Math.sqrt(variance), 9);
    }),
  );
});
