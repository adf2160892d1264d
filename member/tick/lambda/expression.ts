/**
 * A lambda's tree made ready for typing: checked as far as it can be without data, with a place of its own for each
 * occurrence of a nested lambda (a variable's lambda used twice keeps two states, as in 1.5.4).
 */
import { formatGoDuration } from '../../base/duration.ts';
import { err, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { formatFloatShort } from '../text/number.ts';
import { patternOf } from '../text/pattern.ts';
import type { Pattern } from '../text/pattern.ts';
import type {
  BinaryNode,
  BinaryOperator,
  CallNode,
  LambdaNode,
  Node,
  UnaryNode,
  UnaryOperator,
} from '../syntax/node.ts';
import type { Cell, ValueType } from './column.ts';
import { intFromBig } from './int64.ts';
import { hasOperator, operationOf, operatorKind } from './operations.ts';

/** `'invalid'`: not known without data. */
export type ExpressionType = ValueType | 'invalid';

interface Common {
  /** The type the expression has whatever the data; comparisons are bool even where their sides do not compare. */
  readonly constType: ExpressionType;
  /** Whether its type may differ from row to row. */
  readonly isDynamic: boolean;
}

export type Expression =
  | (Common & {
      readonly kind: 'literal';
      readonly type: ValueType;
      readonly value: Cell | Pattern;
      readonly text: string;
    })
  | (Common & { readonly kind: 'reference'; readonly name: string })
  | (Common & { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Expression })
  | (Common & {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    })
  | (Common & {
      readonly kind: 'call';
      readonly name: string;
      readonly args: readonly Expression[];
      readonly slot: number;
    })
  | (Common & { readonly kind: 'lambda'; readonly inner: Expression });

export interface PreparedLambda {
  readonly root: Expression;
  /** Names of references, each once, in order of first appearance. */
  readonly references: readonly string[];
  /** Names of functions called. */
  readonly functions: ReadonlySet<string>;
  /** How many lambdas are nested in it, each with a state of its own. */
  readonly nestedLambdas: number;
}

export function typeName(type: ExpressionType): string {
  return type === 'bool' ? 'boolean' : type === 'invalid' ? 'invalid type' : type;
}

/** The error is the original's. */
export function prepare(node: Node, rowFunctions: ReadonlySet<string> = new Set()): Result<PreparedLambda, string> {
  const preparation = new Preparation(rowFunctions);
  const root = preparation.expression(node, 0);
  if (!root.ok) return root;
  const { references, functions, nestedLambdas } = preparation;
  return ok({ root: root.value, references: [...references], functions, nestedLambdas });
}

/** How messages show an expression. */
export function textOf(expression: Expression): string {
  switch (expression.kind) {
    case 'literal':
      return expression.text;
    case 'reference':
      return `"${expression.name}"`;
    case 'unary':
      return `${expression.operator}${textOf(expression.operand)}`;
    case 'binary':
      return `${textOf(expression.left)} ${expression.operator} ${textOf(expression.right)}`;
    case 'call':
      return `${expression.name}(${expression.args.map(textOf).join(', ')})`;
    case 'lambda':
      return textOf(expression.inner);
  }
}

/** Why two types do not meet at an operator. Types may be `invalid` where they are not known. */
export function mismatch(left: ExpressionType, operator: BinaryOperator, right: ExpressionType): string {
  const isRefusedByLeft = left === 'invalid' || !hasOperator(left, operator);
  // With an unknown left type the text names the right one, as in 1.5.4.
  const culprit = left === 'invalid' ? right : left;
  if (isRefusedByLeft && culprit !== 'invalid')
    return `invalid ${operatorKind(operator)} operator ${operator} for type ${typeName(culprit)}`;
  const types = `${typeName(left)} ${operator} ${typeName(right)}`;
  return `mismatched type to binary operator. got ${types}. see bool(), int(), float(), string(), duration()`;
}

const goNodeNames: Readonly<Partial<Record<Node['kind'], string>>> = {
  identifier: '*ast.IdentifierNode',
  star: '*ast.StarNode',
  list: '*ast.ListNode',
  chain: '*ast.ChainNode',
};

class Preparation {
  readonly references = new Set<string>();
  readonly functions = new Set<string>();
  nestedLambdas = 0;
  private readonly rowFunctions: ReadonlySet<string>;

  constructor(rowFunctions: ReadonlySet<string>) {
    this.rowFunctions = rowFunctions;
  }

  /** `slot` says whose state functions use: 0 the lambda's own, else that of a nested lambda. */
  expression(node: Node, slot: number): Result<Expression, string> {
    switch (node.kind) {
      case 'int':
        return literal('int', intFromBig(node.value), node.value.toString());
      case 'float':
        return literal('float', node.value, formatFloatShort(node.value));
      case 'duration':
        return literal('duration', intFromBig(node.value), formatGoDuration(node.value));
      case 'bool':
        return literal('bool', node.value, String(node.value));
      case 'string':
        return literal('string', node.value, node.value);
      case 'regex':
        return literal('regex', patternOf(node.pattern), node.literal);
      case 'reference':
        return this.reference(node.name);
      case 'unary':
        return this.unary(node, slot);
      case 'binary':
        return this.binary(node, slot);
      case 'call':
        return this.call(node, slot);
      case 'lambda':
        return this.lambda(node);
      default:
        return err(`Given node type is not valid evaluation node: ${goNodeNames[node.kind] ?? '<nil>'}`);
    }
  }

  private reference(name: string): Result<Expression, string> {
    this.references.add(name);
    return ok({ kind: 'reference', constType: 'invalid', isDynamic: true, name });
  }

  private unary({ operator, operand }: UnaryNode, slot: number): Result<Expression, string> {
    const inner = this.expression(operand, slot);
    if (!inner.ok) return err(`Failed to handle node: ${inner.error}`);
    const constType = operator === '!' ? 'bool' : inner.value.constType;
    return ok({
      kind: 'unary',
      constType,
      isDynamic: constType === 'invalid' && inner.value.isDynamic,
      operator,
      operand: inner.value,
    });
  }

  private binary(node: BinaryNode, slot: number): Result<Expression, string> {
    const left = this.expression(node.left, slot);
    if (!left.ok) return err(`Failed to handle left node: ${left.error}`);
    const right = this.expression(node.right, slot);
    if (!right.ok) return err(`Failed to handle right node: ${right.error}`);
    const { operator } = node;
    const [leftType, rightType] = [left.value.constType, right.value.constType];
    const isAnyDynamic = left.value.isDynamic || right.value.isDynamic;
    if (!isAnyDynamic && resultOf(leftType, operator, rightType) === 'invalid')
      return err(mismatch(leftType, operator, rightType));
    const constType = operatorKind(operator) === 'math' ? resultOf(leftType, operator, rightType) : 'bool';
    return ok({
      kind: 'binary',
      constType,
      isDynamic: constType === 'invalid' && isAnyDynamic,
      operator,
      left: left.value,
      right: right.value,
    });
  }

  private call({ name, args }: CallNode, slot: number): Result<Expression, string> {
    if (args.length === 0 && this.rowFunctions.has(name)) return this.reference(`${name}()`);
    this.functions.add(name);
    const prepared: Expression[] = [];
    for (const [index, arg] of args.entries()) {
      const expression = this.expression(arg, slot);
      if (!expression.ok) return err(`Failed to handle ${index + 1} argument: ${expression.error}`);
      prepared.push(expression.value);
    }
    return ok({ kind: 'call', constType: 'invalid', isDynamic: true, name, args: prepared, slot });
  }

  private lambda({ expression }: LambdaNode): Result<Expression, string> {
    this.nestedLambdas += 1;
    const inner =
      expression === undefined
        ? err('Given node type is not valid evaluation node: <nil>')
        : this.expression(expression, this.nestedLambdas);
    if (!inner.ok) return err(`Failed to handle node: ${inner.error}`);
    return ok({
      kind: 'lambda',
      constType: inner.value.constType,
      isDynamic: inner.value.isDynamic,
      inner: inner.value,
    });
  }
}

function literal(type: ValueType, value: Cell | Pattern, text: string): Result<Expression, string> {
  return ok({ kind: 'literal', constType: type, isDynamic: false, type, value, text });
}

export function resultOf(left: ExpressionType, operator: BinaryOperator, right: ExpressionType): ExpressionType {
  return left === 'invalid' || right === 'invalid'
    ? 'invalid'
    : (operationOf(left, operator, right)?.result ?? 'invalid');
}
