import type { Batch } from '../../engine/batch.ts';
import type { KeptPoint } from '../../engine/kept-points.ts';
import { isBefore } from '../../engine/times.ts';

export interface Time {
  readonly seconds: number;
  readonly nanos: number;
}

/** A point or a batch that waits to be joined, with its time rounded to the tolerance. */
export type Joinable = { readonly time: Time } & (
  ({ readonly kind: 'point' } & KeptPoint) | { readonly kind: 'batch'; readonly batch: Batch }
);

/** What the parents have at one time: at most one of each. */
export interface JoinSet {
  readonly time: Time;
  readonly values: (Joinable | undefined)[];
  size: number;
}

/** The sets of one group, by time; those of equal times in the order in which they began. */
export class JoinGroup {
  private readonly parents: number;
  /** What a set begins with. */
  private readonly noValues: readonly undefined[];
  private readonly sets: JoinSet[] = [];
  /** Time of the latest value of each parent. */
  private readonly heads: (Time | undefined)[];
  /** The oldest time that was ever seen waiting; undefined when none waits. */
  private oldest: Time | undefined;

  constructor(parents: number) {
    this.parents = parents;
    this.noValues = Array.from({ length: parents }, () => undefined);
    this.heads = this.noValues.slice();
  }

  collect(source: number, value: Joinable, emit: (set: JoinSet) => void): void {
    this.noteOldest(value.time);
    const set = this.setFor(source, value.time);
    set.values[source] = value;
    set.size++;
    this.heads[source] = value.time;
    this.emitDue(emit);
  }

  barrier(source: number, time: Time, emit: (set: JoinSet) => void): void {
    this.noteOldest(time);
    this.heads[source] = time;
    this.emitDue(emit);
  }

  finish(emit: (set: JoinSet) => void): void {
    for (const set of this.sets.splice(0)) emit(set);
  }

  *points(): Iterable<KeptPoint> {
    for (const { values } of this.sets) {
      for (const value of values) if (value?.kind === 'point') yield value;
    }
  }

  private noteOldest(time: Time): void {
    if (this.oldest === undefined || isEarlier(time, this.oldest)) this.oldest = time;
  }

  /** The first set of that time in which the parent has no value yet, or a new one. */
  private setFor(source: number, time: Time): JoinSet {
    const { sets } = this;
    const end = this.placeBehind(time);
    const free = sets[this.placeFree(source, time, end)];
    if (free !== undefined && areEqual(free.time, time)) return free;
    const made: JoinSet = { time, values: this.noValues.slice(), size: 0 };
    // Mostly it is the latest; a splice would make a list of what it takes out.
    if (end === sets.length) sets.push(made);
    else sets.splice(end, 0, made);
    return made;
  }

  /** Where the sets of later times begin. */
  private placeBehind(time: Time): number {
    const { sets } = this;
    let low = 0;
    let high = sets.length;
    while (low < high) {
      // The latest first: it decides for points in order.
      const middle = high === sets.length ? high - 1 : (low + high) >> 1;
      const set = sets[middle];
      if (set !== undefined && isEarlier(time, set.time)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /**
   * The first place before `end` whose set is not of an earlier time and lacks the parent's value: of the sets of one
   * time, those that have it come first. A search by halves, as a wide tolerance gives thousands of sets one time.
   */
  private placeFree(source: number, time: Time, end: number): number {
    const { sets } = this;
    let low = 0;
    let high = end;
    while (low < high) {
      const middle = (low + high) >> 1;
      const set = sets[middle];
      if (set !== undefined && (isEarlier(set.time, time) || set.values[source] !== undefined)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** While every parent is past the oldest time, its sets go out complete or not; else only complete ones, in order. */
  private emitDue(emit: (set: JoinSet) => void): void {
    let isPast = true;
    while (isPast && this.sets.length > 0 && this.oldest !== undefined) {
      const { oldest } = this;
      isPast = this.isPastForAll(oldest);
      const needed = isPast ? 0 : this.parents;
      while (this.firstIsDue(oldest, needed)) {
        const set = this.sets.shift();
        if (set !== undefined) emit(set);
      }
      this.oldest = this.sets[0]?.time;
    }
  }

  private isPastForAll(time: Time): boolean {
    for (const head of this.heads) if (head === undefined || !isEarlier(time, head)) return false;
    return true;
  }

  private firstIsDue(oldest: Time, needed: number): boolean {
    const first = this.sets[0];
    return first !== undefined && first.size >= needed && areEqual(first.time, oldest);
  }
}

export function isEarlier(a: Time, b: Time): boolean {
  return isBefore(a.seconds, a.nanos, b.seconds, b.nanos);
}

export function areEqual(a: Time | undefined, b: Time | undefined): boolean {
  return a !== undefined && b !== undefined && a.seconds === b.seconds && a.nanos === b.nanos;
}
