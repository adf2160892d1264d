/** Lambdas over the fields and tags that fuzzing data has: well typed mostly, of every operator and function. */
import type { Draw } from './draw.ts';

type Kind = 'float' | 'int' | 'string' | 'bool' | 'duration';

const leaves: Readonly<Record<Kind, readonly string[]>> = {
  float: ['"v"', '"v"', '"w"', '1.5', '0.0', '100.0', '"a.v"', '"b.v"', '"mean"', '"emitted"'],
  int: ['"n"', '"n"', '1', '0', '7', '3', '9223372036854775807', '"count"', '"state_count"'],
  string: ['"s"', '"host"', '"core"', "'x'", "''", "'é'", "'''it's'''", "'12'"],
  bool: ['"b"', 'TRUE', 'FALSE', 'isPresent("v")', 'isPresent("nothing")'],
  duration: ['1s', '10m', '1u', '0s'],
};
const oddLeaves = ['"nothing"', '"time"', '"v"', '"s"', "'x'", '1', '1.0', '1s', '/a/', '"a b"', '"grüße"', 'now()'];

const oneFloat =
  'abs acos acosh asin asinh atan atanh cbrt ceil cos cosh erf erfc exp exp2 expm1 floor gamma j0 j1 log log10 log1p log2 logb sin sinh sqrt tan tanh trunc y0 y1 sigma spread'.split(
    ' ',
  );
const twoFloats = 'atan2 hypot max min mod pow'.split(' ');
const intThenFloat = ['jn', 'yn'];
const ofTwoTexts = {
  bool: 'strContains strContainsAny strHasPrefix strHasSuffix'.split(' '),
  int: 'strCount strIndex strIndexAny strLastIndex strLastIndexAny'.split(' '),
  string: 'strTrim strTrimLeft strTrimPrefix strTrimRight strTrimSuffix'.split(' '),
};
const ofText = ['strToLower', 'strToUpper', 'strTrimSpace'];
const timeParts = 'minute hour weekday day month year unixNano'.split(' ');
const patterns = ['/^[a-z]+$/', '/é|x/', '/(\\d+)-(.*)/', '/^\\/var\\/log/', '/(?i)HOST/', '/(a*)*b/', '/./'];

export function lambdaOf(draw: Draw, kind: Kind, depth = draw.between(0, 3)): string {
  if (draw.chance(0.02)) return draw.pick(oddLeaves);
  if (depth === 0) return draw.pick(leaves[kind]);
  return composed(draw, kind, depth - 1);
}

function composed(draw: Draw, kind: Kind, depth: number): string {
  const sub = (inner: Kind): string => lambdaOf(draw, inner, depth);
  const infix = (left: Kind, signs: readonly string[], right: Kind): string =>
    `(${sub(left)} ${draw.pick(signs)} ${sub(right)})`;
  const call = (name: string, ...args: readonly Kind[]): string => `${name}(${args.map(sub).join(', ')})`;
  const choice = (): string => call('if', 'bool', kind, kind);
  const one = (...options: readonly (() => string)[]): string => draw.pick(options)();
  switch (kind) {
    case 'float':
      return one(
        () => infix('float', ['+', '-', '*', '/'], 'float'),
        () => call(draw.pick(oneFloat), 'float'),
        () => call(draw.pick(twoFloats), 'float', 'float'),
        () => call(draw.pick(intThenFloat), 'int', 'float'),
        () => call('pow10', 'int'),
        () => call('float', draw.pick(['int', 'float', 'bool', 'string'] as const)),
        () => `-${sub('float')}`,
        choice,
      );
    case 'int':
      return one(
        () => infix('int', ['+', '-', '*', '/', '%'], 'int'),
        () => infix('duration', ['/'], 'duration'),
        () => call('int', draw.pick(['int', 'float', 'bool', 'string'] as const)),
        () => call('strLength', 'string'),
        () => call(draw.pick(ofTwoTexts.int), 'string', 'string'),
        () => `${draw.pick(timeParts)}("time")`,
        () => `count()`,
        () => `-${sub('int')}`,
        choice,
      );
    case 'string':
      return one(
        () => infix('string', ['+'], 'string'),
        () => call('string', draw.pick(['int', 'float', 'bool', 'string', 'duration'] as const)),
        () => call(draw.pick(ofTwoTexts.string), 'string', 'string'),
        () => call(draw.pick(ofText), 'string'),
        () => call('strReplace', 'string', 'string', 'string', 'int'),
        () => call('strSubstring', 'string', 'int', 'int'),
        () => `regexReplace(${draw.pick(patterns)}, ${sub('string')}, ${draw.pick(["'$1x'", "''", "'${0}'"])})`,
        () => call('humanBytes', draw.pick(['int', 'float'] as const)),
        choice,
      );
    case 'duration':
      return one(
        () => infix('duration', ['+', '-'], 'duration'),
        () => infix('duration', ['*', '/'], 'int'),
        () => infix('duration', ['*', '/'], 'float'),
        () => infix('int', ['*'], 'duration'),
        () => call('duration', 'int', 'duration'),
        () => call('duration', 'string', 'duration'),
        choice,
      );
    case 'bool':
      return one(
        () => infix('bool', ['AND', 'OR', '==', '!='], 'bool'),
        () => infix('float', ['<', '<=', '==', '!=', '>', '>='], 'float'),
        () => infix('float', ['<', '<=', '==', '!=', '>', '>='], 'int'),
        () => infix('int', ['<', '<=', '==', '!=', '>', '>='], 'int'),
        () => infix('string', ['<', '<=', '==', '!=', '>', '>='], 'string'),
        () => infix('duration', ['<', '<=', '==', '!=', '>', '>='], 'duration'),
        () => `(${sub('string')} ${draw.pick(['=~', '!~'])} ${draw.pick(patterns)})`,
        () => `!${sub('bool')}`,
        () => call(draw.pick(ofTwoTexts.bool), 'string', 'string'),
        () => call('bool', draw.pick(['int', 'float', 'bool', 'string'] as const)),
        () => oddCall(draw, sub),
        choice,
      );
  }
}

/** What must be refused in an orderly way: more than four arguments, unknown functions, wrong types. */
function oddCall(draw: Draw, sub: (kind: Kind) => string): string {
  if (!draw.chance(0.1)) return `(${sub('float')} > ${sub('float')})`;
  const args = draw.list(0, 6, () => sub(draw.pick(['float', 'int', 'string', 'bool'] as const)));
  return `${draw.pick(['if', 'strReplace', 'max', 'count', 'sigma', 'unknown', 'duration'])}(${args.join(', ')})`;
}
