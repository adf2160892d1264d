import { randomBelow, randomFloat, seededRandom } from '../../../base/random.ts';
import type { Random } from '../../../base/random.ts';

/** Choices of one fuzzing case: the seed fixes them all. */
export class Draw {
  private readonly random: Random;

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }

  /** From 0 up to the limit, which is left out. */
  below(limit: number): number {
    return randomBelow(this.random, limit);
  }

  /** Both ends are possible. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  chance(probability: number): boolean {
    return randomFloat(this.random) < probability;
  }

  pick<T>(items: readonly T[]): T {
    const [item] = items.slice(this.below(items.length));
    // An item may be null or undefined itself.
    return item as T;
  }

  /** Common items most of the time, odd ones now and then. */
  mostly<T>(common: readonly T[], odd: readonly T[], oddness = 0.08): T {
    return this.pick(this.chance(oddness) ? odd : common);
  }

  some<T>(items: readonly T[], probability: number): T[] {
    return items.filter(() => this.chance(probability));
  }

  list<T>(low: number, high: number, make: () => T): T[] {
    return Array.from({ length: this.between(low, high) }, make);
  }
}

/** Seeds of a run's cases: neighbours are not alike. */
export function caseSeed(seed: number, index: number): number {
  const mixed = Math.imul(seed ^ Math.imul(index + 1, 0x9e3779b1), 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
