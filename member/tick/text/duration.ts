/** Durations as TICKscript and InfluxQL write them: `1h30m`, units u µ ms s m h d w. Values are nanoseconds. */
import { err, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';

const unitNs = {
  u: 1_000n,
  µ: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
  w: 604_800_000_000_000n,
} as const;

const part = /(\d+)(ms|[uµsmhdw])/y;
const int64Max = 2n ** 63n - 1n;

/** The error is the original's text; arithmetic wraps at 64 bits on the way, as there. */
export function parseDuration(text: string): Result<bigint, string> {
  const isNegative = text.startsWith('-');
  let total = 0n;
  let last = '';
  part.lastIndex = isNegative ? 1 : 0;
  while (part.lastIndex < text.length) {
    const match = part.exec(text);
    if (match === null) return err('invalid duration');
    const count = BigInt(match[1] ?? '0');
    if (count > int64Max) return err('invalid duration');
    // The pattern's second group is one of the units.
    const scale = unitNs[match[2] as keyof typeof unitNs];
    total = BigInt.asIntN(64, total + count * scale);
    last = match[0];
  }
  if (last === '') return err('invalid duration');
  if (total < 0n && !isNegative)
    return err(`overflowed duration ${last.replace(/^0+(?=\d)/, '')}: choose a smaller duration or INF`);
  return ok(isNegative ? BigInt.asIntN(64, -total) : total);
}

const formatUnits = ['w', 'd', 'h', 'm', 's', 'ms'] as const;

/** One number and the largest unit that divides it; microseconds at the finest. */
export function formatDuration(ns: bigint): string {
  if (ns === 0n) return '0s';
  for (const unit of formatUnits) if (ns % unitNs[unit] === 0n) return `${ns / unitNs[unit]}${unit}`;
  return `${ns / 1_000n}u`;
}
