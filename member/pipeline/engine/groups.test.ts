import { expect, test } from 'vitest';
import { GroupTable } from './groups.ts';

test('a group has one number, and the text templates show', () => {
  const table = new GroupTable();
  const tags = table.tags.intern(['host', 'room'], ['a', 'x']);
  const other = table.tags.intern(['host', 'room'], ['a', 'y']);
  const byHost = { tagNames: ['host'], byName: false };
  const byName = { tagNames: ['host'], byName: true };
  expect(table.of('cpu', tags, byHost)).toBe(table.of('mem', other, byHost));
  expect([
    table.of('cpu', tags, byHost).id,
    table.of('cpu', tags, byName).id,
    table.of('mem', tags, byName).id,
    table.of('cpu', tags, { tagNames: [], byName: true }).id,
    table.of('cpu', tags, { tagNames: [], byName: false }).id,
    table.of('cpu', tags, { tagNames: ['none', 'host'], byName: false }).id,
  ]).toEqual(['host=a', 'cpu\nhost=a', 'mem\nhost=a', 'cpu', '', 'none=,host=a']);
});

test('points that are not grouped are group 0', () => {
  const table = new GroupTable();
  expect([table.none.number, table.of('m', table.tags.intern(['a'], ['b']), table.none.dimensions).number]).toEqual([
    0, 0,
  ]);
});

test('a batch is of the group of its tags', () => {
  const table = new GroupTable();
  const tags = table.tags.intern(['host'], ['a']);
  expect(table.ofBatch('m', tags, false)).toBe(table.of('m', tags, { tagNames: ['host'], byName: false }));
});
