#!/usr/bin/env node
/** `kapacitor-lab`: the lab without a window. Exit 0 done, 1 failed, 2 wrong command line. */
import { fileURLToPath } from 'node:url';
import { parseCommand, usage } from './command/arguments.ts';
import { runClient } from './command/clients.ts';
import { outputTo } from './command/output.ts';
import { up } from './command/up.ts';
import { labHome } from './lab/lab-files.ts';
import { findPrograms } from './lab/programs.ts';

/** The first signal asks for an orderly end; the second one ends this process, and the guard then ends the rest. */
function interruption(): Promise<void> {
  return new Promise((resolve) => {
    let count = 0;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => (++count > 1 ? process.exit(1) : resolve()));
    }
  });
}

async function main(): Promise<number> {
  const command = parseCommand(process.argv.slice(2));
  if (!command.ok) {
    process.stderr.write(`kapacitor-lab: ${command.error}\n`);
    return 2;
  }
  if (command.value.kind === 'help') {
    process.stdout.write(usage);
    return 0;
  }
  const output = outputTo(process.stdout, process.stderr, command.value.isJson);
  const surroundings = { home: labHome(), output, interrupted: interruption() };
  if (command.value.kind === 'up') {
    return up(command.value, { ...surroundings, programs: findPrograms(fileURLToPath(import.meta.url)) });
  }
  return runClient(command.value, { ...surroundings, labDirVariable: process.env['KAPACITOR_LAB_DIR'] });
}

// A reader that goes away (`| head`) ends the printing, not the lab.
process.stdout.on('error', () => undefined);
main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`kapacitor-lab: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
