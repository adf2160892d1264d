import { nanosOf, secondsOf, timeNs } from '../../../influx/block.ts';
import { PartBatch } from '../../engine/batch.ts';
import type { Batch } from '../../engine/batch.ts';
import { GroupStates } from '../../engine/group-states.ts';
import type { Group } from '../../engine/groups.ts';
import { Machine } from '../../engine/machine.ts';
import type { Barrier, MachineContext } from '../../engine/machine.ts';
import { RowOutput } from '../../engine/row-output.ts';
import type { MadeField } from '../../engine/row-output.ts';
import { rehouse, RehousingTurn } from '../../engine/kept-points.ts';
import type { KeptPoint } from '../../engine/kept-points.ts';
import { isPresent } from '../../engine/rows.ts';
import type { Rows } from '../../engine/rows.ts';
import { roundNs } from '../../engine/times.ts';
import type { Fill, JoinNode } from './join.ts';
import { areEqual, isEarlier, JoinGroup } from './join-group.ts';
import type { Joinable, JoinSet, Time } from './join-group.ts';
import { JoinOn } from './join-on.ts';

export class JoinMachine extends Machine {
  private readonly node: JoinNode;
  private readonly fill: Fill;
  private readonly groups = new GroupStates<JoinGroup>();
  private readonly on: JoinOn | undefined;
  private readonly output: RowOutput;
  private readonly turn = new RehousingTurn();
  /** Per parent: the names its fields get. */
  private readonly prefixed: readonly Map<string, string>[];
  /** The group whose sets are being emitted. */
  private emitting: Group;
  private readonly emit = (set: JoinSet): void => this.emitJoined(set);

  constructor(context: MachineContext, node: JoinNode, fill: Fill) {
    super(context);
    this.node = node;
    this.fill = fill;
    this.output = new RowOutput(context.groups.tags);
    this.prefixed = node.names.map(() => new Map());
    this.emitting = context.groups.none;
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
    const { dimensions } = this.node;
    const common = this.context.groups.of(name, group.tags, { tagNames: dimensions, byName: group.dimensions.byName });
    const isSpecific = group.dimensions.tagNames.length > dimensions.length;
    this.on.arrive({ source, value, group: group.number }, common.number, isSpecific);
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
    if (this.node.toleranceNs === 0n) return { seconds, nanos };
    const time = roundNs(timeNs(seconds, nanos), this.node.toleranceNs);
    return { seconds: secondsOf(time), nanos: nanosOf(time) };
  }

  private emitJoined(set: JoinSet): void {
    const first = set.values.find((value) => value !== undefined);
    if (first === undefined) return;
    const own = first.kind === 'point' ? first.rows.name : first.batch.header.name;
    const name = this.node.streamName === '' ? own : this.node.streamName;
    if (first.kind === 'point') this.addPoint(set, name, first);
    else this.emitBatch(this.joinedBatch(set, name, first.batch));
  }

  private addPoint(set: JoinSet, name: string, first: KeptPoint): void {
    const points = set.values.map((value) => (value?.kind === 'point' ? value : undefined));
    const fields = this.joinedFields(
      points,
      first.rows.fields.filter(({ column }) => isPresent(column, first.row)),
    );
    if (fields === undefined) return;
    const { tags, dimensions } = this.emitting;
    const group = dimensions.byName ? this.context.groups.of(name, tags, dimensions) : this.emitting;
    this.output.add({ name, ...set.time, tagId: tags.id, group: group.number, fields });
  }

  /** Undefined when a parent has no point and nothing stands for it. */
  private joinedFields(
    points: readonly (KeptPoint | undefined)[],
    like: readonly { readonly name: string }[],
  ): Map<string, MadeField> | undefined {
    const fields = new Map<string, MadeField>();
    for (const [source, point] of points.entries()) {
      if (point === undefined) {
        if (this.fill === 'none') return undefined;
        for (const { name } of like) fields.set(this.prefix(source, name), this.fill);
        continue;
      }
      for (const { name, column } of point.rows.fields) {
        if (!isPresent(column, point.row)) continue;
        fields.set(this.prefix(source, name), { type: column.type, value: column.values[point.row] ?? 0 });
      }
    }
    return fields;
  }

  private prefix(source: number, name: string): string {
    const names = this.prefixed[source];
    let full = names?.get(name);
    if (full === undefined) {
      full = `${this.node.names[source] ?? ''}${this.node.delimiter}${name}`;
      names?.set(name, full);
    }
    return full;
  }

  /** The batches' points by time: of each batch at most one a time, as long as one has points left. */
  private joinedBatch(set: JoinSet, name: string, first: Batch): Batch {
    const { groups } = this.context;
    const group = groups.ofBatch(name, first.header.tags, first.header.group.dimensions.byName);
    const lists = set.values.map((value) => (value?.kind === 'batch' ? pointsOf(value.batch) : []));
    const next = lists.map(() => 0);
    const output = new RowOutput(groups.tags);
    let like: readonly { readonly name: string }[] | undefined;
    for (;;) {
      const heads = lists.map((list, source) => list[next[source] ?? 0]);
      const times = heads.map((head) => (head === undefined ? undefined : this.timeOf(head)));
      const earliest = times.reduce(
        (low, time) => (time !== undefined && (low === undefined || isEarlier(time, low)) ? time : low),
        undefined,
      );
      if (earliest === undefined) break;
      const chosen = heads.map((head, source) => (areEqual(times[source], earliest) ? head : undefined));
      chosen.forEach((point, source) => {
        if (point === undefined) return;
        next[source] = (next[source] ?? 0) + 1;
        like ??= point.rows.fields.filter(({ column }) => isPresent(column, point.row));
      });
      const fields = this.joinedFields(chosen, like ?? []);
      if (fields !== undefined) output.add({ name, ...earliest, tagId: group.tags.id, group: group.number, fields });
    }
    return new PartBatch({ name, group, tags: group.tags, ...set.time }, output.take());
  }

  private timeOf({ rows, row }: KeptPoint): Time {
    return this.rounded(rows.seconds[row] ?? 0, rows.nanos[row] ?? 0);
  }
}

function pointsOf(batch: Batch): readonly KeptPoint[] {
  return batch
    .parts()
    .flatMap(({ rows, selected, count }) => Array.from({ length: count }, (_, i) => ({ rows, row: selected[i] ?? 0 })));
}
