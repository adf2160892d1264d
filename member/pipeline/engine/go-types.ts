import type { ValueType } from '../../tick/lambda/column.ts';

/** The name of Go's type, as `%T` prints it in the original's errors. */
export function goTypeNameOf(type: ValueType): string {
  return names[type];
}

const names: Readonly<Record<ValueType, string>> = {
  float: 'float64',
  int: 'int64',
  string: 'string',
  bool: 'bool',
  time: 'time.Time',
  duration: 'time.Duration',
  regex: '*regexp.Regexp',
  missing: '*ast.Missing',
};
