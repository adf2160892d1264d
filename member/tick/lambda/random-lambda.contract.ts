/** Random lambdas with the rows they are of: well typed mostly, of every operator, and of every function. */
import fc from 'fast-check';
import type { ReferenceRow, ReferenceValue } from './reference-values.contract.ts';

/** Names of a row, with the type of their values. */
export const columnTypes = {
  f: 'float',
  g: 'float',
  i: 'int',
  j: 'int',
  s: 'string',
  t: 'string',
  b: 'bool',
  time: 'time',
} as const;

type Kind = 'float' | 'int' | 'string' | 'bool' | 'duration';

const literals: Readonly<Record<Kind, readonly string[]>> = {
  float: ['1.5', '0.0', '2.0', '1000000000000000000000.0', '0.1', '0.0000001'],
  int: ['0', '1', '2', '7', '9223372036854775807', '9007199254740991', '9007199254740993', '010'],
  string: [
    "''",
    "'x'",
    "'é'",
    "'12'",
    "'😀'",
    "'-1.5e3'",
    "'true'",
    "'1h30m'",
    "' a '",
    "'$1'",
    "'İß'",
    "'NaN'",
    "'xéx'",
  ],
  bool: ['TRUE', 'FALSE'],
  duration: ['1s', '5m', '1u', '1w', '0s', '15000w'],
};
const references: Readonly<Record<Kind, readonly string[]>> = {
  float: ['"f"', '"g"'],
  int: ['"i"', '"j"'],
  string: ['"s"', '"t"'],
  bool: ['"b"'],
  duration: ['1ms'],
};

/** The reference computes them, bit for bit. */
const exactMath =
  'abs acos acosh asin asinh atan atanh cbrt ceil cos cosh exp expm1 floor log log1p sin sinh sqrt tan tanh trunc spread'.split(
    ' ',
  );
const exactMathOfTwo = ['atan2', 'mod', 'max', 'min'];
/** In the last digits they depend on how they are computed: held against approximations elsewhere. */
const otherMath = 'erf erfc exp2 gamma j0 j1 log10 log2 logb sigma y0 y1'.split(' ');
const otherMathOfTwo = ['hypot', 'pow'];

const textToBool = ['strContains', 'strContainsAny', 'strHasPrefix', 'strHasSuffix'];
const textToInt = ['strCount', 'strIndex', 'strIndexAny', 'strLastIndex', 'strLastIndexAny'];
const textToText = ['strTrim', 'strTrimLeft', 'strTrimPrefix', 'strTrimRight', 'strTrimSuffix'];
const timeParts = ['minute', 'hour', 'weekday', 'day', 'month', 'year', 'unixNano'];
const patterns = ['/^[x1]|é$/', '/(\\d)(\\d)?/', '/x|12/', '/(?:)/', '/[^a]/', '/^.$/'];

const one = fc.constantFrom;

const made = new Map<string, fc.Arbitrary<string>>();

function expressionOf(kind: Kind, depth: number, isExact: boolean): fc.Arbitrary<string> {
  const key = `${kind} ${depth} ${isExact}`;
  const known = made.get(key) ?? makeExpression(kind, depth, isExact);
  made.set(key, known);
  return known;
}

