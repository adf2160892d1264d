/** Points and batches as rows of an InfluxQL result. Integers are bigints, so that they never pass for floats. */
import { byteOrder } from '../../base/byte-order.ts';
import { timeNs } from '../../influx/block.ts';
import type { ResultRow, ResultValue } from '../../influx/result.ts';
import type { Batch } from './batch.ts';
import { forEachPoint } from './batch.ts';
import { isPresent } from './rows.ts';
import type { Rows } from './rows.ts';

/** What is shown of the rows of a block. */
export type KeptRows = Pick<Rows, 'name' | 'seconds' | 'nanos' | 'tagTable' | 'tagIds' | 'fields'>;

export function valueAt(rows: KeptRows, row: number, name: string): ResultValue | undefined {
  for (const field of rows.fields) {
    if (field.name !== name || !isPresent(field.column, row)) continue;
    const { type } = field.column;
    // A null that stands for a value, made by `join`.
    if (type === 'missing') return null;
    const value = field.column.values[row];
    return typeof value === 'number' && (type === 'int' || type === 'duration') ? BigInt(value) : value;
  }
  return undefined;
}

export function fieldNames(rows: KeptRows, row: number): string[] {
  return rows.fields.filter(({ column }) => isPresent(column, row)).map(({ name }) => name);
}

export function pointRow(rows: KeptRows, row: number): ResultRow {
  const names = fieldNames(rows, row).sort(byteOrder);
  const values = names.map((name) => valueAt(rows, row, name) ?? null);
  return {
    name: rows.name,
    tags: rows.tagTable.at(rows.tagIds[row] ?? 0).toRecord(),
    columns: ['time', ...names],
    values: [[timeAt(rows, row), ...values]],
  };
}

/** Columns are the fields of the first point and those of its tags that the batch as a whole does not have. */
export function batchRow(batch: Batch): ResultRow {
  const { name, tags } = batch.header;
  const values: ResultValue[][] = [];
  let names: readonly string[] = [];
  forEachPoint(batch, (rows, row, index) => {
    const pointTags = rows.tagTable.at(rows.tagIds[row] ?? 0);
    if (index === 0) {
      const own = pointTags.keys.filter((key) => !tags.keys.includes(key));
      names = [...fieldNames(rows, row), ...own].sort(byteOrder);
    }
    values.push([
      timeAt(rows, row),
      ...names.map((column) => valueAt(rows, row, column) ?? pointTags.get(column) ?? null),
    ]);
  });
  return { name, tags: tags.toRecord(), columns: values.length === 0 ? [] : ['time', ...names], values };
}

function timeAt(rows: KeptRows, row: number): ResultValue {
  return { timeNs: timeNs(rows.seconds[row] ?? 0, rows.nanos[row] ?? 0) };
}
