/**
 * A slow evaluator to hold the back ends against: it walks the tree for each row, with the row's own types, and
 * shares nothing with them but the syntax and the writing of numbers. It says what a row gives, or that it fails, not
 * in which words.
 */
import type { Node } from '../syntax/node.ts';
import { callReference, referenceSignature, truncated } from './reference-functions.contract.ts';
import { RowFailure } from './reference-values.contract.ts';
import type {
  ReferenceRow,
  ReferenceState,
  ReferenceType as Type,
  ReferenceValue,
} from './reference-values.contract.ts';

function failRow(reason: string): never {
  throw new RowFailure(reason);
}

const comparisonOperators = ['==', '!=', '<', '<=', '>', '>=', '=~', '!~'];
const numeric = ['int', 'float'];

/** Which operators exist between which types, and what they give. */
function operationType(left: Type, operator: string, right: Type): Type {
  const both = left === right ? left : '';
  if (operator === 'AND' || operator === 'OR') return both === 'bool' ? 'bool' : failRow('logical');
  if (operator === '=~' || operator === '!~') return left === 'string' && right === 'regex' ? 'bool' : failRow('match');
  if (operator === '==' || operator === '!=') {
    if (['bool', 'string', 'duration'].includes(both) || (numeric.includes(left) && numeric.includes(right)))
      return 'bool';
    return failRow('equality');
  }
  if (comparisonOperators.includes(operator)) {
    if (['string', 'duration'].includes(both) || (numeric.includes(left) && numeric.includes(right))) return 'bool';
    return failRow('order');
  }
  const key = `${left} ${operator} ${right}`;
  const sums = ['float + float', 'float - float', 'float * float', 'float / float'];
  if (sums.includes(key)) return 'float';
  if (both === 'int' && '+-*/%'.includes(operator)) return 'int';
  if (key === 'string + string') return 'string';
  if (both === 'duration')
    return operator === '+' || operator === '-' ? 'duration' : operator === '/' ? 'int' : failRow('duration');
  const scaled = [
    'duration * int',
    'int * duration',
    'duration * float',
    'float * duration',
    'duration / int',
    'duration / float',
  ];
  return scaled.includes(key) ? 'duration' : failRow('types');
}

/** The type before evaluation, as far as 1.5.4 looks: comparisons are bool unseen. */
function typeOf(node: Node, row: ReferenceRow): Type {
  switch (node.kind) {
    case 'int':
    case 'float':
    case 'string':
    case 'bool':
    case 'duration':
    case 'regex':
      return node.kind;
    case 'reference':
      return row.get(node.name)?.type ?? 'missing';
    case 'unary':
      return node.operator === '!' ? 'bool' : typeOf(node.operand, row);
    case 'binary': {
      if (!['+', '-', '*', '/', '%'].includes(node.operator)) return 'bool';
      return operationType(typeOf(node.left, row), node.operator, typeOf(node.right, row));
    }
    case 'call': {
      const types = node.args.map((arg) => typeOf(arg, row));
      return referenceSignature(node.name, types)?.result ?? failRow('signature');
    }
    default:
      return failRow(node.kind);
  }
}

/** A row, what its group remembers, and the wall clock. */
export interface ReferenceContext {
  readonly row: ReferenceRow;
  readonly state: ReferenceState;
  readonly nowNs: bigint;
}

export function evaluateReference(node: Node, context: ReferenceContext): ReferenceValue {
  const type = typeOf(node, context.row);
  return type === 'missing' || type === 'time' || type === 'regex' ? failRow('no result') : evaluateNode(node, context);
}

function evaluateNode(node: Node, context: ReferenceContext): ReferenceValue {
  switch (node.kind) {
    case 'int':
    case 'duration':
      return { type: node.kind, value: node.value };
    case 'float':
      return { type: 'float', value: node.value };
    case 'string':
      return { type: 'string', value: node.value };
    case 'bool':
      return { type: 'bool', value: node.value };
    case 'regex':
      return { type: 'regex', value: node.pattern };
    case 'reference':
      return context.row.get(node.name) ?? failRow('missing');
    case 'unary': {
      const operand = evaluateNode(node.operand, context);
      if (operand.type === 'bool') return { type: 'bool', value: !operand.value };
      if (node.operator === '!') return failRow('not');
      if (operand.type === 'float') return { type: 'float', value: -operand.value };
      return operand.type === 'int' || operand.type === 'duration'
        ? { type: operand.type, value: BigInt.asIntN(64, -operand.value) }
        : failRow('minus');
    }
    case 'binary':
      return evaluateBinary(node, context);
    case 'call':
      return evaluateCall(node, context);
    default:
      return failRow(node.kind);
  }
}

