import type { ValueType } from '../../../tick/lambda/column.ts';
import { PartBatch } from '../../engine/batch.ts';
import type { Batch } from '../../engine/batch.ts';
import { GroupStates, SeenGroups } from '../../engine/group-states.ts';
import type { Group } from '../../engine/groups.ts';
import { Machine } from '../../engine/machine.ts';
import type { Barrier, MachineContext } from '../../engine/machine.ts';
import { allRows, fieldOf, isPresent } from '../../engine/rows.ts';
import type { Rows, RowSelection } from '../../engine/rows.ts';
import { RowsBuilder } from '../../engine/rows-builder.ts';
import type { InfluxqlNode } from './influxql.ts';
import type { Transformation, Transformer } from './transformations.ts';
import { mistyped, reportInapplicable, reportMissing } from './value-errors.ts';

interface Running {
  readonly type: ValueType;
  readonly name: string;
  readonly transformer: Transformer;
}

/** Makes a point of each point: along a stream's group, or within a batch. */
export class TransformationMachine extends Machine {
  private readonly node: InfluxqlNode;
  private readonly transformation: Transformation;
  private readonly seen = new SeenGroups();
  private readonly running = new GroupStates<Running>();
  private builder: RowsBuilder | undefined;
  private finished: RowSelection[] = [];

  constructor(context: MachineContext, node: InfluxqlNode, transformation: Transformation) {
    super(context);
    this.node = node;
    this.transformation = transformation;
  }

  override onRows(rows: Rows, selected: Int32Array, count: number): void {
    this.seen.addRows(rows.groups, selected, count, this.context.groups.size);
    for (let i = 0; i < count; i++) {
      const row = selected[i] ?? 0;
      const group = this.context.groups.at(rows.groups[row] ?? 0);
      const state = this.advance(this.running.get(group.number), rows, row, 'point');
      if (state === undefined) continue;
      this.running.set(group.number, state);
      this.addResult(state, group);
    }
    for (const part of this.takeFinished()) this.emitRows(part.rows, part.selected, part.count);
  }

  override onBatch(batch: Batch): void {
    const { group } = batch.header;
    this.seen.add(group);
    let state: Running | undefined;
    for (const { rows, selected, count } of batch.parts()) {
      for (let i = 0; i < count; i++) {
        state = this.advance(state, rows, selected[i] ?? 0, 'batch point') ?? state;
        if (state !== undefined) this.addResult(state, group);
      }
    }
    this.emitBatch(new PartBatch(batch.header, this.takeFinished()));
  }

  override onBarrier(barrier: Barrier): void {
    this.seen.add(barrier.group);
    this.emitBarrier(barrier);
  }

  override onDeleteGroup(group: Group): void {
    if (!this.seen.delete(group)) return;
    this.running.delete(group);
    this.emitDeleteGroup(group);
  }

  override cardinality(): number {
    return this.seen.size;
  }

  /** Takes a point in. Undefined when there is still no state, as no usable point has come. */
  private advance(state: Running | undefined, rows: Rows, row: number, what: string): Running | undefined {
    const { field, kind } = this.node;
    const report = (message: string, error: string): void => this.report(message, error);
    const column = fieldOf(rows, field);
    const isThere = column !== undefined && isPresent(column, row);
    if (state === undefined) {
      if (!isThere) {
        reportMissing(field, report);
        return undefined;
      }
      if (this.transformation.resultType(column.type) === undefined) {
        reportInapplicable(kind, field, column.type, report);
        return undefined;
      }
    }
    const running = state ?? {
      type: column?.type ?? 'float',
      name: rows.name,
      transformer: this.transformation.create(column?.type ?? 'float'),
    };
    // An unusable point adds nothing, but what there is goes out once more, as in 1.5.4.
    if (!isThere) report(`failed to aggregate ${what}`, `field ${field} missing from point cannot aggregate`);
    else if (column.type !== running.type)
      report(`failed to aggregate ${what}`, mistyped(field, column.type, running.type));
    else running.transformer.add(column.values[row] ?? 0, rows.seconds[row] ?? 0, rows.nanos[row] ?? 0);
    return running;
  }

  private addResult(state: Running, group: Group): void {
    const result = state.transformer.result();
    if (result === undefined) return;
    const type = this.transformation.resultType(state.type) ?? state.type;
    if (this.builder?.name !== state.name || !this.builder.setField(this.node.as, type, result.value)) {
      this.finishBuilder();
      this.builder = new RowsBuilder(
        { name: state.name, database: '', retentionPolicy: '', tagTable: this.context.groups.tags },
        64,
      );
      this.builder.setField(this.node.as, type, result.value);
    }
    this.builder.addRow(result.seconds, result.nanos, group.tags.id, group.number);
  }

  private finishBuilder(): void {
    const rows = this.builder?.finish();
    if (rows !== undefined && rows.length > 0)
      this.finished.push({ rows, selected: allRows(rows.length), count: rows.length });
    this.builder = undefined;
  }

  private takeFinished(): readonly RowSelection[] {
    this.finishBuilder();
    const { finished } = this;
    this.finished = [];
    return finished;
  }
}
