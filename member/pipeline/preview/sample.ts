/** Reads the sample of a preview, and cuts it into the slices in which it is played. */
import { err, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { AnswerReader } from '../../influx/answer-reader.ts';
import { timeNs } from '../../influx/block.ts';
import type { Block, WriteBody } from '../../influx/block.ts';
import { LineProtocolParser } from '../../influx/line-protocol/parse.ts';
import { formatLine } from '../../influx/line-protocol/write.ts';
import type { LineField } from '../../influx/line-protocol/write.ts';
import type { QueriedBatch } from '../../influx/queried-batch.ts';
import type { Dbrp, QueryPlan } from '../definition.ts';
import type { PreviewAnswer, PreviewLimits, PreviewRow, PreviewWrite } from './input.ts';
import type { PreviewNote } from './outcome.ts';

/** What is played in one step, at one time. */
export interface Slice {
  readonly timeNs: bigint;
  readonly points: number;
  readonly load:
    | { readonly kind: 'write'; readonly body: WriteBody }
    | { readonly kind: 'batch'; readonly query: number; readonly batch: QueriedBatch };
}

export interface Sample {
  /** Of the first point; undefined when there is none. */
  readonly startNs: bigint | undefined;
  /** Points of a stream, batches otherwise. */
  readonly size: number;
  readonly slices: Iterable<Slice>;
  readonly notes: readonly PreviewNote[];
}

const noSample: Sample = { startNs: undefined, size: 0, slices: [], notes: [] };

// ---- streams ----

interface ReadOptions {
  readonly place: Dbrp;
  readonly wallNs: bigint;
  readonly limits: PreviewLimits;
  /** Points of different times may go together. */
  readonly isStill: boolean;
}

/** The error is the one a write is answered with. */
export function readWrites(writes: readonly PreviewWrite[], options: ReadOptions): Result<Sample, string> {
  const { limits, wallNs } = options;
  const parser = new LineProtocolParser({ seriesLimit: limits.inputRows + 1 });
  const bodies: WriteBody[] = [];
  let room = limits.inputLength;
  let isCut = false;
  for (const { place = options.place, precision = 'n', points } of writes) {
    const text = typeof points === 'string' ? points : linesOf(points.slice(0, limits.inputRows));
    const taken = text.length <= room ? text : text.slice(0, text.lastIndexOf('\n', room) + 1);
    isCut ||= taken.length < text.length || (typeof points !== 'string' && points.length > limits.inputRows);
    room -= taken.length;
    const rowPrecision = typeof points === 'string' ? precision : 'n';
    const request = { database: place.db, retentionPolicy: place.rp, precision: rowPrecision, nowNs: wallNs };
    const body = parser.parse(new TextEncoder().encode(taken), request);
    if (!body.ok) return body;
    bodies.push(body.value);
  }
  const size = bodies.reduce((sum, body) => sum + body.rowCount, 0);
  const played = Math.min(size, limits.inputRows);
  const notes = isCut || played < size ? [cutNote(played, 'points')] : [];
  return ok({ startNs: firstTime(bodies), size: played, slices: slicesOf(bodies, played, options.isStill), notes });
}

function linesOf(rows: readonly PreviewRow[]): string {
  return rows
    .map(({ name, tags, fields, timeNs: time }) => {
      const lineFields = Object.entries(fields).map(([field, value]): LineField => ({ name: field, type: '', value }));
      return `${formatLine({ name, tags, fields: lineFields, timeNs: time }, 1n)}\n`;
    })
    .join('');
}

function cutNote(played: number, what: string): PreviewNote {
  return { kind: 'input', text: `the sample is larger than a preview takes: the first ${played} ${what} are played` };
}

function firstTime(bodies: readonly WriteBody[]): bigint | undefined {
  for (const { blocks, runs } of bodies) {
    const block = blocks[runs[0] ?? 0];
    if (block !== undefined && block.length > 0) return rowTime(block, 0);
  }
  return undefined;
}

function rowTime(block: Block, row: number): bigint {
  return timeNs(block.seconds[row] ?? 0, block.nanos[row] ?? 0);
}

/** Rows of a slice at most, so that the bounds are asked often. */
const sliceRows = 256;

/** In the order of the sample; unless the clock stands still, the rows of a slice have one time. */
function* slicesOf(bodies: readonly WriteBody[], size: number, isStill: boolean): Generator<Slice> {
  let left = size;
  for (const { blocks, runs } of bodies) {
    const reached = new Uint32Array(blocks.length);
    for (let i = 0; i < runs.length; i += 2) {
      const index = runs[i] ?? 0;
      const block = blocks[index];
      if (block === undefined) continue;
      const end = Math.min((reached[index] ?? 0) + (runs[i + 1] ?? 0), (reached[index] ?? 0) + left);
      for (let row = reached[index] ?? 0; row < end;) {
        const start = row;
        const time = rowTime(block, start);
        const limit = Math.min(end, start + sliceRows);
        row = isStill ? limit : sameTimeEnd(block, start, limit);
        const body = { blocks: [part(block, start, row)], runs: [0, row - start], rowCount: row - start };
        yield { timeNs: time, points: row - start, load: { kind: 'write', body } };
      }
      left -= end - (reached[index] ?? 0);
      reached[index] = end;
    }
  }
}

/** The first row behind `start` with another time, or `limit`. */
function sameTimeEnd(block: Block, start: number, limit: number): number {
  let row = start + 1;
  while (row < limit && block.seconds[row] === block.seconds[start] && block.nanos[row] === block.nanos[start]) row++;
  return row;
}

/** Blocks are immutable: a part looks at the same arrays where it can. */
function part(block: Block, start: number, end: number): Block {
  if (start === 0 && end === block.length) return block;
  return {
    ...block,
    length: end - start,
    seconds: block.seconds.subarray(start, end),
    nanos: block.nanos.subarray(start, end),
    tagIds: block.tagIds.subarray(start, end),
    fields: block.fields.flatMap(({ name, column: { type, values, present } }) => {
      if (present !== undefined && !present.subarray(start, end).includes(1)) return [];
      const ownValues = values instanceof Float64Array ? values.subarray(start, end) : cells(values, start, end);
      const own = { type, values: ownValues };
      return [{ name, column: present === undefined ? own : { ...own, present: present.subarray(start, end) } }];
    }),
  };
}

function cells<T>(values: ArrayLike<T>, start: number, end: number): readonly T[] {
  return Array.isArray(values) ? values.slice(start, end) : Array.from(values).slice(start, end);
}

// ---- batches ----

/** A `query` node with its plan, in the order in which a run counts them. */
export interface NamedPlan extends QueryPlan {
  readonly name: string;
}

/** Batches of all queries, the earliest first. The error says which answer cannot be read. */
export function readAnswers(
  answers: Readonly<Record<string, readonly PreviewAnswer[]>>,
  plans: readonly NamedPlan[],
  limits: PreviewLimits,
): Result<Sample, string> {
  const known = plans.map(({ name }) => name);
  const unknown = Object.keys(answers).find((name) => !known.includes(name));
  if (unknown !== undefined) return err(`there is no query node ${unknown}, only ${known.join(', ')}`);
  const slices: Slice[] = [];
  let room = limits.inputLength;
  let rows = 0;
  let isCut = false;
  for (const [query, { name, isByMeasurement, isGroupedByTime }] of plans.entries()) {
    for (const { stopNs, json } of answers[name] ?? []) {
      room -= json.length;
      if (room < 0 || rows > limits.inputRows) {
        isCut = true;
        break;
      }
      const batches = readAnswer(json, isByMeasurement);
      if (!batches.ok) return err(`answer to ${name}: ${batches.error}`);
      for (const read of batches.value) {
        rows += read.timesNs.length;
        // As a live query: batches keep their own time only where the query groups by time.
        const batch = isGroupedByTime && read.timeNs !== null ? read : { ...read, timeNs: stopNs };
        slices.push({ timeNs: stopNs, points: 1, load: { kind: 'batch', query, batch } });
      }
    }
  }
  slices.sort((a, b) => (a.timeNs < b.timeNs ? -1 : a.timeNs > b.timeNs ? 1 : 0));
  const notes = isCut ? [cutNote(slices.length, 'batches')] : [];
  return ok(slices.length === 0 ? noSample : { startNs: slices[0]?.timeNs, size: slices.length, slices, notes });
}

function readAnswer(json: string, byName: boolean): Result<readonly QueriedBatch[], string> {
  const reader = new AnswerReader(byName);
  const batches: QueriedBatch[] = [];
  for (const line of json.split('\n')) {
    if (line.trim() === '') continue;
    const read = reader.read(line);
    if (!read.ok) return err(read.error.message);
    batches.push(...read.value);
  }
  return ok([...batches, ...reader.finish()]);
}
