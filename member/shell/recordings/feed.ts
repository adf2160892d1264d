/** Feeds a private run with the data of a replay, at its pace. */
import { ok, type Result } from '../../base/result.ts';
import { LineProtocolParser } from '../../influx/line-protocol/parse.ts';
import type { QueriedBatch } from '../../influx/queried-batch.ts';
import { BatchTimes, PointTimes, type Due, type ReplayTimes } from '../../tasks/recordings/replay-times.ts';
import type { ReplayClock } from '../../tasks/recordings/recording.ts';
import type { PrivateRun } from './private-run.ts';
import { WorkFailure } from './query-source.ts';

export interface RecordedPoint {
  readonly db: string;
  readonly rp: string;
  readonly line: string;
}

export interface Pace extends ReplayTimes {
  readonly clock: ReplayClock;
  readonly nowNs: () => bigint;
}

/** Points of a body at most; by the real clock each goes alone, at its time. */
const bodyPoints = 1000;

export async function feedPoints(run: PrivateRun, points: AsyncIterable<RecordedPoint>, pace: Pace): Promise<void> {
  const times = new PointTimes(pace);
  const parser = new LineProtocolParser();
  const encoder = new TextEncoder();
  const limit = pace.clock === 'real' ? 1 : bodyPoints;
  let held: RecordedPoint[] = [];
  const flush = async (): Promise<void> => {
    const [first] = held;
    if (first === undefined) return;
    const bytes = encoder.encode(held.map(({ line }) => `${line}\n`).join(''));
    held = [];
    const place = { database: first.db, retentionPolicy: first.rp, precision: 'n', nowNs: pace.zeroNs } as const;
    const body = parser.parse(bytes, place);
    if (!body.ok) throw new WorkFailure(body.error);
    const { item, dueNs } = times.place(body.value);
    await untilDue(run, dueNs, pace);
    await run.write(item);
  };
  for await (const point of points) {
    const [first] = held;
    if (first !== undefined && (first.db !== point.db || first.rp !== point.rp)) await flush();
    held.push(point);
    if (held.length >= limit) await flush();
  }
  await flush();
}

/** Three lines for each point. */
export async function* pointsOf(lines: AsyncIterable<string>): AsyncGenerator<RecordedPoint> {
  const held: string[] = [];
  for await (const line of lines) {
    held.push(line);
    const [db, rp, text] = held;
    if (db === undefined || rp === undefined || text === undefined) continue;
    held.length = 0;
    yield { db, rp, line: text };
  }
  if (held.length > 0) throw new WorkFailure('invalid replay file format, expected another line');
}

/** Each source feeds one query; of all the batches that are next, the earliest goes first. */
export async function feedBatches(
  run: PrivateRun,
  sources: readonly AsyncIterable<QueriedBatch>[],
  pace: Pace,
): Promise<void> {
  if (sources.length !== run.queryCount)
    throw new WorkFailure(`unexpected number of batch collectors. exp ${sources.length} got ${run.queryCount}`);
  const feeds = sources.map((source, query) => new BatchFeed(source, query, pace));
  await Promise.all(feeds.map((feed) => feed.advance()));
  for (let next = earliest(feeds); next !== undefined; next = earliest(feeds)) {
    if (next.head === undefined) continue;
    const { item, dueNs } = next.head;
    await untilDue(run, dueNs, pace);
    await run.collect(next.query, item);
    await next.advance();
  }
}

class BatchFeed {
  readonly query: number;
  head: Due<QueriedBatch> | undefined;
  private readonly batches: AsyncIterator<QueriedBatch>;
  private readonly times: BatchTimes;

  constructor(source: AsyncIterable<QueriedBatch>, query: number, pace: Pace) {
    this.query = query;
    this.batches = source[Symbol.asyncIterator]();
    this.times = new BatchTimes(pace);
  }

  async advance(): Promise<void> {
    const next = await this.batches.next();
    this.head = next.done === true ? undefined : this.times.place(next.value);
  }
}

function earliest(feeds: readonly BatchFeed[]): BatchFeed | undefined {
  let first: BatchFeed | undefined;
  for (const feed of feeds) {
    if (feed.head === undefined) continue;
    if (first?.head === undefined || orderOf(feed.head) < orderOf(first.head)) first = feed;
  }
  return first;
}

function orderOf({ item, dueNs }: Due<QueriedBatch>): bigint {
  return item.timeNs ?? dueNs ?? 0n;
}

async function untilDue(run: PrivateRun, dueNs: bigint | undefined, pace: Pace): Promise<void> {
  if (pace.clock === 'fast' || dueNs === undefined) return;
  for (let left = dueNs - pace.nowNs(); left > 0n; left = dueNs - pace.nowNs()) await run.wait(Number(left) / 1e6);
}

/** Lines of a recording as batches; those without points are left out, as 1.5.4 does. */
export async function* batchesOf(
  lines: AsyncIterable<string>,
  parse: (line: string) => Result<QueriedBatch, string>,
): AsyncGenerator<QueriedBatch> {
  for await (const line of lines) {
    const batch = line === '' ? ok(undefined) : parse(line);
    if (!batch.ok) throw new WorkFailure(batch.error);
    if (batch.value !== undefined && batch.value.timesNs.length > 0) yield batch.value;
  }
}
