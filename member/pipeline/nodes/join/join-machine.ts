import { PartBatch } from '../../engine/batch.ts';
import type { Batch } from '../../engine/batch.ts';
import { GroupStates } from '../../engine/group-states.ts';
import type { Dimensions, Group } from '../../engine/groups.ts';
import { Machine } from '../../engine/machine.ts';
import type { Barrier, MachineContext } from '../../engine/machine.ts';
import { PrefixedFields } from '../../engine/prefixed-fields.ts';
import { RowOutput } from '../../engine/row-output.ts';
import { rehouse, RehousingTurn } from '../../engine/kept-points.ts';
import type { KeptPoint } from '../../engine/kept-points.ts';
import type { Rows } from '../../engine/rows.ts';
import { TimeGrid } from '../../engine/times.ts';
import type { Fill, JoinNode } from './join.ts';
import { areEqual, isEarlier, JoinGroup } from './join-group.ts';
import type { Joinable, JoinSet, Time } from './join-group.ts';
import { JoinOn } from './join-on.ts';

export class JoinMachine extends Machine {
  private readonly node: JoinNode;
  private readonly fill: Fill;
  private readonly groups = new GroupStates<JoinGroup>();
  private readonly on: JoinOn | undefined;
  /** Those of `on()`, for parents grouped without the measurement and with it. */
  private readonly common: Readonly<Record<'plain' | 'byName', Dimensions>>;
  /** By group, where the measurement does not count: its group by the common dimensions alone. */
  private readonly commonGroups = new GroupStates<Group>();
  private readonly output: RowOutput;
  private readonly turn = new RehousingTurn();
  /** Those of the point that is being joined. */
  private readonly fields: PrefixedFields;
  private readonly grid: TimeGrid;
  /** The last rounded time: neighbouring points mostly have the same one. */
  private lastTime: Time = { seconds: 0, nanos: 0 };
  /** The group whose sets are being emitted. */
  private emitting: Group;
  private readonly emit = (set: JoinSet): void => this.emitJoined(set);

  constructor(context: MachineContext, node: JoinNode, fill: Fill) {
    super(context);
    this.node = node;
    this.fill = fill;
    this.output = new RowOutput(context.groups.tags);
    const prefixes = node.names.map((name) => name + node.delimiter);
    this.fields = new PrefixedFields(prefixes, fill === 'none' ? undefined : fill);
    this.grid = new TimeGrid(node.toleranceNs);
    this.emitting = context.groups.none;
    const tagNames = node.dimensions;
    this.common = { plain: { tagNames, byName: false }, byName: { tagNames, byName: true } };
    const parents = node.names.length;
    this.on =
      node.dimensions.length === 0
        ? undefined
        : new JoinOn(parents, (group, source, value) => this.collect(context.groups.at(group), source, value));
  }

  override onRows(rows: Rows, selected: Int32Array, count: number, source: number): void {
    for (let i = 0; i < count; i++) {
      const row = selected[i] ?? 0;
      const time = this.rounded(rows.seconds[row] ?? 0, rows.nanos[row] ?? 0);
      this.arrive(rows.name, this.context.groups.at(rows.groups[row] ?? 0), source, { kind: 'point', time, rows, row });
    }
    if (this.turn.isDue(rows.length, this.groups.size)) rehouse(this.waiting());
    this.wantFlush();
  }

  override onBatch(batch: Batch, source: number): void {
    const { header } = batch;
    const kept = new PartBatch(header, batch.parts());
    this.arrive(header.name, header.group, source, {
      kind: 'batch',
      time: this.rounded(header.seconds, header.nanos),
      batch: kept,
    });
  }

  override onBarrier(barrier: Barrier, source: number): void {
    this.emitting = barrier.group;
    this.groupOf(barrier.group).barrier(source, this.rounded(barrier.seconds, barrier.nanos), this.emit);
    this.flush();
    this.emitBarrier(barrier);
  }

  /** As 1.5.4, which does not hand these on here. */
  override onDeleteGroup(): void {}

  override flush(): void {
    for (const { rows, selected, count } of this.output.take()) this.emitRows(rows, selected, count);
  }

  override finish(): void {
    for (let number = 0; number < this.context.groups.size; number++) {
      this.emitting = this.context.groups.at(number);
      this.groups.get(number)?.finish(this.emit);
    }
    this.flush();
  }

  private *waiting(): Iterable<KeptPoint> {
    for (const group of this.groups.values()) yield* group.points();
    if (this.on !== undefined) yield* this.on.points();
  }

  override cardinality(): number {
    return this.groups.size;
  }

  private arrive(name: string, group: Group, source: number, value: Joinable): void {
    if (this.on === undefined) {
      this.collect(group, source, value);
      return;
    }
    const isSpecific = group.dimensions.tagNames.length > this.node.dimensions.length;
    this.on.arrive({ source, value, group: group.number }, this.commonGroup(name, group).number, isSpecific);
  }

