/** Request ids: UUIDs of version 1, as the original's, from time, a counter and a random node. */
import { randomBytes } from 'node:crypto';

/** 100 ns steps between 1582-10-15, where version 1 begins, and 1970. */
const gregorianOffset = 122_192_928_000_000_000n;

export function createRequestIds(now: () => number): () => string {
  const node = randomBytes(8);
  // The multicast bit marks a node that is no hardware address.
  node[2] = (node[2] ?? 0) | 1;
  const tail = `${(0x8000 | ((((node[0] ?? 0) << 8) | (node[1] ?? 0)) & 0x3fff)).toString(16)}-${node.subarray(2).toString('hex')}`;
  let lastMs = 0;
  let prefix = '';
  let low = 0;
  let step = 0;
  return () => {
    const ms = now();
    if (ms !== lastMs || step >= 9_999) {
      lastMs = ms;
      step = 0;
      const ticks = BigInt(Math.trunc(ms)) * 10_000n + gregorianOffset;
      low = Number(ticks & 0xffff_ffffn);
      const middle = (ticks >> 32n) & 0xffffn;
      const high = ((ticks >> 48n) & 0x0fffn) | 0x1000n;
      prefix = `-${middle.toString(16).padStart(4, '0')}-${high.toString(16)}-${tail}`;
    }
    const time = (low + step++) >>> 0;
    return time.toString(16).padStart(8, '0') + prefix;
  };
}
