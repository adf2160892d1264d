import type { Cell, Column, ValueType } from '../../tick/lambda/column.ts';
import type { KeptPoint } from './kept-points.ts';
import type { Rows } from './rows.ts';

/** A longer list of blocks is let go with them, a shorter one used again: an emptied list would have to grow anew. */
const keptBlocks = 64;

/**
 * The values of one field over the points of a batch, as an aggregate takes them: the first value decides the
 * type, points without the field or with another type are counted as errors and left out. Reused from batch to
 * batch.
 */
export class FieldValues {
  type: ValueType = 'missing';
  /** Values taken. */
  count = 0;
  /** Points without the field, before the first value and after it. */
  missingBefore = 0;
  missingAfter = 0;
  /** Types the aggregate cannot begin with, point by point; then types that differ from that of the first value. */
  readonly refused: ValueType[] = [];
  readonly mistyped: ValueType[] = [];
  /** Values while all are numbers. */
  numbers: Float64Array;
  /** Strings, booleans, and integers once one is beyond the safe ones; else undefined. */
  cells: Cell[] | undefined;
  /** Where each value came from: the row of its block. */
  rows: Int32Array;

  /** Values that follow each other mostly come from one block, so each has its number alone. */
  private blockOf: Int32Array;
  private blocks: (Rows | undefined)[] = [];
  private blockCount = 0;
  /** Of the last value, and its values if they are all numbers. */
  private column: Column | undefined;
  private columnNumbers: Float64Array | undefined;
  private readonly accepts: (type: ValueType) => boolean;

  constructor(accepts: (type: ValueType) => boolean, capacity = 64) {
    this.accepts = accepts;
    this.numbers = new Float64Array(capacity);
    this.rows = new Int32Array(capacity);
    this.blockOf = new Int32Array(capacity);
  }

  reset(): void {
    this.type = 'missing';
    this.count = 0;
    this.forgetLeftOut();
    this.cells = undefined;
  }

  /** Points that gave no value. */
  get leftOut(): number {
    return this.missingBefore + this.missingAfter + this.refused.length + this.mistyped.length;
  }

  /** They have been counted. */
  forgetLeftOut(): void {
    this.missingBefore = 0;
    this.missingAfter = 0;
    // Setting a length costs something even where it changes nothing.
    if (this.refused.length > 0) this.refused.length = 0;
    if (this.mistyped.length > 0) this.mistyped.length = 0;
  }

  addMissing(): void {
    if (this.type === 'missing') this.missingBefore++;
    else this.missingAfter++;
  }

  /** The value of a row that has one. It is read here: a number that is handed over is made an object for it. */
  add(column: Column, source: Rows, row: number): void {
    if (this.type !== column.type && !this.beginsWith(column.type)) return;
    if (this.column !== column) this.open(column);
    const index = this.count++;
    if (index === this.rows.length) this.grow();
    this.setSource(index, source, row);
    if (this.columnNumbers !== undefined && this.cells === undefined) {
      this.numbers[index] = this.columnNumbers[row] ?? 0;
      return;
    }
    this.addCell(index, column.values[row] ?? 0);
  }

  cell(index: number): Cell {
    return this.cells === undefined ? (this.numbers[index] ?? 0) : (this.cells[index] ?? 0);
  }

  /** The block of a value's point; undefined for what is no value. */
  sourceOf(index: number): Rows | undefined {
    return index < 0 || index >= this.count ? undefined : this.blocks[this.blockOf[index] ?? 0];
  }

  secondsOf(index: number): number {
    return this.sourceOf(index)?.seconds[this.rows[index] ?? 0] ?? 0;
  }

  nanosOf(index: number): number {
    return this.sourceOf(index)?.nanos[this.rows[index] ?? 0] ?? 0;
  }

  /** Its points, to be given back to `moveTo` once they are rehoused. */
  points(): KeptPoint[] {
    const points: KeptPoint[] = [];
    for (let index = 0; index < this.count; index++) {
      const rows = this.sourceOf(index);
      if (rows !== undefined) points.push({ rows, row: this.rows[index] ?? 0 });
    }
    return points;
  }

  moveTo(points: readonly KeptPoint[]): void {
    this.forgetBlocks();
    for (const [index, { rows, row }] of points.entries()) this.setSource(index, rows, row);
  }

  /** Lets go of the rows it was read from, and of the values. */
  release(): void {
    this.forgetBlocks();
    this.reset();
  }

  private beginsWith(type: ValueType): boolean {
    if (this.type !== 'missing') {
      this.mistyped.push(type);
      return false;
    }
    if (!this.accepts(type)) {
      this.refused.push(type);
      return false;
    }
    this.type = type;
    return true;
  }

  private open(column: Column): void {
    this.column = column;
    this.columnNumbers = column.values instanceof Float64Array ? column.values : undefined;
  }

  private addCell(index: number, value: Cell): void {
    if (this.cells === undefined) {
      if (typeof value === 'number') {
        this.numbers[index] = value;
        return;
      }
      this.cells = Array.from(this.numbers.subarray(0, index));
    }
    this.cells[index] = value;
  }

  private setSource(index: number, source: Rows, row: number): void {
    if (this.blockCount === 0 || this.blocks[this.blockCount - 1] !== source) this.blocks[this.blockCount++] = source;
    this.blockOf[index] = this.blockCount - 1;
    this.rows[index] = row;
  }

  private forgetBlocks(): void {
    if (this.blockCount > keptBlocks) this.blocks = [];
    else for (let i = 0; i < this.blockCount; i++) this.blocks[i] = undefined;
    this.blockCount = 0;
    this.column = undefined;
    this.columnNumbers = undefined;
  }

  private grow(): void {
    const numbers = new Float64Array(2 * this.numbers.length);
    numbers.set(this.numbers);
    this.numbers = numbers;
    const rows = new Int32Array(2 * this.rows.length);
    rows.set(this.rows);
    this.rows = rows;
    const blockOf = new Int32Array(rows.length);
    blockOf.set(this.blockOf);
    this.blockOf = blockOf;
  }
}
