/**
 * Rows and batches as messages to a function. What repeats from point to point (names, group, tags, names of fields)
 * is encoded once and copied; nothing is allocated per point.
 */
import type { TagSet, TagTable } from '../../../influx/tag-table.ts';
import type { BatchHeader } from '../../engine/batch.ts';
import type { Group, GroupTable } from '../../engine/groups.ts';
import { isPresent } from '../../engine/rows.ts';
import type { RowField, Rows } from '../../engine/rows.ts';
import { messageField } from './messages.ts';
import { wireBytes, wireFixed64, wireVarint, WireWriter } from './wire-writer.ts';

/** Fields of a point. */
const pointField = {
  time: 1,
  name: 2,
  database: 3,
  retentionPolicy: 4,
  group: 5,
  dimensions: 6,
  tags: 7,
  doubles: 8,
  ints: 9,
  strings: 10,
  byName: 11,
  bools: 12,
} as const;

/** Names of fields kept encoded; beyond, all are forgotten. */
const keptNames = 4096;

export class PointEncoder {
  private readonly groups: GroupTable;
  private readonly scratch = new WireWriter();
  /** Measurement, database and retention policy of the rows written last. */
  private head = new Uint8Array(0);
  private headOf: Pick<Rows, 'name' | 'database' | 'retentionPolicy'> = { name: '', database: '', retentionPolicy: '' };
  /** By number: group with dimensions, and the text of the group alone. */
  private readonly points: (Uint8Array | undefined)[] = [];
  private readonly batches: (Uint8Array | undefined)[] = [];
  private tagTable: TagTable | undefined;
  private tags: (Uint8Array | undefined)[] = [];
  private readonly names = new Map<string, Uint8Array>();

  constructor(groups: GroupTable) {
    this.groups = groups;
  }

  /** A point of a stream. False when it has a value that the protocol cannot carry: nothing was written then. */
  writeRow(writer: WireWriter, rows: Rows, row: number): boolean {
    const before = writer.length;
    const frame = writer.open();
    writer.tag(messageField.point, wireBytes);
    const point = writer.open();
    this.writeTime(writer, rows, row);
    writer.raw(this.headBytes(rows));
    writer.raw(this.groupBytes(rows.groups[row] ?? 0));
    writer.raw(this.tagBytes(rows, row));
    if (!this.writeFields(writer, rows, row)) {
      writer.truncate(before);
      return false;
    }
    writer.close(point);
    writer.close(frame);
    return true;
  }

  /** A point of a batch, with less about it, as in 1.5.4. */
  writeBatchRow(writer: WireWriter, group: Group, rows: Rows, row: number): boolean {
    const before = writer.length;
    const frame = writer.open();
    writer.tag(messageField.point, wireBytes);
    const point = writer.open();
    this.writeTime(writer, rows, row);
    writer.raw(this.batchGroupBytes(group));
    writer.raw(this.tagBytes(rows, row));
    if (!this.writeFields(writer, rows, row)) {
      writer.truncate(before);
      return false;
    }
    writer.close(point);
    writer.close(frame);
    return true;
  }

  writeBegin(writer: WireWriter, { name, group, tags }: BatchHeader, size: number): void {
    const frame = writer.open();
    writer.tag(messageField.begin, wireBytes);
    const begin = writer.open();
    writeText(writer, 1, name);
    writeText(writer, 2, group.id);
    writeTags(writer, 3, tags);
    writer.tag(4, wireVarint);
    writer.varint(size);
    writeTrue(writer, 5, group.dimensions.byName);
    writer.close(begin);
    writer.close(frame);
  }

  /** Without the word on grouping by name, as in 1.5.4. */
  writeEnd(writer: WireWriter, { name, group, tags, seconds, nanos }: BatchHeader): void {
    const frame = writer.open();
    writer.tag(messageField.end, wireBytes);
    const end = writer.open();
    writeText(writer, 1, name);
    writeText(writer, 2, group.id);
    writer.tag(3, wireVarint);
    writeTimeNs(writer, seconds, nanos);
    writeTags(writer, 4, tags);
    writer.close(end);
    writer.close(frame);
  }

  private writeTime(writer: WireWriter, rows: Rows, row: number): void {
    writer.tag(pointField.time, wireVarint);
    writeTimeNs(writer, rows.seconds[row] ?? 0, rows.nanos[row] ?? 0);
  }

  private writeFields(writer: WireWriter, { fields }: Rows, row: number): boolean {
    for (const field of fields) if (isPresent(field.column, row) && !this.writeField(writer, field, row)) return false;
    return true;
  }

