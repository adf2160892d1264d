import type { Group } from './groups.ts';

/** Points per group, for `stats` nodes: kept only on the edges they look at. */
export class GroupCounts {
  private counts: Float64Array = new Float64Array(64);
  /** In the order in which they came. */
  private readonly seen = new Set<number>();

  addRows(groups: Uint32Array, selected: Int32Array, count: number): void {
    for (let i = 0; i < count; i++) this.add(groups[selected[i] ?? 0] ?? 0, 1);
  }

  add(group: number, points: number): void {
    if (group >= this.counts.length) {
      const grown = new Float64Array(2 * group);
      grown.set(this.counts);
      this.counts = grown;
    }
    const before = this.counts[group] ?? 0;
    if (before === 0) this.seen.add(group);
    this.counts[group] = before + points;
  }

  delete(group: Group): void {
    this.seen.delete(group.number);
    if (group.number < this.counts.length) this.counts[group.number] = 0;
  }

  *entries(): Iterable<readonly [group: number, points: number]> {
    for (const group of this.seen) yield [group, this.counts[group] ?? 0];
  }
}
