/** How functions word their refusal of arguments, letter for letter as 1.5.4. */
import type { ValueType } from '../column.ts';

const goNames: Readonly<Record<ValueType, string>> = {
  float: 'float64',
  int: 'int64',
  string: 'string',
  bool: 'bool',
  regex: '*regexp.Regexp',
  time: 'time.Time',
  duration: 'time.Duration',
  missing: '*ast.Missing',
};

export function goTypeOfCell(type: ValueType): string {
  return goNames[type];
}

const ordinals = ['first', 'second', 'third', 'fourth'];
const numbers = ['zero', 'one', 'two', 'three', 'four'];

/** Functions with one type per position. `style` says where the text names function and position. */
export function refusePositions(
  name: string,
  args: readonly ValueType[],
  style: string,
): (types: readonly ValueType[]) => string {
  const isText = style.startsWith('as');
  return (types) => {
    // pow10 asks for two arguments and means one.
    const wanted = args.length === 1 && args[0] === 'int' ? 2 : args.length;
    if (types.length !== args.length)
      return `${name} expects exactly ${numbers[wanted]} argument${wanted === 1 ? '' : 's'}`;
    const at = args.findIndex((type, index) => type !== types[index]);
    const [expected, found] = [args[at] ?? 'missing', types[at] ?? 'missing'];
    const where = style.replace('NAME', name).replace('ORDINAL', ordinals[at] ?? '');
    return `cannot pass ${goNames[found]} ${where}, must be ${isText ? expected : goNames[expected]}`;
  };
}

export function refuseConversion(name: string, target: string): (types: readonly ValueType[]) => string {
  return ([type, ...more]) => {
    if (type === undefined || more.length > 0) return `${name} expects exactly one argument`;
    return `cannot convert ${goNames[type]} to ${target}`;
  };
}

export function refuseDuration([type, unit, ...more]: readonly ValueType[]): string {
  if (type === undefined || more.length > 0) {
    return 'duration expects one or two arguments duration(value, unit) where unit is optional depending on the type of value.';
  }
  if (type !== 'int' && type !== 'float') return `cannot convert ${goNames[type]} to duration`;
  return unit === undefined
    ? 'duration expects unit argument for int and float values'
    : `invalid duration unit type: ${goNames[unit]}`;
}

export function refuseIf([condition, yes, no, ...more]: readonly ValueType[]): string {
  if (condition === undefined || yes === undefined || no === undefined || more.length > 0)
    return 'if expects exactly three arguments';
  if (condition !== 'bool')
    return `first argument to if must be a condition with type of bool - got ${goNames[condition]}`;
  return `Different return types are not supported - second argument is ${goNames[yes]} and third argument is ${goNames[no]}`;
}
