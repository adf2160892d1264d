/**
 * Variables of a task as the API writes them (`{"type","value","description"}`), as rows keep them, and as values
 * of a script. Integers are 64-bit, durations nanoseconds.
 */
import { byteOrder } from '../base/byte-order.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { JsonValue } from '../base/store.ts';
import type { ScriptValue } from '../tick/evaluate/value.ts';
import type { Var, VarType } from '../tick/evaluate/vars.ts';
import type { LambdaNode } from '../tick/syntax/node.ts';
import { parseDuration } from '../influx/influxql/duration.ts';
import { isWireObject, type WireValue } from './wire-value.ts';

export type VarValue =
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'int'; readonly value: bigint }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'duration'; readonly value: bigint }
  /** Lambdas and patterns as text. */
  | { readonly type: 'string' | 'regex' | 'lambda'; readonly value: string }
  | { readonly type: 'star'; readonly value: null }
  | { readonly type: 'list'; readonly value: readonly TaskVar[] };

export type TaskVar = VarValue & { readonly description: string };
export type TaskVars = ReadonlyMap<string, TaskVar>;

const varTypes: ReadonlySet<string> = new Set<VarType>([
  'bool',
  'int',
  'float',
  'string',
  'regex',
  'duration',
  'lambda',
  'star',
  'list',
]);

/** The map of a request body; absent and null are an empty one. */
export function readVars(wire: WireValue | undefined): Result<TaskVars, string> {
  if (wire === undefined || wire === null) return ok(new Map());
  if (!isWireObject(wire)) return err('vars must be an object');
  const vars = new Map<string, TaskVar>();
  for (const [name, value] of Object.entries(wire)) {
    const read = readVar(value, false);
    if (!read.ok) return err(`invalid var ${name}: ${read.error}`);
    vars.set(name, read.value);
  }
  return ok(vars);
}

function readVar(wire: WireValue, isItem: boolean): Result<TaskVar, string> {
  if (!isWireObject(wire)) return err('expected an object with type and value');
  const { type, value } = wire;
  const description = typeof wire['description'] === 'string' ? wire['description'] : '';
  if (type === undefined && !isItem) return err('unsupported Var type: no type is given');
  if (typeof type !== 'string' || !varTypes.has(type)) return err(`unknown var type ${JSON.stringify(type ?? null)}`);
  if (isItem && value === undefined) return err('expected list value key in object');
  const read = readValue(type, value ?? null);
  return read.ok ? ok({ ...read.value, description }) : read;
}

function readValue(type: string, value: WireValue): Result<VarValue, string> {
  const wrong = (expected: string): Result<VarValue, string> => err(`expected ${expected} value for type ${type}`);
  switch (type) {
    case 'bool':
      return typeof value === 'boolean' ? ok({ type, value }) : wrong('bool');
    case 'int': {
      const int = toInt64(value);
      return int === undefined ? wrong('int') : ok({ type, value: int });
    }
    case 'float':
      return typeof value === 'number' || typeof value === 'bigint'
        ? ok({ type, value: Number(value) })
        : wrong('float');
    case 'duration': {
      const ns = typeof value === 'string' ? parseDuration(value) : toInt64(value);
      return ns === undefined ? wrong('int or duration string') : ok({ type, value: ns });
    }
    case 'string':
    case 'regex':
    case 'lambda':
      return typeof value === 'string' ? ok({ type, value }) : wrong('string');
    case 'star':
      return ok({ type, value: null });
    default:
      return readList(value);
  }
}

function readList(value: WireValue): Result<VarValue, string> {
  if (!Array.isArray(value)) return err('expected list of vars');
  const items: TaskVar[] = [];
  for (const item of value) {
    const read = readVar(item, true);
    if (!read.ok) return read;
    items.push(read.value);
  }
  return ok({ type: 'list', value: items });
}

function toInt64(value: WireValue): bigint | undefined {
  if (typeof value === 'number' && !Number.isInteger(value)) return undefined;
  if (typeof value !== 'number' && typeof value !== 'bigint') return undefined;
  const int = BigInt(value);
  return BigInt.asIntN(64, int) === int ? int : undefined;
}

