import { nanosOf, secondsOf } from '../../../influx/block.ts';
import type { QueriedBatch } from '../../../influx/queried-batch.ts';
import type { TagSet, TagTable } from '../../../influx/tag-table.ts';
import { PartBatch } from '../../engine/batch.ts';
import type { Batch } from '../../engine/batch.ts';
import type { GroupTable } from '../../engine/groups.ts';
import { allRows } from '../../engine/rows.ts';
import type { RowSelection } from '../../engine/rows.ts';
import { RowsBuilder } from '../../engine/rows-builder.ts';
import { zeroTimeSeconds } from '../../engine/times.ts';

/** A batch of the pipeline: its tags are its group, and those of its points. */
export function batchOf(batch: QueriedBatch, groups: GroupTable): Batch {
  const tags = groups.tags.internRecord(batch.tags);
  const group = groups.ofBatch(batch.name, tags, batch.byName);
  const { timeNs } = batch;
  const seconds = timeNs === null ? zeroTimeSeconds : secondsOf(timeNs);
  const nanos = timeNs === null ? 0 : nanosOf(timeNs);
  return new PartBatch(
    { name: batch.name, group, tags, seconds, nanos },
    partsOf(batch, groups.tags, tags, group.number),
  );
}

/** A field that changes its type begins a new block. */
function partsOf(batch: QueriedBatch, tagTable: TagTable, tags: TagSet, group: number): readonly RowSelection[] {
  const { name, timesNs, pointTags } = batch;
  const parts: RowSelection[] = [];
  const like = { name, database: '', retentionPolicy: '', tagTable };
  let builder = new RowsBuilder(like, timesNs.length + 1);
  const finish = (): void => {
    if (builder.length === 0) return;
    const rows = builder.finish();
    parts.push({ rows, selected: allRows(rows.length), count: rows.length });
  };
  for (const [index, timeNs] of timesNs.entries()) {
    if (!putFields(builder, batch, index)) {
      finish();
      builder = new RowsBuilder(like, timesNs.length + 1 - index);
      putFields(builder, batch, index);
    }
    const own = pointTags?.[index];
    const tagId = own === undefined ? tags.id : tagTable.internRecord(own).id;
    builder.addRow(secondsOf(timeNs), nanosOf(timeNs), tagId, group);
  }
  finish();
  return parts;
}

/** False when a field has another type than in the rows before. */
function putFields(builder: RowsBuilder, batch: QueriedBatch, index: number): boolean {
  for (const { name, values } of batch.fields) {
    const value = values[index] ?? null;
    if (value === null) continue;
    const type = typeof value === 'number' ? 'float' : typeof value === 'string' ? 'string' : 'bool';
    if (!builder.setField(name, type, value)) return false;
  }
  return true;
}
