/** Points received, by database, retention policy and measurement: the `ingress` statistics. */
import type { WriteBody } from '../influx/block.ts';

export interface IngressCount {
  readonly db: string;
  readonly rp: string;
  readonly measurement: string;
  readonly points: number;
}

export interface Ingress {
  count(body: WriteBody, db: string, rp: string): void;
  /** In order of first arrival. */
  counts(): readonly IngressCount[];
}

export function createIngress(): Ingress {
  const byDatabase = new Map<string, Map<string, Map<string, number>>>();
  return {
    count(body, db, rp) {
      const measurements = child(child(byDatabase, db), rp);
      for (const block of body.blocks) measurements.set(block.name, (measurements.get(block.name) ?? 0) + block.length);
    },
    counts() {
      const counts: IngressCount[] = [];
      for (const [db, policies] of byDatabase) {
        for (const [rp, measurements] of policies) {
          for (const [measurement, points] of measurements) counts.push({ db, rp, measurement, points });
        }
      }
      return counts;
    },
  };
}

function child<V>(parent: Map<string, Map<string, V>>, key: string): Map<string, V> {
  let held = parent.get(key);
  if (held === undefined) {
    held = new Map();
    parent.set(key, held);
  }
  return held;
}
