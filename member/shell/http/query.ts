/** Query parameters, decoded as Go does: `+` is a blank, the first of a repeated key counts unless all are asked for. */
export interface Query {
  /** The first value, or an empty text. */
  get(name: string): string;
  all(name: string): readonly string[];
  entries(): readonly (readonly [string, string])[];
}

/** Writers send the same parameters with every request: the last ones are kept. */
const kept = new Map<string, Query>();
const keptLimit = 32;

export function parseQuery(text: string): Query {
  if (text === '') return emptyQuery;
  const known = kept.get(text);
  if (known !== undefined) return known;
  const query = readQuery(text);
  if (kept.size === keptLimit) kept.clear();
  kept.set(text, query);
  return query;
}

function readQuery(text: string): Query {
  const pairs: (readonly [string, string])[] = [];
  for (const part of text.split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    if (equals < 0) pairs.push([decode(part), '']);
    else pairs.push([decode(part.slice(0, equals)), decode(part.slice(equals + 1))]);
  }
  return {
    get: (name) => pairs.find(([key]) => key === name)?.[1] ?? '',
    all: (name) => pairs.filter(([key]) => key === name).map(([, value]) => value),
    entries: () => pairs,
  };
}

const emptyQuery: Query = { get: () => '', all: () => [], entries: () => [] };

function decode(text: string): string {
  const blanks = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!blanks.includes('%')) return blanks;
  try {
    return decodeURIComponent(blanks);
  } catch {
    return blanks;
  }
}
