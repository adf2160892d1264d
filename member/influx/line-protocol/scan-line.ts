/**
 * One line, read the thorough way: every escape, every quirk and every refusal of 1.5.4 (InfluxDB's `models`
 * package), letter for letter. `parse.ts` comes here with whatever its fast path does not know.
 */
import { byteOrder } from '../../base/byte-order.ts';
import type { FieldType, FieldValue } from '../block.ts';
import { err, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { decodeUtf8 } from '../../base/utf8.ts';
import { backslash, comma, equals, isBlank, minus, newline, quote, space } from './bytes.ts';
import { readValue, scanBoolean, scanNumber } from './scan-value.ts';
import { readTime } from './scan-time.ts';
import type { PointTime, Precision } from './scan-time.ts';

export interface ScannedLine {
  /** The key's bytes as written, from the measurement on. */
  readonly key: Uint8Array;
  readonly measurement: string;
  readonly tagKeys: readonly string[];
  readonly tagValues: readonly string[];
  readonly fields: readonly ScannedField[];
  /** Undefined when the line has none. */
  readonly time: PointTime | undefined;
}

export interface ScannedField {
  readonly name: string;
  readonly type: FieldType;
  readonly value: FieldValue;
}

/** Where the line that starts at `start` ends (at its newline, or at the end): newlines in strings do not count. */
export function lineEnd(buffer: Uint8Array, start: number): number {
  let i = start;
  let isInFields = false;
  let isQuoted = false;
  let equalsSeen = 0;
  let commasSeen = 0;
  for (; i < buffer.length; i++) {
    const byte = buffer[i];
    if (byte === backslash) {
      i++;
      continue;
    }
    if (byte === space) isInFields = true;
    if (isInFields) {
      if (!isQuoted && byte === equals) equalsSeen++;
      else if (!isQuoted && byte === comma) commasSeen++;
      else if (byte === quote && equalsSeen > commasSeen) isQuoted = !isQuoted;
    }
    if (byte === newline && !isQuoted) return i;
  }
  return buffer.length;
}

/** A line without its leading blanks and its newline. The error is the reason alone. */
export function scanLine(line: Uint8Array, precision: Precision): Result<ScannedLine, string> {
  const key = scanKey(line);
  if (!key.ok) return key;
  const fields = scanFields(line, key.value.end);
  if (!fields.ok) return fields;
  const time = readTime(line, fields.value.end, precision);
  if (!time.ok) return time;
  return ok({
    key: line.slice(0, key.value.end),
    measurement: key.value.measurement,
    tagKeys: key.value.tagKeys,
    tagValues: key.value.tagValues,
    fields: readFields(line.subarray(fields.value.start, fields.value.end)),
    time: time.value,
  });
}

interface Key {
  readonly end: number;
  readonly measurement: string;
  readonly tagKeys: readonly string[];
  readonly tagValues: readonly string[];
}

const maxKeyLength = 65535;

function scanKey(line: Uint8Array): Result<Key, string> {
  const name = scanMeasurement(line);
  if (!name.ok) return name;
  const tags = name.value.hasTags
    ? scanTags(line, name.value.end)
    : ok({ end: name.value.end, starts: [] as readonly number[] });
  if (!tags.ok) return tags;
  const { end, starts } = tags.value;
  const pairs = starts.map((start, index) => {
    const stop = (starts[index + 1] ?? end + 1) - 1;
    const split = indexOfUnescaped(line, start, stop, equals);
    return {
      raw: decodeUtf8(line.subarray(start, split)),
      key: unescapeTag(line.subarray(start, split)),
      value: unescapeTag(line.subarray(split + 1, stop)),
    };
  });
  pairs.sort((a, b) => byteOrder(a.raw, b.raw));
  if (pairs.some((pair, index) => index > 0 && pair.raw === pairs[index - 1]?.raw)) return err('duplicate tags');
  if (end > maxKeyLength) return err(`max key length exceeded: ${end} > ${maxKeyLength}`);
  // Escapes may stand for bytes that sort differently from what was written, or make two keys one: the last wins.
  const byKey = new Map(pairs.map((pair) => [pair.key, pair.value]));
  const tagKeys = [...byKey.keys()].sort(byteOrder);
  const measurement = unescapeName(line.subarray(0, name.value.hasTags ? name.value.end - 1 : name.value.end));
  return ok({ end, measurement, tagKeys, tagValues: tagKeys.map((key) => byKey.get(key) ?? '') });
}

function scanMeasurement(line: Uint8Array): Result<{ end: number; hasTags: boolean }, string> {
  if (line.length === 0 || line[0] === comma) return err('missing measurement');
  for (let i = 1; i < line.length; i++) {
    if (line[i - 1] === backslash) continue;
    if (line[i] === comma) return ok({ end: i + 1, hasTags: true });
    if (line[i] === space) return ok({ end: i, hasTags: false });
  }
  return err('missing fields');
}

function scanTags(line: Uint8Array, start: number): Result<{ end: number; starts: readonly number[] }, string> {
  const starts: number[] = [];
  let i = start;
  for (;;) {
    starts.push(i);
    const first = line[i];
    if (first === undefined || first === space || first === comma || first === equals) return err('missing tag key');
    do i++;
    while (
      i < line.length &&
      !isUnescaped(line, i, space) &&
      !isUnescaped(line, i, comma) &&
      !isUnescaped(line, i, equals)
    );
    if (line[i] !== equals) return err('missing tag value');
    i++;
    if (i >= line.length || line[i] === comma || line[i] === space) return err('missing tag value');
    do i++;
    while (
      i < line.length &&
      !isUnescaped(line, i, equals) &&
      !isUnescaped(line, i, comma) &&
      !isUnescaped(line, i, space)
    );
    if (i >= line.length) return err('missing fields');
    if (line[i] === equals) return err('invalid tag format');
    if (line[i] === space) return ok({ end: i, starts });
    i++;
  }
}

/** Walks over the fields as the original does to check them; reading them is a second walk with rules of its own. */
function scanFields(line: Uint8Array, from: number): Result<{ start: number; end: number }, string> {
  let i = from;
  while (isBlank(line[i])) i++;
  const start = i;
  let isQuoted = false;
  let equalsSeen = 0;
  let commasSeen = 0;
  while (i < line.length) {
    const byte = line[i];
    if (byte === backslash && i + 1 < line.length) {
      i += 2;
      continue;
    }
    if (byte === quote && equalsSeen > commasSeen) {
      isQuoted = !isQuoted;
      i++;
      continue;
    }
    if (byte === equals && !isQuoted) {
      equalsSeen++;
      if (isUnescaped(line, i - 1, space) || isUnescaped(line, i - 1, comma)) return err('missing field key');
      const next = line[i + 1];
      if (next === undefined || next === comma || next === space) return err('missing field value');
      if (next !== quote) {
        const end = isNumberStart(next) ? scanNumber(line, i + 1) : scanBoolean(line, i + 1);
        if (!end.ok) return end;
        i = end.value;
        continue;
      }
    }
    if (byte === comma && !isQuoted) commasSeen++;
    if (byte === space && !isQuoted) break;
    i++;
  }
  if (isQuoted) return err('unbalanced quotes');
  if (equalsSeen === 0 || commasSeen !== equalsSeen - 1) return err('invalid field format');
  return ok({ start, end: i });
}

function readFields(fields: Uint8Array): ScannedField[] {
  const found: ScannedField[] = [];
  let i = 0;
  while (i < fields.length) {
    const split = indexOfUnescaped(fields, i, fields.length, equals);
    const name = unescapeName(fields.subarray(i, split));
    const end = valueEnd(fields, split + 1);
    const read = readValue(fields.subarray(split + 1, end));
    if (name !== '' && read !== undefined) found.push({ name, ...read });
    i = end + 1;
  }
  return found;
}

function valueEnd(fields: Uint8Array, start: number): number {
  let isQuoted = false;
  for (let i = start; i < fields.length; i++) {
    const byte = fields[i];
    if (byte === backslash && (fields[i + 1] === quote || fields[i + 1] === backslash)) i++;
    else if (byte === quote) isQuoted = !isQuoted;
    else if (byte === comma && !isQuoted) return i;
  }
  return fields.length;
}

function isNumberStart(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || byte === 0x2e || byte === minus || byte === 0x4e || byte === 0x6e;
}

function isUnescaped(line: Uint8Array, index: number, byte: number): boolean {
  return line[index] === byte && line[index - 1] !== backslash;
}

function indexOfUnescaped(bytes: Uint8Array, start: number, end: number, wanted: number): number {
  for (let i = start; i < end; i++) if (bytes[i] === wanted && (i === 0 || bytes[i - 1] !== backslash)) return i;
  return end;
}

/** In tags a backslash escapes a comma, a blank and an equals sign. */
function unescapeTag(bytes: Uint8Array): string {
  return decodeUtf8(bytes).replaceAll('\\,', ',').replaceAll('\\ ', ' ').replaceAll('\\=', '=');
}

/** In names of measurements and fields a backslash escapes quotes too. */
function unescapeName(bytes: Uint8Array): string {
  return decodeUtf8(bytes).replaceAll(/\\([," =])/g, '$1');
}
