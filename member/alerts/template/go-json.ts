/** JSON as Go's encoder writes it: `< > &` and line separators escaped, keys of maps in byte order. */
import { formatRfc3339 } from '../rfc3339.ts';
import { byteOrder } from './byte-order.ts';
import {
  GoDuration,
  GoEnum,
  GoInt,
  GoMap,
  GoSlice,
  GoStruct,
  GoTime,
  SafeText,
  isEmbedded,
  type TemplateValue,
} from './value.ts';

/** What most texts have nothing of. */
const special = /["\\<>&\u2028\u2029\ud800-\udfff]|\p{Cc}/u;
/** What is replaced one by one, as it is seldom; control characters from U+007F on need no escape. */
const seldom = /[\u2028\u2029]|\p{Cc}|\p{Cs}/gu;

/** A text in quotes. */
export function jsonText(text: string): string {
  return special.test(text) ? `"${escapeText(text)}"` : `"${text}"`;
}

/** One character after the other, by replacements that need no call for each: many details are JSON or HTML. */
function escapeText(text: string): string {
  // The backslash first: what follows writes backslashes of its own.
  return text
    .replace(/\\/g, '\\\\')
    .replace(/"/g, '\\"')
    .replace(/\n/g, '\\n')
    .replace(/\r/g, '\\r')
    .replace(/\t/g, '\\t')
    .replace(/&/g, '\\u0026')
    .replace(/</g, '\\u003c')
    .replace(/>/g, '\\u003e')
    .replace(seldom, escapeChar);
}

function escapeChar(char: string): string {
  const code = char.charCodeAt(0);
  if (code >= 0x7f && code <= 0x9f) return char;
  return code >= 0xd800 && code <= 0xdfff ? '\\ufffd' : `\\u${code.toString(16).padStart(4, '0')}`;
}

/** A float; null for those that JSON cannot say. */
export function jsonFloat(value: number): string | null {
  if (!Number.isFinite(value)) return null;
  return Object.is(value, -0) ? '-0' : String(value);
}

/** A value; null when a float in it is not finite, where Go's encoder gives up. */
export function jsonValue(value: TemplateValue): string | null {
  if (value === null) return 'null';
  if (typeof value === 'string') return jsonText(value);
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return jsonFloat(value);
  if (value instanceof GoInt) return value.value.toString();
  if (value instanceof GoTime) return `"${formatRfc3339(value.ns)}"`;
  if (value instanceof GoDuration) return value.ns.toString();
  // `time.Month` and its like have no text form in JSON; `alert.Level` has one.
  if (value instanceof GoEnum)
    return value.typeName.startsWith('time.') ? value.value.toString() : jsonText(value.text);
  if (value instanceof SafeText) return jsonText(value.text);
  if (value instanceof GoSlice) return joined(value.items.map(jsonValue), '[', ']');
  if (value instanceof GoMap) {
    const pairs = [...value.entries].sort(([a], [b]) => byteOrder(a, b));
    return joined(
      pairs.map(([key, item]) => member(key, jsonValue(item))),
      '{',
      '}',
    );
  }
  return joined(structMembers(value), '{', '}');
}

function structMembers(value: GoStruct): (string | null)[] {
  const members: (string | null)[] = [];
  addMembers(value, members);
  return members;
}

function addMembers(value: GoStruct, members: (string | null)[]): void {
  for (const { field, name, omitEmpty } of value.json) {
    const item = value.fields.get(field) ?? null;
    if (item instanceof GoStruct && isEmbedded(field, item)) addMembers(item, members);
    else if (!omitEmpty || !isEmpty(item)) members.push(member(name, jsonValue(item)));
  }
}

function isEmpty(value: TemplateValue): boolean {
  if (value === null || value === '' || value === false || value === 0 || value === 0n) return true;
  return (value instanceof GoSlice && value.items.length === 0) || (value instanceof GoMap && value.entries.size === 0);
}

function member(name: string, text: string | null): string | null {
  return text === null ? null : `${jsonText(name)}:${text}`;
}

function joined(texts: readonly (string | null)[], open: string, close: string): string | null {
  return texts.includes(null) ? null : open + texts.join(',') + close;
}
