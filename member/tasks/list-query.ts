/** The parameters that lists of tasks, templates, recordings and replays share (http-api.md 1, list parameters). */
import { err, ok, type Result } from '../base/result.ts';
import { badRequest, type ApiError } from './api-error.ts';
import { compileGlob } from './glob.ts';

export interface ListQuery {
  readonly pattern: string;
  readonly offset: number;
  readonly limit: number;
  /** Without repetition; `id` and `link` are always among them. */
  readonly fields: readonly string[];
}

export interface ListParameters {
  get(name: string): string;
  all(name: string): readonly string[];
}

export function readListQuery(parameters: ListParameters, allFields: readonly string[]): Result<ListQuery, ApiError> {
  const offset = integer(parameters.get('offset'), 0);
  if (offset === undefined)
    return err(badRequest(`invalid offset parameter ${JSON.stringify(parameters.get('offset'))} must be an integer`));
  const limit = integer(parameters.get('limit'), 100);
  if (limit === undefined)
    return err(badRequest(`invalid limit parameter ${JSON.stringify(parameters.get('limit'))} must be an integer`));
  const asked = parameters.all('fields');
  const fields = asked.length === 0 ? allFields : [...new Set([...asked, 'id', 'link'])];
  return ok({ pattern: parameters.get('pattern'), offset, limit, fields });
}

function integer(text: string, otherwise: number): number | undefined {
  if (text === '') return otherwise;
  return /^[+-]?\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/**
 * The page of `items`, which are in their order already. A malformed pattern matches nothing; a negative limit
 * returns everything and ignores pattern and offset, as 1.5.4 does.
 */
export function selectPage<T>(items: Iterable<T>, query: ListQuery, idOf: (item: T) => string): readonly T[] {
  if (query.limit < 0) return [...items];
  const matcher = compileGlob(query.pattern);
  if (!matcher.ok || query.limit === 0) return [];
  const page: T[] = [];
  let matched = 0;
  for (const item of items) {
    if (!matcher.value(idOf(item))) continue;
    if (matched++ < query.offset) continue;
    page.push(item);
    if (page.length === query.limit) break;
  }
  return page;
}
