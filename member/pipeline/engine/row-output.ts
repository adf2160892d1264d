import type { TagTable } from '../../influx/tag-table.ts';
import type { Cell, ValueType } from '../../tick/lambda/column.ts';
import { allRows } from './rows.ts';
import type { RowSelection } from './rows.ts';
import { RowsBuilder } from './rows-builder.ts';

/** A field of a point that a node makes. */
export interface MadeField {
  readonly type: ValueType;
  readonly value: Cell;
}

export interface MadePoint {
  readonly name: string;
  readonly seconds: number;
  readonly nanos: number;
  /** Number in the run's own table of tags. */
  readonly tagId: number;
  readonly group: number;
  readonly fields: ReadonlyMap<string, MadeField>;
}

/** Collects points that a node makes into blocks, a new one wherever name or types change. */
export class RowOutput {
  private readonly tagTable: TagTable;
  private readonly finished: RowSelection[] = [];
  private builder: RowsBuilder | undefined;

  constructor(tagTable: TagTable) {
    this.tagTable = tagTable;
  }

  add(point: MadePoint): void {
    if (this.builder?.name !== point.name || !this.put(this.builder, point)) {
      this.finishBuilder();
      const like = { name: point.name, database: '', retentionPolicy: '', tagTable: this.tagTable };
      this.builder = new RowsBuilder(like);
      this.put(this.builder, point);
    }
    this.builder.addRow(point.seconds, point.nanos, point.tagId, point.group);
  }

  take(): RowSelection[] {
    this.finishBuilder();
    return this.finished.splice(0);
  }

  private put(builder: RowsBuilder, point: MadePoint): boolean {
    for (const [name, { type, value }] of point.fields) if (!builder.setField(name, type, value)) return false;
    return true;
  }

  private finishBuilder(): void {
    const rows = this.builder?.finish();
    if (rows !== undefined && rows.length > 0) {
      this.finished.push({ rows, selected: allRows(rows.length), count: rows.length });
    }
    this.builder = undefined;
  }
}
