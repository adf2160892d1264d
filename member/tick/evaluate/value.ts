import { formatGoDuration } from '../../base/duration.ts';
import { formatFloatShort } from '../text/number.ts';
import { formatExpression } from '../syntax/printer.ts';
import type { CallNode, LambdaNode, ReferenceNode } from '../syntax/node.ts';
import type { ScriptObject } from './describe.ts';

/**
 * A value while a script is evaluated. Integers are signed 64-bit, durations nanoseconds. A reference (`"x"`
 * outside a lambda) is a value only to be refused: almost always single quotes were meant.
 */
export type ScriptValue =
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'int'; readonly value: bigint }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'duration'; readonly value: bigint }
  | { readonly type: 'regex'; readonly value: string }
  | { readonly type: 'lambda'; readonly value: LambdaNode }
  | { readonly type: 'list'; readonly value: readonly ScriptValue[] }
  | { readonly type: 'star' }
  | { readonly type: 'reference'; readonly value: ReferenceNode }
  | { readonly type: 'object'; readonly value: ScriptObject }
  /** A call of a global function that was given a name instead of being made. */
  | { readonly type: 'function'; readonly value: CallNode }
  | { readonly type: 'nil' };

export type ScriptValueType = ScriptValue['type'];

/** The name Go's reflection gives the value's type; it is part of many error texts. */
export function goTypeOf(value: ScriptValue): string {
  return value.type === 'object' ? value.value.definition.goType : goTypeNames[value.type];
}

/** How Go prints the value (`%v`). */
export function goTextOf(value: ScriptValue): string {
  switch (value.type) {
    case 'bool':
    case 'int':
      return String(value.value);
    case 'float':
      return formatFloatShort(value.value);
    case 'string':
    case 'regex':
      return value.value;
    case 'duration':
      return formatGoDuration(value.value);
    case 'list':
      return `[${value.value.map(goTextOf).join(' ')}]`;
    case 'lambda':
      return formatExpression(value.value);
    case 'star':
      return '*';
    case 'reference':
      return `"${value.value.name}"`;
    case 'object':
    case 'function':
    case 'nil':
      return goTypeOf(value);
  }
}

const goTypeNames: Readonly<Record<Exclude<ScriptValueType, 'object'>, string>> = {
  bool: 'bool',
  int: 'int64',
  float: 'float64',
  string: 'string',
  duration: 'time.Duration',
  regex: '*regexp.Regexp',
  lambda: '*ast.LambdaNode',
  list: '[]interface {}',
  star: '*ast.StarNode',
  reference: '*ast.ReferenceNode',
  function: 'tick.unboundFunc',
  nil: '<nil>',
};
