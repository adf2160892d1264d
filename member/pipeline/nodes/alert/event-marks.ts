import { setOwn } from '../../../base/own-members.ts';
import type { TagSet } from '../../../influx/tag-table.ts';
import { PartBatch } from '../../engine/batch.ts';
import type { Batch } from '../../engine/batch.ts';
import type { GroupTable } from '../../engine/groups.ts';
import { allRows, isPresent } from '../../engine/rows.ts';
import type { Rows, RowSelection } from '../../engine/rows.ts';
import { RowsBuilder } from '../../engine/rows-builder.ts';
import type { AlertNode } from './alert.ts';
import type { EventMark } from './alert-machine.ts';

/** Writes an event's level, id, message and duration into the points that go on, where the node asks for it. */
export class EventMarks {
  readonly areWanted: boolean;
  private readonly node: AlertNode;
  private readonly groups: GroupTable;
  private readonly overwritten: ReadonlySet<string>;

  constructor(node: AlertNode, groups: GroupTable) {
    this.node = node;
    this.groups = groups;
    const { levelTag, idTag, levelField, messageField, durationField, idField } = node;
    this.overwritten = new Set([levelField, messageField, durationField, idField].filter((name) => name !== ''));
    this.areWanted = this.overwritten.size > 0 || levelTag !== '' || idTag !== '';
  }

  /** One mark per row. */
  onRows(rows: Rows, selected: Int32Array, count: number, marks: readonly EventMark[]): readonly RowSelection[] {
    const marked: RowSelection[] = [];
    let builder: RowsBuilder | undefined;
    const finish = (): void => {
      if (builder === undefined) return;
      marked.push({ rows: builder.finish(), selected: allRows(builder.length), count: builder.length });
    };
    for (let i = 0; i < count; i++) {
      const row = selected[i] ?? 0;
      const mark = marks[i];
      if (mark === undefined) continue;
      const tags = this.tagsWith(rows.tagTable.at(rows.tagIds[row] ?? 0), mark);
      const group = this.groups.of(rows.name, tags, this.groups.at(rows.groups[row] ?? 0).dimensions).number;
      if (builder === undefined || !this.addRow(builder, rows, row, mark, tags, group)) {
        finish();
        builder = this.newBuilder(rows, count - i);
        this.addRow(builder, rows, row, mark, tags, group);
      }
    }
    finish();
    return marked;
  }

  onBatch(batch: Batch, mark: EventMark): Batch {
    const { header } = batch;
    const tags = this.tagsWith(header.tags, mark);
    const group = this.groups.ofBatch(header.name, tags, header.group.dimensions.byName);
    const parts = batch.parts().map(({ rows, selected, count }) => {
      const builder = this.newBuilder(rows, count);
      for (let i = 0; i < count; i++) {
        const row = selected[i] ?? 0;
        this.addRow(
          builder,
          rows,
          row,
          mark,
          this.tagsWith(rows.tagTable.at(rows.tagIds[row] ?? 0), mark),
          group.number,
        );
      }
      return { rows: builder.finish(), selected: allRows(builder.length), count: builder.length };
    });
    return new PartBatch({ ...header, group, tags }, parts);
  }

  private newBuilder(rows: Rows, capacity: number): RowsBuilder {
    return new RowsBuilder({ ...rows, tagTable: this.groups.tags }, capacity);
  }

  private tagsWith(tags: TagSet, mark: EventMark): TagSet {
    const { levelTag, idTag } = this.node;
    const record = tags.toRecord();
    if (levelTag !== '') setOwn(record, levelTag, mark.level);
    if (idTag !== '') setOwn(record, idTag, mark.id);
    return this.groups.tags.internRecord(record);
  }

  private addRow(builder: RowsBuilder, rows: Rows, row: number, mark: EventMark, tags: TagSet, group: number): boolean {
    for (const { name, column } of rows.fields) {
      if (this.overwritten.has(name) || !isPresent(column, row)) continue;
      if (!builder.setField(name, column.type, column.values[row] ?? 0)) return false;
    }
    const { levelField, messageField, durationField, idField } = this.node;
    if (levelField !== '') builder.setField(levelField, 'string', mark.level);
    if (messageField !== '') builder.setField(messageField, 'string', mark.message);
    if (idField !== '') builder.setField(idField, 'string', mark.id);
    if (durationField !== '') {
      const duration = Number(mark.durationNs);
      builder.setField(durationField, 'int', Number.isSafeInteger(duration) ? duration : mark.durationNs);
    }
    builder.addRow(rows.seconds[row] ?? 0, rows.nanos[row] ?? 0, tags.id, group);
    return true;
  }
}
