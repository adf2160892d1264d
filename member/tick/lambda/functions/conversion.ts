/** `bool()`, `int()`, `float()`, `string()`, `duration()`, `humanBytes()`: Go's conversions and their error texts. */
import { formatDuration, parseDuration } from '../../text/duration.ts';
import { formatFloatPlain, formatFloatShort, parseFloat64 } from '../../text/number.ts';
import { quote } from '../../text/quote.ts';
import type { Int } from '../column.ts';
import { intFromBig, intFromFloat, multiplyInt } from '../int64.ts';
import type { KernelContext } from '../kernel.ts';

const trueWords: ReadonlySet<string> = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const falseWords: ReadonlySet<string> = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);

export function boolFromString(text: string, context: KernelContext): boolean {
  if (trueWords.has(text)) return true;
  if (!falseWords.has(text)) context.fault = `strconv.ParseBool: parsing ${quote(text)}: invalid syntax`;
  return false;
}

export function boolFromInt(value: Int, context: KernelContext): boolean {
  if (value !== 0 && value !== 1) context.fault = `cannot convert ${value} to boolean`;
  return value === 1;
}

export function boolFromFloat(value: number, context: KernelContext): boolean {
  if (value !== 0 && value !== 1) context.fault = `cannot convert ${formatFloatShort(value)} to boolean`;
  return value === 1;
}

const int64Limit = 2n ** 63n;

export function intFromString(text: string, context: KernelContext): Int {
  if (/^[+-]?\d+$/.test(text)) {
    const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
    if (value < int64Limit && value >= -int64Limit) return intFromBig(value);
    context.fault = `strconv.ParseInt: parsing ${quote(text)}: value out of range`;
  } else context.fault = `strconv.ParseInt: parsing ${quote(text)}: invalid syntax`;
  return 0;
}

export function floatFromString(text: string, context: KernelContext): number {
  const value = parseFloat64(text);
  if (typeof value === 'number') return value;
  context.fault = `strconv.ParseFloat: parsing ${quote(text)}: ${value}`;
  return 0;
}

export function stringFromInt(value: Int): string {
  return String(value);
}

export function stringFromFloat(value: number): string {
  return formatFloatPlain(value);
}

export function stringFromBool(value: boolean): string {
  return value ? 'true' : 'false';
}

export function stringFromDuration(value: Int): string {
  return formatDuration(BigInt(value));
}

export function durationFromInt(value: Int, unit: Int): Int {
  return multiplyInt(value, unit);
}

export function durationFromFloat(value: number, unit: Int): Int {
  return intFromFloat(value * Number(unit));
}

/** The unit is asked for but not looked at, as in 1.5.4. */
export function durationFromString(text: string, _unit: Int, context: KernelContext): Int {
  const value = parseDuration(text);
  if (value.ok) return intFromBig(value.value);
  context.fault = `invalid duration string ${quote(text)}`;
  return 0;
}

const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];

/** Negative numbers are read as unsigned, as in 1.5.4. */
export function humanBytes(value: Int): string {
  const bytes = BigInt.asUintN(64, BigInt(value));
  if (bytes < 10n) return `${bytes} B`;
  const size = Number(bytes);
  const power = Math.floor(Math.log(size) / Math.log(1000));
  const shown = Math.floor((size / 1000 ** power) * 10 + 0.5) / 10;
  return `${shown < 10 ? shown.toFixed(1) : roundHalfEven(shown)} ${byteUnits[power] ?? ''}`;
}

export function humanBytesOfFloat(value: number): string {
  return humanBytes(value >= 2 ** 63 && value < 2 ** 64 ? BigInt(value) : intFromFloat(value));
}

/** As `%.0f` rounds: the exact value, halves to even. */
function roundHalfEven(value: number): string {
  const floor = Math.floor(value);
  const rest = value - floor;
  return String(rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor);
}
