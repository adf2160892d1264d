/**
 * Hybrid logical time: close to the wall clock, but never behind anything seen, so that a change made after another
 * one was known is later than it, whatever the clocks say.
 */
import type { MemberId } from '../base/ids.ts';

export interface Stamp {
  /** Milliseconds since 1970. */
  readonly ms: number;
  /** Orders stamps within one millisecond. */
  readonly counter: number;
  /** Whose stamp it is: breaks ties. */
  readonly by: MemberId;
}

/** A stamp further ahead of the receiver's clock than this is refused. */
export const maxAheadMs = 600_000;

export function compareStamps(a: Stamp, b: Stamp): number {
  if (a.ms !== b.ms) return a.ms - b.ms;
  if (a.counter !== b.counter) return a.counter - b.counter;
  if (a.by === b.by) return 0;
  return a.by < b.by ? -1 : 1;
}

export interface HybridClock {
  /** A stamp later than every one made or observed so far. */
  next(wallMs: number, by: MemberId): Stamp;
  observe(stamp: Stamp): void;
}

export function createHybridClock(): HybridClock {
  let ms = 0;
  let counter = 0;
  return {
    next(wallMs, by) {
      const now = Math.floor(wallMs);
      if (now > ms) {
        ms = now;
        counter = 0;
      } else {
        counter++;
      }
      return { ms, counter, by };
    },
    observe(stamp) {
      if (stamp.ms > ms) {
        ms = stamp.ms;
        counter = stamp.counter;
      } else if (stamp.ms === ms && stamp.counter > counter) {
        counter = stamp.counter;
      }
    },
  };
}
