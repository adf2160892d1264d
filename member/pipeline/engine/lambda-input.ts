/**
 * Finds what a lambda's references mean in a block: a field, else a tag, else the result of an earlier expression
 * of the same node, else nothing. `time` is the row's time. A name that is field and tag of one row is an error of
 * that row.
 */
import type { Column } from '../../tick/lambda/column.ts';
import { fieldOf, isPresent } from './rows.ts';
import type { Rows } from './rows.ts';

const missing: Column = { type: 'missing', values: [] };

/** Rows of one block may mean different things by one name; they must then be evaluated apart. */
export const mixed = 'mixed';

export class LambdaInput {
  private readonly scratch = new Map<string, string[]>();

  /** One column per name, in order; `mixed` when the rows do not agree on what a name is. */
  columns(
    names: readonly string[],
    rows: Rows,
    selected: Int32Array,
    count: number,
    results?: ReadonlyMap<string, Column>,
  ): Column[] | typeof mixed {
    const columns: Column[] = [];
    for (let i = 0; i < names.length; i++) {
      const name = names[i] ?? '';
      const column = this.column(name, rows, selected, count, results?.get(name));
      if (column === mixed) return mixed;
      columns.push(column);
    }
    return columns;
  }

  /** What one name means; the very `result` when it is neither field nor tag, and there is one. */
  column(
    name: string,
    rows: Rows,
    selected: Int32Array,
    count: number,
    result: Column | undefined,
  ): Column | typeof mixed {
    if (name === 'time') return { type: 'time', values: rows.seconds, nanos: rows.nanos };
    const field = fieldOf(rows, name);
    if (rows.tagTable.mayHave(name)) return this.searched(name, rows, selected, count, field, result);
    if (field === undefined) return result ?? missing;
    if (field.present === undefined || result === undefined) return field;
    return this.searched(name, rows, selected, count, field, result);
  }

  private searched(
    name: string,
    rows: Rows,
    selected: Int32Array,
    count: number,
    field: Column | undefined,
    result: Column | undefined,
  ): Column | typeof mixed {
    const tags = rows.tagTable.valuesBySet(name);
    let fields = 0;
    let onlyTags = 0;
    let clashes = 0;
    for (let i = 0; i < count; i++) {
      const row = selected[i] ?? 0;
      const isTag = tags[rows.tagIds[row] ?? 0] !== undefined;
      if (field !== undefined && isPresent(field, row)) {
        fields++;
        if (isTag) clashes++;
      } else if (isTag) onlyTags++;
    }
    if (field !== undefined && fields > 0) {
      if (onlyTags > 0 || (result !== undefined && fields < count)) return mixed;
      return clashes === 0 ? field : withClashes(field, rows, tags, selected, count);
    }
    if (onlyTags === 0) return result ?? missing;
    if (result !== undefined && onlyTags < count) return mixed;
    return this.tagColumn(name, rows, tags, selected, count, onlyTags);
  }

  private tagColumn(
    name: string,
    rows: Rows,
    tags: readonly (string | undefined)[],
    selected: Int32Array,
    count: number,
    found: number,
  ): Column {
    let values = this.scratch.get(name);
    if (values === undefined) {
      values = [];
      this.scratch.set(name, values);
    }
    while (values.length < rows.length) values.push('');
    const tagIds = rows.tagIds;
    const present = found === count ? undefined : new Uint8Array(rows.length);
    for (let i = 0; i < count; i++) {
      const row = selected[i] ?? 0;
      const value = tags[tagIds[row] ?? 0];
      if (value === undefined) continue;
      values[row] = value;
      if (present !== undefined) present[row] = 1;
    }
    return { type: 'string', values, present };
  }
}

function withClashes(
  field: Column,
  rows: Rows,
  tags: readonly (string | undefined)[],
  selected: Int32Array,
  count: number,
): Column {
  const clash = new Uint8Array(rows.length);
  const present = new Uint8Array(rows.length);
  for (let i = 0; i < count; i++) {
    const row = selected[i] ?? 0;
    if (!isPresent(field, row)) continue;
    if (tags[rows.tagIds[row] ?? 0] === undefined) present[row] = 1;
    else clash[row] = 1;
  }
  return { ...field, present, clash };
}

/** Calls `evaluate` for the first half and the second: what rows mean differently is at last evaluated one by one. */
export function inHalves(
  selected: Int32Array,
  count: number,
  evaluate: (selected: Int32Array, count: number) => void,
): void {
  const middle = count >> 1;
  evaluate(selected.slice(0, middle), middle);
  evaluate(selected.slice(middle, count), count - middle);
}
