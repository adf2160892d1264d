/**
 * Writes JSON as Go's encoder does: `<`, `>`, `&` and the two line separators escaped, 64-bit integers exact,
 * compact or with four spaces (http-api.md, JSON style). Members that are undefined are left out.
 */
import { jsonFloat, jsonText } from '../../base/json-text.ts';

export type GoJson =
  null | undefined | boolean | number | bigint | string | readonly GoJson[] | { readonly [key: string]: GoJson };

export function compactJson(value: GoJson): string {
  if (value === null || typeof value !== 'object') return scalar(value);
  if (isList(value)) return compactList(value);
  let text = '';
  for (const key of Object.keys(value)) {
    const member = value[key];
    if (member === undefined) continue;
    if (text !== '') text += ',';
    text += `${jsonText(key)}:${compactJson(member)}`;
  }
  return `{${text}}`;
}

function compactList(items: readonly GoJson[]): string {
  let text = '';
  for (const item of items) text += text === '' ? compactJson(item) : `,${compactJson(item)}`;
  return `[${text}]`;
}

export function prettyJson(value: GoJson, indent = ''): string {
  if (value === null || typeof value !== 'object') return scalar(value);
  if (isList(value)) return prettyList(value, indent);
  const inner = `${indent}    `;
  let text = '';
  for (const key of Object.keys(value)) {
    const member = value[key];
    if (member === undefined) continue;
    if (text !== '') text += ',\n';
    text += `${inner}${jsonText(key)}: ${prettyJson(member, inner)}`;
  }
  return text === '' ? '{}' : `{\n${text}\n${indent}}`;
}

function prettyList(items: readonly GoJson[], indent: string): string {
  if (items.length === 0) return '[]';
  const inner = `${indent}    `;
  let text = '';
  for (const item of items) text += `${text === '' ? '' : ',\n'}${inner}${prettyJson(item, inner)}`;
  return `[\n${text}\n${indent}]`;
}

function isList(value: object): value is readonly GoJson[] {
  return Array.isArray(value);
}

function scalar(value: null | undefined | boolean | number | bigint | string | object): string {
  switch (typeof value) {
    case 'string':
      return jsonText(value);
    case 'number':
      // Go refuses NaN and infinities; null keeps the answer readable.
      return jsonFloat(value) ?? 'null';
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      return 'null';
  }
}
