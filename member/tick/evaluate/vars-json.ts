/**
 * Variables as the HTTP API carries them: a map of name to `{type, value, description}`. Durations come as
 * nanoseconds or text and go out as nanoseconds, lambdas and regular expressions are text, a star's value is null.
 * Integers beyond 2^53 are bigints on both sides; the JSON reader and writer must keep them whole.
 */
import { err, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { formatExpression } from '../syntax/printer.ts';
import { parseLambda } from '../syntax/parser.ts';
import { parseDuration } from '../text/duration.ts';
import { checkPattern } from '../text/pattern.ts';
import type { ScriptValue } from './value.ts';
import { varTypes } from './vars.ts';
import type { Var, VarType } from './vars.ts';

export type VarJsonValue = boolean | number | bigint | string | null | readonly VarJson[] | { readonly typeOf: 'star' };

export interface VarJson {
  readonly type: VarType;
  readonly value: VarJsonValue;
  readonly description: string;
}

export type VarsJson = Readonly<Record<string, VarJson>>;

/** Reads what a request carries: types are known, values fit them, durations are nanoseconds. */
export function readVars(json: unknown): Result<VarsJson, string> {
  if (json === undefined || json === null) return ok({});
  if (!isRecord(json)) return err('invalid vars: expected an object of name to {type, value}');
  const vars: [string, VarJson][] = [];
  for (const [name, given] of Object.entries(json)) {
    const read = readVar(given, false);
    if (!read.ok) return err(`invalid var ${name}: ${read.error}`);
    vars.push([name, read.value]);
  }
  return ok(Object.fromEntries(vars));
}

function readVar(json: unknown, isItem: boolean): Result<VarJson, string> {
  if (!isRecord(json)) return err('expected an object with type and value');
  const { type: typeName } = json;
  const type = varTypes.find((known) => known === typeName);
  if (type === undefined)
    return err(`unknown type ${JSON.stringify(typeName ?? null)}, expected one of ${varTypes.join(', ')}`);
  if (isItem && !('value' in json)) return err('expected a value in each item of a list');
  const value = readValue(type, json['value']);
  if (!value.ok) return value;
  const { description } = json;
  return ok({ type, value: value.value, description: !isItem && typeof description === 'string' ? description : '' });
}

const int64Limit = 2n ** 63n;

function readInt(value: unknown): number | bigint | undefined {
  if (typeof value === 'bigint') return value < int64Limit && value >= -int64Limit ? value : undefined;
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;
}

function readValue(type: VarType, value: unknown): Result<VarJsonValue, string> {
  switch (type) {
    case 'star':
      return ok(null);
    case 'bool':
      return typeof value === 'boolean' ? ok(value) : err('expected true or false');
    case 'int': {
      const int = readInt(value);
      return int === undefined ? err('expected int value') : ok(int);
    }
    case 'float':
      return typeof value === 'number' || typeof value === 'bigint' ? ok(Number(value)) : err('expected float value');
    case 'string':
    case 'regex':
    case 'lambda':
      return typeof value === 'string' ? ok(value) : err(`expected ${type} value as text`);
    case 'duration': {
      if (typeof value !== 'string') {
        const ns = readInt(value);
        return ns === undefined ? err('expected int or string value') : ok(ns);
      }
      const parsed = parseDuration(value);
      return parsed.ok ? ok(jsonInt(parsed.value)) : err(`invalid duration string: ${parsed.error}`);
    }
    case 'list': {
      if (!Array.isArray(value)) return err('expected list of vars');
      const items: VarJson[] = [];
      for (const item of value) {
        const read = readVar(item, true);
        if (!read.ok) return read;
        items.push(read.value);
      }
      return ok(items);
    }
  }
}

/** The values a script is run with. The error is the original's: "invalid var NAME: …". */
export function varsFromJson(vars: VarsJson): Result<ReadonlyMap<string, Var>, string> {
  const values = new Map<string, Var>();
  for (const [name, { type, value, description }] of Object.entries(vars)) {
    const read = scriptValue(type, value);
    if (!read.ok) return err(`invalid var ${name}: ${read.error}`);
    values.set(name, { type, value: read.value, description });
  }
  return ok(values);
}

function scriptValue(type: VarType, value: VarJsonValue): Result<ScriptValue, string> {
  if (type === 'star') return ok({ type });
  if (type === 'bool' && typeof value === 'boolean') return ok({ type, value });
  if ((type === 'int' || type === 'duration') && (typeof value === 'number' || typeof value === 'bigint'))
    return ok({ type, value: BigInt(value) });
  if (type === 'float' && typeof value === 'number') return ok({ type, value });
  if (typeof value === 'string') return textValue(type, value);
  if (type !== 'list' || !Array.isArray(value)) return err(`mismatched type and value: ${type}`);
  const items: ScriptValue[] = [];
  for (const item of value) {
    const read = scriptValue(item.type, item.value);
    if (!read.ok) return read;
    items.push(read.value);
  }
  return ok({ type, value: items });
}

function textValue(type: VarType, value: string): Result<ScriptValue, string> {
  if (type === 'string') return ok({ type, value });
  if (type === 'lambda') {
    const lambda = parseLambda(value);
    return lambda.ok ? ok({ type, value: lambda.value }) : err(`invalid lambda expression: ${lambda.error.message}`);
  }
  if (type !== 'regex') return err(`unexpected var type ${type}, value is a string`);
  const refusal = checkPattern(value);
  return refusal === undefined ? ok({ type, value }) : err(`invalid regex pattern: ${refusal}`);
}

/** What a template's script declares: the default of each variable, null where a value must be given. */
export function declaredVarsToJson(declared: ReadonlyMap<string, Var>): VarsJson {
  return Object.fromEntries(
    Array.from(declared, ([name, { type, value, description }]) => [
      name,
      { type, value: value === undefined ? null : defaultValue(value), description },
    ]),
  );
}

function defaultValue(value: ScriptValue): VarJsonValue {
  switch (value.type) {
    case 'int':
    case 'duration':
      return jsonInt(value.value);
    case 'lambda':
      return formatExpression(value.value);
    case 'star':
      return { typeOf: 'star' };
    case 'list':
      return value.value.flatMap((item) => {
        const type = varTypes.find((known) => known === item.type);
        return type === undefined ? [] : [{ type, value: defaultValue(item), description: '' }];
      });
    case 'bool':
    case 'float':
    case 'string':
    case 'regex':
      return value.value;
    default:
      return null;
  }
}

function jsonInt(value: bigint): number | bigint {
  return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
