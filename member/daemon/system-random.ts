/** Randomness of the system, some at a time: cluster keys are drawn from it. */
import { randomFillSync } from 'node:crypto';
import type { Random } from '../base/random.ts';

export function createSystemRandom(): Random {
  const pool = new Uint32Array(256);
  let next = pool.length;
  return {
    nextUint32() {
      if (next === pool.length) {
        randomFillSync(pool);
        next = 0;
      }
      return pool[next++] ?? 0;
    },
  };
}
