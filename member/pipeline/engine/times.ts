/** Arithmetic of points in time, as seconds since 1970 and nanoseconds; durations are nanoseconds. */
import { nanosOf, secondsOf, timeNs } from '../../influx/block.ts';

export interface Times {
  readonly seconds: Float64Array;
  readonly nanos: Int32Array;
}

/** Seconds from year 1, where the calendar of Go begins and alignment counts from, to 1970. */
const secondsToEpoch = 62135596800;
const nsToEpoch = BigInt(secondsToEpoch) * 1_000_000_000n;

/** Go's `time.Time{}`: the time of what has none. */
export const zeroTimeSeconds = -secondsToEpoch;

/** Down to a multiple of `unit` since year 1; a unit of 0 or less leaves the time alone. */
export function truncateNs(ns: bigint, unit: bigint): bigint {
  if (unit <= 0n) return ns;
  return ns - positiveRemainder(ns + nsToEpoch, unit);
}

/** To the nearest multiple of `unit` since year 1; half-way goes up. */
export function roundNs(ns: bigint, unit: bigint): bigint {
  if (unit <= 0n) return ns;
  const rest = positiveRemainder(ns + nsToEpoch, unit);
  return rest + rest < unit ? ns - rest : ns + unit - rest;
}

function positiveRemainder(value: bigint, unit: bigint): bigint {
  const rest = value % unit;
  return rest < 0n ? rest + unit : rest;
}

export function truncateTimes(times: Times, length: number, unitNs: bigint): Times {
  return mapped(times, length, unitNs, (ns) => truncateNs(ns, unitNs), false);
}

export function roundTimes(times: Times, length: number, unitNs: bigint): Times {
  return mapped(times, length, unitNs, (ns) => roundNs(ns, unitNs), true);
}

function mapped(
  times: Times,
  length: number,
  unitNs: bigint,
  exact: (ns: bigint) => bigint,
  isRounding: boolean,
): Times {
  const seconds = new Float64Array(length);
  const nanos = new Int32Array(length);
  const unitSeconds = unitNs > 0n && unitNs % 1_000_000_000n === 0n ? Number(unitNs / 1_000_000_000n) : 0;
  if (unitSeconds > 0 && !isRounding) {
    for (let i = 0; i < length; i++) {
      const second = (times.seconds[i] ?? 0) + secondsToEpoch;
      const rest = second % unitSeconds;
      seconds[i] = second - (rest < 0 ? rest + unitSeconds : rest) - secondsToEpoch;
    }
    return { seconds, nanos };
  }
  for (let i = 0; i < length; i++) {
    const ns = exact(timeNs(times.seconds[i] ?? 0, times.nanos[i] ?? 0));
    seconds[i] = secondsOf(ns);
    nanos[i] = nanosOf(ns);
  }
  return { seconds, nanos };
}

export function isBefore(seconds: number, nanos: number, otherSeconds: number, otherNanos: number): boolean {
  return seconds < otherSeconds || (seconds === otherSeconds && nanos < otherNanos);
}
