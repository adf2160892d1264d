import { err, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import type { Node } from '../syntax/node.ts';
import { closureOf } from './closures.ts';
import type { Cell, Int, ValueType } from './column.ts';
import { prepare } from './expression.ts';
import type { KernelContext } from './kernel.ts';
import { newFunctionState } from './state.ts';
import { typeExpression } from './typing.ts';

export interface Constant {
  readonly type: ValueType;
  readonly value: Cell;
}

/** Evaluates an expression that stands outside a lambda: references have no value there. The error is the original's. */
export function evaluateConstant(expression: Node, now: Int): Result<Constant, string> {
  const prepared = prepare(expression);
  if (!prepared.ok) return prepared;
  const { root, references, nestedLambdas } = prepared.value;
  const typed = typeExpression(root, { references, types: references.map(() => 'undefined'), scopeNames: [] }, 'value');
  const state = newFunctionState();
  const shared = Array.from({ length: nestedLambdas }, newFunctionState);
  const context: KernelContext = { fault: undefined, now, state, own: state, shared, zone: () => 0 };
  const value = closureOf(typed, context)([], 0);
  if (context.fault !== undefined) return err(context.fault);
  return typeof value === 'object' ? err('expression returned unexpected type regex') : ok({ type: typed.type, value });
}
