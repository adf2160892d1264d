/**
 * How long a suspect has to defend itself. It starts long and shrinks as others confirm the suspicion
 * independently: a single confused accuser should not be believed as fast as several.
 */
import type { Millis } from '../base/deadline.ts';
import type { GossipSettings } from './settings.ts';

export interface Suspicion {
  readonly startedMs: Millis;
  /** Confirmations that are waited for. */
  readonly wanted: number;
  readonly minMs: number;
  readonly maxMs: number;
  /** The first accuser, and those counted since. */
  readonly accusers: ReadonlySet<string>;
  readonly deadlineMs: Millis;
}

/** `records` counts all we hold, ourselves, dead and left ones included. */
export function startSuspicion(settings: GossipSettings, records: number, accuser: string, nowMs: Millis): Suspicion {
  const peers = settings.suspicionMult - 2;
  const wanted = records - 2 < peers ? 0 : peers;
  const minMs = suspicionTimeoutMs(settings.suspicionMult, records, settings.probeIntervalMs);
  const maxMs = settings.suspicionMaxTimeoutMult * minMs;
  const timeoutMs = wanted < 1 ? minMs : maxMs;
  return { startedMs: nowMs, wanted, minMs, maxMs, accusers: new Set([accuser]), deadlineMs: nowMs + timeoutMs };
}

export function confirmationsOf(suspicion: Suspicion): number {
  return suspicion.accusers.size - 1;
}

/** Null if the accusation tells nothing new: a known accuser, or enough of them. */
export function confirmSuspicion(suspicion: Suspicion, accuser: string): Suspicion | null {
  if (confirmationsOf(suspicion) >= suspicion.wanted || suspicion.accusers.has(accuser)) return null;
  const accusers = new Set([...suspicion.accusers, accuser]);
  const timeoutMs = remainingSuspicionMs(accusers.size - 1, suspicion.wanted, 0, suspicion.minMs, suspicion.maxMs);
  return { ...suspicion, accusers, deadlineMs: suspicion.startedMs + timeoutMs };
}

/** Grows with the logarithm of the cluster, its factor cut to three decimals as in the library. */
export function suspicionTimeoutMs(mult: number, records: number, intervalMs: number): number {
  const scale = Math.max(1, Math.log10(Math.max(1, records)));
  return (mult * Math.trunc(scale * 1000) * intervalMs) / 1000;
}

/** May be negative: then the suspicion is over at once. */
export function remainingSuspicionMs(
  confirmations: number,
  wanted: number,
  elapsedMs: number,
  minMs: number,
  maxMs: number,
): number {
  const fraction = Math.log(confirmations + 1) / Math.log(wanted + 1);
  const timeoutMs = Math.floor(maxMs - fraction * (maxMs - minMs));
  return Math.max(timeoutMs, minMs) - elapsedMs;
}
