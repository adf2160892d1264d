import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from './duration.ts';
import { formatFloatPlain, formatFloatShort, parseFloat64 } from './number.ts';
import { quote, quoteRune } from './quote.ts';
import { decodeUtf8, encodeUtf8, utf8Length } from './utf8.ts';

describe('durations', () => {
  it.each([
    ['1u', 1_000n],
    ['2µ', 2_000n],
    ['1h30m', 5_400_000_000_000n],
    ['-1w', -604_800_000_000_000n],
    ['1d12h500ms', 129_600_500_000_000n],
    ['0s', 0n],
  ])('%s', (text, ns) => {
    expect(parseDuration(text)).toEqual({ ok: true, value: ns });
  });

  it.each(['', 's', '5', '5y', '1.5s', '1h 30m', '-', '9223372036854775808u', 'h1'])('%j is none', (text) => {
    expect(parseDuration(text)).toEqual({ ok: false, error: 'invalid duration' });
  });

  it('one too large is refused when it has wrapped to below zero', () => {
    expect(parseDuration('020000000w')).toEqual({
      ok: false,
      error: 'overflowed duration 20000000w: choose a smaller duration or INF',
    });
  });

  it.each([
    [0n, '0s'],
    [604_800_000_000_000n, '1w'],
    [120_000_000_000n, '2m'],
    [90_000_000_000n, '90s'],
    [-90_000_000_000n, '-90s'],
    [1_500_000_000n, '1500ms'],
    [1_234n, '1u'],
  ])('%d ns is written %s', (ns, text) => {
    expect(formatDuration(ns)).toBe(text);
  });

  it('whole microseconds come back as they went', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 52n), max: 2n ** 52n }), (us) => {
        expect(parseDuration(formatDuration(us * 1_000n))).toEqual({ ok: true, value: us * 1_000n });
      }),
    );
  });
});

describe('floats', () => {
  it.each([
    [2.5, '2.5', '2.5'],
    [3, '3', '3'],
    [1e21, '1000000000000000000000', '1e+21'],
    [1e6, '1000000', '1e+06'],
    [123456, '123456', '123456'],
    [1e-7, '0.0000001', '1e-07'],
    [0.0001, '0.0001', '0.0001'],
    [-123456789.125, '-123456789.125', '-1.23456789125e+08'],
    [5e-324, `0.${'0'.repeat(323)}5`, '5e-324'],
    [-0, '-0', '-0'],
    [NaN, 'NaN', 'NaN'],
    [-Infinity, '-Inf', '-Inf'],
  ])('%d', (value, plain, short) => {
    expect([formatFloatPlain(value), formatFloatShort(value)]).toEqual([plain, short]);
  });

  it('are read as Go reads them', () => {
    expect(
      [
        '1.5',
        '.5',
        '5.',
        '+1e3',
        'inf',
        '-Infinity',
        'NaN',
        '0x1p-2',
        '0x1.8p1',
        '-0x.8p0',
        '1e309',
        '',
        '1e',
        ' 1',
        '0x1',
        '1_0',
        '0x',
        '--1',
      ].map(parseFloat64),
    ).toEqual([
      1.5,
      0.5,
      5,
      1000,
      Infinity,
      -Infinity,
      NaN,
      0.25,
      3,
      -0.5,
      'value out of range',
      ...Array.from({ length: 7 }, () => 'invalid syntax'),
    ]);
  });

  it('written plainly they read back the same', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Object.is(Number(formatFloatPlain(value)), value)).toBe(true);
        expect(parseFloat64(formatFloatShort(value))).toBe(value);
      }),
    );
  });
});

describe('quoting', () => {
  it('escapes what Go escapes', () => {
    expect(quote('a"b\\c\n\t\u0007\u0000é☂\u00a0\ud800\u{e0001}')).toBe(
      '"a\\"b\\\\c\\n\\t\\a\\x00é☂\\u00a0\ufffd\\U000e0001"',
    );
    expect([quoteRune('#'), quoteRune("'"), quoteRune('"'), quoteRune('\n')]).toEqual(["'#'", "'\\''", `'"'`, "'\\n'"]);
  });
});

describe('UTF-8', () => {
  it('counts and cuts bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (a) => {
        expect(utf8Length(a)).toBe(encodeUtf8(a).length);
        expect(decodeUtf8(encodeUtf8(a))).toBe(a);
      }),
    );
    expect(decodeUtf8(encodeUtf8('aé😀b'), 2, 6)).toBe('\ufffd\ufffd\ufffd\ufffd');
    expect(decodeUtf8(Uint8Array.of(0xff, 0x61, 0xc0, 0x80, 0xed, 0xa0, 0x80))).toBe(
      '\ufffda\ufffd\ufffd\ufffd\ufffd\ufffd',
    );
  });
});
