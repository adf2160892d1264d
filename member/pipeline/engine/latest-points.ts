import type { TagTable } from '../../influx/tag-table.ts';
import type { Cell, Column, ValueType } from '../../tick/lambda/column.ts';
import type { KeptRows } from './result-rows.ts';
import type { RowField, Rows } from './rows.ts';

const initialCapacity = 16;

/**
 * The latest point of each group, copied out of its block into columns in which the next one replaces it: nothing is
 * made for a point, and no block is kept for a few of its rows.
 */
export class LatestPoints {
  private banks: Bank[] = [];
  /** By group number. */
  private readonly bankOf: (Bank | undefined)[] = [];
  private places = new Int32Array(64);

  /** Takes for each of these groups its row of the block: `rowOf[group]`. No group is among them twice. */
  put(rows: Rows, rowOf: Int32Array, groups: Int32Array, count: number): void {
    if (count === 0) return;
    const bank = this.bankFor(rows);
    for (let i = 0; i < count; i++) {
      const group = groups[i] ?? 0;
      if (this.bankOf[group] !== bank) this.move(group, bank);
    }
    bank.write(rows, rowOf, groups, count, this.places);
  }

  /** The group's point, by its place among rows that are good until the next `put`. */
  at(group: number): { readonly rows: KeptRows; readonly row: number } | undefined {
    const bank = this.bankOf[group];
    return bank === undefined ? undefined : { rows: bank.rows(), row: this.places[group] ?? 0 };
  }

  delete(group: number): void {
    const bank = this.bankOf[group];
    if (bank === undefined) return;
    this.bankOf[group] = undefined;
    bank.free(this.places[group] ?? 0);
    if (bank.isEmpty) this.banks = this.banks.filter((other) => other !== bank);
  }

  private move(group: number, bank: Bank): void {
    const place = bank.take();
    this.delete(group);
    while (this.bankOf.length <= group) this.bankOf.push(undefined);
    this.bankOf[group] = bank;
    if (this.places.length <= group) {
      const places = new Int32Array(2 * group);
      places.set(this.places);
      this.places = places;
    }
    this.places[group] = place;
  }

  /** The one that has such points; the last one found is first. */
  private bankFor(rows: Rows): Bank {
    const [latest] = this.banks;
    if (latest?.takes(rows) === true) return latest;
    const index = this.banks.findIndex((bank) => bank.takes(rows));
    const bank = this.banks[index] ?? new Bank(rows);
    if (index > 0) this.banks.splice(index, 1);
    this.banks.unshift(bank);
    return bank;
  }
}

/** Columns for points of one measurement with fields of the same names and types. */
class Bank {
  private readonly name: string;
  private readonly tagTable: TagTable;
  private readonly columns: readonly LatestColumn[];
  private readonly freed: number[] = [];
  private used = 0;
  private seconds = new Float64Array(initialCapacity);
  private nanos = new Int32Array(initialCapacity);
  private tagIds = new Uint32Array(initialCapacity);

  constructor(like: Rows) {
    this.name = like.name;
    this.tagTable = like.tagTable;
    this.columns = like.fields.map(({ name, column }) => new LatestColumn(name, column.type));
  }

  get isEmpty(): boolean {
    return this.freed.length === this.used;
  }

  takes({ name, tagTable, fields }: Rows): boolean {
    if (name !== this.name || tagTable !== this.tagTable || fields.length !== this.columns.length) return false;
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i];
      const own = this.columns[i];
      if (field?.name !== own?.name || field?.column.type !== own?.type) return false;
    }
    return true;
  }

  take(): number {
    const place = this.freed.pop();
    if (place !== undefined) return place;
    if (this.used === this.seconds.length) this.grow();
    return this.used++;
  }

  free(place: number): void {
    this.freed.push(place);
    for (const column of this.columns) column.clear(place);
  }

  write(rows: Rows, rowOf: Int32Array, groups: Int32Array, count: number, places: Int32Array): void {
    for (let i = 0; i < count; i++) {
      const group = groups[i] ?? 0;
      this.writeRow(places[group] ?? 0, rows, rowOf[group] ?? 0);
    }
  }

  private writeRow(place: number, rows: Rows, row: number): void {
    this.seconds[place] = rows.seconds[row] ?? 0;
    this.nanos[place] = rows.nanos[row] ?? 0;
    this.tagIds[place] = rows.tagIds[row] ?? 0;
    const { columns } = this;
    const { fields } = rows;
    for (let i = 0; i < columns.length; i++) {
      const from = fields[i];
      if (from !== undefined) columns[i]?.write(place, from.column, row);
    }
  }

  rows(): KeptRows {
    const { name, tagTable, seconds, nanos, tagIds } = this;
    return { name, tagTable, seconds, nanos, tagIds, fields: this.columns.map((column) => column.field()) };
  }

  private grow(): void {
    const capacity = 2 * this.seconds.length;
    this.seconds = grown(this.seconds, new Float64Array(capacity));
    this.nanos = grown(this.nanos, new Int32Array(capacity));
    this.tagIds = grown(this.tagIds, new Uint32Array(capacity));
    for (const column of this.columns) column.grow(capacity);
  }
}

class LatestColumn {
  readonly name: string;
  readonly type: ValueType;
  private present = new Uint8Array(initialCapacity);
  /** While all values are numbers. */
  private numbers: Float64Array | undefined = new Float64Array(initialCapacity);
  private cells: Cell[] = [];

  constructor(name: string, type: ValueType) {
    this.name = name;
    this.type = type;
  }

  write(place: number, from: Column, row: number): void {
    const { values, present } = from;
    const { numbers } = this;
    this.present[place] = present === undefined ? 1 : (present[row] ?? 0);
    if (numbers === undefined) this.cells[place] = values[row] ?? 0;
    else if (values instanceof Float64Array) numbers[place] = values[row] ?? 0;
    else this.asCells(numbers)[place] = values[row] ?? 0;
  }

  /** Lets go of what the place holds. */
  clear(place: number): void {
    this.present[place] = 0;
    if (this.numbers === undefined) this.cells[place] = 0;
  }

  field(): RowField {
    const { name, type, present } = this;
    return { name, column: { type, values: this.numbers ?? this.cells, present } };
  }

  grow(capacity: number): void {
    this.present = grown(this.present, new Uint8Array(capacity));
    if (this.numbers !== undefined) this.numbers = grown(this.numbers, new Float64Array(capacity));
    else while (this.cells.length < capacity) this.cells.push(0);
  }

  private asCells(numbers: Float64Array): Cell[] {
    this.cells = Array.from(numbers);
    this.numbers = undefined;
    return this.cells;
  }
}

function grown<A extends Float64Array | Int32Array | Uint32Array | Uint8Array>(from: A, into: A): A {
  into.set(from);
  return into;
}
