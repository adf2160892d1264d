import { timeNs } from '../../../influx/block.ts';
import type { FieldValues } from '../../engine/field-values.ts';
import type { Aggregate } from './aggregates.ts';
import { minimize } from './nelder-mead.ts';
import type { Reduced } from './reduced.ts';

export interface HoltWintersOptions {
  /** Values to forecast. */
  readonly forecasts: number;
  /** Points in a season; below 2 there is none. */
  readonly season: number;
  readonly intervalNs: bigint;
  /** Whether the fitted values of the past are results too. */
  readonly includesFit: boolean;
}

/**
 * Values, fitted and forecast, that are worked with at most. The original has no limit and is busy for hours, or out
 * of memory, when the interval is much shorter than the time between the points.
 */
const valueLimit = 2_000;
const weight = 0.5;
const tolerance = 1e-4;
/** Where the search for each smoothing parameter starts: as 1.5.4, so that it ends in the same place. */
const guesses: readonly number[] = [0.3, 0.3 + 0.4];

/** Damped Holt-Winters, multiplicative seasons, parameters by least squares; as InfluxDB 1.1 computes it. */
export function holtWinters(options: HoltWintersOptions): Aggregate {
  return {
    resultType: (type) => (type === 'float' || type === 'int' ? 'float' : undefined),
    isSelector: false,
    isEmptyOk: false,
    keepsPointTags: false,
    reduce: (values, into) => reduce(values, into, options),
  };
}

function reduce(values: FieldValues, into: Reduced, options: HoltWintersOptions): void {
  const { forecasts, season, intervalNs, includesFit } = options;
  const isSeasonal = season >= 2;
  const length = values.count;
  if (length < 2 || (isSeasonal && length < season) || forecasts <= 0 || intervalNs <= 0n) return;
  const times = Array.from({ length }, (_, index) => timeNs(values.secondsOf(index), values.nanosOf(index)));
  const slots = times.map((time) => slotOf(time, intervalNs));
  const first = slots[0] ?? 0n;
  if ((slots.at(-1) ?? 0n) <= first) return;
  // Points need not be in order.
  const span = slots.reduce((furthest, slot) => (slot > furthest ? slot : furthest), first) - first;
  if (span + BigInt(forecasts) >= valueLimit) {
    into.failure = `holtWinters is of at most ${valueLimit} values, got ${span} intervals between the points and ${forecasts} forecasts`;
    return;
  }
  const series = regular(values, slots);
  const model = new Model(series, isSeasonal ? season : 0, forecasts);
  const forecasted = model.forecast(forecasts, model.fit());
  const start = times[0] ?? 0n;
  const stop = times[length - 1] ?? 0n;
  forecasted.forEach((value, index) => {
    if (Number.isNaN(value)) return;
    if (includesFit) into.addAt(value, start + intervalNs * BigInt(index));
    else if (index >= series.length) into.addAt(value, stop + intervalNs * BigInt(index - series.length + 1));
  });
}

/** The interval that a time is nearest to. */
function slotOf(time: bigint, intervalNs: bigint): bigint {
  const whole = time / intervalNs;
  return time % intervalNs > intervalNs / 2n ? whole + 1n : whole;
}

/** One value per interval, NaN where there is none. */
function regular(values: FieldValues, slots: readonly bigint[]): number[] {
  const series = [Number(values.cell(0))];
  let reached = slots[0] ?? 0n;
  for (const [index, slot] of slots.entries()) {
    if (slot <= reached) continue;
    for (reached++; reached !== slot; reached++) series.push(Number.NaN);
    series.push(Number(values.cell(index)));
  }
  return series;
}

/** Parameters: alpha, beta, gamma, phi, the first level, the first trend, then the seasons. */
const firstSeason = 6;

class Model {
  private readonly series: readonly number[];
  private readonly season: number;
  private readonly powers: Powers;
  private readonly forecasted: Float64Array;

  /** Of the series and that many values more at most. */
  constructor(series: readonly number[], season: number, forecasts: number) {
    this.series = series;
    this.season = season;
    this.powers = new Powers(series.length + forecasts);
    this.forecasted = new Float64Array(series.length + forecasts);
  }

  fit(): number[] {
    const start = this.startValues();
    let least = Number.POSITIVE_INFINITY;
    let best: number[] | undefined;
    for (const alpha of guesses) {
      for (const beta of guesses) {
        for (const gamma of guesses) {
          for (const phi of guesses) {
            [start[0], start[1], start[2], start[3]] = [alpha, beta, gamma, phi];
            const found = minimize((parameters) => this.squaredError(parameters), start, tolerance);
            if (found.value < least || best === undefined) {
              least = found.value;
              best = found.at;
            }
          }
        }
      }
    }
    return best ?? start;
  }

