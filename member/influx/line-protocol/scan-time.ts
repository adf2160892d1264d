import { err, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { decodeUtf8 } from '../../base/utf8.ts';
import { nanosOf, secondsOf } from '../block.ts';
import { isBlank, isDigit, minus, newline, space } from './bytes.ts';
import { parseGoInt } from './scan-value.ts';

export interface PointTime {
  readonly seconds: number;
  readonly nanos: number;
}

/** `n`, `u`, `ms`, `s`, `m`, `h`; the original takes every other word for `n`. */
export type Precision = 'n' | 'u' | 'ms' | 's' | 'm' | 'h';

export function precisionOf(text: string): Precision {
  return text === 'u' || text === 'ms' || text === 's' || text === 'm' || text === 'h' ? text : 'n';
}

export const precisionNs: Readonly<Record<Precision, bigint>> = {
  n: 1n,
  u: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

const minTimeNs = -9223372036854775806n;
const maxTimeNs = 9223372036854775806n;

/** The time that stands after the fields; undefined when there is none. Nothing may follow it but blanks. */
export function readTime(line: Uint8Array, from: number, precision: Precision): Result<PointTime | undefined, string> {
  let i = from;
  while (isBlank(line[i])) i++;
  const start = i;
  for (; i < line.length && line[i] !== newline && line[i] !== space; i++) {
    if (!isDigit(line[i] ?? 0) && !(i === start && line[i] === minus)) return err('bad timestamp');
  }
  if (i === start) return ok(undefined);
  const parsed = parseGoInt(decodeUtf8(line.subarray(start, i)));
  if (!parsed.ok) return parsed;
  const ns = parsed.value * precisionNs[precision];
  if (ns < minTimeNs || ns > maxTimeNs) return err(`time outside range ${minTimeNs} - ${maxTimeNs}`);
  for (; i < line.length; i++) if (line[i] !== space) return err('point is invalid');
  return ok({ seconds: secondsOf(ns), nanos: nanosOf(ns) });
}

/** The time of lines without one: now, in whole units of the precision. */
export function defaultTime(nowNs: bigint, precision: Precision): PointTime {
  const ns = nowNs - (nowNs % precisionNs[precision]);
  return { seconds: secondsOf(ns), nanos: nanosOf(ns) };
}
