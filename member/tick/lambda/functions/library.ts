/** The function library of 1.5.4: names, signatures, what they compute, and how they refuse other arguments. */
import type { Pattern } from '../../text/pattern.ts';
import { utf8Length } from '../../text/utf8.ts';
import type { Cell, Int, ValueType } from '../column.ts';
import { intFromFloat, secondsOf } from '../int64.ts';
import { kernelFunction } from '../kernel.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { besselJ, besselY } from './bessel.ts';
import { dayOf, hourOf, minuteOf, monthOf, weekdayOf, yearOf } from './calendar.ts';
import * as conversion from './conversion.ts';
import { count as countUp, sigma, spread } from './running.ts';
import { refuseConversion, refuseDuration, refuseIf, refusePositions } from './refusal.ts';
import * as special from './special.ts';
import { substring } from './substring.ts';
import * as text from './text-functions.ts';

export interface Signature {
  readonly args: readonly ValueType[];
  readonly kernel: Kernel;
  /** The same for the whole seconds of an instant, where nothing finer matters. */
  readonly onSeconds?: Kernel;
}

export interface FunctionDefinition {
  readonly signatures: readonly Signature[];
  /**
   * What a call says to arguments of other types, when it comes to that: typing refuses most such calls first, with
   * another text. Undefined: the call works all the same, with the kernel of its last signature.
   */
  refuse(types: readonly ValueType[]): string | undefined;
}

type Apply = (...operands: never[]) => Cell;

interface Traits {
  readonly canFail?: boolean;
  readonly isStateful?: boolean;
  readonly inline?: (operands: readonly string[]) => string;
}

function kernel(result: ValueType, apply: Apply, traits: Traits = {}): Kernel {
  return { result, apply: kernelFunction(apply), ...traits };
}

const table = new Map<string, FunctionDefinition>();

function defineMath(name: string, args: readonly ('float' | 'int')[], apply: Apply, inline?: string): void {
  const traits: Traits = inline === undefined ? {} : { inline: (operands) => `${inline}(${operands.join(', ')})` };
  const style = args.length === 2 && args[0] === 'int' ? 'to NAME as ORDINAL arg' : 'to NAME';
  table.set(name, {
    signatures: [{ args, kernel: kernel('float', apply, traits) }],
    refuse: refusePositions(name, args, style),
  });
}

function defineText(
  name: string,
  args: readonly ValueType[],
  result: ValueType,
  apply: Apply,
  traits: Traits = {},
): void {
  table.set(name, {
    signatures: [{ args, kernel: kernel(result, apply, traits) }],
    refuse: refusePositions(name, args, 'as ORDINAL arg to NAME'),
  });
}

const plainMath = [
  'abs',
  'acos',
  'acosh',
  'asin',
  'asinh',
  'atan',
  'atanh',
  'cbrt',
  'ceil',
  'cos',
  'cosh',
  'exp',
  'expm1',
  'floor',
  'log',
  'log1p',
  'sin',
  'sinh',
  'sqrt',
  'tan',
  'tanh',
  'trunc',
] as const;

