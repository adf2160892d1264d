import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLambda, parseScript } from './parser.ts';
import { formatExpression, formatProgram } from './printer.ts';

function format(script: string): string {
  const parsed = parseScript(script);
  if (!parsed.ok) throw new Error(`${parsed.error.message} in ${script}`);
  return formatProgram(parsed.value);
}

/** What a script means: its tree without places, comments and ways of writing. */
function meaning(script: string): unknown {
  const parsed = parseScript(script);
  if (!parsed.ok) throw new Error(`${parsed.error.message} in ${script}`);
  const ignored = new Set(['position', 'comment', 'isMultiLine', 'hasParens', 'isTripleQuoted', 'literal', 'base']);
  return JSON.parse(
    JSON.stringify(parsed.value, (key, value: unknown) => (ignored.has(key) ? undefined : typeof value === 'bigint' ? `${value}` : value)),
  );
}

describe('the formatter', () => {
  it('gives each chain sign a line, and properties a deeper one', () => {
    expect(format('var  x=3\nstream|from().measurement(\'m\')|where(lambda:"v">x)')).toBe(
      'var x = 3\n\nstream\n    |from()\n        .measurement(\'m\')\n    |where(lambda: "v" > x)\n',
    );
  });

  it('keeps arguments on lines of their own when they were', () => {
    expect(format("x.as('a',\n'b')")).toBe("x\n        .as(\n            'a',\n            'b'\n        )\n");
  });

  it('keeps comments before what they stand before', () => {
    expect(format('//lead\nvar x = 3 // after\nstream // trail\n  // before from\n  |from()\n// the end')).toBe(
      '// lead\nvar x = 3\n\n// after\nstream\n    // trail\n    // before from\n    |from()\n\n// the end\n\n',
    );
  });

  it.each([
    ['00.50', '0.5'],
    ['1.10', '1.1'],
    ['5.', '5.0'],
    ['0755', '0755'],
    ['(("a"))', '"a"'],
    ['((1+2))*3', '(1 + 2) * 3'],
    ['123456789012345678.0', '123456789012345680.0'],
    ['0.0000001', '0.0000001'],
    ["'it\\'s'", "'it\\'s'"],
  ])('writes %s as %s', (script, wanted) => {
    const lambda = parseLambda(script);
    expect(lambda.ok && formatExpression(lambda.value)).toBe(wanted);
  });
});

const leaf = fc.constantFrom('1', '017', '2.50', '.5', '10s', '3ms', 'TRUE', 'x', "'it\\'s'", "'''t'q'''", '"a b"', '"say \\"hi\\""');
const operators = fc.constantFrom('+', '-', '*', '/', '%', 'AND', 'OR', '==', '<=', '!=');

/** `gap` is what may follow an operator or a comma. */
const expressions = (gap: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.letrec<{ expression: string }>((tie) => ({
    expression: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc
        .tuple(tie('expression'), operators, gap, tie('expression'))
        .map(([left, operator, space, right]) => `${left} ${operator}${space}${right}`),
      leaf.map((text) => `(${text} =~ /a\\/b/)`),
      tie('expression').map((inner) => `(${inner})`),
      tie('expression').map((inner) => `-(${inner})`),
      fc.tuple(tie('expression'), gap, tie('expression')).map(([x, space, y]) => `f(${x},${space}${y})`),
    ),
  })).expression;

const comment = fc.constantFrom('', '', '// note\n', '//first\n// second\n\n// third\n');

function scripts(expression: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const arg = fc.oneof(
    expression,
    expression.map((inner) => `lambda: ${inner}`),
    fc.constant("['a', x, *]"),
  );
  const call = fc
    .tuple(comment, fc.constantFrom('|', '.', '@'), fc.constantFrom('from', 'where', 'as'), fc.array(arg, { maxLength: 3 }))
    .map(([note, sign, name, args]) => `\n${note}${sign}${name}(${args.join(', ')})`);
  const statement = fc.oneof(
    fc.tuple(comment, fc.constantFrom('var x = ', 'var y = '), expression).map((parts) => parts.join('')),
    fc.tuple(comment, fc.constantFrom('var n int', 'dbrp "a"."b c"')).map((parts) => parts.join('')),
    fc.tuple(comment, fc.array(call, { minLength: 1, maxLength: 4 })).map(([note, calls]) => `${note}stream${calls.join('')}`),
  );
  return fc.array(statement, { maxLength: 4 }).map((statements) => statements.join('\n\n'));
}

const plainScript = scripts(expressions(fc.constant(' ')));
const script = scripts(expressions(fc.constantFrom(' ', '\n')));

describe('laws of the formatter', () => {
  // Only an operation written over several lines takes more than one pass to settle, as in 1.5.4.
  it('a formatted script formats to itself', () => {
    fc.assert(
      fc.property(plainScript, (text) => {
        expect(format(format(text))).toBe(format(text));
      }),
      { numRuns: 500 },
    );
  });

  it('formatting an operation over several lines settles', () => {
    fc.assert(
      fc.property(script, (text) => {
        let formatted = format(text);
        for (let passes = 0; passes < 20; passes++) formatted = format(formatted);
        expect(format(formatted)).toBe(formatted);
      }),
      { numRuns: 100 },
    );
  });

  it('formatting keeps the meaning', () => {
    fc.assert(
      fc.property(script, (text) => {
        expect(meaning(format(text))).toEqual(meaning(text));
      }),
      { numRuns: 500 },
    );
  });

  it('formatting loses no comment that stands where a statement or call does', () => {
    fc.assert(
      fc.property(script, (text) => {
        const notes = (source: string): number => source.match(/\/\/ ?(note|first|second|third)/g)?.length ?? 0;
        expect(notes(format(text))).toBe(notes(text));
      }),
      { numRuns: 300 },
    );
  });
});
