/** Putting variables' values into an expression, so that it stands on its own. */
import { err, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import type { LambdaNode, Node, Position } from '../syntax/node.ts';
import { goTypeOf } from './value.ts';
import type { ScriptValue } from './value.ts';

/** The value of a name, or the original's text that there is none. */
export type Lookup = (name: string) => Result<ScriptValue, string>;

/** A copy of the expression with each identifier replaced by its value. Lists and chains stay as they are, as in 1.5.4. */
export function resolveIdentifiers(node: Node, lookup: Lookup): Result<Node, string> {
  switch (node.kind) {
    case 'identifier': {
      const value = lookup(node.name);
      return value.ok ? literalOf(value.value, node.position) : value;
    }
    case 'unary': {
      const operand = resolveIdentifiers(node.operand, lookup);
      return operand.ok ? ok({ ...node, operand: operand.value }) : operand;
    }
    case 'binary': {
      const left = resolveIdentifiers(node.left, lookup);
      if (!left.ok) return left;
      const right = resolveIdentifiers(node.right, lookup);
      return right.ok ? ok({ ...node, left: left.value, right: right.value }) : right;
    }
    case 'call': {
      const args: Node[] = [];
      for (const arg of node.args) {
        const resolved = resolveIdentifiers(arg, lookup);
        if (!resolved.ok) return resolved;
        args.push(resolved.value);
      }
      return ok({ ...node, args });
    }
    default:
      return ok(node);
  }
}

/** A lambda of its own for this evaluation, with its variables resolved. */
export function resolveLambda(node: LambdaNode, lookup: Lookup): Result<LambdaNode, string> {
  if (node.expression === undefined) return ok({ ...node });
  const expression = resolveIdentifiers(node.expression, lookup);
  return expression.ok ? ok({ ...node, expression: expression.value }) : expression;
}

function literalOf(value: ScriptValue, position: Position): Result<Node, string> {
  switch (value.type) {
    case 'bool':
      return ok({ kind: 'bool', position, value: value.value });
    case 'int':
      return ok({ kind: 'int', position, value: value.value, base: 10 });
    case 'float':
      return ok({ kind: 'float', position, value: value.value });
    case 'duration':
      return ok({ kind: 'duration', position, value: value.value, literal: '' });
    case 'string':
      return ok({ kind: 'string', position, value: value.value, isTripleQuoted: false });
    case 'regex':
      return ok({ kind: 'regex', position, pattern: value.value, literal: '' });
    case 'lambda':
      return ok({ kind: 'lambda', position, expression: value.value.expression });
    case 'star':
      return ok({ kind: 'star', position });
    case 'list': {
      const items: Node[] = [];
      for (const item of value.value) {
        const node = literalOf(item, position);
        if (!node.ok) return node;
        items.push(node.value);
      }
      return ok({ kind: 'list', position, items });
    }
    default:
      return err(`unsupported literal type ${goTypeOf(value)}`);
  }
}
