import type { LambdaNode, ReferenceNode } from '../syntax/node.ts';
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
  | { readonly type: 'nil' };

export type ScriptValueType = ScriptValue['type'];

/** The name Go's reflection gives the value's type; it is part of many error texts. */
export function goTypeOf(value: ScriptValue): string {
  return value.type === 'object' ? value.value.definition.goType : goTypeNames[value.type];
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
  nil: '<nil>',
};
