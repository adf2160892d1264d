import { areEqual, compareBytes, TagTable } from '../../influx/tag-table.ts';
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
  /** Values of the grouping tags; a missing tag stands with empty text, as in 1.5.4. */
  readonly tags: TagSet;
  readonly dimensions: Dimensions;
  private readonly name: string;

  constructor(number: number, name: string, tags: TagSet, dimensions: Dimensions) {
    this.number = number;
    this.name = name;
    this.tags = tags;
    this.dimensions = dimensions;
  }

  /** As templates show it: `host=a,region=b`, behind the measurement and a newline when that counts; empty for none. */
  get id(): string {
    const { tagNames, byName } = this.dimensions;
    if (tagNames.length === 0) return byName ? this.name : '';
    const pairs = tagNames.map((tag) => `${tag}=${this.tags.get(tag) ?? ''}`).join(',');
    return byName ? `${this.name}\n${pairs}` : pairs;
  }
}

/** The groups of one list of dimensions (and of one measurement, where that counts). */
export class GroupSpace {
  readonly dimensions: Dimensions;
  readonly name: string;
  /** The names in byte order, each once. */
  readonly keys: readonly string[];
  /** By number of the group's tag set in the run's table. */
  readonly groups: (Group | undefined)[] = [];

  constructor(name: string, dimensions: Dimensions) {
    this.name = name;
    this.dimensions = dimensions;
    this.keys = [...new Set(dimensions.tagNames)].sort(compareBytes);
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
    this.none = this.inSpace(this.space('', noDimensions), this.tags.intern([], []));
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
    const isWhole = areEqual(space.keys, tags.keys);
    const values = isWhole ? tags.values : space.keys.map((key) => tags.get(key) ?? '');
    return this.inSpace(space, this.tags.intern(space.keys, values));
  }

  /** The group of a batch: its tags are its dimensions. */
  ofBatch(name: string, tags: TagSet, byName: boolean): Group {
    const own = this.tags.has(tags) ? tags : this.tags.intern(tags.keys, tags.values);
    if (byName) return this.inSpace(this.space(name, { tagNames: own.keys, byName }), own);
    // Sets of one table share their keys.
    if (this.batchSpace === undefined || this.batchKeys !== own.keys) {
      this.batchKeys = own.keys;
      this.batchSpace = this.space(name, { tagNames: own.keys, byName });
    }
    return this.inSpace(this.batchSpace, own);
  }

  space(name: string, dimensions: Dimensions): GroupSpace {
    const { tagNames, byName } = dimensions;
    const place = byName ? name : '';
    const key = `${byName ? 'n' : ''}${tagNames.length}\n${tagNames.join('\n')}\n${place}`;
    let space = this.spaces.get(key);
    if (space === undefined) {
      space = new GroupSpace(place, dimensions);
      this.spaces.set(key, space);
    }
    return space;
  }

  private inSpace(space: GroupSpace, tags: TagSet): Group {
    const { groups } = space;
    const known = groups[tags.id];
    if (known !== undefined) return known;
    while (groups.length <= tags.id) groups.push(undefined);
    const group = new Group(this.groups.length, space.name, tags, space.dimensions);
    groups[tags.id] = group;
    this.groups.push(group);
    return group;
  }
}
