import { nanosOf, secondsOf } from '../../../influx/block.ts';
import type { TagSet } from '../../../influx/tag-table.ts';
import type { ValueType } from '../../../tick/lambda/column.ts';
import { PartBatch } from '../../engine/batch.ts';
import type { Batch, BatchHeader } from '../../engine/batch.ts';
import { FieldValues } from '../../engine/field-values.ts';
import { GroupStates, SeenGroups } from '../../engine/group-states.ts';
import type { Group } from '../../engine/groups.ts';
import { rehouse, RehousingTurn } from '../../engine/kept-points.ts';
import { Machine } from '../../engine/machine.ts';
import type { Barrier, MachineContext } from '../../engine/machine.ts';
import { allRows, fieldOf, isPresent } from '../../engine/rows.ts';
import type { Rows } from '../../engine/rows.ts';
import { RowsBuilder } from '../../engine/rows-builder.ts';
import { isBefore } from '../../engine/times.ts';
import type { Aggregate } from './aggregates.ts';
import type { InfluxqlNode } from './influxql.ts';
import { epochPoint, noPoint, ownTime, Reduced } from './reduced.ts';
import { reportLeftOut } from './value-errors.ts';

/** The points of one time of a stream's group, until a point of another time comes. */
interface Collecting {
  seconds: number;
  nanos: number;
  name: string;
  readonly values: FieldValues;
}

/** Rows of a result block that are held back at most. */
const blockLimit = 4096;

/** Makes one result (or a batch of them) of each batch, or of the points of a stream that have one time. */
export class AggregateMachine extends Machine {
  private readonly node: InfluxqlNode;
  private readonly aggregate: Aggregate;
  private readonly seen = new SeenGroups();
  private readonly collecting = new GroupStates<Collecting>();
  /** Name of a group's first batch: that of its results. */
  private readonly names: (string | undefined)[] = [];
  private readonly values: FieldValues;
  private readonly reduced = new Reduced();
  private builder: RowsBuilder | undefined;
  private readonly turn = new RehousingTurn();

  constructor(context: MachineContext, node: InfluxqlNode, aggregate: Aggregate) {
    super(context);
    this.node = node;
    this.aggregate = aggregate;
    this.values = new FieldValues(this.accepts);
  }

  override onBatch(batch: Batch): void {
    const { group } = batch.header;
    this.seen.add(group);
    const { values } = this;
    batch.readField(this.node.field, values);
    if (values.leftOut > 0) this.reportLeftOut(values, 'batch');
    const isUsable = values.count > 0;
    if (isUsable || this.aggregate.isEmptyOk) {
      while (this.names.length <= group.number) this.names.push(undefined);
      const name = this.names[group.number] ?? batch.header.name;
      this.names[group.number] = name;
      if (!isUsable) values.reset();
      const header = name === batch.header.name ? batch.header : { ...batch.header, name };
      this.reduce(values, isUsable ? values.type : 'float', header);
    }
    values.release();
  }

  override onRows(rows: Rows, selected: Int32Array, count: number): void {
    this.seen.addRows(rows.groups, selected, count, this.context.groups.size);
    const column = fieldOf(rows, this.node.field);
    for (let i = 0; i < count; i++) {
      const row = selected[i] ?? 0;
      const { values } = this.collectingAt(rows, row);
      const before = values.count;
      if (column === undefined || !isPresent(column, row)) values.addMissing();
      else values.add(column, rows, row);
      if (values.count === before) this.reportLeftOut(values, 'point');
    }
    if (this.turn.isDue(rows.length, this.collecting.size)) this.rehouse();
  }

  override onBarrier(barrier: Barrier): void {
    this.seen.add(barrier.group);
    this.flush();
    this.emitBarrier(barrier);
  }

  override onDeleteGroup(group: Group): void {
    if (!this.seen.delete(group)) return;
    this.collecting.delete(group);
    this.names[group.number] = undefined;
    this.flush();
    this.emitDeleteGroup(group);
  }

  override cardinality(): number {
    return this.seen.size;
  }

  override flush(): void {
    const { builder } = this;
    if (builder === undefined || builder.length === 0) return;
    this.builder = undefined;
    this.emitRows(builder.finish(), allRows(builder.length), builder.length);
  }

  private rehouse(): void {
    const kept = Array.from(this.collecting.values(), ({ values }) => ({ values, points: values.points() }));
    rehouse(kept.flatMap(({ points }) => points));
    for (const { values, points } of kept) values.moveTo(points);
  }

  /** The group's points of the row's time; those of the time before are reduced first. */
  private collectingAt(rows: Rows, row: number): Collecting {
    const number = rows.groups[row] ?? 0;
    const seconds = rows.seconds[row] ?? 0;
    const nanos = rows.nanos[row] ?? 0;
    const known = this.collecting.get(number);
    if (known !== undefined && known.seconds === seconds && known.nanos === nanos) return known;
    if (known === undefined) {
      const made = { seconds, nanos, name: rows.name, values: new FieldValues(this.accepts, 8) };
      this.collecting.set(number, made);
      return made;
    }
    const { values } = known;
    if (values.count > 0) {
      const group = this.context.groups.at(number);
      this.reduce(values, values.type, {
        name: known.name,
        group,
        tags: group.tags,
        seconds: known.seconds,
        nanos: known.nanos,
      });
    }
    values.release();
    known.seconds = seconds;
    known.nanos = nanos;
    known.name = rows.name;
    return known;
  }

  private readonly accepts = (type: ValueType): boolean => this.aggregate.resultType(type) !== undefined;

