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

/** What may need an escape; control characters from U+007F on do not. */
const special = /["\\<>&\u2028\u2029]|\p{Cc}|\p{Cs}/gu;

/** A text in quotes. */
export function jsonText(text: string): string {
  return `"${text.replace(special, escapeChar)}"`;
}

function escapeChar(char: string): string {
  switch (char) {
    case '"':
      return '\\"';
    case '\\':
      return '\\\\';
    case '\n':
      return '\\n';
    case '\r':
      return '\\r';
    case '\t':
      return '\\t';
    default: {
      const code = char.charCodeAt(0);
      if (code >= 0x7f && code <= 0x9f) return char;
      return code >= 0xd800 && code <= 0xdfff ? '\\ufffd' : `\\u${code.toString(16).padStart(4, '0')}`;
    }
  }
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
  return value.json.flatMap(({ field, name, omitEmpty }) => {
    const item = value.fields.get(field) ?? null;
    if (item instanceof GoStruct && isEmbedded(field, item)) return structMembers(item);
    return omitEmpty && isEmpty(item) ? [] : [member(name, jsonValue(item))];
  });
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
