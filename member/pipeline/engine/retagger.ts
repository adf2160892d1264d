import { byteOrder } from '../../base/byte-order.ts';
import type { TagSet } from '../../influx/tag-table.ts';
import type { GroupTable } from './groups.ts';
import type { RowField, Rows } from './rows.ts';

/** Gives rows other tags, and with them other groups where the points of a stream are grouped by such a tag. */
export class Retagger {
  private readonly groups: GroupTable;

  constructor(groups: GroupTable) {
    this.groups = groups;
  }

  /** Sets tags to the values of string columns; the chosen rows all have them. */
  withTags(rows: Rows, selected: Int32Array, count: number, tags: readonly RowField[], isStream: boolean): Rows {
    const known = new Map<string, TagSet>();
    return this.mapped(rows, selected, count, isStream, (old, row) => {
      let key = String(old.id);
      for (const { column } of tags) key += `\u0000${String(column.values[row])}`;
      let made = known.get(key);
      if (made === undefined) {
        const record = old.toRecord();
        for (const { name, column } of tags) record[name] = String(column.values[row]);
        made = this.groups.tags.internRecord(record);
        known.set(key, made);
      }
      return made;
    });
  }

  /** Changes the tag set of each chosen row; what `change` returns is of the run's own table. */
  mapped(
    rows: Rows,
    selected: Int32Array,
    count: number,
    isStream: boolean,
    change: (old: TagSet, row: number) => TagSet,
  ): Rows {
    const tagIds = new Uint32Array(rows.length);
    const groups = isStream ? new Uint32Array(rows.length) : rows.groups;
    for (let i = 0; i < count; i++) {
      const row = selected[i] ?? 0;
      const tags = change(rows.tagTable.at(rows.tagIds[row] ?? 0), row);
      tagIds[row] = tags.id;
      if (isStream) {
        const dimensions = this.groups.at(rows.groups[row] ?? 0).dimensions;
        groups[row] = this.groups.of(rows.name, tags, dimensions).number;
      }
    }
    return { ...rows, tagTable: this.groups.tags, tagIds, groups };
  }

  /** A set of the run's table with the tags of `old` but those named. */
  without(old: TagSet, names: ReadonlySet<string>): TagSet {
    const keys = old.keys.filter((key) => !names.has(key)).sort(byteOrder);
    return this.groups.tags.intern(
      keys,
      keys.map((key) => old.get(key) ?? ''),
    );
  }
}
