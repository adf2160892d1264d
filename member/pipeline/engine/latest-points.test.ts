import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineProtocolParser } from '../../influx/line-protocol/parse.ts';
import { LatestPoints } from './latest-points.ts';
import { pointRow } from './result-rows.ts';
import type { Rows } from './rows.ts';

const parser = new LineProtocolParser();

/** Blocks of lines whose tag `g` is the number of their group. */
function blocksOf(lines: readonly string[]): Rows[] {
  const request = { database: 'd', retentionPolicy: 'r', precision: 's', nowNs: 0n } as const;
  const body = parser.parse(new TextEncoder().encode(lines.join('\n')), request);
  if (!body.ok) throw new Error(body.error);
  return body.value.blocks.map((block) => {
    const groups = block.tagIds.map((tagId) => Number(block.tagTable.at(tagId).get('g')));
    return { ...block, groups };
  });
}

function putAll(points: LatestPoints, rows: Rows, rowOf: Int32Array): number[] {
  const groups = [...new Set(rows.groups.subarray(0, rows.length))];
  for (let row = 0; row < rows.length; row++) rowOf[rows.groups[row] ?? 0] = row;
  points.put(rows, rowOf, Int32Array.from(groups), groups.length);
  return groups;
}

const group = fc.integer({ min: 0, max: 200 });
const value = fc.constantFrom('1.5', '-3', '2i', '9007199254740993i', '"text"', 'true');
const fields = fc
  .dictionary(fc.constantFrom('a', 'b', 'c'), value, { minKeys: 1 })
  .map((values) => Object.entries(values).map(([name, text]) => `${name}=${text}`));
const line = fc
  .tuple(fc.constantFrom('m', 'n'), group, fields, fc.integer({ min: 0, max: 1e6 }))
  .map(([name, number, of, time]) => `${name},g=${number} ${of.join(',')} ${time}`);
const step = fc.oneof(
  { weight: 5, arbitrary: fc.array(line, { minLength: 1, maxLength: 30 }) },
  { weight: 1, arbitrary: group },
);

test('of each group the latest point is there, as it came, until the group is deleted', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const points = new LatestPoints();
      const rowOf = new Int32Array(256);
      const expected = new Map<number, unknown>();
      for (const now of steps) {
        if (typeof now === 'number') {
          points.delete(now);
          expected.delete(now);
          continue;
        }
        for (const rows of blocksOf(now))
          for (const put of putAll(points, rows, rowOf)) expected.set(put, pointRow(rows, rowOf[put] ?? 0));
      }
      for (let number = 0; number <= 200; number++) {
        const point = points.at(number);
        expect(point && pointRow(point.rows, point.row)).toEqual(expected.get(number));
      }
    }),
  );
});

test('a field that one point had is not shown with the next, and a place that was given up is used again', () => {
  const points = new LatestPoints();
  const rowOf = new Int32Array(4);
  for (const lines of [
    ['m,g=1 a=1,b="x" 1', 'm,g=2 a=2 1'],
    ['m,g=2 a=3,b="y" 2', 'm,g=1 a=4 2'],
  ])
    for (const rows of blocksOf(lines)) putAll(points, rows, rowOf);
  points.delete(2);
  for (const rows of blocksOf(['m,g=3 a=5 3', 'm,g=1 a=6,b="z" 3'])) putAll(points, rows, rowOf);
  const shown = [1, 2, 3].map((number) => {
    const point = points.at(number);
    return point && pointRow(point.rows, point.row).columns;
  });
  expect(shown).toEqual([['time', 'a', 'b'], undefined, ['time', 'a']]);
});
