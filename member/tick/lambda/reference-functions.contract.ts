/** The functions of the language once more, as plainly as can be, on values of their own: for the slow evaluator. */
import { formatDuration } from '../text/duration.ts';
import { formatFloatPlain } from '../text/number.ts';
import { RowFailure } from './reference-values.contract.ts';
import type { ReferenceState, ReferenceType, ReferenceValue } from './reference-values.contract.ts';

interface Operands {
  readonly args: readonly ReferenceValue[];
  readonly text: (index: number) => string;
  readonly number: (index: number) => number;
  readonly whole: (index: number) => bigint;
  readonly state: ReferenceState;
  readonly nowNs: bigint;
}

type Run = (operands: Operands) => boolean | number | bigint | string | ReferenceValue;

interface Signature {
  /** Types with a space between. */
  readonly args: string;
  readonly result: ReferenceType;
  readonly run: Run;
}

const table: Record<string, Signature[]> = {};

function define(name: string, args: string, result: ReferenceType, run: Run): void {
  (table[name] ??= []).push({ args, result, run });
}

function failRow(reason: string): never {
  throw new RowFailure(reason);
}

export function referenceSignature(name: string, types: readonly ReferenceType[]): Signature | undefined {
  return table[name]?.find(({ args }) => args === types.join(' '));
}

export function callReference(
  signature: Signature,
  args: readonly ReferenceValue[],
  state: ReferenceState,
  nowNs: bigint,
): ReferenceValue {
  const valueAt = (index: number): unknown => {
    const arg = args[index];
    return arg === undefined || arg.type === 'missing' ? undefined : arg.value;
  };
  const result = signature.run({
    args,
    text: (index) => String(valueAt(index)),
    number: (index) => Number(valueAt(index)),
    whole: (index) => {
      const value = valueAt(index);
      return typeof value === 'bigint' ? value : failRow('not an integer');
    },
    state,
    nowNs,
  });
  if (typeof result === 'object') return result;
  const { result: type } = signature;
  if (type === 'int' || type === 'duration' || type === 'time')
    return { type, value: BigInt.asIntN(64, typeof result === 'bigint' ? result : BigInt(Number(result))) };
  if (type === 'float') return { type, value: Number(result) };
  return type === 'bool' ? { type, value: result === true } : { type: 'string', value: String(result) };
}

// ---- mathematics that JavaScript has ----

for (const name of [
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
] as const) {
  define(name, 'float', 'float', ({ number }) => Math[name](number(0)));
}
define('atan2', 'float float', 'float', ({ number }) => Math.atan2(number(0), number(1)));
define('mod', 'float float', 'float', ({ number }) => number(0) % number(1));
define('max', 'float float', 'float', ({ number }) => extreme(number(0), number(1), Infinity));
define('min', 'float float', 'float', ({ number }) => extreme(number(0), number(1), -Infinity));

/** An infinity of that sign wins over NaN. */
function extreme(a: number, b: number, limit: number): number {
  if (a === limit || b === limit) return limit;
  if (Number.isNaN(a) || Number.isNaN(b)) return NaN;
  const [first = a, second = b] = [a, b].sort((x, y) => (Object.is(x, y) ? 0 : x - y || (Object.is(x, -0) ? -1 : 1)));
  return limit > 0 ? second : first;
}

// ---- conversions ----

export function truncated(value: number): bigint {
  return value >= -(2 ** 63) && value < 2 ** 63 ? BigInt(Math.trunc(value)) : -(2n ** 63n);
}

function integerIn(text: string): bigint {
  const value = /^[+-]?\d+$/.test(text) ? BigInt(text.replace('+', '')) : failRow('int');
  return BigInt.asIntN(64, value) === value ? value : failRow('range');
}

