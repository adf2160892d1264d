import { formatGoDuration } from '../base/duration.ts';
import type { Field, Fields } from './fields.ts';
import { sections, top, type MemberConfig } from './schema.ts';
import { isTable } from './value.ts';

/**
 * The effective configuration as TOML, every key with its value; sections on which nothing acts yet say so in a
 * comment. What is printed reads back to the same configuration.
 */
export function printConfig(config: MemberConfig): string {
  const lines = fieldLines(top, config, '');
  for (const [name, section] of Object.entries(sections)) {
    const value: unknown = Reflect.get(config, name);
    const elements: readonly unknown[] = Array.isArray(value) ? value : [value];
    for (const element of elements) {
      lines.push('');
      if (!section.hasEffect) lines.push('# Read and checked; nothing in this version acts on it yet.');
      lines.push(section.repeats ? `[[${name}]]` : `[${name}]`);
      lines.push(...fieldLines(section.fields, element, '  '));
      lines.push(...tableLines(name, section.fields, element));
    }
  }
  return `${lines.join('\n')}\n`;
}

function fieldLines(fields: Fields, values: unknown, indent: string): string[] {
  return plainFields(fields).map(
    ([key, field]) => `${indent}${bareKey(key)} = ${tomlValue(field, valueOf(values, key))}`,
  );
}

function plainFields(fields: Fields): [string, Field<unknown>][] {
  return Object.entries(fields).filter(([, field]) => field.kind !== 'map' && field.kind !== 'tables');
}

/** Maps come after the plain keys: a TOML table ends where the next one begins. */
function tableLines(section: string, fields: Fields, values: unknown): string[] {
  const lines: string[] = [];
  for (const [key, field] of Object.entries(fields)) {
    if (field.kind === 'map') lines.push(...mapLines(`${section}.${bareKey(key)}`, valueOf(values, key)));
    if (field.kind === 'tables') {
      for (const [name, table] of Object.entries(recordOf(valueOf(values, key)))) {
        lines.push(...mapLines(`${section}.${bareKey(key)}.${bareKey(name)}`, table));
      }
    }
  }
  return lines;
}

function mapLines(path: string, value: unknown): string[] {
  const entries = Object.entries(recordOf(value));
  const lines = [`  [${path}]`];
  const nested: string[] = [];
  for (const [key, item] of entries) {
    if (isTable(item)) nested.push(...mapLines(`${path}.${bareKey(key)}`, item));
    else lines.push(`    ${bareKey(key)} = ${plainValue(item)}`);
  }
  return [...lines, ...nested];
}

function tomlValue(field: Field<unknown>, value: unknown): string {
  if (field.kind === 'duration' && typeof value === 'bigint') return `"${formatGoDuration(value)}"`;
  if (field.kind === 'float' && typeof value === 'number')
    return Number.isInteger(value) ? value.toFixed(1) : String(value);
  return plainValue(value);
}

function plainValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(plainValue).join(', ')}]`;
  return typeof value === 'string' ? JSON.stringify(value).replaceAll('\u007f', '\\u007f') : String(value);
}

function bareKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : JSON.stringify(key);
}

function valueOf(values: unknown, key: string): unknown {
  return isTable(values) ? values[key] : undefined;
}

function recordOf(value: unknown): Record<string, unknown> {
  return isTable(value) ? value : {};
}
