/** The tables `[udf.functions.NAME]`: programs that the member starts, or sockets it connects to. */
import { formatGoDuration, parseGoDuration } from '../base/duration.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { MemberConfig } from './schema.ts';
import { isTable } from './value.ts';

export interface UdfFunction {
  /** Empty: a program. */
  readonly socket: string;
  readonly program: string;
  readonly args: readonly string[];
  /** Beside the member's own environment. */
  readonly env: Readonly<Record<string, string>>;
  /** For how long it may be silent. */
  readonly timeoutNs: bigint;
}

export const udfFunctionKeys: readonly string[] = ['prog', 'args', 'env', 'timeout', 'socket'];

const leastTimeoutNs = 1_000_000n;

/** By name. The error is one line that names the key, the value and what is allowed. */
export function udfFunctions({ udf }: Pick<MemberConfig, 'udf'>): Result<ReadonlyMap<string, UdfFunction>, string> {
  const functions = new Map<string, UdfFunction>();
  for (const [name, table] of Object.entries(udf.functions)) {
    const read = isTable(table) ? readFunction(table) : err('must be a table');
    if (!read.ok) return err(`[udf.functions.${name}] ${read.error}`);
    functions.set(name, read.value);
  }
  return ok(functions);
}

function readFunction(table: Readonly<Record<string, unknown>>): Result<UdfFunction, string> {
  const { socket = '', prog = '', args = [], env = {}, timeout = '0s' } = table;
  if (typeof socket !== 'string') return refused('socket', socket, 'a text in quotes');
  if (typeof prog !== 'string') return refused('prog', prog, 'a text in quotes');
  if (!Array.isArray(args) || !args.every((arg) => typeof arg === 'string'))
    return refused('args', args, 'a list of texts');
  const variables = readEnv(env);
  if (variables === undefined) return refused('env', env, 'a table of texts');
  const timeoutNs = typeof timeout === 'string' ? parseGoDuration(timeout) : undefined;
  if (timeoutNs === undefined) return refused('timeout', timeout, 'a duration such as "10s" or "1m30s"');
  if (timeoutNs <= leastTimeoutNs)
    return err(`timeout = "${formatGoDuration(timeoutNs)}": timeout is too small, it must be longer than 1ms`);
  if (socket !== '' && (prog !== '' || args.length > 0 || Object.keys(variables).length > 0))
    return err('both socket and process config provided: must be socket alone, or prog with args and env');
  if (socket === '' && prog === '') return err('must set either prog or socket');
  return ok({ socket, program: prog, args, env: variables, timeoutNs });
}

function readEnv(env: unknown): Record<string, string> | undefined {
  if (!isTable(env)) return undefined;
  const variables: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (typeof value !== 'string') return undefined;
    variables[name] = value;
  }
  return variables;
}

function refused(key: string, value: unknown, allowed: string): Result<never, string> {
  return err(`${key} = ${JSON.stringify(value) ?? 'nothing'}: must be ${allowed}`);
}
