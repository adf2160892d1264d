/** Values of templates in JSON as Go's encoder writes them, keys of maps in byte order. */
import { byteOrder } from '../../base/byte-order.ts';
import { jsonFloat, jsonText } from '../../base/json-text.ts';
import { formatRfc3339 } from '../../base/rfc3339.ts';
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
