import { formatLine } from '../../influx/line-protocol/write.ts';
import type { QueriedBatch } from '../../influx/queried-batch.ts';

/**
 * The points of a query's answer as a stream, in line protocol: by time, those of one time in the order of their
 * series. Each series is in order already.
 */
export function* pointsByTime(batches: readonly QueriedBatch[]): Generator<string> {
  const reached = batches.map(() => 0);
  const nextTime = (): bigint | undefined => {
    let next: bigint | undefined;
    for (const [index, batch] of batches.entries()) {
      const time = batch.timesNs[reached[index] ?? 0];
      if (time !== undefined && (next === undefined || time < next)) next = time;
    }
    return next;
  };
  for (let current = nextTime(); current !== undefined; current = nextTime()) {
    for (const [index, batch] of batches.entries()) {
      let point = reached[index] ?? 0;
      for (; (batch.timesNs[point] ?? current + 1n) <= current; point++) yield lineOf(batch, point);
      reached[index] = point;
    }
  }
}

function lineOf(batch: QueriedBatch, point: number): string {
  const fields = batch.fields.flatMap(({ name, values }) => {
    const value = values[point] ?? null;
    if (value === null) return [];
    const type = typeof value === 'number' ? 'float' : typeof value === 'string' ? 'string' : 'bool';
    return [{ name, type, value }];
  });
  return formatLine({ name: batch.name, tags: batch.tags, fields, timeNs: batch.timesNs[point] ?? 0n }, 1n);
}