  private writeField(writer: WireWriter, { name, column }: RowField, row: number): boolean {
    const value = column.values[row] ?? 0;
    const key = this.nameBytes(name);
    switch (column.type) {
      case 'float': {
        writer.tag(pointField.doubles, wireBytes);
        const entry = writer.open();
        writer.raw(key);
        writer.tag(2, wireFixed64);
        writer.double(Number(value));
        writer.close(entry);
        return true;
      }
      case 'int': {
        writer.tag(pointField.ints, wireBytes);
        const entry = writer.open();
        writer.raw(key);
        writer.tag(2, wireVarint);
        writer.int64(typeof value === 'bigint' ? value : Number(value));
        writer.close(entry);
        return true;
      }
      case 'string': {
        writer.tag(pointField.strings, wireBytes);
        const entry = writer.open();
        writer.raw(key);
        writer.tag(2, wireBytes);
        writer.text(String(value));
        writer.close(entry);
        return true;
      }
      case 'bool': {
        writer.tag(pointField.bools, wireBytes);
        const entry = writer.open();
        writer.raw(key);
        writer.tag(2, wireVarint);
        writer.bool(value === true);
        writer.close(entry);
        return true;
      }
      // A null that a join put in the place of a value.
      case 'missing':
        return true;
      default:
        return false;
    }
  }

  // ---- what is kept encoded ----

  private headBytes(rows: Rows): Uint8Array {
    const { name, database, retentionPolicy } = rows;
    const { headOf } = this;
    const isKnown = headOf.name === name && headOf.database === database && headOf.retentionPolicy === retentionPolicy;
    if (isKnown) return this.head;
    const writer = this.scratch;
    writeText(writer, pointField.name, name);
    writeText(writer, pointField.database, database);
    writeText(writer, pointField.retentionPolicy, retentionPolicy);
    this.head = new Uint8Array(writer.take());
    this.headOf = { name, database, retentionPolicy };
    return this.head;
  }

  private groupBytes(number: number): Uint8Array {
    const known = this.points[number];
    if (known !== undefined) return known;
    const group = this.groups.at(number);
    const writer = this.scratch;
    writeText(writer, pointField.group, group.id);
    for (const dimension of group.dimensions.tagNames) {
      writer.tag(pointField.dimensions, wireBytes);
      writer.text(dimension);
    }
    writeTrue(writer, pointField.byName, group.dimensions.byName);
    return kept(this.points, number, writer.take());
  }

  private batchGroupBytes(group: Group): Uint8Array {
    const known = this.batches[group.number];
    if (known !== undefined) return known;
    writeText(this.scratch, pointField.group, group.id);
    return kept(this.batches, group.number, this.scratch.take());
  }

  private tagBytes(rows: Rows, row: number): Uint8Array {
    if (rows.tagTable !== this.tagTable) {
      this.tagTable = rows.tagTable;
      this.tags = [];
    }
    const id = rows.tagIds[row] ?? 0;
    const known = this.tags[id];
    if (known !== undefined) return known;
    writeTags(this.scratch, pointField.tags, rows.tagTable.at(id));
    return kept(this.tags, id, this.scratch.take());
  }

  private nameBytes(name: string): Uint8Array {
    let known = this.names.get(name);
    if (known !== undefined) return known;
    if (this.names.size === keptNames) this.names.clear();
    this.scratch.tag(1, wireBytes);
    this.scratch.text(name);
    known = this.scratch.take();
    this.names.set(name, known);
    return known;
  }
}

function kept(all: (Uint8Array | undefined)[], index: number, bytes: Uint8Array): Uint8Array {
  // Filled up, so that the array stays without holes.
  while (all.length <= index) all.push(undefined);
  all[index] = bytes;
  return bytes;
}

/** Empty text is not written: it is what a reader takes for granted. */
function writeText(writer: WireWriter, field: number, text: string): void {
  if (text === '') return;
  writer.tag(field, wireBytes);
  writer.text(text);
}

function writeTrue(writer: WireWriter, field: number, value: boolean): void {
  if (!value) return;
  writer.tag(field, wireVarint);
  writer.bool(true);
}

function writeTags(writer: WireWriter, field: number, { keys, values }: TagSet): void {
  for (const [index, key] of keys.entries()) {
    writer.tag(field, wireBytes);
    const entry = writer.open();
    writer.tag(1, wireBytes);
    writer.text(key);
    writer.tag(2, wireBytes);
    writer.text(values[index] ?? '');
    writer.close(entry);
  }
}

/** Nanoseconds since 1970, of which one double could not hold all digits, as the halves of 64 bits. */
export function writeTimeNs(writer: WireWriter, seconds: number, nanos: number): void {
  if (seconds < 0 || seconds > 9_223_372_035) {
    writer.int64(BigInt(seconds) * 1_000_000_000n + BigInt(nanos));
    return;
  }
  const upperSeconds = Math.floor(seconds / 0x1_0000);
  const lower = (seconds - upperSeconds * 0x1_0000) * 1e9 + nanos;
  const lowerHigh = Math.floor(lower / 0x1_0000);
  const upper = upperSeconds * 1e9 + lowerHigh;
  const high = Math.floor(upper / 0x1_0000);
  writer.varint64((upper - high * 0x1_0000) * 0x1_0000 + (lower - lowerHigh * 0x1_0000), high);
}
