/**
 * Options of handlers, read as 1.5.4 reads them: names without regard to case, unknown names and wrong types
 * refused, all mistakes named at once, in the original's words.
 */
import { byteOrder } from '../base/byte-order.ts';
import { ownOf } from '../base/own-members.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { JsonValue } from '../base/store.ts';

/** Mistakes are collected, so an option has a value even after one. */
export interface Option<Value> {
  readonly initial: Value;
  readonly read: (name: string, value: JsonValue, mistakes: string[]) => Value;
}

type Options = Readonly<Record<string, Option<unknown>>>;
export type ReadOptions<Schema extends Options> = {
  readonly [Name in keyof Schema]: Schema[Name] extends Option<infer Value> ? Value : never;
};

/** Reads options by a schema. `goType` is the original's name of the structure, which its messages show. */
export function readOptions<Schema extends Options>(
  goType: string,
  schema: Schema,
  given: { readonly [name: string]: JsonValue } | null,
): Result<ReadOptions<Schema>, string> {
  const mistakes: string[] = [];
  const values = readFields('', schema, given ?? {}, mistakes);
  if (mistakes.length === 0) return ok(values);
  const lines = mistakes.map((mistake) => `* ${mistake}`).sort(byteOrder);
  return err(`failed to decode options into ${goType}: ${mistakes.length} error(s) decoding:\n\n${lines.join('\n')}`);
}

function readFields<Schema extends Options>(
  path: string,
  schema: Schema,
  given: { readonly [name: string]: JsonValue },
  mistakes: string[],
): ReadOptions<Schema> {
  const unused = new Set(Object.keys(given));
  const values: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(schema)) {
    const key = unused.has(name)
      ? name
      : [...unused].find((candidate) => candidate.toLowerCase() === name.toLowerCase());
    const value = key === undefined ? null : (given[key] ?? null);
    if (key !== undefined) unused.delete(key);
    values[name] =
      value === null ? option.initial : option.read(path === '' ? name : `${path}.${name}`, value, mistakes);
  }
  if (unused.size > 0) mistakes.push(`'${path}' has invalid keys: ${[...unused].sort(byteOrder).join(', ')}`);
  // Every name of the schema was given a value of its option's type.
  return values as ReadOptions<Schema>;
}

function goType(value: JsonValue): string {
  if (Array.isArray(value)) return '[]interface {}';
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'number':
      return 'float64';
    case 'boolean':
      return 'bool';
    default:
      return 'map[string]interface {}';
  }
}

function goKind(value: JsonValue): string {
  return Array.isArray(value) ? 'slice' : typeof value === 'object' ? 'map' : goType(value);
}

function wrongType(name: string, wanted: string, value: JsonValue): string {
  return `'${name}' expected type '${wanted}', got unconvertible type '${goType(value)}'`;
}

export function text(initial = ''): Option<string> {
  return {
    initial,
    read: (name, value, mistakes) => {
      if (typeof value === 'string') return value;
      mistakes.push(wrongType(name, 'string', value));
      return initial;
    },
  };
}

export function flag(): Option<boolean> {
  return {
    initial: false,
    read: (name, value, mistakes) => {
      if (typeof value === 'boolean') return value;
      mistakes.push(wrongType(name, 'bool', value));
      return false;
    },
  };
}

/** Whole nanoseconds. */
export function duration(initial = 0n): Option<bigint> {
  return {
    initial,
    read: (name, value, mistakes) => {
      if (typeof value === 'number') return BigInt(Math.trunc(value));
      mistakes.push(wrongType(name, 'time.Duration', value));
      return initial;
    },
  };
}

/** Permission bits of a file. */
export function fileMode(initial: number): Option<number> {
  return {
    initial,
    read: (name, value, mistakes) => {
      if (typeof value !== 'number') mistakes.push(wrongType(name, 'os.FileMode', value));
      else if (value < 0) mistakes.push(`cannot parse '${name}', ${value.toFixed(6)} overflows uint`);
      else return Math.trunc(value);
      return initial;
    },
  };
}

export function list<Item>(item: Option<Item>): Option<readonly Item[]> {
  return {
    initial: [],
    read: (name, value, mistakes) => {
      if (Array.isArray(value))
        return value.map((entry: JsonValue, i) =>
          entry === null ? item.initial : item.read(`${name}[${i}]`, entry, mistakes),
        );
      mistakes.push(`'${name}': source data must be an array or slice, got ${goKind(value)}`);
      return [];
    },
  };
}

export function textMap(): Option<Readonly<Record<string, string>>> {
  return {
    initial: {},
    read: (name, value, mistakes) => {
      const map = readMap(name, value, mistakes);
      const one = text();
      return Object.fromEntries(
        Object.entries(map).map(([key, entry]) => [
          key,
          entry === null ? '' : one.read(`${name}[${key}]`, entry, mistakes),
        ]),
      );
    },
  };
}

export function anyMap(): Option<{ readonly [name: string]: JsonValue }> {
  return { initial: {}, read: readMap };
}

function readMap(name: string, value: JsonValue, mistakes: string[]): { readonly [name: string]: JsonValue } {
  if (isMap(value)) return value;
  mistakes.push(`'${name}' expected a map, got '${goKind(value)}'`);
  return {};
}

function isMap(value: JsonValue): value is { readonly [name: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object with options of its own. */
export function group<Schema extends Options>(schema: Schema): Option<ReadOptions<Schema>> {
  const initial = readFields('', schema, {}, []);
  return {
    initial,
    read: (name, value, mistakes) => readFields(name, schema, readMap(name, value, mistakes), mistakes),
  };
}

/** MQTT's quality of service, by name (`exactly-one` is the original's own spelling) or number. */
export function qualityOfService(): Option<number> {
  const names: Readonly<Record<string, number>> = { 'at-most-once': 0, 'at-least-once': 1, 'exactly-one': 2 };
  return {
    initial: 0,
    read: (name, value, mistakes) => {
      if (typeof value === 'number') return Math.trunc(value);
      const level = typeof value === 'string' ? ownOf(names, value) : undefined;
      if (level === undefined)
        mistakes.push(typeof value === 'string' ? 'invalid QoS' : wrongType(name, 'mqtt.QoSLevel', value));
      return level ?? 0;
    },
  };
}