function floatIn(text: string): number {
  if (/^[+-]?inf(inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (/^nan$/i.test(text)) return NaN;
  const value = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : failRow('float');
  return Number.isFinite(value) ? value : failRow('range');
}

function boolIn(text: string): boolean {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true;
  return ['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text) ? false : failRow('bool');
}

const unitsUs: Readonly<Record<string, bigint>> = {
  u: 1n,
  ms: 1_000n,
  s: 1_000_000n,
  m: 60_000_000n,
  h: 3_600_000_000n,
  d: 86_400_000_000n,
  w: 604_800_000_000n,
};

function durationIn(text: string): bigint {
  const parts = /^-?(\d+(ms|[usmhdw]))+$/.test(text) ? [...text.matchAll(/(\d+)(ms|[usmhdw])/g)] : failRow('duration');
  const total = parts.reduce(
    (sum, [, count = '', unit = '']) => sum + BigInt(count) * (unitsUs[unit] ?? 0n) * 1000n,
    0n,
  );
  return text.startsWith('-') ? -total : total;
}

define('int', 'float', 'int', ({ number }) => truncated(number(0)));
define('int', 'int', 'int', ({ whole }) => whole(0));
define('int', 'bool', 'int', ({ args }) => (isTrue(args[0]) ? 1 : 0));
define('int', 'string', 'int', ({ text }) => integerIn(text(0)));
define('float', 'float', 'float', ({ number }) => number(0));
define('float', 'int', 'float', ({ number }) => number(0));
define('float', 'bool', 'float', ({ args }) => (isTrue(args[0]) ? 1 : 0));
define('float', 'string', 'float', ({ text }) => floatIn(text(0)));
define('bool', 'bool', 'bool', ({ args }) => isTrue(args[0]));
define('bool', 'string', 'bool', ({ text }) => boolIn(text(0)));
define('bool', 'int', 'bool', ({ number }) => (number(0) === 0 ? false : number(0) === 1 ? true : failRow('bool')));
define('bool', 'float', 'bool', ({ number }) => (number(0) === 0 ? false : number(0) === 1 ? true : failRow('bool')));
define('string', 'string', 'string', ({ text }) => text(0));
define('string', 'bool', 'string', ({ text }) => text(0));
define('string', 'int', 'string', ({ text }) => text(0));
define('string', 'float', 'string', ({ number }) => formatFloatPlain(number(0)));
define('string', 'duration', 'string', ({ whole }) => formatDuration(whole(0)));
define('duration', 'duration', 'duration', ({ whole }) => whole(0));
define('duration', 'int duration', 'duration', ({ whole }) => whole(0) * whole(1));
define('duration', 'float duration', 'duration', ({ number }) => truncated(number(0) * number(1)));
define('duration', 'string duration', 'duration', ({ text }) => durationIn(text(0)));

function isTrue(value: ReferenceValue | undefined): boolean {
  return value?.type === 'bool' && value.value;
}

const sizes = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];

/** Negative ones are read as unsigned. */
function humanBytes(signed: bigint): string {
  const bytes = BigInt.asUintN(64, signed);
  if (bytes < 10n) return `${bytes} B`;
  let power = 0;
  while (power < 6 && bytes >= 1000n ** BigInt(power + 1)) power++;
  const tenths = Math.floor((Number(bytes) / 1000 ** power) * 10 + 0.5);
  // `%.0f` rounds the tenths to even.
  const whole = Math.floor(tenths / 10);
  const rest = tenths % 10;
  const rounded = rest > 5 || (rest === 5 && whole % 2 === 1) ? whole + 1 : whole;
  return `${tenths < 100 ? (tenths / 10).toFixed(1) : rounded} ${sizes[power] ?? ''}`;
}

define('humanBytes', 'int', 'string', ({ whole }) => humanBytes(whole(0)));
define('humanBytes', 'float', 'string', ({ number }) =>
  humanBytes(number(0) >= 2 ** 63 && number(0) < 2 ** 64 ? BigInt(number(0)) : truncated(number(0))),
);

// ---- text: bytes and characters in lists ----

const bytesOf = (text: string): number[] => [...new TextEncoder().encode(text)];
const textOf = (bytes: readonly number[]): string => new TextDecoder().decode(Uint8Array.from(bytes));
const startsWith = (bytes: readonly number[], part: readonly number[], at: number): boolean =>
  part.every((byte, i) => bytes[at + i] === byte);

function places(text: string, part: string): number[] {
  const [bytes, wanted] = [bytesOf(text), bytesOf(part)];
  return Array.from({ length: bytes.length + 1 }, (_, at) => at).filter((at) => startsWith(bytes, wanted, at));
}

function placesOfAny(text: string, characters: string): number[] {
  const found: number[] = [];
  let at = 0;
  for (const character of text) {
    if (Array.from(characters).includes(character)) found.push(at);
    at += bytesOf(character).length;
  }
  return found;
}

function countOf(text: string, part: string): number {
  return part === '' ? Array.from(text).length + 1 : text.split(part).length - 1;
}

function replaced(text: string, old: string, by: string, limit: number): string {
  const left = limit < 0 ? Infinity : limit;
  if (old === '') {
    const pieces = ['', ...Array.from(text)];
    return pieces.map((piece, index) => piece + (index < left ? by : '')).join('');
  }
  return text.split(old).reduce((out, piece, index) => `${out}${index <= left ? by : old}${piece}`);
}

function trimmedLeft(text: string, characters: string): string {
  const rest = Array.from(text);
  while (rest.length > 0 && Array.from(characters).includes(rest[0] ?? '')) rest.shift();
  return rest.join('');
}

const mirrored = (text: string): string => Array.from(text).reverse().join('');
const trimmedRight = (text: string, characters: string): string => mirrored(trimmedLeft(mirrored(text), characters));

function substring(text: string, start: bigint, stop: bigint): string {
  const bytes = bytesOf(text);
  if (start < 0n || stop < 0n || stop >= BigInt(bytes.length) || start > stop) return failRow('bounds');
  return textOf(bytes.slice(Number(start), Number(stop)));
}

/** The letter that stands for a letter; those whose JavaScript form is two letters have one of their own, or stay. */
function alone(character: string, mapped: string): string {
  if (Array.from(mapped).length === 1) return mapped;
  const code = character.codePointAt(0) ?? 0;
  if (character === 'İ') return 'i';
  if ([0x1fb3, 0x1fc3, 0x1ff3].includes(code)) return String.fromCodePoint(code + 9);
  return code >= 0x1f80 && code <= 0x1faf && code % 16 < 8 ? String.fromCodePoint(code + 8) : character;
}

const two = 'string string';
define('strContains', two, 'bool', ({ text }) => places(text(0), text(1)).length > 0);
define('strContainsAny', two, 'bool', ({ text }) => placesOfAny(text(0), text(1)).length > 0);
define('strCount', two, 'int', ({ text }) => countOf(text(0), text(1)));
define('strHasPrefix', two, 'bool', ({ text }) => places(text(0), text(1))[0] === 0);
define('strHasSuffix', two, 'bool', ({ text }) =>
  startsWith(bytesOf(text(0)).reverse(), bytesOf(text(1)).reverse(), 0),
);
define('strIndex', two, 'int', ({ text }) => places(text(0), text(1))[0] ?? -1);
define('strLastIndex', two, 'int', ({ text }) => places(text(0), text(1)).at(-1) ?? -1);
define('strIndexAny', two, 'int', ({ text }) => placesOfAny(text(0), text(1))[0] ?? -1);
define('strLastIndexAny', two, 'int', ({ text }) => placesOfAny(text(0), text(1)).at(-1) ?? -1);
define('strLength', 'string', 'int', ({ text }) => bytesOf(text(0)).length);
define('strReplace', 'string string string int', 'string', ({ text, number }) =>
  replaced(text(0), text(1), text(2), number(3)),
);
define('strSubstring', 'string int int', 'string', ({ text, whole }) => substring(text(0), whole(1), whole(2)));
define('strToLower', 'string', 'string', ({ text }) =>
  Array.from(text(0), (character) => alone(character, character.toLowerCase())).join(''),
);
define('strToUpper', 'string', 'string', ({ text }) =>
  Array.from(text(0), (character) => alone(character, character.toUpperCase())).join(''),
);
define('strTrim', two, 'string', ({ text }) => trimmedLeft(trimmedRight(text(0), text(1)), text(1)));
define('strTrimLeft', two, 'string', ({ text }) => trimmedLeft(text(0), text(1)));
define('strTrimRight', two, 'string', ({ text }) => trimmedRight(text(0), text(1)));
define('strTrimSpace', 'string', 'string', ({ text }) =>
  trimmedLeft(trimmedRight(text(0), ' \t\n\u3000'), ' \t\n\u3000'),
);
define('strTrimPrefix', two, 'string', ({ text }) =>
  places(text(0), text(1))[0] === 0 ? textOf(bytesOf(text(0)).slice(bytesOf(text(1)).length)) : text(0),
);
define('strTrimSuffix', two, 'string', ({ text }) =>
  text(0).endsWith(text(1))
    ? textOf(bytesOf(text(0)).slice(0, bytesOf(text(0)).length - bytesOf(text(1)).length))
    : text(0),
);
define('regexReplace', 'regex string string', 'string', ({ text }) =>
  text(1).replaceAll(new RegExp(text(0), 'gu'), (...match: readonly unknown[]) =>
    // `$1` or `${1}`: a group, empty when there is none; a longer name is a group of that name.
    text(2).replaceAll(/\$(?:(\w+)|\{(\w+)\})/g, (_all, bare: string | undefined, braced: string | undefined) => {
      const group = match[Number(bare ?? braced)];
      return typeof group === 'string' ? group : '';
    }),
  ),
);

// ---- time ----

const dateOf = (ns: bigint): Date =>
  new Date(Number((ns - (((ns % 1_000_000n) + 1_000_000n) % 1_000_000n)) / 1_000_000n));
define('minute', 'time', 'int', ({ whole }) => dateOf(whole(0)).getUTCMinutes());
define('hour', 'time', 'int', ({ whole }) => dateOf(whole(0)).getUTCHours());
define('weekday', 'time', 'int', ({ whole }) => dateOf(whole(0)).getUTCDay());
define('day', 'time', 'int', ({ whole }) => dateOf(whole(0)).getUTCDate());
define('month', 'time', 'int', ({ whole }) => dateOf(whole(0)).getUTCMonth() + 1);
define('year', 'time', 'int', ({ whole }) => dateOf(whole(0)).getUTCFullYear());
define('unixNano', 'time', 'int', ({ whole }) => whole(0));
define('now', '', 'time', ({ nowNs }) => nowNs);

// ---- choices, and what remembers ----

for (const type of ['float', 'int', 'string', 'bool', 'regex', 'time', 'duration'] as const) {
  define(
    'if',
    `bool ${type} ${type}`,
    type,
    ({ args: [condition, yes, no] }) => (isTrue(condition) ? yes : no) ?? failRow('if'),
  );
}
for (const type of ['missing', 'bool', 'string', 'int', 'float'] as const) {
  define('isPresent', type, 'bool', () => type !== 'missing');
}
define('count', '', 'int', ({ state }) => ++state.count);
define('spread', 'float', 'float', ({ number, state }) => {
  state.min = number(0) < state.min ? number(0) : state.min;
  state.max = number(0) > state.max ? number(0) : state.max;
  return state.max - state.min;
});

/** All that the reference knows, for a test to see that nothing is left out. */
export const referenceFunctions: readonly string[] = Object.keys(table);
