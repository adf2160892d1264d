/** The clocks of the system, in the units of the cores. */
import type { Millis } from '../base/deadline.ts';

export interface SystemClock {
  /** Monotonic; goes on while the process is frozen. */
  readonly nowMs: () => Millis;
  /** Milliseconds since 1970; may jump. */
  readonly wallMs: () => number;
  /** Nanoseconds since 1970, as fine as the wall clock is. */
  readonly wallNs: () => bigint;
}

export const systemClock: SystemClock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  wallNs: () => BigInt(Date.now()) * 1_000_000n,
};
