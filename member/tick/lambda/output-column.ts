import type { Cell, Column, ValueType } from './column.ts';

/**
 * The column a lambda writes its results into; which rows have one is said by the selection that is kept. Numbers
 * live in a Float64Array until the first integer beyond 2^53, which moves the column into an array.
 */
export class OutputColumn implements Column {
  readonly type: ValueType;
  values: Float64Array | Cell[];

  constructor(type: ValueType, rows: number) {
    this.type = type;
    const isNumeric = type === 'float' || type === 'int' || type === 'duration' || type === 'time';
    // At full length from the start: an array that grows by leaps turns into a slow dictionary.
    this.values = isNumeric ? new Float64Array(rows) : new Array<Cell>(rows);
  }

  set(row: number, value: Cell): void {
    if (Array.isArray(this.values)) this.values[row] = value;
    else if (typeof value === 'number') this.values[row] = value;
    else this.widen()[row] = value;
  }

  /** Moves the numbers written so far into an array, which can hold bigints; returns it. */
  widen(): Cell[] {
    if (Array.isArray(this.values)) return this.values;
    const cells: Cell[] = Array.from(this.values);
    this.values = cells;
    return cells;
  }
}
