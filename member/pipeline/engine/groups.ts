import { byteOrder } from '../../base/byte-order.ts';
import { areEqual, TagTable } from '../../influx/tag-table.ts';
import type { TagSet } from '../../influx/tag-table.ts';

/** By what points are told apart: the names of tags, in byte order, and whether the measurement counts. */
export interface Dimensions {
  readonly tagNames: readonly string[];
  readonly byName: boolean;
}

export const noDimensions: Dimensions = { tagNames: [], byName: false };

/** A group of points. Groups are the same when their texts are: everywhere in a run it then has one number. */
export class Group {
  readonly number: number;
  /** Of its tags, in the table of the run. */
  readonly tagId: number;
  private readonly space: GroupSpace;

  constructor(number: number, space: GroupSpace, tagId: number) {
    this.number = number;
    this.space = space;
    this.tagId = tagId;
  }

  get dimensions(): Dimensions {
    return this.space.dimensions;
  }

  /** Values of the grouping tags; a missing tag stands with empty text, as in 1.5.4. */
  get tags(): TagSet {
    return this.space.tags.at(this.tagId);
  }

  /** As templates show it: `host=a,region=b`, behind the measurement and a newline when that counts; empty for none. */
  get id(): string {
    const { tagNames, byName } = this.dimensions;
    const { name } = this.space;
    if (tagNames.length === 0) return byName ? name : '';
    const pairs = tagNames.map((tag) => `${tag}=${this.tags.get(tag) ?? ''}`).join(',');
    return byName ? `${name}\n${pairs}` : pairs;
  }
}

/** The groups of one list of dimensions (and of one measurement, where that counts). */
export class GroupSpace {
  readonly dimensions: Dimensions;
  readonly name: string;
  /** Of the run: the tags of its groups are in it. */
  readonly tags: TagTable;
  /** The names in byte order, each once. */
  readonly keys: readonly string[];
  /** By number of the group's tag set in the run's table. */
  readonly groups: (Group | undefined)[] = [];

  constructor(name: string, dimensions: Dimensions, tags: TagTable) {
    this.name = name;
    this.dimensions = dimensions;
    this.tags = tags;
    this.keys = [...new Set(dimensions.tagNames)].sort(byteOrder);
  }
}

/** Numbers the groups of one run. Number 0 is the group of points that are not grouped. */
export class GroupTable {
  /** Of group tags and of every tag set that nodes make. */
  readonly tags = new TagTable();
  readonly none: Group;
  private readonly groups: Group[] = [];
  private readonly spaces = new Map<string, GroupSpace>();
  /** Of the last batch whose measurement does not count, and the keys of its tags. */
  private batchSpace: GroupSpace | undefined;
  private batchKeys: readonly string[] = [];
  /** What `of` was asked for last, and its space: point after point mostly asks for the same one. */
  private lastName = '';
  private lastDimensions: Dimensions | undefined;
  private lastSpace: GroupSpace | undefined;

  constructor() {
    this.none = this.inSpace(this.space('', noDimensions), this.tags.number([], []));
  }

  get size(): number {
    return this.groups.length;
  }

  at(number: number): Group {
    const group = this.groups[number];
    if (group === undefined) throw new RangeError(`no group ${number}`);
    return group;
  }

  /** The group of a point. */
  of(name: string, tags: TagSet, dimensions: Dimensions): Group {
    let space = this.lastDimensions === dimensions && this.lastName === name ? this.lastSpace : undefined;
    if (space === undefined) {
      space = this.space(name, dimensions);
      this.lastName = name;
      this.lastDimensions = dimensions;
      this.lastSpace = space;
    }
    return this.ofPoint(space, tags);
  }

  ofPoint(space: GroupSpace, tags: TagSet): Group {
    return this.ofTags(space, tags.keys, tags.values);
  }

  /** The group of a point with these tags, of which it takes those it goes by. */
  ofTags(space: GroupSpace, keys: readonly string[], values: readonly string[]): Group {
    if (areEqual(space.keys, keys)) return this.inSpace(space, this.tags.number(space.keys, values));
    const own = space.keys.map((key) => {
      const index = keys.indexOf(key);
      return index < 0 ? '' : (values[index] ?? '');
    });
    return this.inSpace(space, this.tags.number(space.keys, own));
  }

  /** The group of a batch: its tags are its dimensions. */
  ofBatch(name: string, tags: TagSet, byName: boolean): Group {
    const own = this.tags.has(tags) ? tags : this.tags.intern(tags.keys, tags.values);
    if (byName) return this.inSpace(this.space(name, { tagNames: own.keys, byName }), own.id);
    // Sets of one table share their keys.
    if (this.batchSpace === undefined || this.batchKeys !== own.keys) {
      this.batchKeys = own.keys;
      this.batchSpace = this.space(name, { tagNames: own.keys, byName });
    }
    return this.inSpace(this.batchSpace, own.id);
  }

  space(name: string, dimensions: Dimensions): GroupSpace {
    const { tagNames, byName } = dimensions;
    const place = byName ? name : '';
    const key = `${byName ? 'n' : ''}${tagNames.length}\n${tagNames.join('\n')}\n${place}`;
    let space = this.spaces.get(key);
    if (space === undefined) {
      space = new GroupSpace(place, dimensions, this.tags);
      this.spaces.set(key, space);
    }
    return space;
  }

  private inSpace(space: GroupSpace, tagId: number): Group {
    const { groups } = space;
    const known = groups[tagId];
    if (known !== undefined) return known;
    while (groups.length <= tagId) groups.push(undefined);
    const group = new Group(this.groups.length, space, tagId);
    groups[tagId] = group;
    this.groups.push(group);
    return group;
  }
}
