/** What `/recordings` and `/replays` have in common. */
import type { Result } from '../../../base/result.ts';
import type { ApiError } from '../../../tasks/api-error.ts';
import { readListQuery, selectPage } from '../../../tasks/list-query.ts';
import type { Work } from '../../../tasks/recordings/recording.ts';
import type { WireValue } from '../../../tasks/wire-value.ts';
import { failure, json, type Exchange, type PlainReply } from '../exchange.ts';
import type { GoJson } from '../go-json.ts';
import { readJson } from '../json-body.ts';

type View<T> = (work: T) => Readonly<Record<string, GoJson>>;

/** Begins the work; it goes on behind the answer. */
export async function beginWork<T extends Work>(
  exchange: Exchange,
  begin: (body: WireValue) => Promise<Result<T, ApiError>>,
  view: View<T>,
): Promise<PlainReply> {
  const body = await readJson(exchange);
  if (!body.ok) return failure(400, body.error);
  const begun = await begin(body.value);
  return begun.ok ? json(view(begun.value), 201) : failure(begun.error.status, begun.error.message);
}

/** Members of each object in byte order; an unknown field is an error only when there is an object to show it of. */
export function listWork<T extends Work>(
  exchange: Exchange,
  name: string,
  allFields: readonly string[],
  works: readonly T[],
  view: View<T>,
): PlainReply {
  const query = readListQuery(exchange.query, allFields);
  if (!query.ok) return failure(query.error.status, query.error.message);
  const fields = [...query.value.fields].sort();
  const items: GoJson[] = [];
  for (const work of selectPage(works, query.value, ({ id }) => id)) {
    const shown = view(work);
    const unknown = fields.find((field) => !allFields.includes(field));
    if (unknown !== undefined) return failure(400, `unsupported field ${JSON.stringify(unknown)}`);
    items.push(Object.fromEntries(fields.map((field) => [field, shown[field]])));
  }
  return json({ [name]: items });
}
