/**
 * Line protocol to blocks, straight from the bytes of a request: no string per token, no object per point.
 *
 * `LineProtocolParser` lives as long as its member and remembers the series and field names it saw. A line of the
 * common forms is read in one pass over its bytes; whatever else it may hold (escapes, quotes in names, exponents,
 * huge numbers, errors) is read again from its start by `scan-line.ts`, which knows all of 1.5.4's rules.
 */
import { byteOrder } from '../../base/byte-order.ts';
import { err, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { decodeUtf8 } from '../../base/utf8.ts';
import type { Block, FieldType, FieldValue, WriteBody } from '../block.ts';
import { BlockBuilder } from './block-builder.ts';
import { backslash, comma, dot, equals, hash, isBlank, letterI, minus, newline, quote, space } from './bytes.ts';
import type { ColumnBuilder } from '../column-builder.ts';
import type { Measurement } from './measurement.ts';
import { RecentTexts } from './recent-texts.ts';
import { areSame, viewOf } from './same-bytes.ts';
import { booleanOf, canonicalInt } from './scan-value.ts';
import { lineEnd, scanLine } from './scan-line.ts';
import type { ScannedLine } from './scan-line.ts';
import { defaultTime } from './scan-time.ts';
import type { PointTime, Precision } from './scan-time.ts';
import { hashOf, hashStart, SeriesTable } from './series-table.ts';

export interface ParseRequest {
  readonly database: string;
  readonly retentionPolicy: string;
  readonly precision: Precision;
  /** For lines without a time: nanoseconds since 1970. */
  readonly nowNs: bigint;
}

/** Rows of a block at most; a longer body makes several. */
const maxBlockRows = 8192;
/** Above that many series a table of mostly forgotten ones is begun anew. */
const defaultSeriesLimit = 1_000_000;
/** Bytes of a line, for the first guess of how many rows a body has. */
const typicalLineBytes = 100;
const maxExactDigits = 15;
/** Longer ones are checked against the limit, elsewhere. */
const maxPlainKeyLength = 4096;
const noBytes = new Uint8Array(0);
const noView = viewOf(noBytes);

export class LineProtocolParser {
  private series = new SeriesTable();
  private readonly seriesLimit: number;
  private buffer: Uint8Array = noBytes;
  private view = noView;
  private position = 0;
  private previousSeries = -1;
  private fallbackTime: PointTime = { seconds: 0, nanos: 0 };
  private precision: Precision = 'n';
  private seconds = 0;
  private nanos = 0;
  private blocks: (Block | undefined)[] = [];
  private builders = new Map<Measurement, BlockBuilder>();
  private current: BlockBuilder | undefined;
  private runs: number[] = [];
  private rowCount = 0;
  private errors: string[] = [];
  /** Of the key being read: used again for each, as most keys have as many. */
  private readonly tagKeys: string[] = [];
  private readonly tagValues: string[] = [];
  private readonly texts = new RecentTexts();
  private database = '';
  private retentionPolicy = '';

  constructor(options: { readonly seriesLimit?: number } = {}) {
    this.seriesLimit = options.seriesLimit ?? defaultSeriesLimit;
  }

  /** Series known, for statistics. */
  get seriesCount(): number {
    return this.series.size;
  }

  /**
   * All points of a body, or all of its errors, one a line: `unable to parse 'LINE': REASON`. A body with an error
   * brings nothing.
   */
  parse(body: Uint8Array, request: ParseRequest): Result<WriteBody, string> {
    this.begin(body, request);
    const length = body.length;
    while (this.position < length) {
      const byte = body[this.position];
      if (byte === newline) this.position++;
      else if (!this.readCommonLine()) this.readAnyLine();
    }
    return this.end();
  }

  private begin(body: Uint8Array, request: ParseRequest): void {
    if (this.series.size > this.seriesLimit) this.series = new SeriesTable();
    this.buffer = body;
    this.view = viewOf(body);
    this.position = 0;
    this.previousSeries = -1;
    this.precision = request.precision;
    this.fallbackTime = defaultTime(request.nowNs, request.precision);
    this.database = request.database;
    this.retentionPolicy = request.retentionPolicy;
    this.blocks = [];
    this.current = undefined;
    this.runs = [];
    this.rowCount = 0;
    this.errors = [];
  }

  private end(): Result<WriteBody, string> {
    for (const builder of this.builders.values()) this.finish(builder);
    const { blocks, runs, rowCount, errors } = this;
    this.buffer = noBytes;
    this.view = noView;
    this.blocks = [];
    // A new one: the table behind a cleared `Map` points to the next one, so that once one of them is old, garbage
    // collection of the young keeps them all, each with its rows.
    this.builders = new Map();
    this.current = undefined;
    if (errors.length > 0) return err(errors.join('\n'));
    return ok({ blocks: blocks.filter((block) => block !== undefined), runs, rowCount });
  }

  private finish(builder: BlockBuilder): void {
    if (builder.rows > 0) this.blocks[builder.index] = builder.finish(this.database, this.retentionPolicy);
  }

  // ---- the common forms ----

  /** Reads the line at `position` and goes past it; false, with nothing lasting done, when it is no common one. */
  private readCommonLine(): boolean {
    const start = this.position;
    const entry = this.readKey();
    if (entry >= 0) {
      const builder = this.builderOf(this.series.measurementAt(entry));
      if (this.readFields(builder) && this.readTime()) {
        this.endRow(builder, this.series.tagIdAt(entry));
        return true;
      }
    }
    this.position = start;
    return false;
  }

  /** The series of a known key, past which it goes; -1 for a new or doubtful one. */
  private readKey(): number {
    const { buffer, view, series, previousSeries } = this;
    const start = this.position;
    const guessed = series.guess(previousSeries, buffer, view, start);
    if (guessed >= 0) {
      this.position = start + series.keyLength(guessed) + 1;
      this.previousSeries = guessed;
      return guessed;
    }
    let i = start;
    let keyHash = hashStart;
    for (;;) {
      const byte = buffer[i];
      if (byte === space) break;
      // Escapes are part of the bytes that are looked up; only a doubled backslash is read differently by the
      // original's several passes.
      if (byte === backslash && buffer[i + 1] !== space && buffer[i + 1] !== comma && buffer[i + 1] !== equals)
        return -1;
      if (byte === undefined || byte === newline) return -1;
      keyHash = Math.imul(keyHash ^ byte, 0x01000193);
      if (byte === backslash) keyHash = Math.imul(keyHash ^ (buffer[++i] ?? 0), 0x01000193);
      i++;
    }
    let entry = series.find(buffer, start, i, keyHash);
    if (entry < 0) entry = this.addPlainKey(start, i, keyHash);
    if (entry < 0) return -1;
    this.position = i + 1;
    this.follow(entry);
    return entry;
  }

  /** A key that is new, if it is without escapes and has its tags in order, each with a value; else -1. */
  private addPlainKey(start: number, end: number, keyHash: number): number {
    const { buffer, texts, tagKeys, tagValues } = this;
    const first = buffer[start];
    if (end - start > maxPlainKeyLength || isBlank(first) || first === hash) return -1;
    if (indexIn(buffer, backslash, start, end) < end) return -1;
    let stop = indexIn(buffer, comma, start, end);
    if (stop === start) return -1;
    const name = texts.read(buffer, start, stop);
    let count = 0;
    while (stop < end) {
      const begin = stop + 1;
      stop = indexIn(buffer, comma, begin, end);
      const split = indexIn(buffer, equals, begin, stop);
      if (split === begin || split >= stop - 1 || indexIn(buffer, equals, split + 1, stop) < stop) return -1;
      const tag = texts.read(buffer, begin, split);
      if (count > 0 && byteOrder(tagKeys[count - 1] ?? '', tag) >= 0) return -1;
      tagKeys[count] = tag;
      tagValues[count] = texts.read(buffer, split + 1, stop);
      count++;
    }
    if (tagKeys.length > count) tagKeys.length = tagValues.length = count;
    return this.series.add(buffer, start, end, keyHash, name, tagKeys, tagValues);
  }

  private follow(entry: number): void {
    if (this.previousSeries >= 0) this.series.setFollower(this.previousSeries, entry);
    this.previousSeries = entry;
  }

  /** The fields up to and with the blank or newline after them. */
  private readFields(builder: BlockBuilder): boolean {
    const buffer = this.buffer;
    const known = builder.measurement.fields;
    let guess = 0;
    for (;;) {
      const field = this.readName(known, guess);
      if (field < 0) return false;
      const first = buffer[this.position] ?? 0;
      const isRead =
        first === quote
          ? this.readString(builder, field)
          : (first >= 0x30 && first <= 0x39) || first === minus
            ? this.readNumber(builder, field)
            : this.readBoolean(builder, field);
      if (!isRead) return false;
      const next = buffer[this.position];
      if (next !== comma) return next === undefined || next === newline || next === space;
      this.position++;
      guess = field + 1;
    }
  }

  /** The field whose name stands here, past its equals sign. The next one in the usual order is tried first. */
  private readName(known: Measurement['fields'], guess: number): number {
    const { buffer, view, position } = this;
    const bytes = known[guess]?.bytes;
    if (bytes !== undefined) {
      const length = bytes.byteLength;
      if (buffer[position + length] === equals && areSame(bytes, 0, view, position, length)) {
        this.position = position + length + 1;
        return guess;
      }
    }
    return this.searchName(known);
  }

  private searchName(known: Measurement['fields']): number {
    const { buffer, view, position } = this;
    let end = position;
    for (; buffer[end] !== equals; end++) {
      const byte = buffer[end];
      if (
        byte === undefined ||
        byte === newline ||
        byte === space ||
        byte === comma ||
        byte === backslash ||
        byte === quote
      )
        return -1;
    }
    if (end === position || isBlank(buffer[position])) return -1;
    this.position = end + 1;
    for (let index = 0; index < known.length; index++) {
      const bytes = known[index]?.bytes;
      if (bytes === undefined || bytes.byteLength !== end - position) continue;
      if (areSame(bytes, 0, view, position, bytes.byteLength)) return index;
    }
    return -1;
  }

  /** Digits, at most one dot between them, at most 15 digits; with an `i` an integer. */
  private readNumber(builder: BlockBuilder, field: number): boolean {
    const buffer = this.buffer;
    let i = this.position;
    const isNegative = buffer[i] === minus;
    if (isNegative) i++;
    const firstDigit = i;
    let value = 0;
    let byte = buffer[i] ?? 0;
    while (byte >= 0x30 && byte <= 0x39) {
      value = value * 10 + (byte - 0x30);
      byte = buffer[++i] ?? 0;
    }
    let digits = i - firstDigit;
    if (digits === 0) return false;
    if (byte === letterI) {
      if (digits > maxExactDigits) return false;
      this.position = i + 1;
      return this.putNumber(builder.column(field, 'int'), builder, isNegative && value !== 0 ? -value : value);
    }
    if (byte === dot) {
      const firstDecimal = ++i;
      byte = buffer[i] ?? 0;
      while (byte >= 0x30 && byte <= 0x39) {
        value = value * 10 + (byte - 0x30);
        byte = buffer[++i] ?? 0;
      }
      const decimals = i - firstDecimal;
      digits += decimals;
      if (digits > maxExactDigits) return false;
      value /= powersOfTen[decimals] ?? 1;
    } else if (digits > maxExactDigits) return false;
    this.position = i;
    return this.putNumber(builder.column(field, 'float'), builder, isNegative ? -value : value);
  }

  private putNumber(column: ColumnBuilder | undefined, builder: BlockBuilder, value: number): boolean {
    if (column === undefined) return false;
    column.setNumber(builder.rows, value);
    return true;
  }

  private readString(builder: BlockBuilder, field: number): boolean {
    const buffer = this.buffer;
    const start = this.position + 1;
    let i = start;
    for (let byte = buffer[i]; byte !== quote; byte = buffer[++i])
      if (byte === undefined || byte === backslash) return false;
    const column = builder.column(field, 'string');
    if (column === undefined) return false;
    column.setCell(builder.rows, this.texts.read(buffer, start, i));
    this.position = i + 1;
    return true;
  }

  private readBoolean(builder: BlockBuilder, field: number): boolean {
    const buffer = this.buffer;
    let i = this.position;
    for (
      let byte = buffer[i];
      byte !== undefined && byte !== comma && byte !== space && byte !== newline;
      byte = buffer[++i]
    ) {
      if (i - this.position > 5) return false;
    }
    const value = booleanOf(this.texts.read(buffer, this.position, i));
    const column = value === undefined ? undefined : builder.column(field, 'bool');
    if (value === undefined || column === undefined) return false;
    column.setCell(builder.rows, value);
    this.position = i;
    return true;
  }

  /** The time, if there is one, and the newline. */
  private readTime(): boolean {
    const buffer = this.buffer;
    let i = this.position;
    while (buffer[i] === space) i++;
    const start = i;
    let byte = buffer[i] ?? newline;
    if (byte === newline) {
      this.seconds = this.fallbackTime.seconds;
      this.nanos = this.fallbackTime.nanos;
      this.position = i + 1;
      return true;
    }
    while (byte >= 0x30 && byte <= 0x39) byte = buffer[++i] ?? newline;
    const fraction = fractionDigits[this.precision];
    const digits = i - start - fraction;
    if (byte !== newline || fraction < 0 || i === start || digits > 10) return false;
    let seconds = 0;
    let nanos = 0;
    const point = Math.max(start, i - fraction);
    for (let k = start; k < point; k++) seconds = seconds * 10 + ((buffer[k] ?? 0) - 0x30);
    for (let k = point; k < i; k++) nanos = nanos * 10 + ((buffer[k] ?? 0) - 0x30);
    // The last seconds of the range are checked exactly, elsewhere.
    if (seconds > 9_223_372_035) return false;
    this.seconds = seconds;
    this.nanos = nanos * (nanosPerUnit[this.precision] ?? 1);
    this.position = i + 1;
    return true;
  }

  // ---- every other line ----

  private readAnyLine(): void {
    const end = lineEnd(this.buffer, this.position);
    let start = this.position;
    this.position = end + 1;
    while (start < end && isBlank(this.buffer[start])) start++;
    if (start >= end || this.buffer[start] === hash) return;
    const line = this.buffer.subarray(start, end);
    const scanned = scanLine(line, this.precision);
    if (scanned.ok) this.addLine(scanned.value);
    else this.errors.push(`unable to parse '${decodeUtf8(line)}': ${scanned.error}`);
  }

  private addLine(line: ScannedLine): void {
    const keyHash = hashOf(line.key);
    let entry = this.series.find(line.key, 0, line.key.length, keyHash);
    if (entry < 0) {
      const { key, tagKeys, tagValues } = line;
      entry = this.series.add(key, 0, key.length, keyHash, line.measurement, tagKeys, tagValues);
    }
    this.follow(entry);
    const measurement = this.series.measurementAt(entry);
    if (!this.putFields(this.builderOf(measurement), line)) {
      // A field changed its type within the body: the rows before it are a block of their own.
      this.cut(measurement);
      this.putFields(this.builderOf(measurement), line);
    }
    const time = line.time ?? this.fallbackTime;
    this.seconds = time.seconds;
    this.nanos = time.nanos;
    this.endRow(this.builderOf(measurement), this.series.tagIdAt(entry));
  }

  private putFields(builder: BlockBuilder, line: ScannedLine): boolean {
    for (const { name, type, value } of line.fields) {
      if (!put(builder, builder.measurement.fieldIndex(name), type, value)) return false;
    }
    return true;
  }

  // ---- rows and blocks ----

  private builderOf(measurement: Measurement): BlockBuilder {
    if (this.current?.measurement === measurement) return this.current;
    let builder = this.builders.get(measurement);
    if (builder === undefined) {
      const rest = (this.buffer.length - this.position) / typicalLineBytes;
      builder = new BlockBuilder(measurement, this.blocks.length, Math.max(8, Math.min(maxBlockRows, Math.ceil(rest))));
      this.blocks.push(undefined);
      this.builders.set(measurement, builder);
    }
    this.current = builder;
    return builder;
  }

  private endRow(builder: BlockBuilder, tagId: number): void {
    const runs = this.runs;
    if (runs[runs.length - 2] === builder.index) runs[runs.length - 1] = (runs[runs.length - 1] ?? 0) + 1;
    else runs.push(builder.index, 1);
    builder.endRow(tagId, this.seconds, this.nanos);
    this.rowCount++;
    if (builder.rows === maxBlockRows) this.cut(builder.measurement);
  }

  private cut(measurement: Measurement): void {
    const builder = this.builders.get(measurement);
    if (builder === undefined) return;
    this.finish(builder);
    this.builders.delete(measurement);
    this.current = undefined;
  }
}

/** Where a byte stands in `start` to `end - 1`; `end` when it does not. */
function indexIn(buffer: Uint8Array, byte: number, start: number, end: number): number {
  let i = start;
  while (i < end && buffer[i] !== byte) i++;
  return i;
}

function put(builder: BlockBuilder, field: number, type: FieldType, value: FieldValue): boolean {
  const column = builder.column(field, type);
  if (column === undefined) return false;
  if (typeof value === 'bigint') {
    const canonical = canonicalInt(value);
    if (typeof canonical === 'bigint') column.setBigint(builder.rows, canonical);
    else column.setNumber(builder.rows, canonical);
  } else if (typeof value === 'number') column.setNumber(builder.rows, value);
  else column.setCell(builder.rows, value);
  return true;
}

/** Exact as doubles, all of them. */
const powersOfTen: readonly number[] = [
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
];

/** Digits of a time after the whole seconds; -1 where a unit is more than a second. */
const fractionDigits: Readonly<Record<Precision, number>> = { n: 9, u: 6, ms: 3, s: 0, m: -1, h: -1 };
const nanosPerUnit: Readonly<Record<Precision, number>> = { n: 1, u: 1000, ms: 1_000_000, s: 1, m: 1, h: 1 };
