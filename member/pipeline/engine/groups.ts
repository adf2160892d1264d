import { compareBytes, TagTable } from '../../influx/tag-table.ts';
import type { TagSet } from '../../influx/tag-table.ts';

/** By what points are told apart: the names of tags, in byte order, and whether the measurement counts. */
export interface Dimensions {
  readonly tagNames: readonly string[];
  readonly byName: boolean;
}

export const noDimensions: Dimensions = { tagNames: [], byName: false };

/** A group of points. Groups are the same when their texts are: everywhere in a run it then has one number. */
export interface Group {
  readonly number: number;
  /** As templates show it: `host=a,region=b`, behind the measurement and a newline when that counts; empty for none. */
  readonly id: string;
  /** Values of the grouping tags; a missing tag stands with empty text, as in 1.5.4. */
  readonly tags: TagSet;
  readonly dimensions: Dimensions;
}

/** Numbers the groups of one run. Number 0 is the group of points that are not grouped. */
export class GroupTable {
  /** Of group tags and of every tag set that nodes make. */
  readonly tags = new TagTable();
  readonly none: Group;
  private readonly groups: Group[] = [];
  private readonly byId = new Map<string, Group>();

  constructor() {
    this.none = this.add('', noDimensions, this.tags.intern([], []));
  }

  get size(): number {
    return this.groups.length;
  }

  at(number: number): Group {
    const group = this.groups[number];
    if (group === undefined) throw new RangeError(`no group ${number}`);
    return group;
  }

  of(name: string, tags: TagSet, dimensions: Dimensions): Group {
    const { tagNames, byName } = dimensions;
    const values = tagNames.map((tag) => tags.get(tag) ?? '');
    const id = groupId(name, tagNames, values, byName);
    return this.byId.get(id) ?? this.add(id, dimensions, this.internUnsorted(tagNames, values));
  }

  /** The group of a batch: its tags are its dimensions. */
  ofBatch(name: string, tags: TagSet, byName: boolean): Group {
    const id = groupId(name, tags.keys, tags.values, byName);
    return this.byId.get(id) ?? this.add(id, { tagNames: tags.keys, byName }, this.tags.intern(tags.keys, tags.values));
  }

  private add(id: string, dimensions: Dimensions, tags: TagSet): Group {
    const group: Group = { number: this.groups.length, id, tags, dimensions };
    this.groups.push(group);
    this.byId.set(id, group);
    return group;
  }

  /** Names may be doubled (`groupBy('host', 'host')`). */
  private internUnsorted(names: readonly string[], values: readonly string[]): TagSet {
    const record = new Map(names.map((name, index) => [name, values[index] ?? '']));
    const keys = [...record.keys()].sort(compareBytes);
    return this.tags.intern(keys, keys.map((key) => record.get(key) ?? ''));
  }
}

function groupId(name: string, tagNames: readonly string[], values: readonly string[], byName: boolean): string {
  if (tagNames.length === 0) return byName ? name : '';
  const pairs = tagNames.map((tag, index) => `${tag}=${values[index] ?? ''}`).join(',');
  return byName ? `${name}\n${pairs}` : pairs;
}
