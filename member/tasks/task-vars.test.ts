import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readVars, rowOfVars, varsOfRow, wireVars, type TaskVars } from './task-vars.ts';
import type { WireValue } from './wire-value.ts';

const read = (wire: WireValue): TaskVars => {
  const vars = readVars(wire);
  if (!vars.ok) throw new Error(vars.error);
  return vars.value;
};

test.each([
  ['-1h5m', -3_900_000_000_000n],
  ['3w', 1_814_400_000_000_000n],
])('a duration may be written as %s', (value, ns) => {
  expect(read({ d: { type: 'duration', value } }).get('d')).toMatchObject({ type: 'duration', value: ns });
});

test.each(['+5m', '- 5m', '1h-5m', '5', '', '-', '5us'])('%j is no duration', (value) => {
  expect(readVars({ d: { type: 'duration', value } }).ok).toBe(false);
});

test('vars are printed in order, durations as nanoseconds, with descriptions', () => {
  const vars = read({
    w: { type: 'duration', value: '1h30m' },
    b: {
      type: 'list',
      value: [
        { type: 'star', value: null },
        { type: 'string', value: 'x' },
      ],
      description: 'd',
    },
    i: { type: 'int', value: 9223372036854775807n },
    f: { type: 'float', value: 2 },
  });
  expect(wireVars(vars)).toEqual({
    b: {
      type: 'list',
      value: [
        { type: 'star', value: null, description: '' },
        { type: 'string', value: 'x', description: '' },
      ],
      description: 'd',
    },
    f: { type: 'float', value: 2, description: '' },
    i: { type: 'int', value: 9223372036854775807n, description: '' },
    w: { type: 'duration', value: 5_400_000_000_000n, description: '' },
  });
  expect(Object.keys(wireVars(vars))).toEqual(['b', 'f', 'i', 'w']);
});

test.each<[string, WireValue]>([
  ['an int given as text', { type: 'int', value: '9' }],
  ['an int with a fraction', { type: 'int', value: 1.5 }],
  ['an int beyond 64 bits', { type: 'int', value: 9223372036854775808n }],
  ['an int without a value', { type: 'int', value: null }],
  ['a float given as text', { type: 'float', value: 'x' }],
  ['an unknown type', { type: 'bogus', value: 9 }],
  ['a missing type', { value: 9 }],
  ['a duration with an unknown unit', { type: 'duration', value: '5x' }],
  ['a list that is none', { type: 'list', value: 'x' }],
  ['a list item without a value', { type: 'list', value: [{ type: 'string' }] }],
  ['a list item without a type', { type: 'list', value: [{ value: 'x' }] }],
  ['a bool given as text', { type: 'bool', value: 'true' }],
])('%s is refused', (_name, variable) => {
  expect(readVars({ a: variable }).ok).toBe(false);
});

const scalar: fc.Arbitrary<WireValue> = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => ({ type: 'int', value })),
  fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map((value) => ({ type: 'duration', value })),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => ({ type: 'float', value })),
  fc.string().map((value) => ({ type: 'lambda', value })),
  fc.boolean().map((value) => ({ type: 'bool', value })),
);

test('what a row keeps is what was read', () => {
  const variables = fc.dictionary(
    fc.stringMatching(/^[a-z]+$/),
    fc.oneof(
      scalar,
      fc.array(scalar).map((value) => ({ type: 'list', value })),
    ),
  );
  fc.assert(
    fc.property(variables, (wire) => {
      const vars = read(wire);
      // JSON, as the store keeps it; -0 becomes 0 there.
      const row = JSON.parse(JSON.stringify(rowOfVars(vars)));
      const restored = varsOfRow(row);
      expect(restored === undefined ? undefined : JSON.stringify(rowOfVars(restored))).toBe(
        JSON.stringify(rowOfVars(vars)),
      );
    }),
  );
});
