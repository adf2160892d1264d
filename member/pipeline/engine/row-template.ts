import { err, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { bodyJson, compileTemplate, renderTemplate } from '../../alerts/template/template.ts';
import { anyMap, GoSlice, goStruct, GoTime, stringMap } from '../../alerts/template/value.ts';
import type { TemplateValue } from '../../alerts/template/value.ts';
import { rowResultJson } from '../../influx/result-json.ts';
import type { ResultRow, ResultValue } from '../../influx/result.ts';

/** Renders the body of a post from a row, by the template of an `[[httppost]]` endpoint. */
export type RowTemplate = (row: ResultRow) => Result<string, string>;

export function rowTemplate(text: string): Result<RowTemplate, string> {
  const template = compileTemplate(text, { name: 'body', html: false, functions: new Map([['json', bodyJson]]) });
  if (!template.ok) return template;
  return ok((row) => renderTemplate(template.value, dataOf(row)));
}

/** The plain body: the row as a result in JSON. */
export const plainBody: RowTemplate = (row) => {
  const encoded = rowResultJson(row);
  return encoded.ok ? encoded : err(`failed to marshal row data json: ${encoded.error}`);
};

function dataOf(row: ResultRow): TemplateValue {
  const values = row.values.map((cells) =>
    anyMap(Object.fromEntries(row.columns.map((column, index) => [column, valueOf(cells[index] ?? null)]))),
  );
  return goStruct('kapacitor.mappedRow', {
    Name: row.name,
    Tags: stringMap(row.tags),
    Values: new GoSlice('[]map[string]interface {}', values),
  });
}

function valueOf(value: ResultValue): TemplateValue {
  return typeof value === 'object' && value !== null ? new GoTime(value.timeNs) : value;
}
