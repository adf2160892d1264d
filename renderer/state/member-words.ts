/** The word under a member's name, and its accessible name. Time comes in. */
import type { MemberFacts } from './members.ts';
import { age, countdown } from './words.ts';

/** `alive, 15 min` · `suspect, dead in 2.2 s` · `dead for 68 s` · `starting`. */
export function memberWord(facts: MemberFacts, now: number): string {
  switch (facts.status) {
    case 'alive':
      return facts.since > 0 && facts.badge === null && now - facts.since >= 1000
        ? `alive, ${age(now - facts.since)}`
        : 'alive';
    case 'suspect':
      return facts.deadAt === null ? 'suspect' : `suspect, dead in ${countdown(facts.deadAt - now)}`;
    case 'dead':
      return `dead, ${age(now - facts.since)}`;
    case 'left':
      return `left, ${age(now - facts.since)} ago`;
    case 'unknown':
      return 'no answer';
    case 'ghost':
      return 'not started';
    case 'starting':
      return 'starting';
  }
}

/** `kapacitor-2, suspect, dead in 2.2 s`: name and status, with the countdown while there is one. */
export function memberLabel(facts: MemberFacts, now: number): string {
  if (facts.status === 'suspect') return `${facts.name}, ${memberWord(facts, now)}`;
  return `${facts.name}, ${facts.status === 'ghost' ? 'not started' : facts.status === 'unknown' ? 'no answer' : facts.status}`;
}

/** Views that nobody has refreshed for this long are shown as old. */
const staleAfterMs = 10_000;

/** How old a member's own views are when that is worth saying, or null. */
export function staleness(
  seenAt: number | null,
  process: string,
  isConnected: boolean,
  heardAt: number,
  now: number,
): number | null {
  if (process !== 'running' || !isConnected) return null;
  const last = Math.max(seenAt ?? 0, heardAt);
  return last > 0 && now - last > staleAfterMs ? now - last : null;
}
