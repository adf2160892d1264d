import type { Group } from './groups.ts';

/** What a node keeps per group. The size is its `working_cardinality`. */
export class GroupStates<State> {
  private readonly states: (State | undefined)[] = [];
  private held = 0;

  get size(): number {
    return this.held;
  }

  get(group: number): State | undefined {
    return this.states[group];
  }

  set(group: number, state: State): void {
    if (this.states[group] === undefined) this.held++;
    // Filled up, so that the array stays without holes.
    while (this.states.length < group) this.states.push(undefined);
    this.states[group] = state;
  }

  delete(group: Group): State | undefined {
    const state = this.states[group.number];
    if (state === undefined) return undefined;
    this.states[group.number] = undefined;
    this.held--;
    return state;
  }

  *values(): Iterable<State> {
    for (const state of this.states) if (state !== undefined) yield state;
  }
}

/** Which groups a node has seen, for nodes that keep nothing else of them. */
export class SeenGroups {
  private seen = new Uint8Array(256);
  private held = 0;

  get size(): number {
    return this.held;
  }

  /** `known` is the number of groups there are in the run: when all were seen, nothing is to do. */
  addRows(groups: Uint32Array, selected: Int32Array, count: number, known: number): void {
    if (this.held === known) return;
    if (this.seen.length < known) this.grow(known);
    const seen = this.seen;
    for (let i = 0; i < count; i++) {
      const group = groups[selected[i] ?? 0] ?? 0;
      if (seen[group] === 0) {
        seen[group] = 1;
        this.held++;
      }
    }
  }

  add(group: Group): void {
    if (this.seen.length <= group.number) this.grow(group.number + 1);
    if (this.seen[group.number] === 1) return;
    this.seen[group.number] = 1;
    this.held++;
  }

  /** Whether it had been seen. */
  delete(group: Group): boolean {
    if (this.seen[group.number] !== 1) return false;
    this.seen[group.number] = 0;
    this.held--;
    return true;
  }

  private grow(atLeast: number): void {
    const grown = new Uint8Array(2 * atLeast);
    grown.set(this.seen);
    this.seen = grown;
  }
}