  private commonGroup(name: string, group: Group): Group {
    const { groups } = this.context;
    if (group.dimensions.byName) return groups.of(name, group.tags, this.common.byName);
    let common = this.commonGroups.get(group.number);
    if (common === undefined) {
      common = groups.of(name, group.tags, this.common.plain);
      this.commonGroups.set(group.number, common);
    }
    return common;
  }

  private collect(group: Group, source: number, value: Joinable): void {
    this.emitting = group;
    this.groupOf(group).collect(source, value, this.emit);
  }

  private groupOf(group: Group): JoinGroup {
    let found = this.groups.get(group.number);
    if (found === undefined) {
      found = new JoinGroup(this.node.names.length);
      this.groups.set(group.number, found);
    }
    return found;
  }

  private rounded(seconds: number, nanos: number): Time {
    const { grid, lastTime } = this;
    grid.round(seconds, nanos);
    if (grid.seconds !== lastTime.seconds || grid.nanos !== lastTime.nanos) {
      this.lastTime = { seconds: grid.seconds, nanos: grid.nanos };
    }
    return this.lastTime;
  }

  private emitJoined(set: JoinSet): void {
    const first = firstOf(set);
    if (first === undefined) return;
    const own = first.kind === 'point' ? first.rows.name : first.batch.header.name;
    const name = this.node.streamName === '' ? own : this.node.streamName;
    if (first.kind === 'point') this.addPoint(set, name, first);
    else this.emitBatch(this.joinedBatch(set, name, first.batch));
  }

  private addPoint(set: JoinSet, name: string, first: KeptPoint): void {
    const { fields } = this;
    const { values, size, time } = set;
    if (size < values.length && this.fill === 'none') return;
    for (let source = 0; source < values.length; source++) {
      const value = values[source];
      fields.points[source] = value?.kind === 'point' ? value : undefined;
    }
    fields.like = first;
    const { tags, dimensions } = this.emitting;
    const group = dimensions.byName ? this.context.groups.of(name, tags, dimensions) : this.emitting;
    this.output.rowWith(name, fields).addRow(time.seconds, time.nanos, tags.id, group.number);
    fields.release();
  }

  /** The batches' points by time: of each batch at most one a time, as long as one has points left. */
  private joinedBatch(set: JoinSet, name: string, first: Batch): Batch {
    const { groups } = this.context;
    const { seconds, nanos } = set.time;
    const group = groups.ofBatch(name, first.header.tags, first.header.group.dimensions.byName);
    const cursors = set.values.map((value) => new BatchCursor(value?.kind === 'batch' ? value.batch : undefined));
    const output = new RowOutput(groups.tags);
    const { fields } = this;
    for (;;) {
      for (const cursor of cursors) cursor.time = this.timeOf(cursor.head);
      const earliest = earliestOf(cursors);
      if (earliest === undefined) break;
      if (this.takePoints(cursors, earliest) < cursors.length && this.fill === 'none') continue;
      output.rowWith(name, fields).addRow(earliest.seconds, earliest.nanos, group.tags.id, group.number);
    }
    fields.release();
    return new PartBatch({ name, group, tags: group.tags, seconds, nanos }, output.take());
  }

  /** The points of that time become those to be joined. Returns how many there are. */
  private takePoints(cursors: readonly BatchCursor[], time: Time): number {
    const { fields } = this;
    let taken = 0;
    for (const [source, cursor] of cursors.entries()) {
      const point = areEqual(cursor.time, time) ? cursor.take() : undefined;
      fields.points[source] = point;
      if (point === undefined) continue;
      taken++;
      // As 1.5.4: what is missing anywhere in the batch is filled by the fields of its first point.
      fields.like ??= point;
    }
    return taken;
  }

  private timeOf(point: KeptPoint | undefined): Time | undefined {
    if (point === undefined) return undefined;
    const { rows, row } = point;
    return this.rounded(rows.seconds[row] ?? 0, rows.nanos[row] ?? 0);
  }
}

function firstOf({ values }: JoinSet): Joinable | undefined {
  for (const value of values) if (value !== undefined) return value;
  return undefined;
}

/** The points of a batch, one after the other. */
class BatchCursor {
  /** Time of the head, rounded. */
  time: Time | undefined;
  private readonly points: readonly KeptPoint[];
  private next = 0;

  /** Without a batch there are no points. */
  constructor(batch: Batch | undefined) {
    this.points = batch === undefined ? [] : pointsOf(batch);
  }

  /** Undefined behind the last one. */
  get head(): KeptPoint | undefined {
    return this.points[this.next];
  }

  take(): KeptPoint | undefined {
    return this.points[this.next++];
  }
}

function earliestOf(cursors: readonly BatchCursor[]): Time | undefined {
  let earliest: Time | undefined;
  for (const { time } of cursors) {
    if (time !== undefined && (earliest === undefined || isEarlier(time, earliest))) earliest = time;
  }
  return earliest;
}

function pointsOf(batch: Batch): readonly KeptPoint[] {
  return batch
    .parts()
    .flatMap(({ rows, selected, count }) => Array.from({ length: count }, (_, i) => ({ rows, row: selected[i] ?? 0 })));
}
