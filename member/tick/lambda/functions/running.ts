/** The functions that remember what they have seen. */
import type { KernelContext } from '../kernel.ts';

/** How often it was called, this call included. */
export function count({ state }: KernelContext): number {
  state.count += 1;
  return state.count;
}

/** How many standard deviations the value is from the mean of those so far, itself included (Welford's method). */
export function sigma(value: number, { state }: KernelContext): number {
  const running = state.sigma;
  running.n += 1;
  const delta = value - running.mean;
  running.mean += delta / running.n;
  running.m2 += delta * (value - running.mean);
  const variance = running.m2 / (running.n - 1);
  if (running.n < 2 || variance === 0) return 0;
  return Math.abs(value - running.mean) / Math.sqrt(variance);
}

/** The largest value so far less the smallest. */
export function spread(value: number, { state }: KernelContext): number {
  const range = state.spread;
  if (value < range.min) range.min = value;
  if (value > range.max) range.max = value;
  return range.max - range.min;
}
