import { describe, expect, it } from 'vitest';
import { parseLambda, parseScript } from './parser.ts';
import { formatExpression, formatProgram } from './printer.ts';

function format(script: string): string {
  const parsed = parseScript(script);
  if (!parsed.ok) throw new Error(`${parsed.error.message} in ${script}`);
  return formatProgram(parsed.value);
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

  it('escapes quotes in the names of dbrp, which 1.5.4 leaves as they are', () => {
    expect(format('dbrp "say \\"hi\\"" . "r"')).toBe('dbrp "say \\"hi\\""."r"\n');
  });
});
