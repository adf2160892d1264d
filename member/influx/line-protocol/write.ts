/** Points as line protocol, as 1.5.4 writes them to InfluxDB. */
import { byteOrder } from '../../base/byte-order.ts';
import { formatGoDuration } from '../../base/duration.ts';

/** A field's value with its type: an integer may be a number or a bigint, a duration is nanoseconds. */
export interface LineField {
  readonly name: string;
  readonly type: string;
  readonly value: number | bigint | string | boolean;
}

export interface LinePoint {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly fields: readonly LineField[];
  readonly timeNs: bigint;
}

/** One line without its newline; the time in units of that many nanoseconds. */
export function formatLine(point: LinePoint, unitNs: bigint): string {
  let key = escaped(point.name, /[, ]/g);
  for (const tag of Object.keys(point.tags).sort(byteOrder)) {
    const value = point.tags[tag] ?? '';
    if (value !== '') key += `,${escaped(tag, /[, =]/g)}=${escaped(value, /[, =]/g)}`;
  }
  const fields = point.fields
    .toSorted((a, b) => byteOrder(a.name, b.name))
    .map((field) => `${escaped(field.name, /[," =]/g)}=${formatValue(field)}`);
  return `${key} ${fields.join(',')} ${point.timeNs / unitNs}`;
}

function formatValue({ type, value }: LineField): string {
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return quoted(value);
  // The original knows no field of that type and writes its text.
  if (type === 'duration') return quoted(formatGoDuration(BigInt(value)));
  if (type === 'int' || typeof value === 'bigint') return `${value}i`;
  return plainDecimal(value);
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}

function escaped(text: string, letters: RegExp): string {
  return text.replaceAll(letters, '\\$&');
}

/** The shortest decimal that reads back as the same number, without an exponent. */
export function plainDecimal(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (Object.is(value, -0)) return '-0';
  const text = String(value);
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (match === null) return text;
  const [, sign = '', first = '', rest = '', exponentText = '0'] = match;
  const exponent = Number(exponentText);
  const digits = first + rest;
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  return `${sign}${digits}${'0'.repeat(exponent - rest.length)}`;
}

/** Nanoseconds of a precision as clients write it; every unknown word means nanoseconds. */
export function unitOfPrecision(precision: string): bigint {
  const units: Readonly<Record<string, bigint>> = {
    u: 1_000n,
    ms: 1_000_000n,
    s: 1_000_000_000n,
    m: 60_000_000_000n,
    h: 3_600_000_000_000n,
  };
  return units[precision] ?? 1n;
}
