import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatGoDuration, parseGoDuration } from './duration.ts';

test.each([
  ['10s', 10_000_000_000n, '10s'],
  ['1m', 60_000_000_000n, '1m0s'],
  ['1h30m', 5_400_000_000_000n, '1h30m0s'],
  ['1.5s', 1_500_000_000n, '1.5s'],
  ['200ms', 200_000_000n, '200ms'],
  ['1.5us', 1_500n, '1.5µs'],
  ['-2m3.25s', -123_250_000_000n, '-2m3.25s'],
  ['0', 0n, '0s'],
])('%s is %d ns and prints as %s', (text, ns, printed) => {
  expect([parseGoDuration(text), formatGoDuration(ns)]).toEqual([ns, printed]);
});

test.each(['', '10', 's', '1d', '1 s', '.s', '9999999999h'])('%j is no duration', (text) => {
  expect(parseGoDuration(text)).toBeUndefined();
});

test('every 64-bit duration reads back from what is printed', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n) + 1n, max: 2n ** 63n - 1n }), (ns) => {
      expect(parseGoDuration(formatGoDuration(ns))).toBe(ns);
    }),
  );
});
