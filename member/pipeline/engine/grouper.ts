import { byteOrder } from '../../base/byte-order.ts';
import type { TagTable } from '../../influx/tag-table.ts';
import type { Dimensions, GroupSpace, GroupTable } from './groups.ts';
import { noGroups } from './rows.ts';
import type { Rows } from './rows.ts';
import type { ScriptValue } from '../../tick/evaluate/value.ts';

/** What `groupBy` was asked for. */
export interface Grouping {
  /** In byte order, as given, doubles included. */
  readonly tagNames: readonly string[];
  readonly isByAllTags: boolean;
  readonly excluded: readonly string[];
  readonly byName: boolean;
}

/** The star or the names given to `groupBy`, checked already. */
export function groupingOf(dimensions: readonly ScriptValue[], excluded: readonly string[], byName: boolean): Grouping {
  const names = dimensions.flatMap((value) => (value.type === 'string' ? [value.value] : []));
  return {
    tagNames: names.sort(byteOrder).filter((name) => !excluded.includes(name)),
    isByAllTags: dimensions.some((value) => value.type === 'star'),
    excluded,
    byName,
  };
}

/** The original's text for what cannot be grouped by. */
export function checkDimensions(
  dimensions: readonly ScriptValue[],
  excluded: readonly string[],
  goTypeOf: (value: ScriptValue) => string,
): string | undefined {
  let hasStar = false;
  for (const value of dimensions) {
    if (value.type === 'star') hasStar = true;
    else if (value.type !== 'string') return `invalid dimension object of type ${goTypeOf(value)}`;
    else if (value.value === '') return 'dimensions cannot not be the empty string';
  }
  if (hasStar && dimensions.length > 1) return "cannot group by both '*' and named dimensions.";
  if (!hasStar && excluded.length > 0) return "exclude requires '*'";
  return undefined;
}

/** For points whose tags have these keys. */
export function dimensionsFor(grouping: Grouping, keys: readonly string[]): Dimensions {
  const { tagNames, isByAllTags, excluded, byName } = grouping;
  return { tagNames: isByAllTags ? keys.filter((key) => !excluded.includes(key)) : tagNames, byName };
}

const unknown = -1;

/** Finds the group of each row by the number of its tag set: worked out once per tag set and measurement. */
export class Grouper {
  private readonly groups: GroupTable;
  private readonly grouping: Grouping;
  private readonly caches = new Map<TagTable, Map<string, Int32Array>>();
  private lastTable: TagTable | undefined;
  private lastName = '';
  private last: Int32Array = new Int32Array(0);
  private space: GroupSpace | undefined;
  private spaceKeys: readonly string[] = [];

  constructor(groups: GroupTable, grouping: Grouping) {
    this.groups = groups;
    this.grouping = grouping;
  }

  /** The groups of the chosen rows; other rows have any. */
  groupsOf(rows: Rows, selected: Int32Array, count: number): Uint32Array {
    const { tagNames, isByAllTags, byName } = this.grouping;
    if (tagNames.length === 0 && !isByAllTags && !byName) return noGroups(rows.length);
    const known = this.cacheFor(rows);
    const tagIds = rows.tagIds;
    const found = new Uint32Array(rows.length);
    for (let i = 0; i < count; i++) {
      const row = selected[i] ?? 0;
      const tagId = tagIds[row] ?? 0;
      let group = known[tagId] ?? unknown;
      if (group === unknown) {
        group = this.find(rows, tagId);
        known[tagId] = group;
      }
      found[row] = group;
    }
    return found;
  }

  private find(rows: Rows, tagId: number): number {
    const { name, tagTable } = rows;
    const keys = tagTable.keysOf(tagId);
    return this.groups.ofTags(this.spaceFor(name, keys), keys, tagTable.valuesOf(tagId)).number;
  }

  /** Mostly that of the point before; sets of one table share their keys. */
  private spaceFor(name: string, keys: readonly string[]): GroupSpace {
    const { grouping, space } = this;
    const hasSameTags = !grouping.isByAllTags || this.spaceKeys === keys;
    if (space !== undefined && hasSameTags && (!grouping.byName || space.name === name)) return space;
    const found = this.groups.space(name, dimensionsFor(grouping, keys));
    this.space = found;
    this.spaceKeys = keys;
    return found;
  }

  private cacheFor(rows: Rows): Int32Array {
    const size = rows.tagTable.size;
    if (this.lastTable === rows.tagTable && this.lastName === rows.name && this.last.length >= size) return this.last;
    let byName = this.caches.get(rows.tagTable);
    if (byName === undefined) {
      byName = new Map();
      this.caches.set(rows.tagTable, byName);
    }
    let cache = byName.get(rows.name);
    if (cache === undefined || cache.length < size) {
      const grown = new Int32Array(Math.max(64, 2 * size)).fill(unknown);
      if (cache !== undefined) grown.set(cache);
      cache = grown;
      byName.set(rows.name, cache);
    }
    this.lastTable = rows.tagTable;
    this.lastName = rows.name;
    this.last = cache;
    return cache;
  }
}
