import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CodecError, decode, encode } from './codec.ts';

const leaf = fc.oneof(
  fc.string(),
  fc.boolean(),
  fc.double(),
  fc.bigInt(),
  fc.constantFrom(null, undefined, -0, Number.NaN),
  fc.date({ noInvalidDate: false }),
  fc.uint8Array(),
);
const anything = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('value')),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('$', 'v', '__proto__', 'constructor')), tie('value'), {
      noNullPrototype: true,
    }),
    fc.array(fc.tuple(tie('value'), tie('value'))).map((entries) => new Map(entries)),
    fc.array(tie('value')).map((items) => new Set(items)),
  ),
})).value;

describe('codec', () => {
  test('what goes in comes out, as with structured clone', () => {
    fc.assert(
      fc.property(anything, (value) => {
        // Vitest's own equality does not look into sets of sets.
        expect(isDeepStrictEqual(decode(encode(value)), structuredClone(value))).toBe(true);
      }),
    );
  });

  test('errors keep name, message and stack', () => {
    const error = new RangeError('too far');
    const back = decode(encode({ error })) as { error: Error };
    expect([back.error instanceof Error, back.error.name, back.error.message, back.error.stack]).toEqual([
      true,
      'RangeError',
      'too far',
      error.stack,
    ]);
  });

  test('functions, symbols and cycles throw', () => {
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    for (const value of [() => 1, Symbol('x'), { deep: [() => 1] }, cycle])
      expect(() => encode(value)).toThrow(CodecError);
  });

  test('a key __proto__ stays a key and changes no prototype', () => {
    const back = decode('{"__proto__":{"polluted":true}}') as object;
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
    expect(Object.keys(back)).toEqual(['__proto__']);
  });

  test('text that encode did not write is refused', () => {
    for (const text of ['', '{', '{"$":"what"}', '{"$":"bytes","v":"zz"}', '{"$":"map","v":[1]}'])
      expect(() => decode(text)).toThrow(CodecError);
  });
});
