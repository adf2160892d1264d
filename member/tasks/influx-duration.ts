/** InfluxQL durations (`1h30m`, `10s`, `5u`): whole numbers with units `ns u µ ms s m h d w`. */
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

const whole = /^(?:\d+(?:ns|ms|[uµsmhdw]))+$/;
const part = /(\d+)(ns|ms|[uµsmhdw])/g;

/** Nanoseconds; undefined when the text is no duration or leaves 64 bits. */
export function parseInfluxDuration(text: string): bigint | undefined {
  if (!whole.test(text)) return undefined;
  let total = 0n;
  for (const [, count = '0', unit = ''] of text.matchAll(part)) total += BigInt(count) * (unitNs[unit] ?? 0n);
  return total <= 2n ** 63n - 1n ? total : undefined;
}
