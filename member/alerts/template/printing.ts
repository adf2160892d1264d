/** Values as Go's `fmt` prints them: `Sprint`, `Sprintln` and `Sprintf`, errors of formats included. */
import { byteOrder } from '../../base/byte-order.ts';
import { formatGoDuration } from '../../base/duration.ts';
import { goQuote, isPrintable } from '../go-quote.ts';
import { formatFloat } from './go-float.ts';
import { timeText } from './go-time.ts';
import { GoDuration, GoEnum, GoInt, GoMap, GoSlice, GoStruct, GoTime, SafeText, type TemplateValue } from './value.ts';

/** Name of a value's type, as `%T` and error messages have it. */
export function typeName(value: TemplateValue): string {
  if (value === null) return '<nil>';
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'bool';
    case 'number':
      return 'float64';
    case 'bigint':
      return 'int64';
    default:
      break;
  }
  if (value instanceof GoInt) return 'int';
  if (value instanceof GoTime) return 'time.Time';
  if (value instanceof GoDuration) return 'time.Duration';
  return value.typeName;
}

/** `%v`. */
export function printValue(value: TemplateValue): string {
  return formatValue(value, 'v', noFlags);
}

/** As `fmt.Sprint`: a space between operands when neither is a string. */
export function sprint(values: readonly TemplateValue[]): string {
  let text = '';
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? null;
    if (i > 0 && !isText(value) && !isText(values[i - 1] ?? null)) text += ' ';
    text += printValue(value);
  }
  return text;
}

function isText(value: TemplateValue): boolean {
  return typeof value === 'string' || value instanceof SafeText;
}

export function sprintln(values: readonly TemplateValue[]): string {
  return `${values.map(printValue).join(' ')}\n`;
}

interface Flags {
  readonly plus: boolean;
  readonly minus: boolean;
  readonly sharp: boolean;
  readonly space: boolean;
  readonly zero: boolean;
  readonly width: number | null;
  readonly precision: number | null;
}

const noFlags: Flags = {
  plus: false,
  minus: false,
  sharp: false,
  space: false,
  zero: false,
  width: null,
  precision: null,
};

interface FormatState {
  readonly format: string;
  readonly values: readonly TemplateValue[];
  at: number;
  next: number;
  isReordered: boolean;
}

/** As `fmt.Sprintf`. */
export function sprintf(format: string, values: readonly TemplateValue[]): string {
  const state: FormatState = { format, values, at: 0, next: 0, isReordered: false };
  let text = '';
  while (state.at < format.length) {
    const percent = format.indexOf('%', state.at);
    if (percent < 0) {
      text += format.slice(state.at);
      break;
    }
    text += format.slice(state.at, percent);
    state.at = percent + 1;
    text += formatOne(state);
  }
  if (!state.isReordered && state.next < values.length) {
    const extra = values
      .slice(state.next)
      .map((value) => (value === null ? '<nil>' : `${typeName(value)}=${printValue(value)}`));
    text += `%!(EXTRA ${extra.join(', ')})`;
  }
  return text;
}

function formatOne(state: FormatState): string {
  const set = new Set<string>();
  while ('+-# 0'.includes(state.format[state.at] ?? '?')) set.add(state.format[state.at++] ?? '');
  readIndex(state);
  let problem = '';
  let width: number | null = null;
  if (state.format[state.at] === '*') {
    state.at++;
    width = readStar(state);
    if (width === null) problem += '%!(BADWIDTH)';
    else if (width < 0) {
      set.add('-');
      set.delete('0');
      width = -width;
    }
  } else width = readNumber(state);
  let precision: number | null = null;
  if (state.format[state.at] === '.') {
    state.at++;
    readIndex(state);
    if (state.format[state.at] === '*') {
      state.at++;
      precision = readStar(state);
      if (precision !== null && precision < 0) precision = null;
      else if (precision === null) problem += '%!(BADPREC)';
    } else precision = readNumber(state) ?? 0;
  }
  const isGoodIndex = readIndex(state);
  const verb = Array.from(state.format.slice(state.at, state.at + 2))[0];
  if (verb === undefined) return `${problem}%!(NOVERB)`;
  state.at += verb.length;
  if (verb === '%') return `${problem}%`;
  if (!isGoodIndex) return `${problem}%!${verb}(BADINDEX)`;
  const value = state.values[state.next];
  if (value === undefined) return `${problem}%!${verb}(MISSING)`;
  state.next++;
  const minus = set.has('-');
  const flags = {
    plus: set.has('+'),
    minus,
    sharp: set.has('#'),
    space: set.has(' '),
    zero: set.has('0') && !minus,
    width,
    precision,
  };
  return problem + formatArgument(value, verb, flags);
}

