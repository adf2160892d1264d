/** Points and batches as text, those in a function's messages and those on an edge alike, so that they can be compared. */
import { byteOrder } from '../../../base/byte-order.ts';
import { timeNs } from '../../../influx/block.ts';
import type { TagSet } from '../../../influx/tag-table.ts';
import { forEachPoint } from '../../engine/batch.ts';
import type { Batch } from '../../engine/batch.ts';
import type { GroupTable } from '../../engine/groups.ts';
import { isPresent } from '../../engine/rows.ts';
import type { Rows } from '../../engine/rows.ts';
import { emptyPoint } from './function-messages.ts';
import type { FunctionMark, FunctionPoint, FunctionValue } from './function-messages.ts';

// ---- in messages ----

export function pointText(point: FunctionPoint, group: string): string {
  const { name, database, retentionPolicy } = point;
  return text([name, database, retentionPolicy, group, innerText(point)]);
}

/** By its end. */
export function batchText(
  { name, tags, timeNs: time }: FunctionMark,
  group: string,
  points: readonly FunctionPoint[],
): string {
  return text([name, group, sorted(tags), String(time), points.map(innerText)]);
}

/** What points of batches say as well. */
function innerText({ timeNs: time, tags, fields }: FunctionPoint): string {
  return text([
    String(time),
    sorted(tags),
    [...onePerName(fields)].map(([key, value]) => fieldText(key, value)).sort(),
  ]);
}

/** Whatever the point says of its group, it follows from its dimensions. */
export function groupOf({ name, dimensions, byName, tags }: FunctionPoint): string {
  const pairs = dimensions.map((tag) => `${tag}=${tags.get(tag) ?? ''}`).join(',');
  if (!byName) return pairs;
  return dimensions.length === 0 ? name : `${name}\n${pairs}`;
}

/** A batch is grouped by its tags; whether by its name, its begin has said. */
export function groupOfBatch({ name, tags }: FunctionMark, byName: boolean): string {
  return groupOf({ ...emptyPoint(), name, tags, dimensions: sorted(tags).map(([key]) => key), byName });
}

const typeOrder = ['string', 'bigint', 'number', 'boolean'];

/** Where a name comes with several types, the later of these stays, as in 1.5.4. */
function onePerName(fields: FunctionPoint['fields']): ReadonlyMap<string, FunctionValue> {
  const one = new Map<string, FunctionValue>();
  for (const [key, value] of fields) {
    const known = one.get(key);
    if (known === undefined || typeOrder.indexOf(typeof known) <= typeOrder.indexOf(typeof value)) one.set(key, value);
  }
  return one;
}

function fieldText(key: string, value: FunctionValue): string {
  if (Object.is(value, -0)) return text([key, 'number', '-0']);
  return text([key, typeof value, String(value)]);
}

function sorted(tags: ReadonlyMap<string, string>): readonly (readonly [string, string])[] {
  return [...tags].sort(([a], [b]) => byteOrder(a, b));
}

/** Halves of pairs are not written as they are. */
function text(of: unknown): string {
  return JSON.stringify(of).replaceAll(/\\ud[89a-f]../g, '\ufffd');
}

// ---- on edges ----

/** In 64 bits, in which there is not place for every time. */
function timeText(seconds: number, nanos: number): string {
  return String(BigInt.asIntN(64, timeNs(seconds, nanos)));
}

/** Undefined: it has a value that functions cannot be given. */
export function rowText(rows: Rows, row: number, groups: GroupTable): string | undefined {
  const { name, database, retentionPolicy } = rows;
  const inner = innerRowText(rows, row);
  return inner && text([name, database, retentionPolicy, groups.at(rows.groups[row] ?? 0).id, inner]);
}

export function edgeBatchText(batch: Batch): string {
  const { name, group, tags, seconds, nanos } = batch.header;
  const points: string[] = [];
  forEachPoint(batch, (rows, row) => {
    const inner = innerRowText(rows, row);
    if (inner !== undefined) points.push(inner);
  });
  return text([name, group.id, tagPairs(tags), timeText(seconds, nanos), points]);
}

function innerRowText(rows: Rows, row: number): string | undefined {
  const fields: string[] = [];
  for (const { name, column } of rows.fields) {
    const { type } = column;
    if (!isPresent(column, row) || type === 'missing') continue;
    if (type === 'time' || type === 'duration' || type === 'regex') return undefined;
    const value = column.values[row] ?? 0;
    fields.push(fieldText(name, type === 'int' && typeof value === 'number' ? BigInt(value) : value));
  }
  const tags = rows.tagTable.at(rows.tagIds[row] ?? 0);
  const time = timeText(rows.seconds[row] ?? 0, rows.nanos[row] ?? 0);
  return text([time, tagPairs(tags), fields.sort()]);
}

function tagPairs({ keys, values }: TagSet): readonly (readonly string[])[] {
  return keys.map((key, index) => [key, values[index] ?? '']);
}
