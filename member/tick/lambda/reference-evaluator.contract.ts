/**
 * A slow evaluator to hold the back ends against: it walks the tree for each row, with the row's own types, and
 * shares nothing with them but the syntax and the writing of numbers. It says what a row gives, or that it fails, not
 * in which words.
 */
import { formatDuration } from '../text/duration.ts';
import { formatFloatPlain } from '../text/number.ts';
import type { Node } from '../syntax/node.ts';

export type ReferenceValue =
  | { readonly type: 'int' | 'duration' | 'time'; readonly value: bigint }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'regex'; readonly value: string }
  | { readonly type: 'missing' };

export type ReferenceRow = ReadonlyMap<string, ReferenceValue>;
export interface ReferenceState {
  count: bigint;
  min: number;
  max: number;
}

export class RowFailure extends Error {}

function failRow(reason: string): never {
  throw new RowFailure(reason);
}

type Type = ReferenceValue['type'];

const second = 1_000_000_000n;
const comparisonOperators = ['==', '!=', '<', '<=', '>', '>=', '=~', '!~'];
const numeric = ['int', 'float'];

/** Which operators exist between which types, and what they give. */
function operationType(left: Type, operator: string, right: Type): Type {
  const both = left === right ? left : '';
  if (operator === 'AND' || operator === 'OR') return both === 'bool' ? 'bool' : failRow('logical');
  if (operator === '=~' || operator === '!~') return left === 'string' && right === 'regex' ? 'bool' : failRow('match');
  if (operator === '==' || operator === '!=') {
    if (['bool', 'string', 'duration'].includes(both) || (numeric.includes(left) && numeric.includes(right))) return 'bool';
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
  if (both === 'duration') return operator === '+' || operator === '-' ? 'duration' : operator === '/' ? 'int' : failRow('duration');
  const scaled = ['duration * int', 'int * duration', 'duration * float', 'float * duration', 'duration / int', 'duration / float'];
  return scaled.includes(key) ? 'duration' : failRow('types');
}

const functionTypes: Readonly<Record<string, readonly (readonly [string, Type])[]>> = {
  abs: [['float', 'float']],
  sqrt: [['float', 'float']],
  float: [
    ['int', 'float'],
    ['bool', 'float'],
    ['float', 'float'],
  ],
  int: [
    ['float', 'int'],
    ['bool', 'int'],
    ['int', 'int'],
    ['string', 'int'],
  ],
  bool: [
    ['int', 'bool'],
    ['bool', 'bool'],
    ['float', 'bool'],
    ['string', 'bool'],
  ],
  string: [
    ['bool', 'string'],
    ['int', 'string'],
    ['string', 'string'],
    ['float', 'string'],
    ['duration', 'string'],
  ],
  strLength: [['string', 'int']],
  strHasPrefix: [['string string', 'bool']],
  isPresent: [
    ['missing', 'bool'],
    ['bool', 'bool'],
    ['string', 'bool'],
    ['int', 'bool'],
    ['float', 'bool'],
  ],
  unixNano: [['time', 'int']],
  hour: [['time', 'int']],
  count: [['', 'int']],
  spread: [['float', 'float']],
  if: [
    ['bool float float', 'float'],
    ['bool int int', 'int'],
    ['bool string string', 'string'],
    ['bool bool bool', 'bool'],
  ],
};

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
      const types = node.args.map((arg) => typeOf(arg, row)).join(' ');
      return functionTypes[node.name]?.find(([args]) => args === types)?.[1] ?? failRow('signature');
    }
    default:
      return failRow(node.kind);
  }
}

export function evaluateReference(node: Node, row: ReferenceRow, state: ReferenceState): ReferenceValue {
  const type = typeOf(node, row);
  return type === 'missing' || type === 'time' || type === 'regex' ? failRow('no result') : evaluateNode(node, row, state);
}

function evaluateNode(node: Node, row: ReferenceRow, state: ReferenceState): ReferenceValue {
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
      return row.get(node.name) ?? failRow('missing');
    case 'unary': {
      const operand = evaluateNode(node.operand, row, state);
      if (operand.type === 'bool') return { type: 'bool', value: !operand.value };
      if (node.operator === '!') return failRow('not');
      if (operand.type === 'float') return { type: 'float', value: -operand.value };
      return operand.type === 'int' || operand.type === 'duration'
        ? { type: operand.type, value: BigInt.asIntN(64, -operand.value) }
        : failRow('minus');
    }
    case 'binary':
      return evaluateBinary(node, row, state);
    case 'call':
      return evaluateCall(node, row, state);
    default:
      return failRow(node.kind);
  }
}

