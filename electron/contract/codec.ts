/**
 * The one text codec of all hosts. It carries what structured clone carries and JSON loses (undefined, -0, NaN,
 * infinities, bigint, Date, Map, Set, bytes, errors) and throws on what neither carries (functions, symbols, cycles).
 *
 * Text is JSON in which a special value is an object with the single tag key `$`; a plain object that happens to have
 * such a key is written as its list of entries.
 */
const tag = '$';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export class CodecError extends Error {
  override readonly name = 'CodecError';
}

export function encode(value: unknown): string {
  return JSON.stringify(pack(value, []));
}

/** Throws CodecError on text that `encode` did not write. */
export function decode(text: string): unknown {
  let parsed: Json;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new CodecError('not JSON', { cause });
  }
  return unpack(parsed);
}

function special(kind: string, value: Json = null): Json {
  return { [tag]: kind, v: value };
}

function pack(value: unknown, path: readonly object[]): Json {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : special('number', Object.is(value, -0) ? '-0' : String(value));
    case 'undefined':
      return special('undefined');
    case 'bigint':
      return special('bigint', value.toString());
    case 'object':
      return value === null ? null : packObject(value, path);
    case 'function':
    case 'symbol':
      throw new CodecError(`a ${typeof value} cannot cross between host and page`);
  }
}

function packObject(value: object, path: readonly object[]): Json {
  if (path.includes(value)) throw new CodecError('a value that contains itself cannot cross between host and page');
  const inside = [...path, value];
  if (Array.isArray(value)) return Array.from(value, (item: unknown) => pack(item, inside));
  if (value instanceof Date) return special('date', Number.isNaN(value.getTime()) ? null : value.getTime());
  if (value instanceof Map)
    return special(
      'map',
      Array.from(value, ([key, item]) => [pack(key, inside), pack(item, inside)]),
    );
  if (value instanceof Set)
    return special(
      'set',
      Array.from(value, (item) => pack(item, inside)),
    );
  if (value instanceof Uint8Array)
    return special('bytes', Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join(''));
  if (value instanceof Error) return special('error', [value.name, value.message, value.stack ?? null]);
  const entries = Object.entries(value).map(([key, item]) => [key, pack(item, inside)] as const);
  if (Object.hasOwn(value, tag)) return special('object', entries);
  return fromEntries(entries) as Json;
}

/** As Object.fromEntries, where `__proto__` too is only a key. */
function fromEntries(entries: Iterable<readonly [string, unknown]>): object {
  return Object.fromEntries(entries);
}

function unpack(json: Json): unknown {
  if (json === null || typeof json !== 'object') return json;
  if (isList(json)) return json.map(unpack);
  const kind = Object.hasOwn(json, tag) ? json[tag] : undefined;
  if (kind === undefined) return fromEntries(Object.entries(json).map(([key, item]) => [key, unpack(item)] as const));
  return unpackSpecial(kind, json['v'] ?? null);
}

function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}

function unpackSpecial(kind: Json, value: Json): unknown {
  switch (kind) {
    case 'undefined':
      return undefined;
    case 'number':
      return Number(text(value));
    case 'bigint':
      return BigInt(text(value));
    case 'date':
      return new Date(value === null ? Number.NaN : Number(value));
    case 'map':
      return new Map(pairs(value).map(([key, item]) => [unpack(key), unpack(item)] as const));
    case 'set':
      return new Set(list(value).map(unpack));
    case 'bytes':
      return bytesOf(text(value));
    case 'error':
      return errorOf(list(value));
    case 'object':
      return fromEntries(pairs(value).map(([key, item]) => [text(key), unpack(item)] as const));
    default:
      throw new CodecError(`unknown tag ${JSON.stringify(kind)}`);
  }
}

function text(json: Json): string {
  if (typeof json !== 'string') throw new CodecError('text expected');
  return json;
}

function list(json: Json): readonly Json[] {
  if (!isList(json)) throw new CodecError('list expected');
  return json;
}

function pairs(json: Json): (readonly [Json, Json])[] {
  return list(json).map((pair) => {
    const [key, value] = list(pair);
    if (key === undefined || value === undefined) throw new CodecError('pair expected');
    return [key, value] as const;
  });
}

function bytesOf(hex: string): Uint8Array {
  if (!/^(?:[0-9a-f]{2})*$/.test(hex)) throw new CodecError('bytes expected');
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}

function errorOf(parts: readonly Json[]): Error {
  const [name = 'Error', message = '', stack = null] = parts;
  const error = new Error(text(message));
  error.name = text(name);
  if (typeof stack === 'string') error.stack = stack;
  return error;
}
