import { parseGoDuration } from '../base/duration.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { Field, FieldKind } from './fields.ts';

const wanted: Readonly<Record<FieldKind, string>> = {
  string: 'a text in quotes',
  bool: 'true or false',
  int: 'a whole number',
  float: 'a number',
  duration: 'a duration such as "10s" or "1m30s"',
  strings: 'a list of texts',
  map: 'a table',
  tables: 'a table of tables',
};

/** One value of the file, or of an override, for one field. The error is a sentence that starts with "must be". */
export function readValue(field: Field<unknown>, raw: unknown): Result<unknown, string> {
  const value = coerce(field.kind, raw);
  if (value === undefined) return err(`must be ${wanted[field.kind]}`);
  const problem = field.check(value);
  return problem === null ? ok(value) : err(`must be ${problem}`);
}

/** The value in the field's own type; undefined when it is of another. */
function coerce(kind: FieldKind, raw: unknown): unknown {
  switch (kind) {
    case 'string':
      return typeof raw === 'string' ? raw : undefined;
    case 'bool':
      return typeof raw === 'boolean' ? raw : undefined;
    case 'int':
      if (typeof raw === 'bigint') return undefined;
      return typeof raw === 'number' && Number.isSafeInteger(raw) ? raw : undefined;
    case 'float':
      return typeof raw === 'number' && Number.isFinite(raw) ? raw : undefined;
    case 'duration':
      return typeof raw === 'string' ? parseGoDuration(raw) : undefined;
    case 'strings':
      return Array.isArray(raw) && raw.every((item) => typeof item === 'string') ? raw : undefined;
    case 'map':
      return isTable(raw) ? raw : undefined;
    case 'tables':
      return isTable(raw) && Object.values(raw).every(isTable) ? raw : undefined;
  }
}

export function isTable(raw: unknown): raw is Record<string, unknown> {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw);
}

/** A value written as text, in the environment: `true`, `10`, `10s`. Undefined when it is none of the field's type. */
export function valueFromText(kind: FieldKind, text: string): unknown {
  switch (kind) {
    case 'string':
    case 'duration':
      return text;
    case 'bool':
      if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true;
      if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false;
      return undefined;
    case 'int':
      return /^[+-]?(?:\d+|0x[0-9a-fA-F]+)$/.test(text) ? Number(text) : undefined;
    case 'float':
      return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined;
    case 'strings':
    case 'map':
    case 'tables':
      return undefined;
  }
}

/** A value as it appears in an error line; long ones are cut, secrets never shown. */
export function shown(field: Field<unknown>, raw: unknown): string {
  if (field.secret) return '(a secret)';
  const json = typeof raw === 'bigint' ? raw.toString() : (JSON.stringify(raw) ?? String(raw));
  return json.length > 80 ? `${json.slice(0, 77)}...` : json;
}
