/** `kapacitord config`: the effective configuration on standard output. */
import { printConfig } from '../config/config.ts';
import { readConfig } from './config-file.ts';

export interface PrintOptions {
  readonly flags: ReadonlyMap<string, string>;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** @throws when the configuration cannot be read or is invalid; the message is one line. */
export function printEffectiveConfig(options: PrintOptions): void {
  const hostname = options.flags.get('hostname');
  const loaded = readConfig({
    path: options.flags.get('config') ?? '',
    environment: options.environment,
    flags: hostname === undefined ? {} : { hostname },
  });
  if (!loaded.ok) throw new Error(loaded.error);
  for (const warning of loaded.value.warnings) process.stderr.write(`warning: ${warning}\n`);
  process.stdout.write(printConfig(loaded.value.config));
}