  /** Reports what cannot be used; of a stream at once, as in 1.5.4, not only when its time is over. */
  private reportLeftOut(values: FieldValues, context: 'batch' | 'point'): void {
    reportLeftOut(values, this.node, context, (message, error) => this.report(message, error));
    values.forgetLeftOut();
  }

  private reduce(values: FieldValues, type: ValueType, header: BatchHeader): void {
    const { reduced } = this;
    reduced.reset();
    this.aggregate.reduce(values, reduced);
    if (reduced.failure !== undefined) {
      this.report('failed to aggregate batch', reduced.failure);
      return;
    }
    const resultType = this.aggregate.resultType(type) ?? type;
    if (this.context.provides === 'batch') this.emitBatch(this.resultBatch(values, resultType, header));
    else if (reduced.count === 1) this.addResult(values, resultType, header);
  }

  private addResult(values: FieldValues, type: ValueType, header: BatchHeader): void {
    const { seconds, nanos } = this.timeOf(0, values, header);
    const isAdded = this.aggregate.isSelector
      ? this.addSelected(values, this.reduced.points[0] ?? 0, header, seconds, nanos)
      : this.addPlain(type, header, seconds, nanos);
    if (!isAdded) {
      this.flush();
      this.builder = undefined;
      this.addResult(values, type, header);
      return;
    }
    if (this.builder !== undefined && this.builder.length >= blockLimit) this.flush();
    else this.wantFlush();
  }

  private addPlain(type: ValueType, header: BatchHeader, seconds: number, nanos: number): boolean {
    const builder = this.builderFor(header.name, this.context.groups.tags);
    if (builder === undefined || !builder.setField(this.node.as, type, this.reduced.values[0] ?? 0)) return false;
    builder.addRow(seconds, nanos, header.group.tags.id, header.group.number);
    return true;
  }

  /** The chosen point with all its fields and tags; the field alone takes the new name. */
  private addSelected(
    values: FieldValues,
    point: number,
    header: BatchHeader,
    seconds: number,
    nanos: number,
  ): boolean {
    const rows = values.sourceOf(point);
    const row = values.rows[point] ?? 0;
    if (rows === undefined) return true;
    const builder = this.builderFor(header.name, rows.tagTable);
    if (builder === undefined) return false;
    const { field, as } = this.node;
    for (const { name, column } of rows.fields) {
      if (!isPresent(column, row) || (name === as && as !== field)) continue;
      if (!builder.setField(name === field ? as : name, column.type, column.values[row] ?? 0)) return false;
    }
    const tagId = rows.tagIds[row] ?? 0;
    builder.addRow(seconds, nanos, tagId, this.groupOf(rows.tagTable.at(tagId), header).number);
    return true;
  }

  /** The group that a point's own tags make, as in 1.5.4: a node in front may have changed them within the batch. */
  private groupOf(tags: TagSet, { name, group }: BatchHeader): Group {
    const { dimensions } = group;
    const isOwn = dimensions.tagNames.every((tag) => (tags.get(tag) ?? '') === (group.tags.get(tag) ?? ''));
    return isOwn ? group : this.context.groups.of(name, tags, dimensions);
  }

  /** Undefined when the rows held back are of another kind and must go first. */
  private builderFor(name: string, tagTable: Rows['tagTable']): RowsBuilder | undefined {
    const { builder } = this;
    if (builder !== undefined) return builder.name === name && builder.tagTable === tagTable ? builder : undefined;
    this.builder = new RowsBuilder({ name, database: '', retentionPolicy: '', tagTable });
    return this.builder;
  }

  private timeOf(result: number, values: FieldValues, header: BatchHeader): { seconds: number; nanos: number } {
    const point = this.reduced.points[result] ?? noPoint;
    if (!this.node.usesPointTimes || point === noPoint || !this.reduced.hasPointTime) return header;
    if (point === epochPoint) return { seconds: 0, nanos: 0 };
    if (point === ownTime) {
      const ns = this.reduced.timesNs[result] ?? 0n;
      return { seconds: secondsOf(ns), nanos: nanosOf(ns) };
    }
    return { seconds: values.secondsOf(point), nanos: values.nanosOf(point) };
  }

  /** Its time is that of the newest of its points, if that is later than the batch's. */
  private resultBatch(values: FieldValues, type: ValueType, header: BatchHeader): Batch {
    const { groups } = this.context;
    const group = groups.ofBatch(header.name, header.group.tags, header.group.dimensions.byName);
    let { seconds, nanos } = header;
    const builder = new RowsBuilder(
      { name: header.name, database: '', retentionPolicy: '', tagTable: groups.tags },
      this.reduced.count,
    );
    for (let i = 0; i < this.reduced.count; i++) {
      const time = this.timeOf(i, values, header);
      builder.setField(this.node.as, type, this.reduced.values[i] ?? 0);
      builder.addRow(
        time.seconds,
        time.nanos,
        this.tagsOf(values, this.reduced.points[i] ?? noPoint, group).id,
        group.number,
      );
      if (isBefore(seconds, nanos, time.seconds, time.nanos)) ({ seconds, nanos } = time);
    }
    const rows = builder.finish();
    const parts = rows.length === 0 ? [] : [{ rows, selected: allRows(rows.length), count: rows.length }];
    return new PartBatch({ name: header.name, group, tags: group.tags, seconds, nanos }, parts);
  }

  private tagsOf(values: FieldValues, point: number, group: Group): TagSet {
    const rows = values.sourceOf(point);
    if (!this.aggregate.keepsPointTags || rows === undefined) return group.tags;
    const tags = rows.tagTable.at(rows.tagIds[values.rows[point] ?? 0] ?? 0);
    return this.context.groups.tags.internRecord({ ...group.tags.toRecord(), ...tags.toRecord() });
  }
}
