/** The functions every template may call, and the methods of times and durations. */
import { byteOrder } from '../../base/byte-order.ts';
import { ownOf } from '../../base/own-members.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { formatGoDuration } from '../../base/duration.ts';
import { decodeUtf8 } from '../../base/utf8.ts';
import { civilTime, daysFromCivil } from '../../base/rfc3339.ts';
import { isPrintable } from '../go-quote.ts';
import { formatTime, months, timeText, weekdays } from './go-time.ts';
import { printValue, sprint, sprintf, sprintln, typeName } from './printing.ts';
import { GoDuration, GoEnum, GoInt, GoMap, GoSlice, GoStruct, GoTime, SafeText, type TemplateValue } from './value.ts';

/** Type of a parameter; `any` takes every value, nil included. */
export type ParameterType = 'any' | 'string' | 'int' | 'time.Time' | 'time.Duration';

export interface TemplateFunction {
  readonly parameters: readonly ParameterType[];
  /** Type of further arguments; null when there can be none. */
  readonly rest: ParameterType | null;
  readonly call: (args: readonly TemplateValue[]) => Result<TemplateValue, string>;
}

function fixed(
  parameters: readonly ParameterType[],
  call: (...args: TemplateValue[]) => Result<TemplateValue, string>,
): TemplateFunction {
  return { parameters, rest: null, call: (args) => call(...args) };
}

function printer(print: (args: readonly TemplateValue[]) => string): TemplateFunction {
  return { parameters: [], rest: 'any', call: (args) => ok(print(args)) };
}

/** Arguments of an escaping function as one text; nil stands as it would stand in the output. */
function argumentText(args: readonly TemplateValue[]): string {
  return sprint(args.map((arg) => arg ?? '<no value>'));
}

/** A function of one value for a template's own use, such as `json` in details. */
export function functionOfOne(call: (value: TemplateValue) => TemplateValue): TemplateFunction {
  return fixed(['any'], (value = null) => ok(call(value)));
}

/** `and` and `or` are evaluated by the executor, as they stop at the first argument that decides. */
export const builtins: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ['and', { parameters: ['any'], rest: 'any', call: (args) => ok(args[0] ?? null) }],
  ['or', { parameters: ['any'], rest: 'any', call: (args) => ok(args[0] ?? null) }],
  ['not', fixed(['any'], (value = null) => ok(!isTrue(value)))],
  [
    'call',
    {
      parameters: ['any'],
      rest: 'any',
      call: ([value]) =>
        err(value === null || value === undefined ? 'call of nil' : `non-function of type ${typeName(value)}`),
    },
  ],
  ['html', printer((args) => htmlEscape(argumentText(args)))],
  ['js', printer((args) => jsEscape(argumentText(args)))],
  ['urlquery', printer((args) => queryEscape(argumentText(args)))],
  ['index', { parameters: ['any'], rest: 'any', call: ([item = null, ...indexes]) => indexValue(item, indexes) }],
  ['slice', { parameters: ['any'], rest: 'any', call: ([item = null, ...indexes]) => sliceValue(item, indexes) }],
  ['len', fixed(['any'], (value = null) => lengthOf(value))],
  ['print', printer(sprint)],
  ['println', printer(sprintln)],
  [
    'printf',
    {
      parameters: ['string'],
      rest: 'any',
      call: ([format, ...args]) => ok(sprintf(typeof format === 'string' ? format : '', args)),
    },
  ],
  ['eq', { parameters: ['any'], rest: 'any', call: ([first = null, ...others]) => equalsAny(first, others) }],
  ['ne', fixed(['any', 'any'], (a = null, b = null) => negated(equalsAny(a, [b])))],
  ['lt', fixed(['any', 'any'], (a = null, b = null) => lessThan(a, b))],
  ['le', fixed(['any', 'any'], (a = null, b = null) => lessOrEqual(a, b))],
  ['gt', fixed(['any', 'any'], (a = null, b = null) => negated(lessOrEqual(a, b)))],
  ['ge', fixed(['any', 'any'], (a = null, b = null) => negated(lessThan(a, b)))],
]);

/** The truth of a value: not the zero of its type. */
export function isTrue(value: TemplateValue): boolean {
  if (value === null) return false;
  if (typeof value === 'object') {
    if (value instanceof GoInt || value instanceof GoEnum) return value.value !== 0n;
    if (value instanceof GoDuration) return value.ns !== 0n;
    if (value instanceof GoMap) return value.entries.size > 0;
    if (value instanceof GoSlice) return value.items.length > 0;
    return value instanceof SafeText ? value.text !== '' : true;
  }
  return Boolean(value);
}

