import { describe, expect, test } from 'vitest';
import { parseLevel } from './level.ts';
import { matchPattern } from './topic-pattern.ts';
import { formatRfc3339 } from '../base/rfc3339.ts';

describe('min-level', () => {
  test('any prefix in any case, empty is OK, as 1.5.4 looks it up', () => {
    const level = (text: string): string => {
      const parsed = parseLevel(text);
      return parsed.ok ? parsed.value : parsed.error;
    };
    expect(['', 'o', 'info', 'warn', 'Critical', 'C'].map(level)).toEqual([
      'OK',
      'OK',
      'INFO',
      'WARNING',
      'CRITICAL',
      'CRITICAL',
    ]);
    expect(level('high')).toBe(`unknown alert level 'HIGH'`);
    expect(level('ritical')).toBe(`unknown alert level 'RITICAL'`);
  });
});

describe('topic patterns are those of Go’s path.Match', () => {
  test.each([
    ['abc', 'abc', true],
    ['*', 'abc', true],
    ['a*', 'ab/c', false],
    ['a*/b', 'a/c/b', false],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['ab[c]', 'abc', true],
    ['ab[b-d]', 'abc', true],
    ['ab[^c]', 'abc', false],
    ['a\\*b', 'a*b', true],
    ['[a-ζ]*', 'α', true],
    ['a[.]', 'a.', true],
    ['a.b', 'axb', false],
    ['[\\]a]', ']', true],
    ['', 'anything', true],
  ])('%s on %s', (pattern, text, wanted) => {
    expect(matchPattern(pattern, text)).toEqual({ ok: true, value: wanted });
  });

  test.each(['[]a]', '[', '[^', '[^bc', 'a[', '[-x]', '[x-]', 'a\\'])('%s is malformed', (pattern) => {
    expect(matchPattern(pattern, 'a')).toEqual({ ok: false, error: 'syntax error in pattern' });
  });
});

describe('event times', () => {
  test.each([
    [1_500_000_001_000_000_000n, '2017-07-14T02:40:01Z'],
    [1_500_000_001_250_000_000n, '2017-07-14T02:40:01.25Z'],
    [-1n, '1969-12-31T23:59:59.999999999Z'],
    [-62_135_596_800_000_000_000n, '0001-01-01T00:00:00Z'],
    [951_782_400_000_000_000n, '2000-02-29T00:00:00Z'],
  ])('%s', (ns, text) => {
    expect(formatRfc3339(ns)).toBe(text);
  });
});
