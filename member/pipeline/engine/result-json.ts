/** Results as Go's JSON encoder writes them. */
import { formatRfc3339 } from '../../alerts/rfc3339.ts';
import { compareBytes } from '../../influx/tag-table.ts';
import { err, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import type { ResultRow, ResultValue } from '../../influx/result.ts';

/** `{"series":[…]}` of one row, with the newline the encoder ends with. NaN and infinities have no JSON: an error. */
export function resultJson(row: ResultRow): Result<string, string> {
  const unsupported = row.values.flat().find((value) => typeof value === 'number' && !Number.isFinite(value));
  if (unsupported !== undefined) return err(`json: unsupported value: ${goNumber(unsupported)}`);
  return ok(`{"series":[${rowJson(row)}]}\n`);
}

function rowJson(row: ResultRow): string {
  const members: string[] = [];
  if (row.name !== '') members.push(`"name":${text(row.name)}`);
  const tags = Object.entries(row.tags).sort(([a], [b]) => compareBytes(a, b));
  if (tags.length > 0) members.push(`"tags":{${tags.map(([key, value]) => `${text(key)}:${text(value)}`).join(',')}}`);
  if (row.columns.length > 0) members.push(`"columns":[${row.columns.map(text).join(',')}]`);
  if (row.values.length > 0)
    members.push(`"values":[${row.values.map((values) => `[${values.map(valueJson).join(',')}]`).join(',')}]`);
  return `{${members.join(',')}}`;
}

function valueJson(value: ResultValue): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : JSON.stringify(value);
  return typeof value === 'string' ? text(value) : `"${formatRfc3339(value.timeNs)}"`;
}

/** Go also escapes what would be markup, and two line separators. */
function text(value: string): string {
  return JSON.stringify(value).replaceAll(
    /[<>&\u2028\u2029]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function goNumber(value: ResultValue): string {
  return value === Number.POSITIVE_INFINITY ? '+Inf' : value === Number.NEGATIVE_INFINITY ? '-Inf' : 'NaN';
}
