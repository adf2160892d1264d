import { err, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { decodeUtf8 } from '../../base/utf8.ts';
import type { FieldType, FieldValue } from '../block.ts';
import { comma, dot, isDigit, letterI, minus, quote, space } from './bytes.ts';

const invalidNumber = err('invalid number');
/** From that many digits on the original looks whether an integer fits. */
const checkedIntLength = 19;
/** From that many characters on it looks whether a float does. */
const checkedFloatLength = 25;

/** Where the number that starts at `start` ends; it must be one. */
export function scanNumber(line: Uint8Array, start: number): Result<number, string> {
  let i = start;
  if (line[i] === minus) {
    i++;
    if (i === line.length) return invalidNumber;
  }
  let isInt = false;
  let hasDot = false;
  let isScientific = false;
  for (; i < line.length; i++) {
    const byte = line[i] ?? 0;
    if (byte === comma || byte === space) break;
    if (byte === letterI && i > start && !isInt) {
      isInt = true;
      continue;
    }
    if (byte === dot) {
      if (hasDot) return invalidNumber;
      hasDot = true;
    }
    if (i > start && isExponent(byte)) {
      isScientific = true;
      continue;
    }
    if ((byte === 0x2b || byte === minus) && isExponent(line[i - 1] ?? 0)) continue;
    if (!isDigit(byte) && byte !== dot) return invalidNumber;
  }
  if (isInt && (hasDot || isScientific)) return invalidNumber;
  const digits = i - start - Number(isInt) - Number(hasDot) - Number(line[start] === minus);
  if (digits === 0) return invalidNumber;
  return isInt ? checkInt(line, start, i) : checkFloat(line, start, i, isScientific);
}

function checkInt(line: Uint8Array, start: number, end: number): Result<number, string> {
  if (line[end - 1] !== letterI) return invalidNumber;
  if (end - 1 - start < checkedIntLength) return ok(end);
  const text = decodeUtf8(line.subarray(start, end - 1));
  const parsed = parseGoInt(text);
  return parsed.ok ? ok(end) : err(`unable to parse integer ${text}: ${parsed.error}`);
}

function checkFloat(line: Uint8Array, start: number, end: number, isScientific: boolean): Result<number, string> {
  if (!isScientific && end - start < checkedFloatLength) return ok(end);
  return Number.isFinite(Number(decodeUtf8(line.subarray(start, end)))) ? ok(end) : err('invalid float');
}

function isExponent(byte: number): boolean {
  return byte === 0x65 || byte === 0x45;
}

/** Where the boolean that starts at `start` ends; it must be one. */
export function scanBoolean(line: Uint8Array, start: number): Result<number, string> {
  let end = start;
  while (end < line.length && line[end] !== comma && line[end] !== space) end++;
  return booleans.has(decodeUtf8(line.subarray(start, end))) ? ok(end) : err('invalid boolean');
}

const booleans: ReadonlyMap<string, boolean> = new Map([
  ...['t', 'T', 'true', 'True', 'TRUE'].map((text) => [text, true] as const),
  ...['f', 'F', 'false', 'False', 'FALSE'].map((text) => [text, false] as const),
]);

export function booleanOf(text: string): boolean | undefined {
  return booleans.get(text);
}

/** A value that `scanFields` found in order; undefined for an empty one, which counts for nothing. */
export function readValue(bytes: Uint8Array): { type: FieldType; value: FieldValue } | undefined {
  if (bytes.length === 0) return undefined;
  const text = decodeUtf8(bytes);
  if (bytes[0] === quote) return { type: 'string', value: text.slice(1, -1).replaceAll(/\\(["\\])/g, '$1') };
  if (!'0123456789-.nNiI'.includes(text.charAt(0))) return { type: 'bool', value: booleans.get(text) ?? false };
  if (text.endsWith('i')) return { type: 'int', value: canonicalInt(BigInt(text.slice(0, -1))) };
  return { type: 'float', value: Number(text) };
}

/** Numbers stand for integers as long as they are safe. */
export function canonicalInt(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

const int64Min = -(2n ** 63n);
const int64Max = 2n ** 63n - 1n;

/** As Go's `strconv.ParseInt`, with its error texts. */
export function parseGoInt(text: string): Result<bigint, string> {
  if (!/^[+-]?\d+$/.test(text)) return err(`strconv.ParseInt: parsing "${text}": invalid syntax`);
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
  if (value < int64Min || value > int64Max) return err(`strconv.ParseInt: parsing "${text}": value out of range`);
  return ok(value);
}
