/** Bounded waiting, for tests with real sockets and processes. */
import { setTimeout as delay } from 'node:timers/promises';

/** Reads every 20 ms until what it read is wanted, and answers that; the error shows what was read last. */
export async function until<T>(
  read: () => T | Promise<T>,
  isWanted: (value: T) => boolean = Boolean,
  limitMs = 20_000,
): Promise<T> {
  const endMs = performance.now() + limitMs;
  for (;;) {
    const value = await read();
    if (isWanted(value)) return value;
    if (performance.now() > endMs) throw new Error(`it did not come about within ${limitMs} ms; last: ${shown(value)}`);
    await delay(20);
  }
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
