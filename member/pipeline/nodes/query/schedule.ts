/** When a query runs: instants of the wall clock, nanoseconds since 1970. */
import { Cron } from 'croner';
import { err, ok } from '../../../base/result.ts';
import type { Result } from '../../../base/result.ts';
import { roundNs } from '../../engine/times.ts';

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
const words: Readonly<Record<string, string>> = {
  '@annually': '0 0 1 1 *',
  '@yearly': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@hourly': '0 * * * *',
};

/**
 * Five fields begin with minutes; a sixth is the year, and only with seven the first is seconds, as 1.5.4 reads them.
 * Times are those of the member's time zone.
 */
export function cronSchedule(expression: string): Result<Schedule, string> {
  const text = (words[expression.trim().toLowerCase()] ?? expression).trim();
  const fields = text.split(/\s+/);
  if (fields.length < 5 || fields.length > 7 || text === '')
    return err(
      `cron: expected 5 to 7 fields, found ${text === '' ? 0 : fields.length} in ${JSON.stringify(expression)}`,
    );
  const pattern = [...(fields.length === 7 ? [] : ['0']), ...fields].map((part) => part.replace('?', '*')).join(' ');
  let cron: Cron;
  try {
    cron = new Cron(pattern, { paused: true });
  } catch (error) {
    return err(`cron: ${error instanceof Error ? error.message : String(error)}`);
  }
  return ok({
    next(afterNs) {
      const floorMs = afterNs / nsPerMs - (afterNs % nsPerMs < 0n ? 1n : 0n);
      const next = cron.nextRun(new Date(Number(floorMs)));
      return next === null ? undefined : BigInt(next.getTime()) * nsPerMs;
    },
  });
}
