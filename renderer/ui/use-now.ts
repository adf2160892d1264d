import { useSyncExternalStore } from 'react';
import { wallNow } from './clock.ts';

interface Ticker {
  readonly listeners: Set<() => void>;
  /** The same function at each drawing: with a new one React would leave and enter again, and see another time each time. */
  readonly subscribe: (listener: () => void) => () => void;
  readonly look: () => number;
  timer: ReturnType<typeof setInterval> | null;
  /** Undefined until somebody looks. */
  last: number | undefined;
}

const tickers = new Map<number, Ticker>();

function tickerFor(stepMs: number): Ticker {
  const known = tickers.get(stepMs);
  if (known !== undefined) return known;
  const made: Ticker = {
    listeners: new Set(),
    subscribe: (listener) => subscribeTo(made, stepMs, listener),
    // Stays the same between two ticks, as a store must.
    look: () => (made.last ??= wallNow()),
    timer: null,
    last: undefined,
  };
  tickers.set(stepMs, made);
  return made;
}

function subscribeTo(ticker: Ticker, stepMs: number, listener: () => void): () => void {
  ticker.listeners.add(listener);
  ticker.timer ??= setInterval(() => {
    ticker.last = wallNow();
    for (const each of ticker.listeners) each();
  }, stepMs);
  return () => {
    ticker.listeners.delete(listener);
    if (ticker.listeners.size > 0 || ticker.timer === null) return;
    clearInterval(ticker.timer);
    ticker.timer = null;
    ticker.last = undefined;
  };
}

/** The wall clock in steps; one timer for all who watch the same step. */
export function useNow(stepMs: 100 | 250 | 1000): number {
  const ticker = tickerFor(stepMs);
  return useSyncExternalStore(ticker.subscribe, ticker.look);
}