function readNumber(state: FormatState): number | null {
  const digits = /^\d+/.exec(state.format.slice(state.at))?.[0];
  if (digits === undefined) return null;
  state.at += digits.length;
  return Number(digits);
}

function readStar(state: FormatState): number | null {
  const value = state.values[state.next];
  state.next++;
  if (value instanceof GoInt) return Number(value.value);
  return typeof value === 'bigint' ? Number(value) : null;
}

/** An explicit argument index such as `[2]`; false when it names no argument. */
function readIndex(state: FormatState): boolean {
  if (state.format[state.at] !== '[') return true;
  const end = state.format.indexOf(']', state.at);
  state.isReordered = true;
  const index = Number(state.format.slice(state.at + 1, end));
  state.at = end < 0 ? state.at + 1 : end + 1;
  if (end < 0 || !Number.isInteger(index) || index < 1 || index > state.values.length) return false;
  state.next = index - 1;
  return true;
}

function formatArgument(value: TemplateValue, verb: string, flags: Flags): string {
  if (verb === 'T') return pad(typeName(value), flags);
  if (value === null) return verb === 'v' ? pad('<nil>', flags) : badVerb(value, verb, flags);
  // `%+v` names the fields of structs; it does not sign numbers.
  return formatValue(value, verb, verb === 'v' && !isComposite(value) ? { ...flags, plus: false } : flags);
}

/** The value itself is printed with the flags of the verb that does not fit it. */
function badVerb(value: TemplateValue, verb: string, flags: Flags): string {
  if (value === null) return `%!${verb}(<nil>)`;
  // Go no longer asks for the value's own text here.
  const bare = value instanceof GoEnum ? value.value : value instanceof GoDuration ? value.ns : value;
  return `%!${verb}(${typeName(value)}=${formatValue(bare, 'v', flags)})`;
}

function formatValue(value: TemplateValue, verb: string, flags: Flags): string {
  if (value === null) return pad('<nil>', flags);
  if (typeof value === 'string') return formatText(value, value, verb, flags);
  if (typeof value === 'boolean')
    return verb === 'v' || verb === 't' ? pad(String(value), flags) : badVerb(value, verb, flags);
  if (typeof value === 'number') return formatFloatVerb(value, verb, flags);
  if (typeof value === 'bigint') return formatInteger(value, value, verb, flags);
  if (value instanceof SafeText) return formatText(value, value.text, verb, flags);
  if (value instanceof GoInt) return formatInteger(value, value.value, verb, flags);
  const isTextVerb = 'vsxXq'.includes(verb);
  if (value instanceof GoTime)
    return isTextVerb ? formatText(value, timeText(value.ns), verb, flags) : badVerb(value, verb, flags);
  if (value instanceof GoDuration) {
    return isTextVerb
      ? formatText(value, formatGoDuration(value.ns), verb, flags)
      : formatInteger(value, value.ns, verb, flags);
  }
  if (value instanceof GoEnum)
    return isTextVerb ? formatText(value, value.text, verb, flags) : formatInteger(value, value.value, verb, flags);
  return formatComposite(value, verb, flags);
}

function isComposite(value: TemplateValue): boolean {
  return value instanceof GoMap || value instanceof GoSlice || value instanceof GoStruct;
}

function formatComposite(value: GoMap | GoSlice | GoStruct, verb: string, flags: Flags): string {
  if (value instanceof GoMap) {
    const pairs = [...value.entries].sort(([a], [b]) => byteOrder(a, b));
    return `map[${pairs.map(([key, item]) => `${formatValue(key, verb, flags)}:${formatItem(item, verb, flags)}`).join(' ')}]`;
  }
  if (value instanceof GoSlice) return `[${value.items.map((item) => formatItem(item, verb, flags)).join(' ')}]`;
  const fields = [...value.fields].map(
    ([name, item]) => (flags.plus ? `${name}:` : '') + formatItem(item, verb, flags),
  );
  return `{${fields.join(' ')}}`;
}

