/** Finds and reads kapacitor.conf (cli.md, order of the places) and loads it. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { err, type Result } from '../base/result.ts';
import { loadConfig, type ConfigFlags, type LoadedConfig } from '../config/config.ts';

export interface ConfigPlace {
  /** `-config`; empty when not given. */
  readonly path: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly flags: ConfigFlags;
}

export function readConfig(place: ConfigPlace): Result<LoadedConfig, string> {
  const path = findConfig(place);
  const dataDirWithoutFile = join(homedir(), '.kapacitor');
  let file: string | null = null;
  if (path !== null) {
    try {
      file = readFileSync(path, 'utf8');
    } catch (error) {
      return err(`cannot read the configuration ${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const loaded = loadConfig({ file, dataDirWithoutFile, environment: place.environment, flags: place.flags });
  return loaded.ok || path === null ? loaded : err(`${path}: ${loaded.error}`);
}

/** Null: built-in defaults. `/dev/null` asks for that. */
function findConfig(place: ConfigPlace): string | null {
  const given = place.path === '' ? (place.environment['KAPACITOR_CONFIG_PATH'] ?? '') : place.path;
  if (given !== '') return given === '/dev/null' ? null : given;
  const places = [join(homedir(), '.kapacitor', 'kapacitor.conf'), '/etc/kapacitor/kapacitor.conf'];
  return places.find((path) => existsSync(path) && statSync(path).size > 0) ?? null;
}
