const unitNs: Readonly<Record<string, bigint>> = {
  ns: 1n,
  u: 1_000n,
  µ: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
  w: 604_800_000_000_000n,
};
const whole = /^-?(?:\d+(?:ns|ms|[uµsmhdw]))+$/;
const part = /(\d+)(ns|ms|[uµsmhdw])/g;

/** Nanoseconds of a duration of InfluxQL (`1h30m`, `-5m`); undefined when the text is none, or leaves 64 bits. */
export function parseDuration(text: string): bigint | undefined {
  if (!whole.test(text)) return undefined;
  let total = 0n;
  for (const [, count = '0', unit = ''] of text.matchAll(part)) total += BigInt(count) * (unitNs[unit] ?? 0n);
  if (total > 2n ** 63n - 1n) return undefined;
  return text.startsWith('-') ? -total : total;
}

/** In the largest unit of which it is a whole multiple. */
export function formatDuration(ns: bigint): string {
  if (ns === 0n) return '0s';
  for (const unit of ['w', 'd', 'h', 'm', 's', 'ms', 'u']) {
    const size = unitNs[unit] ?? 1n;
    if (ns % size === 0n) return `${ns / size}${unit}`;
  }
  return `${ns}ns`;
}
