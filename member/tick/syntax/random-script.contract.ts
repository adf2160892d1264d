/** Random well-formed scripts over the whole language, for laws that hold of any. */
import fc from 'fast-check';

type Text = fc.Arbitrary<string>;

const one = fc.constantFrom;
const joined = (...parts: readonly Text[]): Text => fc.tuple(...parts).map((texts) => texts.join(''));
const listOf = (item: Text, min: number, max: number, separator: Text): Text =>
  fc
    .array(fc.tuple(item, separator), { minLength: min, maxLength: max })
    .map((items) => items.map(([text, after], index) => (index < items.length - 1 ? text + after : text)).join(''));

const printable = fc.string({ unit: 'grapheme', maxLength: 8 });
/** Within a quote sign, escaped as scripts do; a backslash before one would hide it. */
const within = (sign: string): Text =>
  printable.map((text) => text.replace(/\\+$/, '').replaceAll(new RegExp(`\\\\*${sign}`, 'g'), `\\${sign}`));

const identifier = fc.oneof(
  { weight: 4, arbitrary: one('x', 'y', 'period', 'info', 'stream', 'batch', 'lambda', 'e10', 'm1', 'lambda_') },
  fc.tuple(one('a', 'é', 'Ж', 'Z'), one('', '_', '9', 'ñ', '_x1')).map(([start, rest]) => start + rest),
);
const int = fc.oneof(
  fc.nat().map(String),
  one('0', '00', '017', '0777', '9223372036854775807', '9007199254740993', '1000000000000'),
);
const float = fc.oneof(
  fc.tuple(fc.nat(1_000_000), fc.nat(1_000_000)).map(([whole, part]) => `${whole}.${part}`),
  one(
    '.5',
    '5.',
    '0.0',
    '00.50',
    '1.10',
    '0.0000001',
    '123456789012345678.0',
    `1${'0'.repeat(30)}.0`,
    '3.141592653589793238462',
  ),
);
const duration = fc
  .tuple(fc.nat(15_000), one('u', 'µ', 'ms', 's', 'm', 'h', 'd', 'w'))
  .map(([count, unit]) => `${count}${unit}`);
const string = fc.oneof(
  within("'").map((text) => `'${text}'`),
  one("'it\\'s'", "''", "'C:\\dir'", "'two\nlines'", "'// no comment'", `'"double"'`, "'😀'"),
  printable.map((text) => `'''${text.replaceAll("'", '')}'''`),
  one("'''it's'''", "'''a ''b'''", "'''line\n  line'''", "'''back\\slash\\'''", "'''// no'''"),
);
const reference = fc.oneof(
  within('"').map((text) => `"${text}"`),
  one('"v"', '"a b"', '"say \\"hi\\""', '"it\'s"', '"grüße"', '""', '"a.v"'),
);
const regex = one(
  '/a/',
  '/^\\/var\\/log/',
  '/(?i)x|y/',
  '/\\d+"\'/',
  '/[a-z]{2,3}$/',
  '/é\\.\\*/',
  '/[/]/'.replace('[/]', '\\/'),
);
const scalar = fc.oneof(int, float, duration, one('TRUE', 'FALSE'), string);
const scalarOnOneLine = scalar.filter((text) => !text.includes('\n'));

const operators = one('+', '-', '*', '/', '%', 'AND', 'OR', '==', '!=', '<', '<=', '>', '>=');

/** `gap` is what stands behind an operator or a comma. */
function expressionsWith(gap: Text, scalar: Text): Text {
  return fc.letrec<{ expression: string; operand: string }>((tie) => ({
    operand: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      scalar,
      reference,
      identifier,
      tie('expression').map((inner) => `(${inner})`),
      tie('operand').map((inner) => `-${inner}`),
      tie('operand').map((inner) => `!${inner}`),
      joined(
        identifier,
        one('('),
        listOf(
          fc.oneof(tie('expression'), regex),
          0,
          4,
          gap.map((space) => `,${space}`),
        ),
        one(')'),
      ),
      joined(tie('operand'), one(' =~ ', ' !~ ', '=~'), regex).map((match) => `(${match})`),
    ),
    expression: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      tie('operand'),
      joined(tie('operand'), one(' ', '  '), operators, gap, tie('expression')),
    ),
  })).expression;
}

const list = listOf(fc.oneof(string, identifier, one('*')), 0, 4, one(', ', ',', ' ,\n')).map((items) => `[${items}]`);
const comment = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  one('// note\n', '//first\n// second\n\n// third\n', '//\n', '// é\n'),
);

/** Scripts whose operations and arguments are written with such gaps. */
function scriptsWith(gap: Text, scalar: Text, chainInArgument: readonly Text[]): Text {
  const expression = expressionsWith(gap, scalar);
  const lambda = expression.map((inner) => `lambda: ${inner}`);
  const globalCall = joined(identifier, one('('), listOf(fc.oneof(scalar, list), 0, 3, one(', ')), one(')'));
  const argument = fc.oneof(
    { weight: 2, arbitrary: scalar },
    { weight: 2, arbitrary: lambda },
    expression,
    reference,
    regex,
    list,
    one('*', 'x'),
    globalCall,
    ...chainInArgument,
  );
  const args = fc
    .tuple(
      listOf(
        argument,
        0,
        3,
        gap.map((space) => `,${space}`),
      ),
      one('', '', ' ', '\n'),
    )
    .map(([inner, before]) => `${before}${inner}`);
  const call = joined(
    one('\n', '', ' '),
    comment.map((note) => (note === '' ? '' : `\n${note}`)),
    one('|', '.', '@'),
    identifier,
    one('(', ' ('),
    args,
    one(')'),
  );
  const chain = fc
    .tuple(fc.oneof(one('stream', 'batch', 'x'), globalCall), fc.array(call, { minLength: 1, maxLength: 5 }))
    .map(([start, calls]) => `${start}${calls.join('')}`);
  const types = one('int', 'float', 'string', 'bool', 'duration', 'regex', 'lambda', 'list', 'star', 'stream', 'batch');
  const value = fc.oneof(scalar, list, lambda, regex, reference, expression, chain, one('*'));
  const statement = fc.oneof(
    { weight: 3, arbitrary: joined(comment, one('var '), identifier, one(' = ', '='), value) },
    joined(comment, one('var '), identifier, one(' '), types),
    joined(comment, one('dbrp '), reference, one('.', ' . '), reference),
    { weight: 2, arbitrary: joined(comment, chain) },
  );
  return fc
    .tuple(fc.array(statement, { maxLength: 5 }), comment)
    .map(([statements, last]) => `${statements.join('\n')}\n${last}`);
}

/** On one line each. */
export const plainScripts = scriptsWith(one(' '), scalarOnOneLine, []);
/** Over several lines here and there, as is a chain as an argument once it is formatted. */
export const scripts = scriptsWith(one(' ', ' ', '\n'), scalar, [
  one('x|where(lambda: "v" > 1).y(\'a\')', 'x.y', 'stream|from()'),
]);
