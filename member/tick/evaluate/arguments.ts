/** Arguments against what a method or field takes, refused in the words of Go's reflection. */
import { err, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import type { ArgType } from './describe.ts';
import { goTypeOf } from './value.ts';
import type { ScriptValue } from './value.ts';

const goTypes: Readonly<Record<ArgType, string>> = {
  string: 'string',
  int: 'int64',
  float: 'float64',
  bool: 'bool',
  duration: 'time.Duration',
  lambda: '*ast.LambdaNode',
  regex: '*regexp.Regexp',
  star: '*ast.StarNode',
  list: '[]interface {}',
  any: 'interface {}',
  node: 'pipeline.Node',
};

export interface Parameters {
  readonly args: readonly ArgType[];
  readonly rest?: ArgType | undefined;
}

/** The plain values to call with; the error is what Go panics with. */
export function checkArguments(
  { args, rest }: Parameters,
  given: readonly ScriptValue[],
): Result<readonly unknown[], string> {
  if (given.length < args.length) return err('reflect: Call with too few input arguments');
  if (given.length > args.length && rest === undefined) return err('reflect: Call with too many input arguments');
  if (given.some((value) => value.type === 'nil')) return err('reflect: Call using zero Value argument');
  const plain: unknown[] = [];
  for (const [index, value] of given.entries()) {
    const fixed = args[index];
    const wanted = fixed ?? rest ?? 'any';
    if (!isAssignable(value, wanted)) {
      const found = goTypeOf(value);
      return err(
        fixed === undefined
          ? `reflect: cannot use ${found} as type ${goTypes[wanted]} in Call`
          : `reflect: Call using ${found} as type ${goTypes[wanted]}`,
      );
    }
    plain.push(plainValue(value, wanted));
  }
  return ok(plain);
}

/** The plain value to set a field to; the error is what Go panics with. */
export function checkField(type: ArgType, value: ScriptValue): Result<unknown, string> {
  if (value.type === 'nil') return err('reflect: call of reflect.Value.Set on zero Value');
  if (isAssignable(value, type)) return ok(plainValue(value, type));
  return err(`reflect.Set: value of type ${goTypeOf(value)} is not assignable to type ${goTypes[type]}`);
}

function isAssignable(value: ScriptValue, wanted: ArgType): boolean {
  if (wanted === 'any') return true;
  if (wanted === 'node') return value.type === 'object' && value.value.definition.isNode === true;
  return value.type === wanted;
}

function plainValue(value: ScriptValue, wanted: ArgType): unknown {
  return wanted === 'any' || value.type === 'star' || value.type === 'nil' ? value : value.value;
}