function makeExpression(kind: Kind, depth: number, isExact: boolean): fc.Arbitrary<string> {
  const leaf = fc.oneof(
    { weight: 5, arbitrary: one(...references[kind]) },
    { weight: 3, arbitrary: one(...literals[kind]) },
    { weight: 1, arbitrary: one('"nothing"', '"f"', "'odd'", '"time"', '"i"', '1s') },
  );
  if (depth === 0) return leaf;
  const sub = (inner: Kind): fc.Arbitrary<string> => expressionOf(inner, depth - 1, isExact);
  const infix = (left: Kind, signs: readonly string[], right: Kind): fc.Arbitrary<string> =>
    fc.tuple(sub(left), one(...signs), sub(right)).map(([a, sign, b]) => `(${a} ${sign} ${b})`);
  const call = (names: readonly string[], ...args: readonly Kind[]): fc.Arbitrary<string> =>
    fc.tuple(one(...names), ...args.map(sub)).map(([name, ...parts]) => `${name}(${parts.join(', ')})`);
  const choice = call(['if'], 'bool', kind, kind);
  const minus = sub(kind).map((inner) => `-(${inner})`);
  const comparisons = ['<', '<=', '==', '!=', '>', '>='];
  switch (kind) {
    case 'float':
      return fc.oneof(
        leaf,
        infix('float', ['+', '-', '*', '/'], 'float'),
        call(isExact ? exactMath : [...exactMath, ...otherMath], 'float'),
        call(isExact ? exactMathOfTwo : [...exactMathOfTwo, ...otherMathOfTwo], 'float', 'float'),
        ...(isExact ? [] : [call(['jn', 'yn'], 'int', 'float'), call(['pow10'], 'int')]),
        ...(['int', 'float', 'bool', 'string'] as const).map((from) => call(['float'], from)),
        choice,
        minus,
      );
    case 'int':
      return fc.oneof(
        leaf,
        infix('int', ['+', '-', '*', '/', '%'], 'int'),
        infix('int', ['+', '-', '*', '/', '%'], 'int'),
        ...(['int', 'float', 'bool', 'string'] as const).map((from) => call(['int'], from)),
        call(['strLength'], 'string'),
        call(textToInt, 'string', 'string'),
        choice,
        call(['count']),
        infix('duration', ['/'], 'duration'),
        fc
          .tuple(one(...timeParts), one('"time"', 'now()', 'if("b", "time", now())'))
          .map(([name, time]) => `${name}(${time})`),
        minus,
      );
    case 'string':
      return fc.oneof(
        leaf,
        infix('string', ['+'], 'string'),
        ...(['int', 'float', 'bool', 'string', 'duration'] as const).map((from) => call(['string'], from)),
        call(textToText, 'string', 'string'),
        call(['strToLower', 'strToUpper', 'strTrimSpace'], 'string'),
        call(['strReplace'], 'string', 'string', 'string', 'int'),
        call(['strSubstring'], 'string', 'int', 'int'),
        fc
          .tuple(one(...patterns), sub('string'), one("''", "'<$1>'", "'${1}x'", "'$1x'", '"s"'))
          .map(([pattern, text, by]) => `regexReplace(${pattern}, ${text}, ${by})`),
        call(['humanBytes'], 'int'),
        call(['humanBytes'], 'float'),
        choice,
      );
    case 'duration':
      return fc.oneof(
        leaf,
        infix('duration', ['+', '-'], 'duration'),
        infix('duration', ['*', '/'], 'int'),
        infix('duration', ['*', '/'], 'float'),
        infix('float', ['*'], 'duration'),
        infix('int', ['*'], 'duration'),
        call(['duration'], 'duration'),
        ...(['int', 'float', 'string'] as const).map((from) => call(['duration'], from, 'duration')),
        choice,
        minus,
      );
    case 'bool':
      return fc.oneof(
        leaf,
        infix('bool', ['AND', 'OR', '==', '!='], 'bool'),
        infix('float', comparisons, 'float'),
        infix('float', comparisons, 'int'),
        infix('int', comparisons, 'int'),
        infix('int', comparisons, 'float'),
        infix('string', comparisons, 'string'),
        infix('duration', comparisons, 'duration'),
        fc
          .tuple(sub('string'), one('=~', '!~'), one(...patterns))
          .map(([text, sign, pattern]) => `(${text} ${sign} ${pattern})`),
        sub('bool').map((inner) => `!(${inner})`),
        call(textToBool, 'string', 'string'),
        ...(['int', 'float', 'bool', 'string'] as const).map((from) => call(['bool'], from)),
        one('"f"', '"s"', '"i"', '"b"', '"nothing"').map((name) => `isPresent(${name})`),
        choice,
      );
  }
}

const anyKind = one<Kind>('float', 'int', 'string', 'bool', 'duration');

function expressions(isExact: boolean): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 2, arbitrary: expressionOf('bool', 3, isExact) },
    { weight: 3, arbitrary: anyKind.chain((kind) => expressionOf(kind, 3, isExact)) },
  );
}

/** Of all functions. */
export const lambdas = expressions(false);
/** Of those functions of which every bit is known. */
export const exactLambdas = expressions(true);

const int64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -3n, max: 3n }),
  one(0n, 1n, 9007199254740991n, -9007199254740992n, 9007199254740993n, 2n ** 63n - 1n, -(2n ** 63n)),
);
const values: Readonly<Record<'float' | 'int' | 'string' | 'bool' | 'time', fc.Arbitrary<ReferenceValue>>> = {
  float: fc
    .oneof(
      fc.double(),
      fc.double({ min: -10, max: 10, noNaN: true }),
      one(0, -0, 1, 1.5, NaN, Infinity, -Infinity, 5e-324),
    )
    .map((value) => ({ type: 'float', value })),
  int: int64.map((value) => ({ type: 'int', value })),
  string: fc
    .oneof(
      fc.string({ unit: 'grapheme', maxLength: 4 }),
      one('', 'x', '12', '\uffee', '😀', '1', '0x1', '-5s', '+Inf', 'f', 'aXa'),
    )
    .map((value) => ({ type: 'string', value })),
  bool: fc.boolean().map((value) => ({ type: 'bool', value })),
  time: fc
    .oneof(fc.bigInt({ min: -(10n ** 18n), max: 2n * 10n ** 18n }), one(0n, -1n, 1_500_000_000_123_456_789n))
    .map((value) => ({ type: 'time', value })),
};

/** Some rows, with a value for most names in most rows. */
export const rows: fc.Arbitrary<readonly ReferenceRow[]> = fc.array(
  fc
    .tuple(
      ...Object.entries(columnTypes).map(([name, type]) =>
        fc.tuple(fc.constant(name), fc.option(values[type], { freq: 6 })),
      ),
    )
    .map((entries) => new Map(entries.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const])))),
  { minLength: 1, maxLength: 12 },
);
