import { expect, test } from 'vitest';
import { readListQuery, selectPage, type ListQuery } from './list-query.ts';

const parameters = (pairs: Readonly<Record<string, readonly string[]>>) => ({
  get: (name: string) => pairs[name]?.[0] ?? '',
  all: (name: string) => pairs[name] ?? [],
});
const query = (changes: Partial<ListQuery>): ListQuery => ({
  pattern: '',
  offset: 0,
  limit: 100,
  fields: [],
  ...changes,
});
const items = ['a1', 'a2', 'b1', 'b2', 'c/1'];
const select = (changes: Partial<ListQuery>): readonly string[] => selectPage(items, query(changes), (item) => item);

test('without parameters the first hundred objects are shown with all fields', () => {
  expect(readListQuery(parameters({}), ['id', 'type'])).toEqual({
    ok: true,
    value: { pattern: '', offset: 0, limit: 100, fields: ['id', 'type'] },
  });
});

test('id and link are always among the fields asked for, each once', () => {
  const read = readListQuery(parameters({ fields: ['type', 'id', 'type'] }), []);
  expect(read.ok && read.value.fields).toEqual(['type', 'id', 'link']);
});

test.each([
  ['limit', 'x'],
  ['offset', '1.5'],
])('a %s of %s is refused', (name, value) => {
  const read = readListQuery(parameters({ [name]: [value] }), []);
  expect(read.ok ? 200 : read.error.status).toBe(400);
});

test('offset counts matches, not objects', () => {
  expect(select({ pattern: 'b*', offset: 1 })).toEqual(['b2']);
});

test('a limit of 0 gives nothing', () => {
  expect(select({ limit: 0 })).toEqual([]);
});

test('a negative limit gives everything and ignores pattern and offset, as 1.5.4 does', () => {
  expect(select({ limit: -1, pattern: 'zzz', offset: 3 })).toEqual(items);
});

test('a malformed pattern matches nothing', () => {
  expect(select({ pattern: '[' })).toEqual([]);
});
