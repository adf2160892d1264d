import { describe, expect, it } from 'vitest';
import type { Node, StatementNode } from './node.ts';
import { depthLimit, parseLambda, parseScript } from './parser.ts';

function expressionOf(script: string): Node {
  const parsed = parseLambda(script);
  if (!parsed.ok) throw new Error(parsed.error.message);
  if (parsed.value.expression === undefined) throw new Error('no expression');
  return parsed.value.expression;
}

function statementsOf(script: string): readonly StatementNode[] {
  const parsed = parseScript(script);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value.statements;
}

/** The expression in brackets only, so that precedence can be read. */
function bracketed(node: Node): string {
  if (node.kind === 'binary') return `(${bracketed(node.left)} ${node.operator} ${bracketed(node.right)})`;
  if (node.kind === 'unary') return `${node.operator}${bracketed(node.operand)}`;
  return node.kind === 'reference' || node.kind === 'identifier' ? node.name : '?';
}

const expectedStarts = '"number","string","duration","identifier","TRUE","FALSE","==","(","-","!"';

describe('literals', () => {
  it.each([
    ['0', { kind: 'int', value: 0n, base: 10 }],
    ['0755', { kind: 'int', value: 493n, base: 8 }],
    ['9223372036854775807', { kind: 'int', value: 9223372036854775807n, base: 10 }],
    ['.5', { kind: 'float', value: 0.5 }],
    ['5.', { kind: 'float', value: 5 }],
    ['TRUE', { kind: 'bool', value: true }],
    ['*', { kind: 'star' }],
    ['1u', { kind: 'duration', value: 1_000n, literal: '1u' }],
    ['2µ', { kind: 'duration', value: 2_000n, literal: '2µ' }],
    ['3ms', { kind: 'duration', value: 3_000_000n, literal: '3ms' }],
    ['1w', { kind: 'duration', value: 604_800_000_000_000n, literal: '1w' }],
    [`'it\\'s C:\\dir'`, { kind: 'string', value: `it's C:\\dir`, isTripleQuoted: false }],
    [`'''a 'b' \\' "c"'''`, { kind: 'string', value: `a 'b' \\' "c"`, isTripleQuoted: true }],
    [`''''tail'''`, { kind: 'string', value: `'tail`, isTripleQuoted: true }],
    ['"a \\"b\\" \\c"', { kind: 'reference', name: 'a "b" \\c' }],
  ])('%s', (script, wanted) => {
    expect(expressionOf(script)).toMatchObject(wanted);
  });

  it('a regular expression keeps its pattern and how it was written', () => {
    expect(expressionOf('"s" =~ /^\\/var\\/\\d"/')).toMatchObject({
      right: { kind: 'regex', pattern: '^/var/\\d"', literal: '^\\/var\\/\\d"' },
    });
  });

  it('a regular expression may begin with a letter beyond ASCII, which 1.5.4 misreads', () => {
    expect(expressionOf('f(/é/)')).toMatchObject({ args: [{ kind: 'regex', pattern: 'é' }] });
  });
});

describe('operators', () => {
  it.each([
    ['a OR b AND c', '(a OR (b AND c))'],
    ['a AND b OR c', '((a AND b) OR c)'],
    ['a == b < c', '(a == (b < c))'],
    ['a + b * c - d', '((a + (b * c)) - d)'],
    ['a - b - c', '((a - b) - c)'],
    ['a / b * c % d', '(((a / b) * c) % d)'],
    ['(a + b) * c', '((a + b) * c)'],
    ['-a * !b', '(-a * !b)'],
    ['a > b AND c =~ d OR e != f', '(((a > b) AND (c =~ d)) OR (e != f))'],
  ])('%s', (script, wanted) => {
    expect(bracketed(expressionOf(script))).toBe(wanted);
  });
});

