import type { Publication } from '../alerts/publication.ts';

/** What simulated tasks say of an event; the rest is the same in all publications. */
type SimEvent = Pick<Publication, 'topic' | 'event' | 'level' | 'timeNs'>;

export function simPublication(said: SimEvent): Publication {
  return {
    ...said,
    durationNs: 0n,
    message: `is ${said.level}`,
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
  };
}
