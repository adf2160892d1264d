import { goQuote } from '../../../alerts/go-quote.ts';
import { err, ok } from '../../../base/result.ts';
import type { Result } from '../../../base/result.ts';
import type { Cell, ValueType } from '../../../tick/lambda/column.ts';
import { formatFloatPlain, parseFloat64 } from '../../../tick/text/number.ts';
import { goTypeNameOf } from '../../engine/go-types.ts';
import type { SideloadValue } from '../../node-ports.ts';

const trueWords: ReadonlySet<string> = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const falseWords: ReadonlySet<string> = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);

/**
 * A loaded value as the type of its default. The error is the original's. Unlike 1.5.4, an integer from a text is an
 * integer like any other: there it was of a type that no lambda could read.
 */
export function converted(value: Exclude<SideloadValue, null>, type: ValueType): Result<Cell, string> {
  if (typeof value === 'string') return fromText(value, type);
  if (typeof value === 'number') {
    if (type === 'float') return ok(value);
    if (type === 'string') return ok(formatFloatPlain(value));
    if (type === 'int' && Number.isInteger(value) && Math.abs(value) < 2 ** 63) return ok(integer(BigInt(value)));
  }
  if (typeof value === 'boolean') {
    if (type === 'bool') return ok(value);
    if (type === 'string') return ok(String(value));
  }
  return err(`cannot convert value of type ${goTypeOfLoaded(value)} to type ${goTypeNameOf(type)}`);
}

function fromText(text: string, type: ValueType): Result<Cell, string> {
  if (type === 'string') return ok(text);
  if (type === 'int') {
    const value = /^[+-]?\d+$/.test(text) ? BigInt(text.replace('+', '')) : undefined;
    if (value !== undefined && BigInt.asIntN(64, value) === value) return ok(integer(value));
    const problem = value === undefined ? 'invalid syntax' : 'value out of range';
    return err(`cannot convert string to int64: strconv.Atoi: parsing ${goQuote(text)}: ${problem}`);
  }
  if (type === 'float') {
    const value = parseFloat64(text);
    if (typeof value === 'number') return ok(value);
    return err(`cannot convert string to float64: strconv.ParseFloat: parsing ${goQuote(text)}: ${value}`);
  }
  if (type === 'bool') {
    if (trueWords.has(text)) return ok(true);
    if (falseWords.has(text)) return ok(false);
    return err(`cannot convert string to bool: strconv.ParseBool: parsing ${goQuote(text)}: invalid syntax`);
  }
  return err(`cannot convert value of type string to type ${goTypeNameOf(type)}`);
}

function integer(value: bigint): Cell {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Numbers of files are all floats, as JSON has no others. */
export function goTypeOfLoaded(value: Exclude<SideloadValue, null>): string {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'number') return 'float64';
  if (typeof value === 'boolean') return 'bool';
  return value.kind === 'list' ? '[]interface {}' : 'map[string]interface {}';
}
