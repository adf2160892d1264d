import { err } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import type { ResultRow } from '../../influx/result.ts';

/** Renders the body of a post from a row, by the template of an `[[httppost]]` endpoint. */
export type RowTemplate = (row: ResultRow) => Result<string, string>;

export function rowTemplate(text: string): Result<RowTemplate, string> {
  return err(`row templates cannot be rendered yet: ${text}`);
}
