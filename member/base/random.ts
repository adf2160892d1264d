/**
 * Randomness as an input. Cores hold one of these in their state; the shell seeds it from the system, the
 * simulator from its seed, so that the same seed and the same inputs give the same outputs.
 */
export interface Random {
  /** An unsigned 32-bit integer. */
  nextUint32(): number;
}

/** xoshiro128** (Blackman and Vigna), seeded through splitmix32. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const splitmix = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  };
  let a = splitmix();
  let b = splitmix();
  let c = splitmix();
  let d = splitmix();
  const rotateLeft = (x: number, bits: number): number => ((x << bits) | (x >>> (32 - bits))) >>> 0;
  return {
    nextUint32() {
      const result = Math.imul(rotateLeft(Math.imul(b, 5) >>> 0, 7), 9) >>> 0;
      const t = (b << 9) >>> 0;
      c = (c ^ a) >>> 0;
      d = (d ^ b) >>> 0;
      b = (b ^ c) >>> 0;
      a = (a ^ d) >>> 0;
      c = (c ^ t) >>> 0;
      d = rotateLeft(d, 11);
      return result;
    },
  };
}

/** A float in [0, 1) with 53 random bits. */
export function randomFloat(random: Random): number {
  const high = random.nextUint32() >>> 5;
  const low = random.nextUint32() >>> 6;
  return (high * 0x4000000 + low) / 0x20000000000000;
}

/** An integer in [0, limit). `limit` is at least 1 and at most 2^32. */
export function randomBelow(random: Random, limit: number): number {
  return Math.floor((random.nextUint32() / 0x100000000) * limit);
}

/** Fisher-Yates, in place. */
export function shuffle(random: Random, items: unknown[]): void {
  for (let i = items.length - 1; i > 0; i--) {
    const j = randomBelow(random, i + 1);
    const held = items[i];
    items[i] = items[j];
    items[j] = held;
  }
}
