import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { nativeTest } from './native-pattern.ts';
import { checkPattern, patternOf } from './pattern.ts';

describe('patterns', () => {
  it.each([
    ['a(b', 'error parsing regexp: missing closing ): `a(b`'],
    ['[z-a]', 'error parsing regexp: invalid character class range: `z-a`'],
    ['x{1001}', 'error parsing regexp: invalid repeat count: `{1001}`'],
    ['\\8', 'error parsing regexp: invalid escape sequence: `\\8`'],
    ['(?=a)', 'error parsing regexp: invalid or unsupported Perl syntax: `(?=`'],
    ['*', 'error parsing regexp: missing argument to repetition operator: `*`'],
    ['a\\', 'error parsing regexp: trailing backslash at end of expression: ``'],
  ])('%s is refused as Go refuses it', (source, refusal) => {
    expect(checkPattern(source)).toBe(refusal);
  });

  it('a pattern that makes backtracking explode is answered at once', () => {
    expect(patternOf('(a+)+$').test(`${'a'.repeat(2000)}b`)).toBe(false);
    expect(patternOf('a*b').test('a'.repeat(100_000))).toBe(false);
  });

  it('replacements name groups as Go does', () => {
    const pattern = patternOf('(\\w+)@(?P<host>\\w+)');
    expect(pattern.replaceAll('me@home, you@work', '${host}:$1')).toBe('home:me, work:you');
    // `$1x` is the group named "1x", which there is none of.
    expect(pattern.replaceAll('me@home', '$1x')).toBe('');
    expect(pattern.replaceAll('me@home', '$$ $ ${1}x $9 ${nope')).toBe('$ $ mex  ${nope');
  });

  it('an empty match right behind another is not replaced', () => {
    expect(patternOf('a*').replaceAll('baaac', 'x')).toBe('xbxcx');
    expect(patternOf('x*').replaceAll('😀é', '-')).toBe('-😀-é-');
  });
});

const piece = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    'é',
    '1',
    ' ',
    '.',
    '\\.',
    '\\d',
    '\\w',
    '\\W',
    '[ab]',
    '[^a]',
    '[a-c1]',
    '[\\d.]',
    '^',
    '$',
    '-',
    '\\-',
    '\\/',
    '/',
    '[\\]]',
    '\n',
    '😀',
    '[a\\-b]',
    '#',
    '_',
    ',',
    '=',
    '&',
    '~',
  ),
  fc.constantFrom(
    '*',
    '+',
    '?',
    '*?',
    '|',
    '(',
    ')',
    '(?:',
    '{2}',
    '(?i)',
    '\\b',
    '\\s',
    '\\pL',
    '{',
    '}',
    ']',
    '[[:alpha:]]',
  ),
);

describe('the native engine', () => {
  it('answers as RE2 does wherever it is used', () => {
    let used = 0;
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 6 }).map((parts) => parts.join('')),
        fc.array(
          fc
            .array(fc.constantFrom('a', 'b', 'c', 'é', '1', ' ', '.', '-', '\n', '\r', '/', ']', '😀', '\u2028', '_'), {
              maxLength: 6,
            })
            .map((parts) => parts.join('')),
          { minLength: 5, maxLength: 5 },
        ),
        (source, texts) => {
          if (checkPattern(source) !== undefined) return;
          const program = RE2JS.compile(source);
          const native = nativeTest(source, () => false);
          if (native === undefined) return;
          used++;
          for (const text of texts) expect([source, text, native(text)]).toEqual([source, text, program.test(text)]);
        },
      ),
      { numRuns: 3000 },
    );
    expect(used).toBeGreaterThan(200);
  }, 60_000);
});
