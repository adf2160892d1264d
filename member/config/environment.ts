import type { Field, Fields } from './fields.ts';
import { sections, top } from './schema.ts';
import { isTable, shown, valueFromText } from './value.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Tables of a configuration before validation: section name → table or list of tables; top-level keys beside them. */
export type RawConfig = Record<string, unknown>;

/**
 * Lays `KAPACITOR_<SECTION>_<KEY>` over the raw configuration. Lists take an index (`KAPACITOR_INFLUXDB_0_URLS_0`);
 * only elements that exist already can be set, as in 1.5.4. Returns one line per value that cannot be used.
 */
export function applyEnvironment(raw: RawConfig, environment: Environment): string[] {
  const problems: string[] = [];
  applyFields(raw, top, 'KAPACITOR', environment, problems);
  for (const [name, section] of Object.entries(sections)) {
    const prefix = `KAPACITOR_${variablePart(name)}`;
    const value = raw[name];
    if (!section.repeats) {
      applySingle(raw, name, section.fields, prefix, environment, problems);
    } else if (Array.isArray(value)) {
      for (const [index, element] of value.entries()) {
        if (isTable(element)) applyFields(element, section.fields, `${prefix}_${index}`, environment, problems);
      }
      const sole: unknown = value.length === 1 ? value[0] : undefined;
      // A single kubernetes element is also reached without an index, as in 1.5.4.
      if (name === 'kubernetes' && isTable(sole)) applyFields(sole, section.fields, prefix, environment, problems);
    }
  }
  return problems;
}

function applySingle(
  raw: RawConfig,
  name: string,
  fields: Fields,
  prefix: string,
  environment: Environment,
  problems: string[],
): void {
  const present = raw[name];
  const table = isTable(present) ? present : {};
  applyFields(table, fields, prefix, environment, problems);
  if (Object.keys(table).length > 0) raw[name] = table;
}

function applyFields(
  table: RawConfig,
  fields: Fields,
  prefix: string,
  environment: Environment,
  problems: string[],
): void {
  for (const [key, field] of Object.entries(fields)) {
    const variable = `${prefix}_${variablePart(key)}`;
    if (field.kind === 'strings') {
      applyList(table, key, field, variable, environment);
      continue;
    }
    const given = environment[variable];
    if (given === undefined || given === '') continue;
    const value = valueFromText(field.kind, given);
    if (value === undefined)
      problems.push(`environment variable ${variable}: ${shown(field, given)} cannot be used for a ${field.kind}`);
    else table[key] = value;
  }
}

function applyList(
  table: RawConfig,
  key: string,
  field: Field<unknown>,
  variable: string,
  environment: Environment,
): void {
  const present: unknown = table[key] ?? field.default;
  if (!Array.isArray(present)) return;
  let changed = false;
  const items = present.map((item: unknown, index) => {
    const given = environment[`${variable}_${index}`];
    if (given === undefined || given === '') return item;
    changed = true;
    return given;
  });
  if (changed) table[key] = items;
}

function variablePart(name: string): string {
  return name.replaceAll('-', '_').toUpperCase();
}
