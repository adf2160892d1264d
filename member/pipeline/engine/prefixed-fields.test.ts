import { expect, test } from 'vitest';
import { LineProtocolParser } from '../../influx/line-protocol/parse.ts';
import { TagTable } from '../../influx/tag-table.ts';
import type { KeptPoint } from './kept-points.ts';
import { PrefixedFields, PrefixedNames } from './prefixed-fields.ts';
import { RowOutput } from './row-output.ts';
import { isPresent, ungrouped } from './rows.ts';

const parser = new LineProtocolParser();

/** A point of these fields. */
function point(fields: string): KeptPoint {
  const request = { database: 'd', retentionPolicy: 'r', precision: 's', nowNs: 0n } as const;
  const body = parser.parse(new TextEncoder().encode(`m ${fields} 1`), request);
  if (!body.ok) throw new Error(body.error);
  const [block] = body.value.blocks;
  if (block === undefined) throw new Error('no block');
  return { rows: ungrouped(block), row: 0 };
}

interface Joining {
  readonly points: readonly (string | undefined)[];
  readonly like?: string;
}

/** The made points, a list for each block. */
function made(fields: PrefixedFields, joinings: readonly Joining[]): string[][] {
  const output = new RowOutput(new TagTable());
  joinings.forEach(({ points, like }, second) => {
    points.forEach((text, part) => {
      fields.points[part] = text === undefined ? undefined : point(text);
    });
    fields.like = like === undefined ? undefined : point(like);
    output.rowWith('m', fields).addRow(second, 0, 0, 0);
  });
  return output.take().map(({ rows, count }) =>
    Array.from({ length: count }, (_, row) =>
      rows.fields
        .filter(({ column }) => isPresent(column, row))
        .map(({ name, column }) => `${name}=${column.type}:${String(column.values[row])}`)
        .join(' '),
    ),
  );
}

test('the fields of each point stand behind its prefix, in order', () => {
  const fields = new PrefixedFields(['a.', 'b.']);
  const points = ['v=1,w="x"', 'v=2i'];
  expect(made(fields, [{ points }, { points: ['w="y"', 'v=3i'] }])).toEqual([
    ['a.v=float:1 a.w=string:x b.v=int:2', 'a.w=string:y b.v=int:3'],
  ]);
});

test('a field of another type begins a block; what was set of its row before is not in the block before', () => {
  const fields = new PrefixedFields(['a.', 'b.']);
  const joinings = [{ points: ['v=1', 'v=2i'] }, { points: ['v=3,n=4', 'v="x"'] }, { points: ['v=5', 'v="y"'] }];
  expect(made(fields, joinings)).toEqual([
    ['a.v=float:1 b.v=int:2'],
    ['a.v=float:3 a.n=float:4 b.v=string:x', 'a.v=float:5 b.v=string:y'],
  ]);
});

test('of a name that two points give the last value counts, whatever the types', () => {
  const fields = new PrefixedFields(['x', 'xv']);
  const joinings = [{ points: ['vw=1,u=2', 'w=3'] }, { points: ['vw=4', 'w="s"'] }, { points: ['vw=5', 'w="t"'] }];
  expect(made(fields, joinings).flat()).toEqual(['xvw=float:3 xu=float:2', 'xvw=string:s', 'xvw=string:t']);
});

test('a missing point is filled as far as the fields of another go', () => {
  const fields = new PrefixedFields(['a.', 'b.'], { type: 'int', value: 7 });
  expect(made(fields, [{ points: ['v=1,w=2', undefined], like: 'v=1,w=2' }])).toEqual([
    ['a.v=float:1 a.w=float:2 b.v=int:7 b.w=int:7'],
  ]);
  expect(made(new PrefixedFields(['a.', 'b.']), [{ points: ['v=1', undefined], like: 'v=1' }])).toEqual([
    ['a.v=float:1'],
  ]);
});

test('released points are let go of', () => {
  const fields = new PrefixedFields(['a.', 'b.']);
  fields.points[1] = point('v=1');
  fields.like = fields.points[1];
  fields.release();
  expect([fields.points, fields.like]).toEqual([[undefined, undefined], undefined]);
});

test('names are right in whatever order places and names come', () => {
  const names = new PrefixedNames('p.');
  const asked = [
    [2, 'c'],
    [0, 'a'],
    [1, 'b'],
    [2, 'c'],
    [1, 'c'],
    [0, 'c'],
    [3, 'a'],
    [1, 'b'],
  ] as const;
  expect(asked.map(([place, name]) => names.at(place, name))).toEqual(asked.map(([, name]) => `p.${name}`));
});