function integerOf(value: TemplateValue): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (value instanceof GoInt || value instanceof GoEnum) return value.value;
  return value instanceof GoDuration ? value.ns : undefined;
}

/** Kinds that can be compared, with the value as JavaScript compares it. */
function basic(
  value: TemplateValue,
):
  | { readonly kind: 'bool' | 'int' | 'float' | 'string'; readonly value: bigint | number | string | boolean }
  | undefined {
  if (typeof value === 'string') return { kind: 'string', value };
  if (value instanceof SafeText) return { kind: 'string', value: value.text };
  if (typeof value === 'boolean') return { kind: 'bool', value };
  if (typeof value === 'number') return { kind: 'float', value };
  const integer = integerOf(value);
  return integer === undefined ? undefined : { kind: 'int', value: integer };
}

const incompatible = 'incompatible types for comparison';
const invalid = 'invalid type for comparison';

function equalsAny(first: TemplateValue, others: readonly TemplateValue[]): Result<boolean, string> {
  if (others.length === 0) return err('missing argument for comparison');
  const a = basic(first);
  for (const other of others) {
    const b = basic(other);
    if (a?.kind !== b?.kind) {
      if (first !== null && other !== null) return err(incompatible);
    } else if (a !== undefined && b !== undefined) {
      if (a.value === b.value) return ok(true);
    } else if (first === null || other === null) {
      if (first === other) return ok(true);
    } else if (goKind(first) !== goKind(other))
      return err(sprintf('non-comparable types %s: %v, %s: %v', [first, typeName(first), typeName(other), other]));
    else if (other instanceof GoMap || other instanceof GoSlice)
      return err(sprintf('non-comparable type %s: %v', [other, typeName(other)]));
    else if (typeName(first) === typeName(other) && printValue(first) === printValue(other)) return ok(true);
  }
  return ok(false);
}

function goKind(value: TemplateValue): 'map' | 'slice' | 'struct' {
  return value instanceof GoMap ? 'map' : value instanceof GoSlice ? 'slice' : 'struct';
}

function lessThan(first: TemplateValue, second: TemplateValue): Result<boolean, string> {
  const a = basic(first);
  const b = basic(second);
  if (a === undefined || b === undefined) return err(invalid);
  if (a.kind !== b.kind) return err(incompatible);
  if (a.kind === 'bool') return err(invalid);
  if (typeof a.value === 'string' && typeof b.value === 'string') return ok(byteOrder(a.value, b.value) < 0);
  return ok(a.value < b.value);
}

function lessOrEqual(first: TemplateValue, second: TemplateValue): Result<boolean, string> {
  const less = lessThan(first, second);
  return !less.ok || less.value ? less : equalsAny(first, [second]);
}

function negated(result: Result<boolean, string>): Result<boolean, string> {
  return result.ok ? ok(!result.value) : result;
}

function lengthOf(value: TemplateValue): Result<TemplateValue, string> {
  if (typeof value === 'string') return ok(new GoInt(BigInt(new TextEncoder().encode(value).length)));
  if (value instanceof SafeText) return lengthOf(value.text);
  if (value instanceof GoMap) return ok(new GoInt(BigInt(value.entries.size)));
  if (value instanceof GoSlice) return ok(new GoInt(BigInt(value.items.length)));
  return err(value === null ? 'reflect: call of reflect.Value.Type on zero Value' : `len of type ${typeName(value)}`);
}

function indexNumber(index: TemplateValue, limit: number): Result<number, string> {
  if (index === null) return err('cannot index slice/array with nil');
  const integer = integerOf(index);
  if (integer === undefined) return err(`cannot index slice/array with type ${typeName(index)}`);
  return integer < 0n || integer > BigInt(limit) ? err(`index out of range: ${integer}`) : ok(Number(integer));
}

function indexValue(item: TemplateValue, indexes: readonly TemplateValue[]): Result<TemplateValue, string> {
  if (item === null) return err('index of untyped nil');
  let current: TemplateValue = item;
  for (const index of indexes) {
    const next = indexOne(current, index);
    if (!next.ok) return next;
    current = next.value;
  }
  return ok(current);
}

