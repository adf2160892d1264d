import type { FieldType, FieldValue } from './block.ts';

/** A column while its block is being read. Rows are written in ascending order, a row possibly more than once. */
export class ColumnBuilder<Type extends string = FieldType> {
  readonly type: Type;
  private readonly filler: FieldValue;
  /** Numbers while every integer is safe; undefined for strings and booleans. */
  private numbers: Float64Array | undefined;
  /** Strings, booleans, or integers of which one is beyond the safe ones. */
  private cells: FieldValue[] | undefined;
  /** Rows 0 to `filled - 1` have values, while there is no `present`. */
  private filled = 0;
  private present: Uint8Array | undefined;

  constructor(type: Type, capacity: number) {
    this.type = type;
    this.filler = type === 'string' ? '' : type === 'bool' ? false : 0;
    if (this.filler === 0) this.numbers = new Float64Array(capacity);
    else this.cells = [];
  }

  /** A float, or a safe integer. */
  setNumber(row: number, value: number): void {
    const numbers = this.numbers;
    if (numbers === undefined) {
      this.setCell(row, value);
      return;
    }
    numbers[row] = value;
    if (this.filled === row && this.present === undefined) this.filled = row + 1;
    else this.mark(row);
  }

  setBigint(row: number, value: bigint): void {
    if (this.numbers !== undefined) {
      this.cells = Array.from(this.numbers.subarray(0, row));
      this.numbers = undefined;
    }
    this.setCell(row, value);
  }

  setCell(row: number, value: FieldValue): void {
    const cells = this.cells ?? (this.cells = []);
    while (cells.length < row) cells.push(this.filler);
    cells[row] = value;
    if (this.filled === row && this.present === undefined) this.filled = row + 1;
    else this.mark(row);
  }

  grow(capacity: number): void {
    if (this.numbers !== undefined) this.numbers = grownFloats(this.numbers, capacity);
    if (this.present !== undefined) this.present = padded(this.present, Math.max(capacity, this.present.length));
  }

  /** The column of a block of that many rows; undefined when none of them has a value. */
  finish(rows: number): BuiltColumn<Type> | undefined {
    const firstRow = this.present === undefined ? (this.filled > 0 ? 0 : rows) : this.present.indexOf(1);
    if (firstRow < 0 || firstRow >= rows) return undefined;
    const values = this.numbers ?? this.cells ?? [];
    if (this.present === undefined && this.filled < rows) this.startPresent(rows);
    if (this.present !== undefined && this.present.length < rows) this.present = padded(this.present, rows);
    return this.present === undefined
      ? { type: this.type, values }
      : { type: this.type, values, present: this.present };
  }

  /** Whether a row before this one has a value. */
  hasRowsBefore(row: number): boolean {
    if (this.present === undefined) return this.filled > 0 && row > 0;
    return this.present.subarray(0, row).includes(1);
  }

  private mark(row: number): void {
    if (this.present === undefined) {
      if (this.filled === row + 1) return;
      this.startPresent(this.numbers?.length ?? row + 1);
    }
    let present = this.present;
    if (present === undefined) return;
    if (present.length <= row) {
      present = padded(present, 2 * (row + 1));
      this.present = present;
    }
    present[row] = 1;
  }

  private startPresent(length: number): void {
    this.present = new Uint8Array(length);
    this.present.fill(1, 0, this.filled);
  }
}

export interface BuiltColumn<Type extends string> {
  readonly type: Type;
  readonly values: ArrayLike<FieldValue>;
  readonly present?: Uint8Array;
}

export function grownFloats(values: Float64Array, capacity: number): Float64Array {
  const grown = new Float64Array(capacity);
  grown.set(values);
  return grown;
}

function padded(flags: Uint8Array, length: number): Uint8Array {
  const longer = new Uint8Array(length);
  longer.set(flags);
  return longer;
}
