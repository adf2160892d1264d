/** The JSON that handlers send of an event, letter for letter as Go's encoder writes 1.5.4's alert data. */
import { byteOrder } from '../base/byte-order.ts';
import { jsonFloat, jsonText } from '../base/json-text.ts';
import { err, ok, type Result } from '../base/result.ts';
import { formatRfc3339 } from '../base/rfc3339.ts';
import type { AlertEvent } from './event.ts';
import type { DataSeries, DataValue } from './publication.ts';
import { levelRank } from './level.ts';
import {
  GoDuration,
  GoEnum,
  goStruct,
  GoSlice,
  GoTime,
  stringMap,
  type GoStruct,
  type TemplateValue,
} from './template/value.ts';

/** One object without a line feed. The only error is a float that JSON cannot say, with Go's text. */
export function eventJson(event: AlertEvent): Result<string, string> {
  const data = seriesJson(event.series);
  if (!data.ok) return data;
  const { id, message, details, timeNs, durationNs, level, previousLevel, recoverable } = event;
  const head = `{"id":${jsonText(id)},"message":${jsonText(message)},"details":${jsonText(details)},"time":"${formatRfc3339(timeNs)}"`;
  const tail = `"data":${data.value},"previousLevel":"${previousLevel}","recoverable":${recoverable}}`;
  return ok(`${head},"duration":${durationNs},"level":"${level}",${tail}`);
}

/** `{"series":[…]}`, as results of queries and `httpOut` have it; null for none. */
export function seriesJson(series: readonly DataSeries[]): Result<string, string> {
  if (series.length === 0) return ok('{"series":null}');
  const rows: string[] = [];
  for (const one of series) {
    const row = rowJson(one);
    if (!row.ok) return row;
    rows.push(row.value);
  }
  return ok(`{"series":[${rows.join(',')}]}`);
}

/** What is empty is left out. */
function rowJson({ name, tags, columns, values }: DataSeries): Result<string, string> {
  const parts: string[] = [];
  if (name !== '') parts.push(`"name":${jsonText(name)}`);
  const names = Object.keys(tags).sort(byteOrder);
  if (names.length > 0)
    parts.push(`"tags":{${names.map((tag) => `${jsonText(tag)}:${jsonText(tags[tag] ?? '')}`).join(',')}}`);
  if (columns.length > 0) parts.push(`"columns":[${columns.map(jsonText).join(',')}]`);
  if (values.length > 0) {
    const rows: string[] = [];
    for (const row of values) {
      const cells: string[] = [];
      for (const [i, value] of row.entries()) {
        const cell = cellJson(value, columns[i] === 'time');
        if (cell === null) return err(`json: unsupported value: ${String(value).replace('Infinity', 'Inf')}`);
        cells.push(cell);
      }
      rows.push(`[${cells.join(',')}]`);
    }
    parts.push(`"values":[${rows.join(',')}]`);
  }
  return ok(`{${parts.join(',')}}`);
}

function cellJson(value: DataValue, isTime: boolean): string | null {
  if (typeof value === 'bigint') return isTime ? `"${formatRfc3339(value)}"` : value.toString();
  if (typeof value === 'number') return jsonFloat(value);
  return typeof value === 'string' ? jsonText(value) : String(value);
}

function level(name: AlertEvent['level']): GoEnum {
  return new GoEnum('alert.Level', BigInt(levelRank(name)), name);
}

const dataFields = [
  'id',
  'message',
  'details',
  'time',
  'duration',
  'level',
  'data',
  'previousLevel',
  'recoverable',
] as const;

/** The same data for the body templates of httppost endpoints. */
export function eventTemplateData(event: AlertEvent): GoStruct {
  const fields: Record<string, TemplateValue> = {
    ID: event.id,
    Message: event.message,
    Details: event.details,
    Time: new GoTime(event.timeNs),
    Duration: new GoDuration(event.durationNs),
    Level: level(event.level),
    Data: goStruct('models.Result', { Series: new GoSlice('models.Rows', event.series.map(rowValue)) }, [
      { field: 'Series', name: 'series', omitEmpty: false },
    ]),
    PreviousLevel: level(event.previousLevel),
    Recoverable: event.recoverable,
  };
  const names = Object.keys(fields);
  const json = dataFields.map((name, i) => ({ field: names[i] ?? '', name, omitEmpty: false }));
  return goStruct('alert.Data', fields, json);
}

function rowValue({ name, tags, columns, values }: DataSeries): GoStruct {
  const rows = values.map(
    (row) =>
      new GoSlice(
        '[]interface {}',
        row.map((value, i) => (columns[i] === 'time' && typeof value === 'bigint' ? new GoTime(value) : value)),
      ),
  );
  return goStruct(
    'models.Row',
    {
      Name: name,
      Tags: stringMap(tags),
      Columns: new GoSlice('[]string', columns),
      Values: new GoSlice('[][]interface {}', rows),
    },
    ['Name', 'Tags', 'Columns', 'Values'].map((field) => ({ field, name: field.toLowerCase(), omitEmpty: true })),
  );
}
