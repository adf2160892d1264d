import fc from 'fast-check';
import { expect, test } from 'vitest';
import { byteOrder } from '../base/byte-order.ts';
import { TagTable } from './tag-table.ts';

const tags = fc
  .uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'ab', 'é'), fc.string({ maxLength: 3 })), {
    selector: ([key]) => key,
  })
  .map((pairs) => pairs.toSorted(([a], [b]) => byteOrder(a, b)));

test('two sets have one number exactly when their tags are the same', () => {
  fc.assert(
    fc.property(fc.array(tags, { maxLength: 200 }), (lists) => {
      const table = new TagTable();
      const numberOf = new Map<string, number>();
      for (const pairs of lists) {
        const text = JSON.stringify(pairs);
        const set = table.intern(
          pairs.map(([key]) => key),
          pairs.map(([, value]) => value),
        );
        expect(set.id).toBe(numberOf.get(text) ?? numberOf.size);
        numberOf.set(text, set.id);
        expect(table.at(set.id)).toBe(set);
        expect(Object.entries(set.toRecord()).toSorted(([a], [b]) => byteOrder(a, b))).toEqual(pairs);
      }
      expect(table.size).toBe(numberOf.size);
    }),
  );
});

test('where one value ends and the next begins counts', () => {
  const table = new TagTable();
  const one = table.intern(['a', 'b'], ['xy', 'z']);
  expect(table.intern(['a', 'b'], ['x', 'yz'])).not.toBe(one);
  expect(table.intern(['a', 'b'], ['xyz', ''])).not.toBe(one);
});

test('thousands of sets are told apart and found again, each key with the values asked for', () => {
  const table = new TagTable();
  const values = Array.from({ length: 5000 }, (_, index) => `s${index}`);
  const sets = values.map((value) => table.intern(['id'], [value]));
  expect(new Set(sets).size).toBe(5000);
  expect(values.map((value) => table.intern(['id'], [value]))).toEqual(sets);
  table.intern(['host'], ['h']);
  expect(table.valuesBySet('id')).toEqual([...values, undefined]);
});

test('a list of keys may be used again by who gave it', () => {
  const table = new TagTable();
  const keys = ['a'];
  const set = table.intern(keys, ['1']);
  keys[0] = 'b';
  expect(table.intern(keys, ['1'])).not.toBe(set);
  expect(set.toRecord()).toEqual({ a: '1' });
});
