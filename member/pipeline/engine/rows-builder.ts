import { ColumnBuilder, grownFloats } from '../../influx/column-builder.ts';
import type { TagTable } from '../../influx/tag-table.ts';
import type { Cell, Column, ValueType } from '../../tick/lambda/column.ts';
import { isPresent } from './rows.ts';
import type { RowField, Rows } from './rows.ts';

const initialCapacity = 16;

/**
 * Makes a block row by row. A row that does not fit (another measurement, another table of tags, a field of another
 * type) is refused; the caller then takes what there is and goes on with a new block.
 */
export class RowsBuilder {
  length = 0;
  readonly name: string;
  readonly database: string;
  readonly retentionPolicy: string;
  readonly tagTable: TagTable;
  private capacity: number;
  private seconds: Float64Array;
  private nanos: Int32Array;
  private tagIds: Uint32Array;
  private groups: Uint32Array;
  private readonly columns = new Map<string, ColumnBuilder<ValueType>>();

  constructor(like: Pick<Rows, 'name' | 'database' | 'retentionPolicy' | 'tagTable'>, capacity = initialCapacity) {
    this.name = like.name;
    this.database = like.database;
    this.retentionPolicy = like.retentionPolicy;
    this.tagTable = like.tagTable;
    this.capacity = Math.max(1, capacity);
    this.seconds = new Float64Array(this.capacity);
    this.nanos = new Int32Array(this.capacity);
    this.tagIds = new Uint32Array(this.capacity);
    this.groups = new Uint32Array(this.capacity);
  }

  /** Sets a field of the row that `addRow` will end. False when rows before it hold another type. */
  setField(name: string, type: ValueType, value: Cell): boolean {
    let column = this.columns.get(name);
    if (column === undefined || (column.type !== type && !column.hasRowsBefore(this.length))) {
      column = new ColumnBuilder<ValueType>(type, this.capacity);
      this.columns.set(name, column);
    } else if (column.type !== type) return false;
    if (typeof value === 'number') column.setNumber(this.length, value);
    else if (typeof value === 'bigint') column.setBigint(this.length, value);
    else column.setCell(this.length, value);
    return true;
  }

  addRow(seconds: number, nanos: number, tagId: number, group: number): void {
    const row = this.length;
    this.seconds[row] = seconds;
    this.nanos[row] = nanos;
    this.tagIds[row] = tagId;
    this.groups[row] = group;
    this.length = row + 1;
    if (this.length === this.capacity) this.grow();
  }

  /** Copies a row, into the given group. False when it does not fit; nothing was added then. */
  copyRow(rows: Rows, row: number, group: number): boolean {
    if (rows.name !== this.name || rows.tagTable !== this.tagTable) return false;
    for (const { name, column } of rows.fields) {
      if (isPresent(column, row) && !this.setField(name, column.type, column.values[row] ?? 0)) return false;
    }
    this.addRow(rows.seconds[row] ?? 0, rows.nanos[row] ?? 0, rows.tagIds[row] ?? 0, group);
    return true;
  }

  /** Whether all rows of a block like this one fit. */
  takes({ name, database, retentionPolicy, tagTable, fields }: Rows): boolean {
    if (name !== this.name || tagTable !== this.tagTable) return false;
    if (database !== this.database || retentionPolicy !== this.retentionPolicy) return false;
    return fields.every((field) => (this.columns.get(field.name)?.type ?? field.column.type) === field.column.type);
  }

  finish(): Rows {
    const fields: RowField[] = [];
    for (const [name, builder] of this.columns) {
      const column: Column | undefined = builder.finish(this.length);
      if (column !== undefined) fields.push({ name, column });
    }
    const { name, database, retentionPolicy, tagTable, length, seconds, nanos, tagIds, groups } = this;
    return { name, database, retentionPolicy, tagTable, length, seconds, nanos, tagIds, groups, fields };
  }

  private grow(): void {
    this.capacity *= 2;
    this.seconds = grownFloats(this.seconds, this.capacity);
    const nanos = new Int32Array(this.capacity);
    nanos.set(this.nanos);
    this.nanos = nanos;
    this.tagIds = grownIds(this.tagIds, this.capacity);
    this.groups = grownIds(this.groups, this.capacity);
    for (const column of this.columns.values()) column.grow(this.capacity);
  }
}

function grownIds(ids: Uint32Array, capacity: number): Uint32Array {
  const grown = new Uint32Array(capacity);
  grown.set(ids);
  return grown;
}
