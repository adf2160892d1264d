/** When a query runs: instants of the wall clock, nanoseconds since 1970. */
import { ok } from '../../../base/result.ts';
import type { Result } from '../../../base/result.ts';
import { roundNs } from '../../engine/times.ts';
import { CronExpression } from './cron.ts';

export interface Schedule {
  /** The first run after an instant; undefined when there is none. */
  next(afterNs: bigint): bigint | undefined;
}

export function everySchedule(everyNs: bigint, isAligned: boolean): Schedule {
  return {
    next: (afterNs) => (isAligned ? roundNs(afterNs + everyNs, everyNs) : afterNs + everyNs),
  };
}

const nsPerMs = 1_000_000n;

/** Times are those of the member's time zone. */
export function cronSchedule(expression: string): Result<Schedule, string> {
  const cron = CronExpression.parse(expression);
  if (!cron.ok) return cron;
  return ok({
    next(afterNs) {
      const floorMs = afterNs / nsPerMs - (afterNs % nsPerMs < 0n ? 1n : 0n);
      const next = cron.value.next(Number(floorMs));
      return next === undefined ? undefined : BigInt(next) * nsPerMs;
    },
  });
}
