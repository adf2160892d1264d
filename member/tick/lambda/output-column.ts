import type { Cell, Column, ValueType } from './column.ts';

/**
 * The column a lambda writes its results into, reusable from block to block: `reset` before each. Numbers live in
 * a Float64Array until the first integer beyond 2^53, which moves the column into an array.
 */
export class OutputColumn implements Column {
  type: ValueType = 'missing';
  values: Float64Array | Cell[] = [];
  present: Uint8Array = new Uint8Array(0);
  private numbers = new Float64Array(0);
  private cells: Cell[] = [];

  /** Makes room for `rows` rows of this type, none of them present. */
  reset(type: ValueType, rows: number): void {
    this.type = type;
    if (this.present.length < rows) this.present = new Uint8Array(rows);
    else this.present.fill(0, 0, rows);
    if (type === 'float' || type === 'int' || type === 'duration' || type === 'time') {
      if (this.numbers.length < rows) this.numbers = new Float64Array(rows);
      this.values = this.numbers;
    } else {
      // At full length from the start: an array that grows by leaps turns into a slow dictionary.
      if (this.cells.length < rows) this.cells = new Array<Cell>(rows);
      this.values = this.cells;
    }
  }

  set(row: number, value: Cell): void {
    if (Array.isArray(this.values)) this.values[row] = value;
    else if (typeof value === 'number') this.values[row] = value;
    else this.widen()[row] = value;
    this.present[row] = 1;
  }

  /** Moves the numbers written so far into an array, which can hold bigints; returns it. */
  widen(): Cell[] {
    if (Array.isArray(this.values)) return this.values;
    this.cells = Array.from(this.values);
    this.values = this.cells;
    return this.cells;
  }
}