describe('statements', () => {
  it('a chain leans to the left and keeps the place of each sign', () => {
    const [statement] = statementsOf("stream\n    |from()\n        .measurement('m')");
    expect(statement).toMatchObject({
      kind: 'chain',
      operator: '.',
      position: { line: 3, char: 9 },
      right: { kind: 'call', callKind: 'property', name: 'measurement', position: { line: 3, char: 10 } },
      left: {
        kind: 'chain',
        operator: '|',
        left: { kind: 'identifier', name: 'stream' },
        right: { callKind: 'chain', name: 'from' },
      },
    });
  });

  it('a declaration with a type, one with a value, and dbrp', () => {
    expect(
      statementsOf('dbrp "a" . "b c"\nvar n int\nvar x = 3 // why\nvar lambda = 2').map(({ kind }) => kind),
    ).toEqual(['dbrp', 'type-declaration', 'declaration', 'declaration']);
  });

  it('a compound duration is two statements, as in 1.5.4', () => {
    expect(statementsOf('var span = 1h30m').map(({ kind }) => kind)).toEqual(['declaration', 'duration']);
  });

  it('comments belong to what follows; the last stands alone', () => {
    const [declaration, comment] = statementsOf('// one\n//two\n\n// three\nvar x = 3\n// end');
    expect(declaration?.kind === 'declaration' && declaration.comment?.lines).toEqual(['one', 'two', '\n', 'three']);
    expect(comment).toMatchObject({ kind: 'comment', comment: { lines: ['end'] } });
  });

  it('positions count bytes', () => {
    expect(parseScript("'grüße' #")).toEqual({
      ok: false,
      error: {
        message: `parser: unexpected unknown state, last char: '#' line 1 char 11 in "'grüße' #". expected: ${expectedStarts}`,
        line: 1,
        char: 11,
      },
    });
  });
});

describe('refusals', () => {
  it.each([
    ['stream\n    |from(\n', `parser: unexpected EOF line 3 char 1 in "". expected: ${expectedStarts}`, 3, 1],
    ['x = 5', `parser: unexpected = line 1 char 3 in "x = 5". expected: ${expectedStarts}`, 1, 3],
    [
      "stream\n    |from()\n        .measurement('m)",
      `parser: unexpected unterminated string line 3 char 22 in "asurement('m)". expected: ${expectedStarts}`,
      3,
      22,
    ],
    [
      '"v > 3',
      `parser: unexpected unterminated field reference line 1 char 1 in ""v > 3". expected: ${expectedStarts}`,
      1,
      1,
    ],
    [
      '"s" =~ /abc',
      `parser: unexpected unterminated regex line 1 char 8 in ""s" =~ /abc". expected: ${expectedStarts}`,
      1,
      8,
    ],
    [
      "dbrp 'lab'.'autogen'",
      `parser: unexpected string line 1 char 6 in "dbrp 'lab'.'aut". expected: "reference"`,
      1,
      6,
    ],
    ['var x = 9223372036854775808', 'parser: illegal number syntax: "9223372036854775808"', 1, 9],
    ['var x = 08', 'parser: illegal number syntax: "08"', 1, 9],
    [
      'var x = 1.2.3',
      `parser: unexpected multiple decimals in number line 1 char 9 in "var x = 1.2.3". expected: ${expectedStarts}`,
      1,
      9,
    ],
    ['var x = /a(b/', 'parser: error parsing regexp: missing closing ): `a(b`', 1, 9],
    ['var x = 9999999999w', 'parser: overflowed duration 9999999999w: choose a smaller duration or INF', 1, 9],
    ['[1]', 'parser: unexpected number line 1 char 2 in "[1]". expected: "identifier","string","*"', 1, 2],
    ["f('a' 'b')", `parser: unexpected string line 1 char 7 in "f('a' 'b')". expected: ")"`, 1, 7],
  ])('%j', (script, message, line, char) => {
    expect(parseScript(script)).toEqual({ ok: false, error: { message, line, char } });
  });

  it.each([
    '('.repeat(200_000),
    `${'-'.repeat(200_000)}1`,
    'f('.repeat(200_000),
    `1${'+1'.repeat(200_000)}`,
    `a${'|b()'.repeat(200_000)}`,
    `1${' OR 1 AND 1 == 1 < 1 + 1 * 1'.repeat(9_000)}`,
  ])('nesting without end is refused, not overflowed (%#)', (script) => {
    const parsed = parseScript(script);
    expect(parsed.ok ? 'accepted' : parsed.error.message).toContain(`nested more than ${depthLimit} deep`);
  });
});
