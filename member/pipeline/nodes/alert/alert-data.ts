/** The data an event carries: rows with the types of their values kept. */
import { byteOrder } from '../../../base/byte-order.ts';
import { ownOf, setOwn } from '../../../base/own-members.ts';
import type { DataSeries, DataValue } from '../../../alerts/publication.ts';
import { timeNs } from '../../../influx/block.ts';
import { forEachPoint } from '../../engine/batch.ts';
import type { Batch } from '../../engine/batch.ts';
import { fieldNames } from '../../engine/result-rows.ts';
import { isPresent } from '../../engine/rows.ts';
import type { Rows } from '../../engine/rows.ts';

export function dataFields(rows: Rows, row: number): Record<string, DataValue> {
  const fields: Record<string, DataValue> = {};
  for (const { name, column } of rows.fields) {
    const value = isPresent(column, row) ? column.values[row] : undefined;
    if (value === undefined) continue;
    if (column.type === 'missing') {
      setOwn(fields, name, null);
      continue;
    }
    const isInt = column.type === 'int' || column.type === 'duration';
    setOwn(fields, name, isInt && typeof value === 'number' ? BigInt(value) : value);
  }
  return fields;
}

/** `tags` are all tags of the point, `fields` what `dataFields` gives for it. */
export function pointSeries(
  rows: Rows,
  row: number,
  fields: Readonly<Record<string, DataValue>>,
  tags: Readonly<Record<string, string>>,
): DataSeries {
  const columns = Object.keys(fields).sort(byteOrder);
  const values: DataValue[] = [timeNs(rows.seconds[row] ?? 0, rows.nanos[row] ?? 0)];
  for (const name of columns) values.push(fields[name] ?? null);
  columns.unshift('time');
  return { name: rows.name, tags, columns, values: [values] };
}

export function batchSeries(batch: Batch): DataSeries {
  const { name, tags } = batch.header;
  let names: readonly string[] = [];
  const values: DataValue[][] = [];
  forEachPoint(batch, (rows, row, index) => {
    const pointTags = rows.tagTable.at(rows.tagIds[row] ?? 0);
    if (index === 0) {
      const own = pointTags.keys.filter((key) => !tags.keys.includes(key));
      names = [...fieldNames(rows, row), ...own].sort(byteOrder);
    }
    const fields = dataFields(rows, row);
    const time = timeNs(rows.seconds[row] ?? 0, rows.nanos[row] ?? 0);
    values.push([time, ...names.map((column) => ownOf(fields, column) ?? pointTags.get(column) ?? null)]);
  });
  return { name, tags: tags.toRecord(), columns: values.length === 0 ? [] : ['time', ...names], values };
}
