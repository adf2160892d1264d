/** What comes from a function: points and batches, collected into as few blocks as their order and types allow. */
import { assert } from '../../../base/assert.ts';
import { byteOrder } from '../../../base/byte-order.ts';
import { nanosOf, secondsOf } from '../../../influx/block.ts';
import type { TagSet } from '../../../influx/tag-table.ts';
import { PartBatch } from '../../engine/batch.ts';
import type { Batch } from '../../engine/batch.ts';
import type { GroupSpace, GroupTable } from '../../engine/groups.ts';
import { allRows } from '../../engine/rows.ts';
import type { Rows, RowSelection } from '../../engine/rows.ts';
import { RowsBuilder } from '../../engine/rows-builder.ts';
import { PointDecoder, readBegin, readEnd } from './point-decoder.ts';
import type { BatchMark } from './point-decoder.ts';
import type { WireReader } from './wire-reader.ts';

export interface UdfOutputSink {
  rows(rows: Rows): void;
  batch(batch: Batch): void;
}

export class UdfOutput {
  private readonly groups: GroupTable;
  private readonly provides: 'stream' | 'batch';
  private readonly sink: UdfOutputSink;
  private readonly point = new PointDecoder();
  private builder: RowsBuilder | undefined;
  private space: GroupSpace | undefined;
  /** The batch under way. */
  private begin: BatchMark | undefined;
  private parts: RowSelection[] = [];

  constructor(groups: GroupTable, provides: 'stream' | 'batch', sink: UdfOutputSink) {
    this.groups = groups;
    this.provides = provides;
    this.sink = sink;
  }

  /** Takes one message. The text says why it does not fit; what cannot be read is the reader's failure. */
  take(kind: 'begin' | 'point' | 'end', reader: WireReader): string | undefined {
    if (kind === 'point') return this.takePoint(reader);
    if (this.provides === 'stream') return 'a batch of a function that provides a stream';
    if (kind === 'begin') {
      if (this.begin !== undefined) return 'a batch begins before the one in front of it has ended';
      this.begin = readBegin(reader);
      return undefined;
    }
    if (this.begin === undefined) return 'the end of a batch that has not begun';
    this.endBatch(this.begin, readEnd(reader));
    return undefined;
  }

  /** Hands on the points collected so far; those of a batch wait for its end. */
  flush(): void {
    if (this.begin !== undefined) return;
    const { builder } = this;
    this.builder = undefined;
    if (builder !== undefined && builder.length > 0) this.sink.rows(builder.finish());
  }

  private takePoint(reader: WireReader): string | undefined {
    const { point, begin } = this;
    point.read(reader);
    if (reader.failure !== '') return undefined;
    if (begin === undefined && this.provides === 'batch') return 'a point outside of a batch';
    const tags = this.tagsOf(point.tagKeys, point.tagValues);
    // A set that is new has taken the arrays.
    if (tags.values === point.tagValues || tags.keys === point.tagKeys) point.renewTags();
    let group = this.groups.none.number;
    if (begin === undefined) group = this.groupOf(tags);
    else point.rename(begin.name);
    this.put(tags, group);
    return undefined;
  }

  /** Into the block under way, or a new one when it does not fit: another measurement, or a field of another type. */
  private put(tags: TagSet, group: number): void {
    const { point } = this;
    let { builder } = this;
    if (builder === undefined || !this.isLike(builder) || !this.putFields(builder)) {
      if (this.begin === undefined) this.flush();
      else this.finishPart();
      builder = new RowsBuilder({
        name: point.name,
        database: point.database,
        retentionPolicy: point.retentionPolicy,
        tagTable: this.groups.tags,
      });
      this.builder = builder;
      const fits = this.putFields(builder);
      assert(fits, 'a point fits into an empty block');
    }
    builder.addRow(point.seconds, point.nanos, tags.id, group);
  }

  private isLike({ name, database, retentionPolicy }: RowsBuilder): boolean {
    const { point } = this;
    return name === point.name && database === point.database && retentionPolicy === point.retentionPolicy;
  }

  private putFields(builder: RowsBuilder): boolean {
    const { fieldNames, fieldTypes, fieldValues } = this.point;
    for (let i = 0; i < fieldNames.length; i++)
      if (!builder.setField(fieldNames[i] ?? '', fieldTypes[i] ?? 'float', fieldValues[i] ?? 0)) return false;
    return true;
  }

  private finishPart(): void {
    const { builder } = this;
    this.builder = undefined;
    if (builder === undefined || builder.length === 0) return;
    this.parts.push({ rows: builder.finish(), selected: allRows(builder.length), count: builder.length });
  }

  /** Name, tags and time of the end, grouping by name of the begin, as in 1.5.4. */
  private endBatch({ byName }: BatchMark, { name, tagKeys, tagValues, timeNs }: BatchMark): void {
    this.finishPart();
    const { parts } = this;
    this.parts = [];
    this.begin = undefined;
    const tags = this.tagsOf(tagKeys, tagValues);
    const group = this.groups.ofBatch(name, tags, byName);
    const header = { name, group, tags, seconds: secondsOf(timeNs), nanos: nanosOf(timeNs) };
    const named = parts.map((part) => ({
      ...part,
      rows: { ...part.rows, name, groups: new Uint32Array(part.rows.length).fill(group.number) },
    }));
    this.sink.batch(new PartBatch(header, named));
  }

  private groupOf(tags: TagSet): number {
    const { dimensions, byName, name } = this.point;
    if (dimensions.length === 0 && !byName) return this.groups.none.number;
    if (this.space === undefined || !this.isOf(this.space))
      this.space = this.groups.space(name, { tagNames: [...dimensions], byName });
    return this.groups.ofPoint(this.space, tags).number;
  }

  private isOf({ dimensions: known, name: place }: GroupSpace): boolean {
    const { dimensions, byName, name } = this.point;
    if (known.byName !== byName || known.tagNames.length !== dimensions.length) return false;
    if (byName && place !== name) return false;
    for (let i = 0; i < dimensions.length; i++) if (dimensions[i] !== known.tagNames[i]) return false;
    return true;
  }

  /** The keys of a set are in byte order; the arrays are sorted in place, and a set that is new keeps them. */
  private tagsOf(keys: string[], values: string[]): TagSet {
    for (let i = 1; i < keys.length; i++) {
      const key = keys[i] ?? '';
      const value = values[i] ?? '';
      let at = i;
      for (; at > 0 && byteOrder(keys[at - 1] ?? '', key) > 0; at--) {
        keys[at] = keys[at - 1] ?? '';
        values[at] = values[at - 1] ?? '';
      }
      keys[at] = key;
      values[at] = value;
    }
    return this.groups.tags.intern(keys, values);
  }
}
