import type { Cell, ValueType } from '../../tick/lambda/column.ts';
import type { Rows } from './rows.ts';

/**
 * The values of one field over the points of a batch, as an aggregate takes them: the first value decides the
 * type, points without the field or with another type are counted as errors and left out. Reused from batch to
 * batch.
 */
export class FieldValues {
  type: ValueType = 'missing';
  /** Values taken. */
  count = 0;
  /** Errors before the first value, which keep an aggregate from starting, and after it. */
  missingBefore = 0;
  missingAfter = 0;
  mistyped = 0;
  /** Type of the last mistyped value, for the error's text. */
  otherType: ValueType = 'missing';
  /** Values while all are numbers. */
  numbers: Float64Array;
  /** Strings, booleans, and integers once one is beyond the safe ones; else undefined. */
  cells: Cell[] | undefined;
  /** Where each value came from. */
  readonly sources: Rows[] = [];
  rows: Int32Array;

  constructor(capacity = 64) {
    this.numbers = new Float64Array(capacity);
    this.rows = new Int32Array(capacity);
  }

  reset(): void {
    this.type = 'missing';
    this.count = 0;
    this.missingBefore = 0;
    this.missingAfter = 0;
    this.mistyped = 0;
    this.cells = undefined;
  }

  addMissing(): void {
    if (this.type === 'missing') this.missingBefore++;
    else this.missingAfter++;
  }

  add(type: ValueType, value: Cell, source: Rows, row: number): void {
    if (this.type !== type) {
      if (this.type !== 'missing') {
        this.mistyped++;
        this.otherType = type;
        return;
      }
      this.type = type;
    }
    const index = this.count++;
    if (index === this.rows.length) this.grow();
    this.sources[index] = source;
    this.rows[index] = row;
    if (this.cells === undefined) {
      if (typeof value === 'number') {
        this.numbers[index] = value;
        return;
      }
      this.cells = Array.from(this.numbers.subarray(0, index));
    }
    this.cells[index] = value;
  }

  cell(index: number): Cell {
    return this.cells === undefined ? (this.numbers[index] ?? 0) : (this.cells[index] ?? 0);
  }

  secondsOf(index: number): number {
    return this.sources[index]?.seconds[this.rows[index] ?? 0] ?? 0;
  }

  nanosOf(index: number): number {
    return this.sources[index]?.nanos[this.rows[index] ?? 0] ?? 0;
  }

  /** Lets go of the rows it was read from. */
  release(): void {
    this.sources.length = 0;
    this.cells = undefined;
  }

  private grow(): void {
    const numbers = new Float64Array(2 * this.numbers.length);
    numbers.set(this.numbers);
    this.numbers = numbers;
    const rows = new Int32Array(2 * this.rows.length);
    rows.set(this.rows);
    this.rows = rows;
  }
}