function indexOne(item: TemplateValue, index: TemplateValue): Result<TemplateValue, string> {
  if (item instanceof GoMap) {
    if (index === null) return err('value is nil; should be of type string');
    if (typeof index !== 'string') return err(`value has type ${typeName(index)}; should be string`);
    return ok(item.entries.get(index) ?? (item.element === 'string' ? '' : null));
  }
  if (item instanceof GoSlice || typeof item === 'string') {
    const items =
      typeof item === 'string' ? [...new TextEncoder().encode(item)].map((byte) => BigInt(byte)) : item.items;
    const at = indexNumber(index, items.length);
    if (!at.ok) return at;
    const found = items[at.value];
    return found === undefined
      ? err(`reflect: ${typeof item === 'string' ? 'string' : 'slice'} index out of range`)
      : ok(found);
  }
  return err(item === null ? 'index of nil pointer' : `can't index item of type ${typeName(item)}`);
}

function sliceValue(item: TemplateValue, indexes: readonly TemplateValue[]): Result<TemplateValue, string> {
  if (item === null) return err('slice of untyped nil');
  if (indexes.length > 3) return err(`too many slice indexes: ${indexes.length}`);
  if (typeof item !== 'string' && !(item instanceof GoSlice)) return err(`can't slice item of type ${typeName(item)}`);
  if (typeof item === 'string' && indexes.length === 3) return err('cannot 3-index slice a string');
  const bytes = new TextEncoder().encode(typeof item === 'string' ? item : '');
  const length = typeof item === 'string' ? bytes.length : item.items.length;
  const bounds = [0, length];
  for (const [i, index] of indexes.entries()) {
    const at = indexNumber(index, length);
    if (!at.ok) return at;
    bounds[i] = at.value;
  }
  const [from = 0, to = length] = bounds;
  if (from > to) return err(`invalid slice index: ${from} > ${to}`);
  if (item instanceof GoSlice) return ok(new GoSlice(item.typeName, item.items.slice(from, to)));
  return ok(decodeUtf8(bytes.subarray(from, to)));
}

