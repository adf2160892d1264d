import type { Level, Publication } from '../publication.ts';

/** A publication for tests; only what matters to them is given. */
export function publication(changes: Partial<Publication> & { readonly topic: string }): Publication {
  const level: Level = changes.level ?? 'CRITICAL';
  return {
    event: 'cpu',
    level,
    timeNs: 1_500_000_000_000_000_000n,
    durationNs: 0n,
    message: `is ${level}`,
    details: '',
    series: [],
    name: 'cpu',
    group: 'host=a',
    tags: { host: 'a' },
    fields: { v: 4n },
    task: 'task',
    category: '',
    recoverable: true,
    stateChangesOnly: false,
    stateChangesIntervalNs: 0n,
    replay: null,
    ...changes,
  };
}
