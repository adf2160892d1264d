/** Times as the API prints them: RFC3339 in UTC, up to nanoseconds, trailing zeros dropped. */

/** The unset time of the original's API. */
export const zeroTime = '0001-01-01T00:00:00Z';

export function rfc3339(timeNs: bigint): string {
  let seconds = timeNs / 1_000_000_000n;
  let fraction = timeNs % 1_000_000_000n;
  if (fraction < 0n) {
    fraction += 1_000_000_000n;
    seconds -= 1n;
  }
  const head = new Date(Number(seconds) * 1000).toISOString().slice(0, -5);
  if (fraction === 0n) return `${head}Z`;
  return `${head}.${fraction.toString().padStart(9, '0').replace(/0+$/, '')}Z`;
}

export function rfc3339OfMs(ms: number): string {
  return rfc3339(BigInt(Math.trunc(ms)) * 1_000_000n);
}
