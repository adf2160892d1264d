import { expect, test } from 'vitest';
import { compileGlob } from './glob.ts';

test.each([
  ['', 'anything/at:all', true],
  ['*', 'abc', true],
  ['*', 'a/b', false],
  ['a*c', 'abbc', true],
  ['a*c', 'abbd', false],
  ['a?c', 'abc', true],
  ['a?c', 'ac', false],
  ['[bc]x', 'cx', true],
  ['[a-c]x', 'bx', true],
  ['[^a]x', 'bx', true],
  ['[^a]x', 'ax', false],
  ['[z-a]', 'm', false],
  ['\\*', '*', true],
  ['\\*', 'a', false],
  ['a.b', 'axb', false],
  ['tempé?', 'tempé1', true],
  ['?', '😀', true],
])('%j matches %j: %s', (pattern, text, expected) => {
  const glob = compileGlob(pattern);
  expect(glob.ok && glob.value(text)).toBe(expected);
});

test.each(['[', '[]', 'a\\', '[a', '[a-', '[-a]', '[^]'])('%j is malformed', (pattern) => {
  expect(compileGlob(pattern)).toEqual({ ok: false, error: 'syntax error in pattern' });
});