table.set('bool', {
  signatures: [
    { args: ['bool'], kernel: kernel('bool', (a: boolean) => a) },
    { args: ['string'], kernel: kernel('bool', conversion.boolFromString, { canFail: true }) },
    { args: ['int'], kernel: kernel('bool', conversion.boolFromInt, { canFail: true }) },
    { args: ['float'], kernel: kernel('bool', conversion.boolFromFloat, { canFail: true }) },
  ],
  refuse: refuseConversion('bool', 'boolean'),
});
table.set('int', {
  signatures: [
    { args: ['bool'], kernel: kernel('int', (a: boolean) => (a ? 1 : 0)) },
    { args: ['string'], kernel: kernel('int', conversion.intFromString, { canFail: true }) },
    { args: ['int'], kernel: kernel('int', (a: Int) => a) },
    { args: ['float'], kernel: kernel('int', intFromFloat) },
  ],
  refuse: refuseConversion('int', 'integer'),
});
table.set('float', {
  signatures: [
    { args: ['bool'], kernel: kernel('float', (a: boolean) => (a ? 1 : 0)) },
    { args: ['string'], kernel: kernel('float', conversion.floatFromString, { canFail: true }) },
    { args: ['int'], kernel: kernel('float', (a: Int) => Number(a), { inline: ([a = '']) => `Number(${a})` }) },
    { args: ['float'], kernel: kernel('float', (a: number) => a) },
  ],
  refuse: refuseConversion('float', 'float'),
});
table.set('string', {
  signatures: [
    { args: ['bool'], kernel: kernel('string', conversion.stringFromBool) },
    { args: ['string'], kernel: kernel('string', (a: string) => a) },
    { args: ['int'], kernel: kernel('string', conversion.stringFromInt) },
    { args: ['float'], kernel: kernel('string', conversion.stringFromFloat) },
    { args: ['duration'], kernel: kernel('string', conversion.stringFromDuration) },
  ],
  refuse: refuseConversion('string', 'string'),
});
table.set('duration', {
  signatures: [
    { args: ['duration'], kernel: kernel('duration', (a: Int) => a) },
    { args: ['int', 'duration'], kernel: kernel('duration', conversion.durationFromInt) },
    { args: ['float', 'duration'], kernel: kernel('duration', conversion.durationFromFloat) },
    { args: ['string', 'duration'], kernel: kernel('duration', conversion.durationFromString, { canFail: true }) },
  ],
  refuse: refuseDuration,
});

for (const name of plainMath) defineMath(name, ['float'], Math[name], `Math.${name}`);
defineMath('atan2', ['float', 'float'], Math.atan2, 'Math.atan2');
defineMath('erf', ['float'], special.erf);
defineMath('erfc', ['float'], special.erfc);
defineMath('exp2', ['float'], (x: number) => 2 ** x);
defineMath('gamma', ['float'], special.gamma);
defineMath('hypot', ['float', 'float'], special.hypot);
defineMath('j0', ['float'], (x: number) => besselJ(0, x));
defineMath('j1', ['float'], (x: number) => besselJ(1, x));
defineMath('jn', ['int', 'float'], (n: Int, x: number) => besselJ(Number(n), x));
defineMath('log10', ['float'], special.log10);
defineMath('log2', ['float'], special.log2);
defineMath('logb', ['float'], special.logb);
defineMath('max', ['float', 'float'], special.max);
defineMath('min', ['float', 'float'], special.min);
defineMath('mod', ['float', 'float'], (x: number, y: number) => x % y);
defineMath('pow', ['float', 'float'], special.pow);
defineMath('pow10', ['int'], (n: Int) => special.pow10(Number(n)));
defineMath('y0', ['float'], (x: number) => besselY(0, x));
defineMath('y1', ['float'], (x: number) => besselY(1, x));
defineMath('yn', ['int', 'float'], (n: Int, x: number) => besselY(Number(n), x));

const twoTexts = ['string', 'string'] as const;
defineText('strContains', twoTexts, 'bool', (a: string, b: string) => a.includes(b), {
  inline: ([a = '', b = '']) => `${a}.includes(${b})`,
});
defineText('strContainsAny', twoTexts, 'bool', (a: string, b: string) => text.indexOfAny(a, b) >= 0);
defineText('strCount', twoTexts, 'int', text.count);
defineText('strHasPrefix', twoTexts, 'bool', (a: string, b: string) => a.startsWith(b), {
  inline: ([a = '', b = '']) => `${a}.startsWith(${b})`,
});
defineText('strHasSuffix', twoTexts, 'bool', (a: string, b: string) => a.endsWith(b), {
  inline: ([a = '', b = '']) => `${a}.endsWith(${b})`,
});
defineText('strIndex', twoTexts, 'int', text.indexOf);
defineText('strIndexAny', twoTexts, 'int', text.indexOfAny);
defineText('strLastIndex', twoTexts, 'int', text.lastIndexOf);
defineText('strLastIndexAny', twoTexts, 'int', text.lastIndexOfAny);
defineText('strLength', ['string'], 'int', utf8Length);
defineText(
  'strReplace',
  ['string', 'string', 'string', 'int'],
  'string',
  (a: string, old: string, by: string, n: Int) => text.replace(a, old, by, Number(n)),
);
defineText('strSubstring', ['string', 'int', 'int'], 'string', substring, { canFail: true });
defineText('strToLower', ['string'], 'string', text.toLower);
defineText('strToUpper', ['string'], 'string', text.toUpper);
defineText('strTrim', twoTexts, 'string', text.trim);
defineText('strTrimLeft', twoTexts, 'string', text.trimLeft);
defineText('strTrimPrefix', twoTexts, 'string', text.trimPrefix);
defineText('strTrimRight', twoTexts, 'string', text.trimRight);
defineText('strTrimSpace', ['string'], 'string', text.trimSpace);
defineText('strTrimSuffix', twoTexts, 'string', text.trimSuffix);
defineText('regexReplace', ['regex', 'string', 'string'], 'string', (pattern: Pattern, source: string, by: string) =>
  pattern.replaceAll(source, by),
);