function formatItem(value: TemplateValue, verb: string, flags: Flags): string {
  return value === null ? (verb === 'v' ? '<nil>' : badVerb(null, verb, flags)) : formatValue(value, verb, flags);
}

function formatText(value: TemplateValue, text: string, verb: string, flags: Flags): string {
  const cut = flags.precision === null ? text : Array.from(text).slice(0, flags.precision).join('');
  switch (verb) {
    case 'v':
      return pad(flags.sharp ? goQuote(cut) : cut, flags);
    case 's':
      return pad(cut, flags);
    case 'q':
      return pad(flags.sharp && !cut.includes('`') ? `\`${cut}\`` : goQuote(cut), flags);
    case 'x':
    case 'X': {
      const hex = Array.from(new TextEncoder().encode(text), (byte) => byte.toString(16).padStart(2, '0')).join(
        flags.space ? ' ' : '',
      );
      const prefix = flags.sharp && hex !== '' ? '0x' : '';
      return pad(verb === 'X' ? (prefix + hex).toUpperCase() : prefix + hex, flags);
    }
    default:
      return badVerb(value, verb, flags);
  }
}

function formatInteger(value: TemplateValue, integer: bigint, verb: string, flags: Flags): string {
  switch (verb) {
    case 'v':
    case 'd':
      return padInteger(integer, 10, '', flags);
    case 'b':
      return padInteger(integer, 2, flags.sharp ? '0b' : '', flags);
    case 'o':
      return padInteger(integer, 8, flags.sharp ? '0' : '', flags);
    case 'O':
      return padInteger(integer, 8, '0o', flags);
    case 'x':
      return padInteger(integer, 16, flags.sharp ? '0x' : '', flags);
    case 'X':
      return padInteger(integer, 16, flags.sharp ? '0X' : '', flags).toUpperCase();
    case 'c':
      return pad(codePoint(integer), flags);
    case 'q':
      return pad(`'${codePoint(integer).replace(/['\\]/g, '\\$&')}'`, flags);
    case 'U':
      return pad(unicodeName(integer), flags);
    default:
      return badVerb(value, verb, flags);
  }
}

function codePoint(integer: bigint): string {
  return integer < 0n || integer > 0x10ffffn ? '\ufffd' : String.fromCodePoint(Number(integer));
}

/** `U+0041`, as `%U`. */
export function unicodeName(integer: bigint): string {
  return `U+${integer.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** `U+0041 'A'`, as `%#U` in parse errors. */
export function describeChar(char: string): string {
  const name = unicodeName(BigInt(char.codePointAt(0) ?? 0));
  return isPrintable(char) ? `${name} '${char}'` : name;
}

function padInteger(integer: bigint, base: number, prefix: string, flags: Flags): string {
  const sign = integer < 0n ? '-' : flags.plus ? '+' : flags.space ? ' ' : '';
  let digits = (integer < 0n ? -integer : integer).toString(base);
  if (flags.precision !== null)
    digits = flags.precision === 0 && integer === 0n ? '' : digits.padStart(flags.precision, '0');
  else if (flags.zero && flags.width !== null) digits = digits.padStart(flags.width - sign.length, '0');
  return pad(sign + prefix + digits, { ...flags, zero: false });
}

function formatFloatVerb(value: number, verb: string, flags: Flags): string {
  if (!'vbgGxXfFeE'.includes(verb)) return badVerb(value, verb, flags);
  const kind = verb === 'v' ? 'g' : verb;
  if (kind !== 'g' && kind !== 'G' && kind !== 'f' && kind !== 'F' && kind !== 'e' && kind !== 'E')
    return badVerb(value, verb, flags);
  const precision = flags.precision ?? (kind === 'g' || kind === 'G' ? -1 : 6);
  const text = formatFloat(value, kind, precision);
  const isNegative = text.startsWith('-');
  const digits = text.replace(/^[+-]/, '');
  const sign = isNegative ? '-' : flags.plus || text.startsWith('+') ? '+' : flags.space ? ' ' : '';
  if (!flags.zero || flags.width === null || !Number.isFinite(value))
    return pad(sign + digits, { ...flags, zero: false });
  return sign + digits.padStart(flags.width - sign.length, '0');
}

function pad(text: string, { width, minus, zero }: Flags): string {
  if (width === null) return text;
  const missing = width - Array.from(text).length;
  if (missing <= 0) return text;
  return minus ? text + ' '.repeat(missing) : (zero ? '0' : ' ').repeat(missing) + text;
}