/** As `template.HTMLEscapeString`: without the plus sign, which only contextual escaping escapes. */
function htmlEscape(text: string): string {
  return text.replace(/[\0"'&<>]/g, (char) => htmlEntities[char] ?? char);
}

const htmlEntities: Readonly<Record<string, string>> = {
  '\0': '\ufffd',
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
};

/** As `template.JSEscapeString`. */
function jsEscape(text: string): string {
  let escaped = '';
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (char === '\\' || char === "'" || char === '"') escaped += `\\${char}`;
    else if ('<>&='.includes(char) || code < 0x20)
      escaped += `\\u00${code.toString(16).toUpperCase().padStart(2, '0')}`;
    else escaped += code < 0x80 || isPrintable(char) ? char : `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`;
  }
  return escaped;
}

/** As `url.QueryEscape`. */
function queryEscape(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => {
    const char = String.fromCharCode(byte);
    if (/[A-Za-z0-9\-_.~]/.test(char)) return char;
    return char === ' ' ? '+' : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');
}

type Method<Receiver> = readonly [
  parameters: readonly ParameterType[],
  call: (receiver: Receiver, ...args: TemplateValue[]) => TemplateValue,
];

/** A method of a value, bound to it; undefined when it has none of that name. */
export function methodOf(value: TemplateValue, name: string): TemplateFunction | undefined {
  if (value instanceof GoTime) return bound(value, ownOf(timeMethods, name));
  if (value instanceof GoDuration) return bound(value, ownOf(durationMethods, name));
  if (value instanceof GoEnum && name === 'String') return fixed([], () => ok(value.text));
  return undefined;
}

function bound<Receiver>(receiver: Receiver, method: Method<Receiver> | undefined): TemplateFunction | undefined {
  if (method === undefined) return undefined;
  const [parameters, call] = method;
  return { parameters, rest: null, call: (args) => ok(call(receiver, ...args)) };
}

const int = (value: number): GoInt => new GoInt(BigInt(value));
const nsOf = (value: TemplateValue | undefined): bigint =>
  value instanceof GoTime || value instanceof GoDuration ? value.ns : 0n;
const numberOf = (value: TemplateValue | undefined): number => (value instanceof GoInt ? Number(value.value) : 0);
const millisecond = 1_000_000n;
const second = 1_000_000_000n;
const day = 86_400n * second;
/** Go's zero time, from which `Truncate` and `Round` of times count. */
const zeroTimeNs = -62_135_596_800n * second;

const timeMethods: Readonly<Record<string, Method<GoTime>>> = {
  Format: [['string'], ({ ns }, layout) => formatTime(ns, typeof layout === 'string' ? layout : '')],
  String: [[], ({ ns }) => timeText(ns)],
  Unix: [[], ({ ns }) => floorTo(ns, second) / second],
  UnixNano: [[], ({ ns }) => ns],
  UnixMilli: [[], ({ ns }) => floorTo(ns, millisecond) / millisecond],
  UnixMicro: [[], ({ ns }) => floorTo(ns, 1000n) / 1000n],
  Year: [[], ({ ns }) => int(civilTime(ns).year)],
  Month: [[], ({ ns }) => new GoEnum('time.Month', BigInt(civilTime(ns).month), months[civilTime(ns).month - 1] ?? '')],
  Day: [[], ({ ns }) => int(civilTime(ns).day)],
  Hour: [[], ({ ns }) => int(civilTime(ns).hour)],
  Minute: [[], ({ ns }) => int(civilTime(ns).minute)],
  Second: [[], ({ ns }) => int(civilTime(ns).second)],
  Nanosecond: [[], ({ ns }) => int(civilTime(ns).nanosecond)],
  YearDay: [[], ({ ns }) => int(civilTime(ns).yearDay)],
  Weekday: [
    [],
    ({ ns }) => new GoEnum('time.Weekday', BigInt(civilTime(ns).weekday), weekdays[civilTime(ns).weekday] ?? ''),
  ],
  UTC: [[], (time) => time],
  Local: [[], (time) => time],
  IsZero: [[], ({ ns }) => ns === zeroTimeNs],
  Add: [['time.Duration'], ({ ns }, by) => new GoTime(ns + nsOf(by))],
  AddDate: [
    ['int', 'int', 'int'],
    ({ ns }, years, monthsBy, days) => addDate(ns, numberOf(years), numberOf(monthsBy), numberOf(days)),
  ],
  Sub: [['time.Time'], ({ ns }, other) => new GoDuration(ns - nsOf(other))],
  Before: [['time.Time'], ({ ns }, other) => ns < nsOf(other)],
  After: [['time.Time'], ({ ns }, other) => ns > nsOf(other)],
  Equal: [['time.Time'], ({ ns }, other) => ns === nsOf(other)],
  Truncate: [['time.Duration'], ({ ns }, to) => new GoTime(zeroTimeNs + truncate(ns - zeroTimeNs, nsOf(to)))],
  Round: [['time.Duration'], ({ ns }, to) => new GoTime(zeroTimeNs + round(ns - zeroTimeNs, nsOf(to)))],
};

const durationMethods: Readonly<Record<string, Method<GoDuration>>> = {
  String: [[], ({ ns }) => formatGoDuration(ns)],
  Nanoseconds: [[], ({ ns }) => ns],
  Microseconds: [[], ({ ns }) => ns / 1000n],
  Milliseconds: [[], ({ ns }) => ns / millisecond],
  Seconds: [[], ({ ns }) => Number(ns / second) + Number(ns % second) / 1e9],
  Minutes: [[], ({ ns }) => Number(ns / (60n * second)) + Number(ns % (60n * second)) / 60e9],
  Hours: [[], ({ ns }) => Number(ns / (3600n * second)) + Number(ns % (3600n * second)) / 3600e9],
  Abs: [[], ({ ns }) => new GoDuration(ns < 0n ? -ns : ns)],
  Truncate: [['time.Duration'], ({ ns }, to) => new GoDuration(truncate(ns, nsOf(to)))],
  Round: [['time.Duration'], ({ ns }, to) => new GoDuration(round(ns, nsOf(to)))],
};

function floorTo(ns: bigint, unit: bigint): bigint {
  const rest = ns % unit;
  return rest < 0n ? ns - rest - unit : ns - rest;
}

function truncate(ns: bigint, to: bigint): bigint {
  return to <= 0n ? ns : ns - (ns % to);
}

/** Halves away from zero. */
function round(ns: bigint, to: bigint): bigint {
  if (to <= 0n) return ns;
  const rest = ns % to;
  const abs = rest < 0n ? -rest : rest;
  if (abs * 2n < to) return ns - rest;
  return rest < 0n ? ns - rest - to : ns - rest + to;
}

function addDate(ns: bigint, years: number, monthsBy: number, days: number): GoTime {
  const time = civilTime(ns);
  const month = time.month - 1 + monthsBy;
  const year = time.year + years + Math.floor(month / 12);
  const from = daysFromCivil(time.year, time.month, time.day);
  const to = daysFromCivil(year, (((month % 12) + 12) % 12) + 1, 1) + time.day - 1 + days;
  return new GoTime(ns + BigInt(to - from) * day);
}

/** A struct's type for error messages, as Go writes the receiver. */
export function receiverType(value: TemplateValue): string {
  return value instanceof GoStruct ? value.typeName : typeName(value);
}