  /**
   * Writes into the parameters: they are brought into bounds, and the seasons go on. As 1.5.4. What is given back holds
   * until the next call.
   */
  forecast(count: number, parameters: number[]): Float64Array {
    for (let i = 0; i < 4; i++) parameters[i] = Math.min(1, Math.max(0, parameters[i] ?? 0));
    const [alpha = 0, beta = 0, gamma = 0, phi = 0, firstLevel = 0, firstTrend = 0] = parameters;
    const { forecasted, powers, season: m } = this;
    const total = this.series.length + count;
    powers.begin(phi);
    let dampedPhi = phi;
    let value = this.series[0] ?? 0;
    let level = firstLevel;
    let trend = firstTrend;
    let offset = m - 1;
    forecasted[0] = value;
    for (let t = 1; t < total; t++) {
      const past = m === 0 ? 1 : (parameters[firstSeason + ((t - m + offset) % m)] ?? 0);
      const coming = m === 0 ? 1 : (parameters[firstSeason + ((t - m + (t % m) + offset) % m)] ?? 0);
      const nextLevel = alpha * (value / past) + (1 - alpha) * (level + phi * trend);
      const nextTrend = beta * (nextLevel - level) + (1 - beta) * phi * trend;
      const nextSeason = gamma * (value / (level + phi * trend)) + (1 - gamma) * past;
      value = (nextLevel + dampedPhi * nextTrend) * coming;
      level = nextLevel;
      trend = nextTrend;
      dampedPhi += powers.at(t);
      if (m > 0) {
        parameters[firstSeason + ((t + offset) % m)] = nextSeason;
        offset++;
      }
      forecasted[t] = value;
    }
    return forecasted.subarray(0, total);
  }

  private squaredError(parameters: number[]): number {
    const forecasted = this.forecast(0, parameters);
    let sum = 0;
    for (let i = 0; i < forecasted.length; i++) {
      const actual = this.series[i] ?? Number.NaN;
      if (Number.isNaN(actual)) continue;
      const difference = (forecasted[i] ?? Number.NaN) - actual;
      if (Number.isNaN(difference)) return Number.POSITIVE_INFINITY;
      sum += difference * difference;
    }
    return sum;
  }

  private startValues(): number[] {
    const m = this.season;
    const y = (index: number): number => this.series[index] ?? Number.NaN;
    const isKnown = (index: number): boolean => !Number.isNaN(y(index));
    if (m === 0) return [0, 0, 0, 0, weight * y(0), isKnown(1) ? weight * (y(1) - y(0)) : 0];
    let level = 0;
    let trend = 0;
    for (let i = 0; i < m; i++) if (isKnown(i)) level += (1 / m) * y(i);
    for (let i = 0; i < m && m + i < this.series.length; i++) {
      if (isKnown(i) && isKnown(m + i)) trend += (1 / (m * m)) * (y(m + i) - y(i));
    }
    const seasons = Array.from({ length: m }, (_, i) => (isKnown(i) ? y(i) / level : 0));
    return [0, 0, 0, 0, level, trend, ...seasons];
  }
}

/**
 * Powers of one base with whole exponents, asked for in order from 1 on, as Go multiplies them: JavaScript's own may
 * differ in the last bit, which the search for the best parameters would make a difference of per cents. Go multiplies
 * squares of the base from the exponent's lowest bit to its highest, so all but the last factor is an earlier power.
 */
class Powers {
  private base = 0;
  private readonly fractions: Float64Array;
  private readonly shifts: Float64Array;
  /** The square for the highest bit of the exponent asked for last. */
  private factor = 0;
  private shift = 0;
  private bit = 1;

  constructor(limit: number) {
    this.fractions = new Float64Array(limit + 1);
    this.shifts = new Float64Array(limit + 1);
    this.fractions[0] = 1;
  }

  begin(base: number): void {
    this.base = base;
    this.bit = 1;
    if (base !== 0 && base !== 1 && Number.isFinite(base)) [this.factor, this.shift] = fraction(base);
  }

  at(exponent: number): number {
    const { base, fractions, shifts } = this;
    if (base === 0 || base === 1 || !Number.isFinite(base)) return base ** exponent;
    if (exponent === 2 * this.bit) this.square();
    const rest = exponent - this.bit;
    const part = (fractions[rest] ?? 1) * this.factor;
    const shift = (shifts[rest] ?? 0) + this.shift;
    fractions[exponent] = part;
    shifts[exponent] = shift;
    return part * (shift < 0 && shift > -1100 ? (halves[-shift] ?? 0) : 2 ** shift);
  }

  private square(): void {
    this.bit *= 2;
    this.factor *= this.factor;
    this.shift *= 2;
    if (this.factor >= 0.5) return;
    this.factor += this.factor;
    this.shift--;
  }
}

/** Negative powers of two. */
const halves = Float64Array.from({ length: 1100 }, (_, i) => 2 ** -i);

/** A number as a fraction from 0.5 to 1 and a power of two. */
function fraction(value: number): [number, number] {
  let part = value;
  let shift = 0;
  while (part >= 1) {
    part /= 2;
    shift++;
  }
  while (part < 0.5) {
    part *= 2;
    shift--;
  }
  return [part, shift];
}
