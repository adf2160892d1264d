/** Tells the observations how many points came in, at most once a second and only while some do. */
import type { Observation } from '../base/observation.ts';

const intervalMs = 1_000;

export interface DataNotices {
  readonly count: (points: number, database: string, retentionPolicy: string) => void;
  dispose(): void;
}

export function createDataNotices(observe: (observation: Observation) => void): DataNotices {
  const counts = new Map<string, { points: number; readonly database: string; readonly retentionPolicy: string }>();
  let timer: NodeJS.Timeout | undefined;

  const tell = (): void => {
    timer = undefined;
    for (const count of counts.values()) observe({ kind: 'data-received', ...count });
    counts.clear();
  };
  return {
    count(points, database, retentionPolicy) {
      const key = `${database}\u0000${retentionPolicy}`;
      const held = counts.get(key);
      if (held === undefined) counts.set(key, { points, database, retentionPolicy });
      else held.points += points;
      timer ??= setTimeout(tell, intervalMs);
    },
    dispose: () => clearTimeout(timer),
  };
}
