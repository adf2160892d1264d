/**
 * Protocol time: milliseconds of a monotonic clock, a float only as precise as the shell's clock. A core never
 * reads it; it comes with every input, and the core says when it wants to be woken.
 */
export type Millis = number;

/** "No deadline": the core need not be woken until the next input. */
export const never: Millis = Number.POSITIVE_INFINITY;

export function earliest(...deadlines: readonly Millis[]): Millis {
  return Math.min(never, ...deadlines);
}
