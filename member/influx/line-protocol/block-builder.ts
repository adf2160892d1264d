import { assert } from '../../base/assert.ts';
import type { Block, Field, FieldType } from '../block.ts';
import { ColumnBuilder, grownFloats } from '../column-builder.ts';
import type { Measurement } from './measurement.ts';

/** The rows of one measurement of a body, until the block is full, its types change, or the body ends. */
export class BlockBuilder {
  readonly measurement: Measurement;
  /** Place of the block among the body's blocks. */
  readonly index: number;
  rows = 0;
  /** By number of the measurement's field. */
  private readonly columns: (ColumnBuilder | undefined)[] = [];
  private capacity: number;
  private seconds: Float64Array;
  private nanos: Int32Array;
  private tagIds: Uint32Array;

  constructor(measurement: Measurement, index: number, capacity: number) {
    this.measurement = measurement;
    this.index = index;
    this.capacity = capacity;
    this.seconds = new Float64Array(capacity);
    this.nanos = new Int32Array(capacity);
    this.tagIds = new Uint32Array(capacity);
  }

  /**
   * The column for a value of the row being read; undefined when the rows before hold another type: the block
   * must then end before this row.
   */
  column(field: number, type: FieldType): ColumnBuilder | undefined {
    const known = this.columns[field];
    if (known !== undefined && known.type === type) return known;
    if (known !== undefined && known.hasRowsBefore(this.rows)) return undefined;
    const made = new ColumnBuilder(type, this.capacity);
    this.columns[field] = made;
    return made;
  }

  /** Ends the row whose fields were set. */
  endRow(tagId: number, seconds: number, nanos: number): void {
    const row = this.rows;
    this.seconds[row] = seconds;
    this.nanos[row] = nanos;
    this.tagIds[row] = tagId;
    this.rows = row + 1;
    if (this.rows === this.capacity) this.grow();
  }

  finish(database: string, retentionPolicy: string): Block {
    assert(this.rows > 0, 'a block has rows');
    const fields: Field[] = [];
    this.columns.forEach((builder, index) => {
      const column = builder?.finish(this.rows);
      const known = this.measurement.fields[index];
      if (column !== undefined && known !== undefined) fields.push({ name: known.name, column });
    });
    return {
      database,
      retentionPolicy,
      name: this.measurement.name,
      length: this.rows,
      seconds: this.seconds,
      nanos: this.nanos,
      tagTable: this.measurement.tagTable,
      tagIds: this.tagIds,
      fields,
    };
  }

  private grow(): void {
    this.capacity *= 2;
    this.seconds = grownFloats(this.seconds, this.capacity);
    const nanos = new Int32Array(this.capacity);
    nanos.set(this.nanos);
    this.nanos = nanos;
    const tagIds = new Uint32Array(this.capacity);
    tagIds.set(this.tagIds);
    this.tagIds = tagIds;
    for (const column of this.columns) column?.grow(this.capacity);
  }
}
