/** Tells the observations how many points came in, at most once a second and only while some do. */
import type { Observation } from '../base/observation.ts';

const intervalMs = 1_000;

export interface DataNotices {
  readonly count: (points: number, database: string, retentionPolicy: string) => void;
  dispose(): void;
}

interface Count {
  points: number;
  readonly database: string;
  readonly retentionPolicy: string;
}

export function createDataNotices(observe: (observation: Observation) => void): DataNotices {
  let counts = new Map<string, Count>();
  /** Of the write before: most writes go where the last one went. */
  let latest: Count | undefined;
  let timer: NodeJS.Timeout | undefined;

  const tell = (): void => {
    timer = undefined;
    latest = undefined;
    for (const count of counts.values()) observe({ kind: 'data-received', ...count });
    counts = new Map();
  };
  const countOf = (database: string, retentionPolicy: string): Count => {
    const key = `${database}\u0000${retentionPolicy}`;
    const held = counts.get(key);
    if (held !== undefined) return held;
    const made = { points: 0, database, retentionPolicy };
    counts.set(key, made);
    return made;
  };
  return {
    count(points, database, retentionPolicy) {
      if (latest?.database !== database || latest.retentionPolicy !== retentionPolicy)
        latest = countOf(database, retentionPolicy);
      latest.points += points;
      timer ??= setTimeout(tell, intervalMs);
    },
    dispose: () => clearTimeout(timer),
  };
}
