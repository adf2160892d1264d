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
  if (length < 2 || (isSeasonal && length < season) || forecasts <= 0) return;
  const times = Array.from({ length }, (_, index) => timeNs(values.secondsOf(index), values.nanosOf(index)));
  const series = regular(values, times, intervalNs);
  if (series === undefined) return;
  const model = new Model(series, isSeasonal ? season : 0);
  const forecasted = model.forecast(forecasts, model.fit());
  const start = times[0] ?? 0n;
  const stop = times[length - 1] ?? 0n;
  forecasted.forEach((value, index) => {
    if (Number.isNaN(value)) return;
    if (includesFit) into.addAt(value, start + intervalNs * BigInt(index));
    else if (index >= series.length) into.addAt(value, stop + intervalNs * BigInt(index - series.length + 1));
  });
}

/** One value per interval, NaN where there is none. */
function regular(values: FieldValues, times: readonly bigint[], intervalNs: bigint): number[] | undefined {
  const rounded = (time: bigint): bigint => {
    const whole = time / intervalNs;
    return (time % intervalNs > intervalNs / 2n ? whole + 1n : whole) * intervalNs;
  };
  const first = rounded(times[0] ?? 0n);
  if ((rounded(times.at(-1) ?? 0n) - first) / intervalNs <= 0n) return undefined;
  const series = [Number(values.cell(0))];
  let reached = first;
  for (let i = 1; i < times.length; i++) {
    const time = rounded(times[i] ?? 0n);
    if (time <= reached) continue;
    reached += intervalNs;
    for (; reached !== time; reached += intervalNs) series.push(Number.NaN);
    series.push(Number(values.cell(i)));
  }
  return series;
}

/** Parameters: alpha, beta, gamma, phi, the first level, the first trend, then the seasons. */
const firstSeason = 6;

class Model {
  private readonly series: readonly number[];
  private readonly season: number;

  constructor(series: readonly number[], season: number) {
    this.series = series;
    this.season = season;
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

  /** Writes into the parameters: they are brought into bounds, and the seasons go on. As 1.5.4. */
  forecast(count: number, parameters: number[]): number[] {
    for (let i = 0; i < 4; i++) parameters[i] = Math.min(1, Math.max(0, parameters[i] ?? 0));
    const at = (index: number): number => parameters[index] ?? 0;
    const m = this.season;
    const total = this.series.length + count;
    const phi = at(3);
    let dampedPhi = phi;
    let value = this.series[0] ?? 0;
    let level = at(4);
    let trend = at(5);
    let offset = m - 1;
    const forecasted = [value];
    for (let t = 1; t < total; t++) {
      const past = m === 0 ? 1 : at(firstSeason + ((t - m + offset) % m));
      const coming = m === 0 ? 1 : at(firstSeason + ((t - m + (t % m) + offset) % m));
      const nextLevel = at(0) * (value / past) + (1 - at(0)) * (level + phi * trend);
      const nextTrend = at(1) * (nextLevel - level) + (1 - at(1)) * phi * trend;
      const nextSeason = at(2) * (value / (level + phi * trend)) + (1 - at(2)) * past;
      value = (nextLevel + dampedPhi * nextTrend) * coming;
      level = nextLevel;
      trend = nextTrend;
      dampedPhi += power(phi, t);
      if (m > 0) {
        parameters[firstSeason + ((t + offset) % m)] = nextSeason;
        offset++;
      }
      forecasted.push(value);
    }
    return forecasted;
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
 * As Go multiplies powers of whole exponents. JavaScript's own may differ in the last bit, which the search for the
 * best parameters would make a difference of per cents.
 */
function power(base: number, exponent: number): number {
  if (base === 0 || base === 1 || !Number.isFinite(base)) return base ** exponent;
  let [factor, shift] = fraction(base);
  let result = 1;
  let total = 0;
  for (let rest = exponent; rest !== 0; rest >>= 1) {
    if ((rest & 1) === 1) {
      result *= factor;
      total += shift;
    }
    factor *= factor;
    shift *= 2;
    if (factor < 0.5) {
      factor += factor;
      shift--;
    }
  }
  return result * 2 ** total;
}

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