/** What the API prints; names in order. Descriptions of list items are empty. */
export function wireVars(vars: TaskVars): { readonly [name: string]: WireValue } {
  const wire: Record<string, WireValue> = {};
  for (const name of [...vars.keys()].sort(byteOrder)) {
    const variable = vars.get(name);
    if (variable !== undefined) wire[name] = wireVar(variable);
  }
  return wire;
}

function wireVar(variable: TaskVar): WireValue {
  const value = variable.type === 'list' ? variable.value.map(wireVar) : variable.value;
  return { type: variable.type, value, description: variable.description };
}

/** Rows keep 64-bit integers as text. */
export function rowOfVars(vars: TaskVars): JsonValue {
  const row: Record<string, JsonValue> = {};
  for (const [name, variable] of vars) row[name] = rowOfVar(variable);
  return row;
}

function rowOfVar(variable: TaskVar): JsonValue {
  const { type, value, description } = variable;
  if (type === 'list') return { type, value: variable.value.map(rowOfVar), description };
  return { type, value: typeof value === 'bigint' ? value.toString() : value, description };
}

/** Undefined when the row is none of ours. */
export function varsOfRow(row: JsonValue | undefined): TaskVars | undefined {
  const read = readVars(integersOfRow(row ?? null));
  return read.ok ? read.value : undefined;
}

function integersOfRow(row: JsonValue): WireValue {
  if (!isWireObject(row)) return row;
  const restored: Record<string, WireValue> = {};
  for (const [name, variable] of Object.entries(row)) restored[name] = integersOfVar(variable);
  return restored;
}

function integersOfVar(variable: WireValue): WireValue {
  if (!isWireObject(variable)) return variable;
  const { type, value } = variable;
  if (type === 'list' && Array.isArray(value)) return { ...variable, value: value.map(integersOfVar) };
  if ((type === 'int' || type === 'duration') && typeof value === 'string')
    return { ...variable, value: BigInt(value) };
  return variable;
}

/** What turns texts of lambdas and patterns into script values. Errors are the original's texts. */
export interface VarCompiler {
  parseLambda(text: string): Result<LambdaNode, string>;
  /** Why RE2 refuses the pattern. */
  regexProblem(pattern: string): string | undefined;
}

export function scriptVars(vars: TaskVars, compiler: VarCompiler): Result<ReadonlyMap<string, Var>, string> {
  const compiled = new Map<string, Var>();
  for (const [name, variable] of vars) {
    const value = scriptValue(variable, compiler);
    if (!value.ok) return err(`invalid var ${name}: ${value.error}`);
    compiled.set(name, { type: variable.type, value: value.value, description: variable.description });
  }
  return ok(compiled);
}

function scriptValue(variable: TaskVar, compiler: VarCompiler): Result<ScriptValue, string> {
  switch (variable.type) {
    case 'list': {
      const items: ScriptValue[] = [];
      for (const item of variable.value) {
        const value = scriptValue(item, compiler);
        if (!value.ok) return value;
        items.push(value.value);
      }
      return ok({ type: 'list', value: items });
    }
    case 'lambda': {
      const lambda = compiler.parseLambda(variable.value);
      return lambda.ok
        ? ok({ type: 'lambda', value: lambda.value })
        : err(`invalid lambda expression: ${lambda.error}`);
    }
    case 'regex': {
      const problem = compiler.regexProblem(variable.value);
      return problem === undefined
        ? ok({ type: 'regex', value: variable.value })
        : err(`invalid regex pattern: ${problem}`);
    }
    case 'star':
      return ok({ type: 'star' });
    case 'bool':
      return ok({ type: 'bool', value: variable.value });
    case 'float':
      return ok({ type: 'float', value: variable.value });
    case 'string':
      return ok({ type: 'string', value: variable.value });
    default:
      return ok({ type: variable.type, value: variable.value });
  }
}
