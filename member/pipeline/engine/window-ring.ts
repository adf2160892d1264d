/**
 * Where the points of a time window would stand in the ring buffer of 1.5.4. Its purge looks at places of the ring,
 * not only at times: after a ring has wrapped around, points that are too old may stay for one more window. Scripts
 * see that, so it is kept; the points themselves are in the `WindowStore`.
 */
import { isWithin } from './window-store.ts';
import type { WindowStore } from './window-store.ts';

export class WindowRings {
  private readonly store: WindowStore;
  /** Per group: first place in use, place of the next point, places made, places before the ring must grow. */
  private starts = new Int32Array(0);
  private stops = new Int32Array(0);
  private lengths = new Int32Array(0);
  private capacities = new Int32Array(0);
  /** Time of the point in the last place, whether it is still held or not. */
  private lastSeconds = new Float64Array(0);
  private lastNanos = new Int32Array(0);

  constructor(store: WindowStore) {
    this.store = store;
  }

  reserveGroups(count: number): void {
    if (this.starts.length >= count) return;
    const capacity = Math.max(64, 2 * count);
    this.starts = grown(this.starts, new Int32Array(capacity));
    this.stops = grown(this.stops, new Int32Array(capacity));
    this.lengths = grown(this.lengths, new Int32Array(capacity));
    this.capacities = grown(this.capacities, new Int32Array(capacity));
    this.lastSeconds = grown(this.lastSeconds, new Float64Array(capacity));
    this.lastNanos = grown(this.lastNanos, new Int32Array(capacity));
  }

  push(group: number, segment: number, row: number, seconds: number, nanos: number): void {
    const size = this.store.size(group);
    if (size === this.capacities[group]) {
      this.capacities[group] = 2 * (size + 1);
      this.lengths[group] = size + 1;
      this.starts[group] = 0;
      this.stops[group] = size;
    }
    let length = this.lengths[group] ?? 0;
    let place = this.stops[group] ?? 0;
    if (length === this.capacities[group] && place === length) place = 0;
    if (place === length) this.lengths[group] = ++length;
    if (place === length - 1) {
      this.lastSeconds[group] = seconds;
      this.lastNanos[group] = nanos;
    }
    this.stops[group] = place + 1;
    this.store.push(group, segment, row);
  }

  /** Drops points that are before the time (or at it, when exclusive), as far as the original's walk goes. */
  purge(group: number, seconds: number, nanos: number, isInclusive: boolean): void {
    const length = this.lengths[group] ?? 0;
    if (length === 0) return;
    const stop = this.stops[group] ?? 0;
    let start = this.starts[group] ?? 0;
    let end = stop;
    if (start >= stop) {
      if (isWithin(this.lastSeconds[group] ?? 0, this.lastNanos[group] ?? 0, seconds, nanos, isInclusive)) end = length;
      else {
        for (; start < length; start++) this.store.shift(group);
        start = 0;
      }
    }
    while (start < end && !this.store.keepsOldest(group, seconds, nanos, isInclusive)) {
      this.store.shift(group);
      start++;
    }
    this.starts[group] = start;
  }

  forget(group: number): void {
    this.starts[group] = 0;
    this.stops[group] = 0;
    this.lengths[group] = 0;
    this.capacities[group] = 0;
  }
}

function grown<A extends Int32Array | Float64Array>(from: A, into: A): A {
  into.set(from);
  return into;
}
