import { assert } from '../../base/assert.ts';
import type { TagTable } from '../../influx/tag-table.ts';
import type { Cell, ValueType } from '../../tick/lambda/column.ts';
import { allRows } from './rows.ts';
import type { RowSelection } from './rows.ts';
import { RowsBuilder } from './rows-builder.ts';

/** The fields of a point that a node makes. */
export interface FieldSource {
  /**
   * Sets them in the row that begins; of one name the last counts. False as soon as one does not fit: then they are
   * asked for again, for a new block.
   */
  writeTo(block: RowsBuilder): boolean;
}

/** Fields that a node lists one by one; cleared and used again from point to point. */
export class FieldList implements FieldSource {
  size = 0;
  private readonly names: string[] = [];
  private readonly types: ValueType[] = [];
  private readonly values: Cell[] = [];

  clear(): void {
    this.size = 0;
  }

  add(name: string, type: ValueType, value: Cell): void {
    const index = this.size++;
    this.names[index] = name;
    this.types[index] = type;
    this.values[index] = value;
  }

  writeTo(block: RowsBuilder): boolean {
    for (let i = 0; i < this.size; i++) {
      if (!block.setField(this.names[i] ?? '', this.types[i] ?? 'missing', this.values[i] ?? 0)) return false;
    }
    return true;
  }
}

/** Collects points that a node makes into blocks, a new one wherever name or types change. */
export class RowOutput {
  private readonly tagTable: TagTable;
  private readonly finished: RowSelection[] = [];
  private builder: RowsBuilder | undefined;

  constructor(tagTable: TagTable) {
    this.tagTable = tagTable;
  }

  /** The block in which the fields are set now; its `addRow` is to end the row at once, with the rest of the point. */
  rowWith(name: string, fields: FieldSource): RowsBuilder {
    const open = this.builder;
    if (open?.name === name && fields.writeTo(open)) return open;
    this.finishBuilder();
    const builder = new RowsBuilder({ name, database: '', retentionPolicy: '', tagTable: this.tagTable });
    const isWritten = fields.writeTo(builder);
    assert(isWritten, 'a row fits into an empty block');
    this.builder = builder;
    return builder;
  }

  take(): RowSelection[] {
    this.finishBuilder();
    return this.finished.splice(0);
  }

  private finishBuilder(): void {
    const rows = this.builder?.finish();
    if (rows !== undefined && rows.length > 0) {
      this.finished.push({ rows, selected: allRows(rows.length), count: rows.length });
    }
    this.builder = undefined;
  }
}