function evaluateBinary(node: Node & { kind: 'binary' }, row: ReferenceRow, state: ReferenceState): ReferenceValue {
  const { operator } = node;
  const type = operationType(typeOf(node.left, row), operator, typeOf(node.right, row));
  const left = evaluateNode(node.left, row, state);
  if (left.type === 'bool' && operator === (left.value ? 'OR' : 'AND')) return left;
  const right = evaluateNode(node.right, row, state);
  if (operator === 'AND' || operator === 'OR') return right;
  if (left.type === 'missing' || right.type === 'missing') return failRow('missing');
  if (right.type === 'regex') return { type: 'bool', value: new RegExp(right.value, 'u').test(String(left.value)) === (operator === '=~') };
  if (comparisonOperators.includes(operator)) return { type: 'bool', value: compareValues(left.value, operator, right.value) };
  if (typeof left.value === 'string') return { type: 'string', value: left.value + String(right.value) };
  if (type === 'float') return { type, value: floatOperation(Number(left.value), operator, Number(right.value)) };
  if (typeof left.value === 'bigint' && typeof right.value === 'bigint') {
    if (right.value === 0n && (operator === '/' || operator === '%')) return failRow('division by zero');
    return { type: type === 'duration' ? 'duration' : 'int', value: BigInt.asIntN(64, intOperation(left.value, operator, right.value)) };
  }
  return { type: 'duration', value: truncated(floatOperation(Number(left.value), operator, Number(right.value))) };
}

function compareValues(left: unknown, operator: string, right: unknown): boolean {
  const areNumbers = typeof left !== typeof right;
  const [a, b] = areNumbers ? [Number(left), Number(right)] : [left, right];
  const order = typeof a === 'string' && typeof b === 'string' ? compareText(a, b) : Number(isMore(a, b)) - Number(isMore(b, a));
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
  return typeof a === 'number' && typeof b === 'number' ? a > b : typeof a === 'bigint' && typeof b === 'bigint' && a > b;
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
  return operator === '+' ? a + b : operator === '-' ? a - b : operator === '*' ? a * b : operator === '/' ? a / b : a % b;
}

function truncated(value: number): bigint {
  return value >= -(2 ** 63) && value < 2 ** 63 ? BigInt(Math.trunc(value)) : -(2n ** 63n);
}

function evaluateCall(node: Node & { kind: 'call' }, row: ReferenceRow, state: ReferenceState): ReferenceValue {
  typeOf(node, row);
  const args = node.args.map((arg): ReferenceValue =>
    typeOf(arg, row) === 'missing' ? { type: 'missing' } : evaluateNode(arg, row, state),
  );
  const [a, b, c] = args;
  const value = a === undefined || a.type === 'missing' ? undefined : a.value;
  switch (node.name) {
    case 'abs':
      return { type: 'float', value: Math.abs(Number(value)) };
    case 'sqrt':
      return { type: 'float', value: Math.sqrt(Number(value)) };
    case 'float':
      return { type: 'float', value: Number(value) };
    case 'int':
      if (typeof value === 'string') return integerIn(value);
      return { type: 'int', value: typeof value === 'bigint' ? value : truncated(Number(value)) };
    case 'bool':
      if (/^(1|t|T|true|TRUE|True)$/.test(String(value))) return { type: 'bool', value: true };
      return /^-?0$|^(f|F|false|FALSE|False)$/.test(String(value)) && value !== '-0' ? { type: 'bool', value: false } : failRow('bool');
    case 'string':
      if (a?.type === 'float') return { type: 'string', value: formatFloatPlain(a.value) };
      return { type: 'string', value: a?.type === 'duration' ? formatDuration(a.value) : String(value) };
    case 'strLength':
      return { type: 'int', value: BigInt(new TextEncoder().encode(String(value)).length) };
    case 'strHasPrefix':
      return { type: 'bool', value: b?.type === 'string' && String(value).startsWith(b.value) };
    case 'isPresent':
      return { type: 'bool', value: value !== undefined };
    case 'unixNano':
      return { type: 'int', value: typeof value === 'bigint' ? value : 0n };
    case 'hour':
      return {
        type: 'int',
        value:
          typeof value === 'bigint'
            ? BigInt(new Date(Number(BigInt.asIntN(64, value - (((value % second) + second) % second)) / 1_000_000n)).getUTCHours())
            : 0n,
      };
    case 'count':
      state.count += 1n;
      return { type: 'int', value: state.count };
    case 'spread':
      state.min = Number(value) < state.min ? Number(value) : state.min;
      state.max = Number(value) > state.max ? Number(value) : state.max;
      return { type: 'float', value: state.max - state.min };
    default:
      return (value === true ? b : c) ?? failRow('if');
  }
}

function integerIn(text: string): ReferenceValue {
  const value = /^[+-]?\d+$/.test(text) ? BigInt(text.replace('+', '')) : failRow('int');
  return BigInt.asIntN(64, value) === value ? { type: 'int', value } : failRow('range');
}
