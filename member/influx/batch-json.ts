/** Batches as lines of JSON, as recordings of 1.5.4 keep them. */
import { byteOrder } from '../base/byte-order.ts';
import { setOwn } from '../base/own-members.ts';
import { err, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import { formatRfc3339, parseRfc3339 } from '../base/rfc3339.ts';
import { isObject, listOf, parseObject, tagsOf, textOf, valueOf } from './json-object.ts';
import type { QueriedBatch, QueriedField, QueriedValue } from './queried-batch.ts';

const zeroTime = '0001-01-01T00:00:00Z';
/** What Go's encoder escapes; outside of texts none of them can stand. */
const escaped = /[<>&\u2028\u2029]/g;

/** One line with its newline. */
export function formatBatch(batch: QueriedBatch): string {
  const { name, tags, byName, timeNs, timesNs, fields, pointTags } = batch;
  const keys = Object.keys(tags).sort(byteOrder);
  const pairs = keys.map((key) => `${key}=${tags[key] ?? ''}`).join(',');
  const group = keys.length === 0 ? (byName ? name : '') : byName ? `${name}\n${pairs}` : pairs;
  const batchTags = sorted(tags);
  const sortedFields = fields.toSorted((a, b) => byteOrder(a.name, b.name));
  const text = JSON.stringify({
    ...(name === '' ? {} : { name }),
    tmax: timeNs === null ? zeroTime : formatRfc3339(timeNs),
    ...(group === '' ? {} : { group }),
    ...(byName ? { byname: true } : {}),
    ...(keys.length === 0 ? {} : { tags: batchTags }),
    ...(timesNs.length === 0
      ? {}
      : {
          points: timesNs.map((time, index) => ({
            fields: fieldsAt(sortedFields, index),
            tags: pointTags === undefined ? (keys.length === 0 ? null : batchTags) : sorted(pointTags[index] ?? {}),
            time: formatRfc3339(time),
          })),
        }),
  });
  return `${text.replace(escaped, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}

/** Objects keep the order of their keys, but for those that look like numbers: those JavaScript puts first. */
function sorted(tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.keys(tags)
      .sort(byteOrder)
      .map((key) => [key, tags[key] ?? '']),
  );
}

function fieldsAt(fields: readonly QueriedField[], index: number): Readonly<Record<string, QueriedValue>> {
  const values: Record<string, QueriedValue> = {};
  for (const { name, values: column } of fields) {
    const value = column[index] ?? null;
    if (value !== null) setOwn(values, name, value);
  }
  return values;
}

export function parseBatch(line: string): Result<QueriedBatch, string> {
  const batch = parseObject(line);
  if (batch === undefined) return err(`invalid recording: not a batch: ${line.slice(0, 100)}`);
  const time = parseRfc3339(textOf(batch['tmax']));
  if (time === undefined) return err(`invalid recording: no time of a batch: ${line.slice(0, 100)}`);
  const tags = tagsOf(batch['tags']);
  const columns = new Map<string, QueriedValue[]>();
  const timesNs: bigint[] = [];
  const pointTags: Readonly<Record<string, string>>[] = [];
  let hasOwnTags = false;
  for (const [index, point] of listOf(batch['points']).entries()) {
    const pointNs = isObject(point) ? parseRfc3339(textOf(point['time'])) : undefined;
    if (!isObject(point) || pointNs === undefined)
      return err(`invalid recording: no time of point ${index} of a batch`);
    timesNs.push(pointNs);
    const own = tagsOf(point['tags']);
    const isOwn = Object.keys(own).length > 0;
    hasOwnTags ||= isOwn && JSON.stringify(sorted(own)) !== JSON.stringify(sorted(tags));
    pointTags.push(isOwn ? own : tags);
    addFields(columns, point['fields'], index);
  }
  return ok({
    name: textOf(batch['name']),
    tags,
    byName: batch['byname'] === true,
    timeNs: textOf(batch['tmax']) === zeroTime ? null : time,
    timesNs,
    fields: [...columns].map(([name, values]) => ({ name, values })),
    ...(hasOwnTags ? { pointTags } : {}),
  });
}

function addFields(columns: Map<string, QueriedValue[]>, fields: unknown, index: number): void {
  if (!isObject(fields)) return;
  for (const [name, value] of Object.entries(fields)) {
    let column = columns.get(name);
    if (column === undefined) {
      column = [];
      columns.set(name, column);
    }
    while (column.length < index) column.push(null);
    column.push(valueOf(value));
  }
}
