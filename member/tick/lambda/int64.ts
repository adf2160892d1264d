/**
 * Signed 64-bit integers in canonical form (see column.ts): a number while it is safe, a bigint otherwise. Results
 * wrap around, as Go's do. Equal integers are equal by `===`; `<` and its like compare mixed forms exactly.
 */
import type { Int } from './column.ts';

const largest = Number.MAX_SAFE_INTEGER;

export function intFromBig(value: bigint): Int {
  const wrapped = BigInt.asIntN(64, value);
  return wrapped >= -9007199254740991n && wrapped <= 9007199254740991n ? Number(wrapped) : wrapped;
}

export function addInt(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (sum <= largest && sum >= -largest) return sum;
  }
  return intFromBig(BigInt(a) + BigInt(b));
}

export function subtractInt(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b;
    if (difference <= largest && difference >= -largest) return difference;
  }
  return intFromBig(BigInt(a) - BigInt(b));
}

export function multiplyInt(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b;
    // The sum with 0 turns -0 into 0.
    if (product <= largest && product >= -largest) return product + 0;
  }
  return intFromBig(BigInt(a) * BigInt(b));
}

/** Towards zero. The divisor is not 0. */
export function divideInt(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') return Math.trunc(a / b) + 0;
  return intFromBig(BigInt(a) / BigInt(b));
}

/** With the sign of the dividend. The divisor is not 0. */
export function remainderInt(a: Int, b: Int): Int {
  // Exact for safe integers, and several times faster than `%` on doubles.
  if (typeof a === 'number' && typeof b === 'number') return a - Math.trunc(a / b) * b + 0;
  return intFromBig(BigInt(a) % BigInt(b));
}

export function negateInt(a: Int): Int {
  return typeof a === 'number' ? 0 - a : intFromBig(-a);
}

const smallestInt64 = -(2n ** 63n);

/** As amd64 converts: towards zero; the smallest integer for NaN and what does not fit. */
export function intFromFloat(value: number): Int {
  if (value >= -largest && value <= largest) return Math.trunc(value) + 0;
  if (!(value >= -(2 ** 63) && value < 2 ** 63)) return smallestInt64;
  return intFromBig(BigInt(Math.trunc(value)));
}

/** Nanoseconds of an instant given in two parts. */
export function joinTime(seconds: number, nanos: number): Int {
  return intFromBig(BigInt(seconds) * 1_000_000_000n + BigInt(nanos));
}

/** Whole seconds of an instant, rounded down. */
export function secondsOf(ns: Int): number {
  if (typeof ns === 'number') return Math.floor(ns / 1e9);
  const seconds = ns / 1_000_000_000n;
  return Number(ns < 0n && seconds * 1_000_000_000n !== ns ? seconds - 1n : seconds);
}
