/** Numbers that follow the size of the cluster. `records` counts every record held, ourselves included. */

/** How often a broadcast is sent before it is dropped: enough to reach everybody with high probability. */
export function transmitLimit(retransmitMult: number, records: number): number {
  return retransmitMult * Math.ceil(Math.log10(records + 1));
}

/** Full syncs cost more in a large cluster, so they come less often: from 33 members on, half as often per doubling. */
export function fullSyncIntervalMs(intervalMs: number, records: number): number {
  return records <= 32 ? intervalMs : intervalMs * (Math.ceil(Math.log2(records) - 5) + 1);
}
