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
  const grid = new TimeGrid(unitNs);
  const seconds = new Float64Array(length);
  const nanos = new Int32Array(length);
  for (let i = 0; i < length; i++) {
    grid.truncate(times.seconds[i] ?? 0, times.nanos[i] ?? 0);
    seconds[i] = grid.seconds;
    nanos[i] = grid.nanos;
  }
  return { seconds, nanos };
}

export function roundTimes(times: Times, length: number, unitNs: bigint): Times {
  const grid = new TimeGrid(unitNs);
  const seconds = new Float64Array(length);
  const nanos = new Int32Array(length);
  for (let i = 0; i < length; i++) {
    grid.round(times.seconds[i] ?? 0, times.nanos[i] ?? 0);
    seconds[i] = grid.seconds;
    nanos[i] = grid.nanos;
  }
  return { seconds, nanos };
}

export function isBefore(seconds: number, nanos: number, otherSeconds: number, otherNanos: number): boolean {
  return seconds < otherSeconds || (seconds === otherSeconds && nanos < otherNanos);
}

const nanosPerSecond = 1_000_000_000;

/** How the multiples of a unit lie: everywhere, some in each second, on some of the seconds, or in any other way. */
type GridKind = 'all' | 'within seconds' | 'of seconds' | 'other';

/**
 * What `truncateNs` and `roundNs` do, for a time as seconds and nanoseconds, which `seconds` and `nanos` then hold
 * until the next call: no object per time, and no bigint for a unit that divides a second or is whole seconds.
 */
export class TimeGrid {
  seconds = 0;
  nanos = 0;
  private readonly unitNs: bigint;
  private readonly kind: GridKind;
  /** In nanoseconds within seconds, in seconds of seconds. */
  private readonly unit: number;

  constructor(unitNs: bigint) {
    this.unitNs = unitNs;
    this.kind = kindOf(unitNs);
    this.unit = Number(this.kind === 'of seconds' ? unitNs / BigInt(nanosPerSecond) : unitNs);
  }

  truncate(seconds: number, nanos: number): void {
    switch (this.kind) {
      case 'all':
        return this.set(seconds, nanos);
      case 'within seconds':
        return this.set(seconds, nanos - (nanos % this.unit));
      case 'of seconds':
        return this.set(seconds - this.restOf(seconds), 0);
      case 'other':
        return this.setNs(truncateNs(timeNs(seconds, nanos), this.unitNs));
    }
  }

  round(seconds: number, nanos: number): void {
    switch (this.kind) {
      case 'all':
        return this.set(seconds, nanos);
      case 'within seconds':
        return this.roundWithin(seconds, nanos);
      case 'of seconds':
        return this.roundToSeconds(seconds, nanos);
      case 'other':
        return this.setNs(roundNs(timeNs(seconds, nanos), this.unitNs));
    }
  }

  /** Whether truncating would leave the time as it is. */
  isMultiple(seconds: number, nanos: number): boolean {
    this.truncate(seconds, nanos);
    return this.seconds === seconds && this.nanos === nanos;
  }

  private roundWithin(seconds: number, nanos: number): void {
    const rest = nanos % this.unit;
    const rounded = rest + rest < this.unit ? nanos - rest : nanos + this.unit - rest;
    if (rounded === nanosPerSecond) this.set(seconds + 1, 0);
    else this.set(seconds, rounded);
  }

  private roundToSeconds(seconds: number, nanos: number): void {
    const rest = this.restOf(seconds);
    // Twice the rest in whole seconds: what is left of the nanoseconds cannot fill up the unit.
    const twice = rest + rest + (nanos + nanos >= nanosPerSecond ? 1 : 0);
    this.set(twice < this.unit ? seconds - rest : seconds + this.unit - rest, 0);
  }

  /** Seconds past the multiple before. */
  private restOf(seconds: number): number {
    const rest = (seconds + secondsToEpoch) % this.unit;
    return rest < 0 ? rest + this.unit : rest;
  }

  private set(seconds: number, nanos: number): void {
    this.seconds = seconds;
    this.nanos = nanos;
  }

  private setNs(ns: bigint): void {
    this.set(secondsOf(ns), nanosOf(ns));
  }
}

function kindOf(unitNs: bigint): GridKind {
  if (unitNs <= 0n) return 'all';
  const second = BigInt(nanosPerSecond);
  if (second % unitNs === 0n) return 'within seconds';
  return unitNs % second === 0n ? 'of seconds' : 'other';
}
