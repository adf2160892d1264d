/**
 * kapacitor.conf to the effective configuration of a member: defaults, then the file, then the environment, then
 * flags. Pure: the caller reads the file and hands in the environment.
 *
 * A bad value is an error of one line that names the key, the value and what is allowed; an unknown key is a
 * warning that names the nearest known one (D3).
 */
import toml from '@iarna/toml';
import { err, ok, type Result } from '../base/result.ts';
import { applyEnvironment, type Environment, type RawConfig } from './environment.ts';
import type { Fields } from './fields.ts';
import { nearest } from './nearest.ts';
import { isSectionName, sections, top, type MemberConfig } from './schema.ts';
import { crossChecks } from './cross-checks.ts';
import { udfFunctionKeys } from './udf-functions.ts';
import { isTable, readValue, shown } from './value.ts';

export interface ConfigFlags {
  readonly hostname?: string;
  readonly logFile?: string;
  readonly logLevel?: string;
}

export interface ConfigSources {
  /** Text of the file; null when there is none and the defaults stand alone. */
  readonly file: string | null;
  /** Laid under the file: where a member without a file keeps its data. */
  readonly dataDirWithoutFile: string;
  readonly environment: Environment;
  readonly flags: ConfigFlags;
}

export interface LoadedConfig {
  readonly config: MemberConfig;
  readonly warnings: readonly string[];
}

export function loadConfig(sources: ConfigSources): Result<LoadedConfig, string> {
  const parsed = sources.file === null ? ok(withoutFile(sources.dataDirWithoutFile)) : parseToml(sources.file);
  if (!parsed.ok) return parsed;
  const raw = withDefaultElements(parsed.value);
  const problems = applyEnvironment(raw, licenseVariables(sources.environment));
  if (problems[0] !== undefined) return err(problems[0]);
  applyFlags(raw, sources.flags);
  const warnings: string[] = [];
  const config = readAll(raw, warnings);
  if (!config.ok) return config;
  warnings.push(...unknownFunctionKeys(config.value));
  const conflict = crossChecks(config.value);
  return conflict === null ? ok({ config: config.value, warnings }) : err(conflict);
}

function withoutFile(dataDir: string): RawConfig {
  return {
    data_dir: dataDir,
    replay: { dir: `${dataDir}/replay` },
    task: { dir: `${dataDir}/tasks` },
    storage: { boltdb: `${dataDir}/kapacitor.db` },
  };
}

function parseToml(text: string): Result<RawConfig, string> {
  try {
    return ok({ ...toml.parse(text) });
  } catch (error) {
    return err(tomlMessage(error));
  }
}

/** The parser counts lines and columns from 0 in its fields and reports the line one too low; people count from 1. */
function tomlMessage(error: unknown): string {
  if (!(error instanceof Error)) return `not valid TOML: ${String(error)}`;
  const [line, column] = [Reflect.get(error, 'line'), Reflect.get(error, 'col')].map(Number);
  const reason = (error.message.split('\n')[0] ?? '').replace(/ at row \d+, col \d+, pos \d+:?$/, '').trim();
  if (line === undefined || column === undefined || !Number.isInteger(line)) return `not valid TOML: ${reason}`;
  return `line ${line + 1}, column ${column + 1}: not valid TOML: ${reason}`;
}

/** Repeating sections that 1.5.4 starts with one default element; a plain `[slack]` stands for one element. */
function withDefaultElements(file: RawConfig): RawConfig {
  const raw: RawConfig = { ...file };
  for (const [name, section] of Object.entries(sections)) {
    if (!section.repeats) continue;
    if (isTable(raw[name])) raw[name] = [raw[name]];
    else if (raw[name] === undefined && section.startsWithOne) raw[name] = [{}];
  }
  return raw;
}

/** The licence has environment names of its own beside those of its section. */
function licenseVariables(environment: Environment): Environment {
  return {
    KAPACITOR_ENTERPRISE_LICENSE_KEY: environment['KAPACITOR_LICENSE_KEY'],
    KAPACITOR_ENTERPRISE_LICENSE_PATH: environment['KAPACITOR_LICENSE_PATH'],
    ...environment,
  };
}

function applyFlags(raw: RawConfig, flags: ConfigFlags): void {
  if (flags.hostname !== undefined) raw['hostname'] = flags.hostname;
  const logging = isTable(raw['logging']) ? { ...raw['logging'] } : {};
  if (flags.logFile !== undefined) logging['file'] = flags.logFile;
  if (flags.logLevel !== undefined) logging['level'] = flags.logLevel;
  if (Object.keys(logging).length > 0) raw['logging'] = logging;
}

function readAll(raw: RawConfig, warnings: string[]): Result<MemberConfig, string> {
  const config: Record<string, unknown> = {};
  for (const name of Object.keys(raw)) {
    if (!isSectionName(name) && !Object.hasOwn(top, name))
      warnings.push(unknown('', name, [...Object.keys(top), ...Object.keys(sections)]));
  }
  const topLevel = readFields('', top, raw, config);
  if (!topLevel.ok) return topLevel;
  for (const [name, section] of Object.entries(sections)) {
    const value = raw[name];
    const read = section.repeats
      ? readElements(name, section.fields, value, warnings)
      : readTable(`[${name}]`, section.fields, value, warnings);
    if (!read.ok) return read;
    config[name] = read.value;
  }
  // The loops above have put every key of the schema in place, each value read by its own field.
  return ok(config as MemberConfig);
}

function readElements(name: string, fields: Fields, value: unknown, warnings: string[]): Result<unknown, string> {
  if (value === undefined) return ok([]);
  if (!Array.isArray(value)) return err(`[[${name}]]: must be one or more tables`);
  const elements: unknown[] = [];
  for (const [index, element] of value.entries()) {
    const read = readTable(`[[${name}]] number ${index + 1}`, fields, element, warnings);
    if (!read.ok) return read;
    elements.push(read.value);
  }
  return ok(elements);
}

function readTable(place: string, fields: Fields, value: unknown, warnings: string[]): Result<unknown, string> {
  const table = value ?? {};
  if (!isTable(table)) return err(`${place}: must be a table`);
  for (const key of Object.keys(table)) {
    if (!Object.hasOwn(fields, key)) warnings.push(unknown(place, key, Object.keys(fields)));
  }
  const values: Record<string, unknown> = {};
  const read = readFields(place, fields, table, values);
  return read.ok ? ok(values) : read;
}

function readFields(
  place: string,
  fields: Fields,
  table: RawConfig,
  into: Record<string, unknown>,
): Result<null, string> {
  for (const [key, field] of Object.entries(fields)) {
    const raw = table[key];
    const given = raw === undefined && field.kind !== 'duration' ? field.default : raw;
    if (given === undefined) {
      into[key] = field.default;
      continue;
    }
    const value = readValue(field, given);
    if (!value.ok) return err(`${place === '' ? '' : `${place} `}${key} = ${shown(field, given)}: ${value.error}`);
    into[key] = value.value;
  }
  return ok(null);
}

function unknownFunctionKeys({ udf }: MemberConfig): readonly string[] {
  return Object.entries(udf.functions).flatMap(([name, table]) =>
    Object.keys(table)
      .filter((key) => !udfFunctionKeys.includes(key))
      .map((key) => unknown(`[udf.functions.${name}]`, key, udfFunctionKeys)),
  );
}

function unknown(place: string, key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  const where = place === '' ? '' : ` in ${place}`;
  return `unknown key ${JSON.stringify(key)}${where} is ignored${near === null ? '' : `; did you mean ${JSON.stringify(near)}?`}`;
}
