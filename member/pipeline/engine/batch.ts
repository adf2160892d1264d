import type { TagSet } from '../../influx/tag-table.ts';
import type { FieldValues } from './field-values.ts';
import type { Group } from './groups.ts';
import { fieldOf, isPresent } from './rows.ts';
import type { Rows, RowSelection } from './rows.ts';

/** What begins a batch. */
export interface BatchHeader {
  readonly name: string;
  readonly group: Group;
  /** Tags of the batch as a whole; its points may have more. */
  readonly tags: TagSet;
  /** Its time: of the window's end, or of its newest point. */
  readonly seconds: number;
  readonly nanos: number;
}

/**
 * Points that belong together, in order. They come in parts, as a field may change its type within a batch, but not
 * within a block of rows. Immutable; a window's batch gathers its points only when they are asked for.
 */
export abstract class Batch {
  readonly header: BatchHeader;
  /** Points in it. */
  readonly count: number;

  constructor(header: BatchHeader, count: number) {
    this.header = header;
    this.count = count;
  }

  abstract parts(): readonly RowSelection[];

  /** Appends the values of one field, in the order of the points. */
  abstract readField(name: string, into: FieldValues): void;

  withHeader(header: BatchHeader): Batch {
    return new PartBatch(header, this.parts());
  }
}

export class PartBatch extends Batch {
  readonly #parts: readonly RowSelection[];

  /** The selections are kept: they must not be written to any more. */
  constructor(header: BatchHeader, parts: readonly RowSelection[]) {
    super(
      header,
      parts.reduce((sum, part) => sum + part.count, 0),
    );
    this.#parts = parts;
  }

  override parts(): readonly RowSelection[] {
    return this.#parts;
  }

  override readField(name: string, into: FieldValues): void {
    for (const { rows, selected, count } of this.#parts) {
      const column = fieldOf(rows, name);
      for (let i = 0; i < count; i++) {
        const row = selected[i] ?? 0;
        if (column === undefined || !isPresent(column, row)) into.addMissing();
        else into.add(column, rows, row);
      }
    }
  }
}

/** Calls `visit` for each point, in order. */
export function forEachPoint(batch: Batch, visit: (rows: Rows, row: number, index: number) => void): void {
  let index = 0;
  for (const { rows, selected, count } of batch.parts()) {
    for (let i = 0; i < count; i++) visit(rows, selected[i] ?? 0, index++);
  }
}
