/** Results as Go's JSON encoder writes them: what is empty is left out, tags in byte order, times as RFC 3339. */
import { byteOrder } from '../base/byte-order.ts';
import { jsonFloat, jsonText } from '../base/json-text.ts';
import { err, ok, type Result } from '../base/result.ts';
import { formatRfc3339 } from '../base/rfc3339.ts';
import type { QueryResult, ResultRow, ResultValue } from './result.ts';

/** Go refuses NaN and infinities; null keeps the answer readable. */
export function queryResultJson({ series }: QueryResult): string {
  return `{"series":${series === null ? 'null' : `[${series.map((row) => (row === null ? 'null' : rowJson(row))).join(',')}]`}}`;
}

/** `{"series":[…]}` of one row, with the newline the encoder ends with. NaN and infinities have no JSON: an error. */
export function rowResultJson(row: ResultRow): Result<string, string> {
  for (const values of row.values)
    for (const value of values)
      if (typeof value === 'number' && !Number.isFinite(value))
        return err(`json: unsupported value: ${value > 0 ? '+Inf' : value < 0 ? '-Inf' : 'NaN'}`);
  return ok(`{"series":[${rowJson(row)}]}\n`);
}

function rowJson({ name, tags, columns, values }: ResultRow): string {
  const members: string[] = [];
  if (name !== '') members.push(`"name":${jsonText(name)}`);
  const pairs = Object.entries(tags).sort(([a], [b]) => byteOrder(a, b));
  if (pairs.length > 0)
    members.push(`"tags":{${pairs.map(([key, value]) => `${jsonText(key)}:${jsonText(value)}`).join(',')}}`);
  if (columns.length > 0) members.push(`"columns":[${columns.map(jsonText).join(',')}]`);
  if (values.length > 0)
    members.push(`"values":[${values.map((row) => `[${row.map(valueJson).join(',')}]`).join(',')}]`);
  return `{${members.join(',')}}`;
}

function valueJson(value: ResultValue): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return jsonFloat(value) ?? 'null';
  return typeof value === 'string' ? jsonText(value) : `"${formatRfc3339(value.timeNs)}"`;
}