function defineTime(name: string, part: (seconds: number) => number): void {
  const ofSeconds = (seconds: number, context: KernelContext): number => part(seconds + context.zone(seconds));
  const ofTime = (ns: Int, context: KernelContext): number => ofSeconds(secondsOf(ns), context);
  table.set(name, {
    signatures: [{ args: ['time'], kernel: kernel('int', ofTime), onSeconds: kernel('int', ofSeconds) }],
    refuse: refuseConversion(name, 'time.Time'),
  });
}

defineTime('minute', minuteOf);
defineTime('hour', hourOf);
defineTime('weekday', weekdayOf);
defineTime('day', dayOf);
defineTime('month', monthOf);
defineTime('year', yearOf);
table.set('unixNano', {
  signatures: [{ args: ['time'], kernel: kernel('int', (ns: Int) => ns) }],
  refuse: refuseConversion('unixNano', 'time.Time'),
});
table.set('now', {
  signatures: [{ args: [], kernel: kernel('time', (context: KernelContext) => context.now) }],
  refuse: () => 'now expects exactly zero argument',
});

table.set('humanBytes', {
  signatures: [
    { args: ['float'], kernel: kernel('string', conversion.humanBytesOfFloat) },
    { args: ['int'], kernel: kernel('string', conversion.humanBytes) },
  ],
  refuse: refuseConversion('humanBytes', 'humanBytes'),
});

const choices = ['float', 'int', 'string', 'bool', 'regex', 'time', 'duration'] as const;
table.set('if', {
  // Both branches are evaluated before one is chosen, as in 1.5.4.
  signatures: choices.map((type) => ({
    args: ['bool', type, type],
    kernel: kernel(type, (condition: boolean, a: Cell, b: Cell) => (condition ? a : b), {
      inline: ([c = '', a = '', b = '']) => `(${c} ? ${a} : ${b})`,
    }),
  })),
  refuse: refuseIf,
});

const isThere = kernel('bool', () => true, { inline: () => 'true' });
table.set('isPresent', {
  signatures: [
    { args: ['missing'], kernel: kernel('bool', () => false, { inline: () => 'false' }) },
    ...(['bool', 'string', 'int', 'float'] as const).map((type) => ({ args: [type], kernel: isThere })),
  ],
  refuse: ({ length }) => (length === 1 ? undefined : 'isMissing expects exactly one argument'),
});

table.set('count', {
  signatures: [{ args: [], kernel: kernel('int', countUp, { isStateful: true }) }],
  refuse: () => undefined,
});
for (const [name, apply] of [
  ['sigma', sigma],
  ['spread', spread],
] as const) {
  table.set(name, {
    signatures: [{ args: ['float'], kernel: kernel('float', apply, { isStateful: true }) }],
    refuse: ({ length }) => (length === 1 ? 'value is not a float' : `${name} expects exactly one argument`),
  });
}

export const functionLibrary: ReadonlyMap<string, FunctionDefinition> = table;