function evaluateBinary(node: Node & { kind: 'binary' }, context: ReferenceContext): ReferenceValue {
  const { operator } = node;
  const { row } = context;
  const type = operationType(typeOf(node.left, row), operator, typeOf(node.right, row));
  const left = evaluateNode(node.left, context);
  if (left.type === 'bool' && operator === (left.value ? 'OR' : 'AND')) return left;
  const right = evaluateNode(node.right, context);
  if (operator === 'AND' || operator === 'OR') return right;
  if (left.type === 'missing' || right.type === 'missing') return failRow('missing');
  if (right.type === 'regex')
    return { type: 'bool', value: new RegExp(right.value, 'u').test(String(left.value)) === (operator === '=~') };
  if (comparisonOperators.includes(operator))
    return { type: 'bool', value: compareValues(left.value, operator, right.value) };
  if (typeof left.value === 'string') return { type: 'string', value: left.value + String(right.value) };
  if (type === 'float') return { type, value: floatOperation(Number(left.value), operator, Number(right.value)) };
  if (typeof left.value === 'bigint' && typeof right.value === 'bigint') {
    if (right.value === 0n && (operator === '/' || operator === '%')) return failRow('division by zero');
    return {
      type: type === 'duration' ? 'duration' : 'int',
      value: BigInt.asIntN(64, intOperation(left.value, operator, right.value)),
    };
  }
  return { type: 'duration', value: truncated(floatOperation(Number(left.value), operator, Number(right.value))) };
}

function compareValues(left: unknown, operator: string, right: unknown): boolean {
  const areNumbers = typeof left !== typeof right;
  const [a, b] = areNumbers ? [Number(left), Number(right)] : [left, right];
  const order =
    typeof a === 'string' && typeof b === 'string' ? compareText(a, b) : Number(isMore(a, b)) - Number(isMore(b, a));
  const isEqual = a === b;
  const isNan = Number.isNaN(a) || Number.isNaN(b);
  switch (operator) {
    case '==':
      return isEqual;
    case '!=':
      return !isEqual;
    case '<':
      return order < 0;
    case '<=':
      return !isNan && order <= 0;
    case '>':
      return order > 0;
    default:
      return !isNan && order >= 0;
  }
}

function isMore(a: unknown, b: unknown): boolean {
  return typeof a === 'number' && typeof b === 'number'
    ? a > b
    : typeof a === 'bigint' && typeof b === 'bigint' && a > b;
}

function compareText(a: string, b: string): number {
  const [x, y] = [a, b].map((text) => new TextEncoder().encode(text));
  for (let i = 0; ; i++) {
    if (x?.[i] === undefined || y?.[i] === undefined) return (x?.length ?? 0) - (y?.length ?? 0);
    if (x[i] !== y[i]) return (x[i] ?? 0) - (y[i] ?? 0);
  }
}

function floatOperation(a: number, operator: string, b: number): number {
  return operator === '+' ? a + b : operator === '-' ? a - b : operator === '*' ? a * b : a / b;
}

function intOperation(a: bigint, operator: string, b: bigint): bigint {
  return operator === '+'
    ? a + b
    : operator === '-'
      ? a - b
      : operator === '*'
        ? a * b
        : operator === '/'
          ? a / b
          : a % b;
}

function evaluateCall(node: Node & { kind: 'call' }, context: ReferenceContext): ReferenceValue {
  const types = node.args.map((arg) => typeOf(arg, context.row));
  const signature = referenceSignature(node.name, types) ?? failRow('signature');
  const args = node.args.map((arg, index): ReferenceValue =>
    types[index] === 'missing' ? { type: 'missing' } : evaluateNode(arg, context),
  );
  return callReference(signature, args, context.state, context.nowNs);
}
