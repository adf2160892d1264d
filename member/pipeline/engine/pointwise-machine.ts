import type { ValueType } from '../../tick/lambda/column.ts';
import { PartBatch } from './batch.ts';
import type { Batch } from './batch.ts';
import { GroupStates } from './group-states.ts';
import type { Group } from './groups.ts';
import { Machine } from './machine.ts';
import type { Barrier } from './machine.ts';
import { withFields } from './rows.ts';
import type { Rows, RowSelection } from './rows.ts';

/** A field that a machine gives to the points it lets through. */
export interface AddedField {
  readonly name: string;
  readonly type: ValueType;
}

/**
 * A node that looks at each point, with a state per group, and lets it through or not, perhaps with one more field.
 * In a batch the state begins anew.
 */
export abstract class PointwiseMachine<State> extends Machine {
  private readonly states = new GroupStates<State>();
  private kept = new Int32Array(0);

  /** Undefined: points stay as they are. */
  protected abstract added(): AddedField | undefined;
  protected abstract newState(): State;
  /** Called for each point, in order; `values[row]` takes the value of the added field. */
  protected abstract visit(rows: Rows, row: number, state: State, values: Float64Array): boolean;
  /** Before the points of a block are visited; may narrow them. Returns how many are left. */
  protected prepare(_rows: Rows, _selected: Int32Array, count: number): number {
    return count;
  }

  override onRows(rows: Rows, selected: Int32Array, count: number): void {
    const kept = this.keepRoom(count);
    const left = this.prepareInto(rows, selected, count, kept);
    const values = this.newValues(rows);
    let keptCount = 0;
    for (let i = 0; i < left; i++) {
      const row = kept[i] ?? 0;
      if (this.visit(rows, row, this.stateOf(rows.groups[row] ?? 0), values)) kept[keptCount++] = row;
    }
    this.emitRows(this.withField(rows, values), kept, keptCount);
  }

  override onBatch(batch: Batch): void {
    const group = batch.header.group.number;
    const state = this.newState();
    this.states.set(group, state);
    const parts = batch.parts().map(({ rows, selected, count }): RowSelection => {
      const kept = new Int32Array(count);
      const left = this.prepareInto(rows, selected, count, kept);
      const values = this.newValues(rows);
      let keptCount = 0;
      for (let i = 0; i < left; i++) {
        const row = kept[i] ?? 0;
        if (this.visit(rows, row, state, values)) kept[keptCount++] = row;
      }
      return { rows: this.withField(rows, values), selected: kept, count: keptCount };
    });
    this.emitBatch(
      new PartBatch(
        batch.header,
        parts.filter((part) => part.count > 0),
      ),
    );
  }

  override onBarrier(barrier: Barrier): void {
    this.stateOf(barrier.group.number);
    this.emitBarrier(barrier);
  }

  override onDeleteGroup(group: Group): void {
    if (this.states.delete(group) !== undefined) this.emitDeleteGroup(group);
  }

  override cardinality(): number {
    return this.states.size;
  }

  private stateOf(group: number): State {
    let state = this.states.get(group);
    if (state === undefined) {
      state = this.newState();
      this.states.set(group, state);
    }
    return state;
  }

  private keepRoom(count: number): Int32Array {
    if (this.kept.length < count) this.kept = new Int32Array(Math.max(1024, count));
    return this.kept;
  }

  private prepareInto(rows: Rows, selected: Int32Array, count: number, kept: Int32Array): number {
    kept.set(count === selected.length ? selected : selected.subarray(0, count));
    return this.prepare(rows, kept, count);
  }

  private newValues(rows: Rows): Float64Array {
    return new Float64Array(this.added() === undefined ? 0 : rows.length);
  }

  private withField(rows: Rows, values: Float64Array): Rows {
    const added = this.added();
    if (added === undefined) return rows;
    const field = { name: added.name, column: { type: added.type, values } };
    return withFields(rows, [...rows.fields.filter(({ name }) => name !== added.name), field]);
  }
}
