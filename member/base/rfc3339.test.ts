import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatRfc3339, parseRfc3339 } from './rfc3339.ts';

test('every time reads back as it was printed', () => {
  const times = fc.bigInt({ min: -62_135_596_800_000_000_000n, max: 253_402_300_799_999_999_999n });
  fc.assert(
    fc.property(times, (ns) => {
      expect(parseRfc3339(formatRfc3339(ns))).toBe(ns);
    }),
  );
});

test('times of one second and of the next ones print each for itself', () => {
  const texts = [0n, 1n, 120_000_000n, 999_999_999n, 1_000_000_000n, -1n, 5n].map((ns) =>
    formatRfc3339(1_500_000_000_000_000_000n + ns),
  );
  expect(texts).toEqual([
    '2017-07-14T02:40:00Z',
    '2017-07-14T02:40:00.000000001Z',
    '2017-07-14T02:40:00.12Z',
    '2017-07-14T02:40:00.999999999Z',
    '2017-07-14T02:40:01Z',
    '2017-07-14T02:39:59.999999999Z',
    '2017-07-14T02:40:00.000000005Z',
  ]);
});

test.each([
  ['2017-07-14T02:40:00Z', 1_500_000_000_000_000_000n],
  ['2017-07-14T04:40:00.25+02:00', 1_500_000_000_250_000_000n],
  ['2017-07-13T21:10:00-05:30', 1_500_000_000_000_000_000n],
])('%s is read with its zone', (text, ns) => {
  expect(parseRfc3339(text)).toBe(ns);
});

test.each(['soon', '2020-01-01', '2020-02-30T00:00:00Z', '2020-13-01T00:00:00Z', '2020-01-01T24:00:00Z'])(
  '%s is no time',
  (text) => {
    expect(parseRfc3339(text)).toBeUndefined();
  },
);
