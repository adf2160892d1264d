/**
 * Lifeguard's local health: a member that misses answers it was owed, or has to refute, doubts itself before it
 * doubts others, and probes more slowly.
 */
export interface Awareness {
  readonly score: number;
  /** The score stays below this. */
  readonly maxMultiplier: number;
}

export function adjustAwareness(awareness: Awareness, delta: number): Awareness {
  const score = Math.min(Math.max(awareness.score + delta, 0), awareness.maxMultiplier - 1);
  return { ...awareness, score };
}

export function scaleByAwareness(awareness: Awareness, intervalMs: number): number {
  return intervalMs * (awareness.score + 1);
}
