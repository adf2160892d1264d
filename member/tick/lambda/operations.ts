/** The binary operations of 1.5.4: which operators exist for which types, and what they compute. */
import { byteOrder } from '../../base/byte-order.ts';
import type { Pattern } from '../text/pattern.ts';
import type { BinaryOperator } from '../syntax/node.ts';
import type { Int, ValueType } from './column.ts';
import { addInt, divideInt, intFromFloat, multiplyInt, remainderInt, subtractInt } from './int64.ts';
import { kernelFunction } from './kernel.ts';
import type { Kernel, KernelContext } from './kernel.ts';

/** Division by zero stops the original; here it is an error like any other. */
const divideByZero = 'runtime error: integer divide by zero';

type Inline = (operands: readonly string[]) => string;

function infix(sign: string): Inline {
  return ([a = '', b = '']) => `(${a} ${sign} ${b})`;
}

function kernel(
  result: ValueType,
  apply: (...operands: never[]) => string | number | bigint | boolean,
  inline?: Inline,
): Kernel {
  return inline === undefined
    ? { result, apply: kernelFunction(apply) }
    : { result, apply: kernelFunction(apply), inline };
}

function failing(result: ValueType, apply: (...operands: never[]) => Int): Kernel {
  return { result, apply: kernelFunction(apply), canFail: true };
}

function checkedDivide(a: Int, b: Int, context: KernelContext): Int {
  if (b !== 0) return divideInt(a, b);
  context.fault = divideByZero;
  return 0;
}

function checkedRemainder(a: Int, b: Int, context: KernelContext): Int {
  if (b !== 0) return remainderInt(a, b);
  context.fault = divideByZero;
  return 0;
}

const comparisonSigns = { '==': '===', '!=': '!==', '<': '<', '<=': '<=', '>': '>', '>=': '>=' } as const;
type Comparison = keyof typeof comparisonSigns;
const comparisons: readonly Comparison[] = ['==', '!=', '<', '<=', '>', '>='];

/** Numbers, integers in either form, and booleans compare by JavaScript's own operators. */
const compare: Readonly<Record<Comparison, (a: Int | boolean, b: Int | boolean) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

const compareStrings: Readonly<Record<Comparison, (a: string, b: string) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => byteOrder(a, b) < 0,
  '<=': (a, b) => byteOrder(a, b) <= 0,
  '>': (a, b) => byteOrder(a, b) > 0,
  '>=': (a, b) => byteOrder(a, b) >= 0,
};

const table = new Map<string, Kernel>();

function define(left: ValueType, operator: BinaryOperator, right: ValueType, made: Kernel): void {
  table.set(`${left} ${operator} ${right}`, made);
}

// Typing gives AND and OR a node of their own, as they skip their right side; they are here for their types.
define(
  'bool',
  'AND',
  'bool',
  kernel('bool', (a: boolean, b: boolean) => a && b, infix('&&')),
);
define(
  'bool',
  'OR',
  'bool',
  kernel('bool', (a: boolean, b: boolean) => a || b, infix('||')),
);

for (const operator of comparisons) {
  const sign = comparisonSigns[operator];
  const test = compare[operator];
  const isEquality = operator === '==' || operator === '!=';
  if (isEquality) define('bool', operator, 'bool', kernel('bool', test, infix(sign)));
  for (const type of ['float', 'int', 'duration'] as const)
    define(type, operator, type, kernel('bool', test, infix(sign)));
  define(
    'int',
    operator,
    'float',
    kernel(
      'bool',
      (a: Int, b: number) => test(Number(a), b),
      ([a = '', b = '']) => `(Number(${a}) ${sign} ${b})`,
    ),
  );
  define(
    'float',
    operator,
    'int',
    kernel(
      'bool',
      (a: number, b: Int) => test(a, Number(b)),
      ([a = '', b = '']) => `(${a} ${sign} Number(${b}))`,
    ),
  );
  const testStrings = compareStrings[operator];
  define(
    'string',
    operator,
    'string',
    isEquality ? kernel('bool', testStrings, infix(sign)) : kernel('bool', testStrings),
  );
}
define(
  'string',
  '=~',
  'regex',
  kernel('bool', (text: string, pattern: Pattern) => pattern.test(text)),
);
define(
  'string',
  '!~',
  'regex',
  kernel('bool', (text: string, pattern: Pattern) => !pattern.test(text)),
);

define(
  'float',
  '+',
  'float',
  kernel('float', (a: number, b: number) => a + b, infix('+')),
);
define(
  'float',
  '-',
  'float',
  kernel('float', (a: number, b: number) => a - b, infix('-')),
);
define(
  'float',
  '*',
  'float',
  kernel('float', (a: number, b: number) => a * b, infix('*')),
);
define(
  'float',
  '/',
  'float',
  kernel('float', (a: number, b: number) => a / b, infix('/')),
);
define('int', '+', 'int', kernel('int', addInt));
define('int', '-', 'int', kernel('int', subtractInt));
define('int', '*', 'int', kernel('int', multiplyInt));
define('int', '/', 'int', failing('int', checkedDivide));
define('int', '%', 'int', failing('int', checkedRemainder));
define('duration', '+', 'duration', kernel('duration', addInt));
define('duration', '-', 'duration', kernel('duration', subtractInt));
define('duration', '*', 'int', kernel('duration', multiplyInt));
define('int', '*', 'duration', kernel('duration', multiplyInt));
define(
  'duration',
  '*',
  'float',
  kernel('duration', (a: Int, b: number) => intFromFloat(Number(a) * b)),
);
define(
  'float',
  '*',
  'duration',
  kernel('duration', (a: number, b: Int) => intFromFloat(a * Number(b))),
);
define('duration', '/', 'int', failing('duration', checkedDivide));
define(
  'duration',
  '/',
  'float',
  kernel('duration', (a: Int, b: number) => intFromFloat(Number(a) / b)),
);
define('duration', '/', 'duration', failing('int', checkedDivide));
define(
  'string',
  '+',
  'string',
  kernel('string', (a: string, b: string) => a + b, infix('+')),
);

/** A divisor known not to be zero needs no check. */
const unchecked: ReadonlyMap<string, Kernel> = new Map([
  ['int / int', kernel('int', divideInt)],
  ['int % int', kernel('int', remainderInt)],
  ['duration / int', kernel('duration', divideInt)],
  ['duration / duration', kernel('int', divideInt)],
]);

export function operationOf(
  left: ValueType,
  operator: BinaryOperator,
  right: ValueType,
  isDivisorNonZero = false,
): Kernel | undefined {
  const key = `${left} ${operator} ${right}`;
  return (isDivisorNonZero ? unchecked.get(key) : undefined) ?? table.get(key);
}

const typesWithOperator = new Set<string>();
for (const key of table.keys()) {
  const [left = '', operator = '', right = ''] = key.split(' ');
  typesWithOperator.add(`${left} ${operator}`).add(`${right} ${operator}`);
}

/** Whether the type stands on either side of the operator in any operation. */
export function hasOperator(type: ValueType, operator: BinaryOperator): boolean {
  return typesWithOperator.has(`${type} ${operator}`);
}

export function operatorKind(operator: BinaryOperator): 'math' | 'logical' | 'comparison' {
  if (operator === 'AND' || operator === 'OR') return 'logical';
  return '+-*/%'.includes(operator) ? 'math' : 'comparison';
}
