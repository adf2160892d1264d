import type { Block } from '../../influx/block.ts';
import type { Column } from '../../tick/lambda/column.ts';

/** A field by name; beyond what InfluxDB knows, lambdas also make durations. */
export interface RowField {
  readonly name: string;
  readonly column: Column;
}

/**
 * Rows on an edge: a block whose fields may be results of lambdas, and the group of each row, as a number of the
 * run's `GroupTable`. Which of the rows are meant is said beside it: the first `count` entries of `selected`.
 */
export interface Rows extends Omit<Block, 'fields'> {
  readonly fields: readonly RowField[];
  readonly groups: Uint32Array;
}

/** Some rows of a block, in order: the first `count` of `selected`. */
export interface RowSelection {
  readonly rows: Rows;
  readonly selected: Int32Array;
  readonly count: number;
}

let ascending = new Int32Array(8192).map((_, index) => index);
let zeros = new Uint32Array(8192);

/** 0, 1, 2, … up to at least `length`: the selection of all rows. Never written to. */
export function allRows(length: number): Int32Array {
  if (ascending.length < length) ascending = new Int32Array(2 * length).map((_, index) => index);
  return ascending;
}

/** `start` to `end - 1`, from index 0 on. */
export function rowRange(start: number, end: number): Int32Array {
  return allRows(end).subarray(start, end);
}

/** The groups of rows that are not grouped. Never written to. */
export function noGroups(length: number): Uint32Array {
  if (zeros.length < length) zeros = new Uint32Array(2 * length);
  return zeros;
}

/** Whether no row was ever grouped. A no may be wrong: such rows may have been given groups of their own. */
export function isUngrouped({ groups }: Rows): boolean {
  return groups === zeros;
}

/** The rows of a block before any grouping. */
export function ungrouped(block: Block): Rows {
  return copied(block, block, block.fields, noGroups(block.length));
}

export function withGroups(rows: Rows, groups: Uint32Array): Rows {
  return copied(rows, rows, rows.fields, groups);
}

export function withFields(rows: Rows, fields: readonly RowField[]): Rows {
  return copied(rows, rows, fields, rows.groups);
}

export function withTimes(rows: Rows, times: Pick<Rows, 'seconds' | 'nanos'>): Rows {
  return copied(rows, times, rows.fields, rows.groups);
}

/** Member by member: a spread costs microseconds, and gives rows of several hidden shapes. */
function copied(
  block: Omit<Block, 'fields'>,
  { seconds, nanos }: Pick<Rows, 'seconds' | 'nanos'>,
  fields: readonly RowField[],
  groups: Uint32Array,
): Rows {
  const { database, retentionPolicy, name, length, tagTable, tagIds } = block;
  return { database, retentionPolicy, name, length, seconds, nanos, tagTable, tagIds, fields, groups };
}

export function fieldOf(rows: Rows, name: string): Column | undefined {
  return columnNamed(rows.fields, name);
}

export function columnNamed(fields: readonly RowField[], name: string): Column | undefined {
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i];
    if (field !== undefined && field.name === name) return field.column;
  }
  return undefined;
}

export function isPresent(column: Column, row: number): boolean {
  return column.present === undefined || column.present[row] === 1;
}

/** The chosen rows alone, one behind the other. */
export function compacted(rows: Rows, selected: Int32Array, count: number): Rows {
  const seconds = new Float64Array(count);
  const nanos = new Int32Array(count);
  const tagIds = new Uint32Array(count);
  const groups = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    const row = selected[i] ?? 0;
    seconds[i] = rows.seconds[row] ?? 0;
    nanos[i] = rows.nanos[row] ?? 0;
    tagIds[i] = rows.tagIds[row] ?? 0;
    groups[i] = rows.groups[row] ?? 0;
  }
  const fields = rows.fields.map(({ name, column }) => ({ name, column: compactedColumn(column, selected, count) }));
  const { database, retentionPolicy, name, tagTable } = rows;
  return { database, retentionPolicy, name, length: count, seconds, nanos, tagTable, tagIds, fields, groups };
}

function compactedColumn(column: Column, selected: Int32Array, count: number): Column {
  const { type, values, present } = column;
  const chosen = present === undefined ? undefined : new Uint8Array(count);
  if (chosen !== undefined) for (let i = 0; i < count; i++) chosen[i] = present?.[selected[i] ?? 0] ?? 0;
  if (values instanceof Float64Array) {
    const numbers = new Float64Array(count);
    for (let i = 0; i < count; i++) numbers[i] = values[selected[i] ?? 0] ?? 0;
    return { type, values: numbers, present: chosen };
  }
  const cells = Array.from({ length: count }, (_, i) => values[selected[i] ?? 0] ?? 0);
  return { type, values: cells, present: chosen };
}
