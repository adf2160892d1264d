/** InfluxQL results as the API prints them: compact, empty members left out, times as RFC3339. */
import { formatRfc3339 } from '../../alerts/rfc3339.ts';
import type { QueryResult, ResultRow, ResultValue } from '../../influx/result.ts';
import { compactJson, type GoJson } from './go-json.ts';

export function queryResultJson(result: QueryResult): string {
  return compactJson({
    series: result.series === null ? null : result.series.map((row) => (row === null ? null : rowJson(row))),
  });
}

function rowJson(row: ResultRow): GoJson {
  const tags = Object.keys(row.tags).sort();
  return {
    name: row.name === '' ? undefined : row.name,
    tags: tags.length === 0 ? undefined : Object.fromEntries(tags.map((key) => [key, row.tags[key]])),
    columns: row.columns.length === 0 ? undefined : row.columns,
    values: row.values.length === 0 ? undefined : row.values.map((values) => values.map(valueJson)),
  };
}

function valueJson(value: ResultValue): GoJson {
  return typeof value === 'object' && value !== null ? formatRfc3339(value.timeNs) : value;
}
