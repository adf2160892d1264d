/** kapacitord: one member. Commands, flags and exit codes are those of 1.5.4 (cli.md); any failure to start is one line and exit 1. */
import { version } from '../base/version.ts';
import { Failure } from './client/failure.ts';
import { parseFlags, type ParsedFlags } from './client/flags.ts';

const usage = `Usage: kapacitord [command] [flags]

  run        Runs a member; the command where none is given.
  config     Prints the effective configuration.
  version    Prints the version.
  help       Help on a command.
`;

const commandUsage: Readonly<Record<string, string>> = {
  run: `Usage: kapacitord run [flags]

  -config FILE       configuration; else KAPACITOR_CONFIG_PATH, ~/.kapacitor/kapacitor.conf, /etc/kapacitor/kapacitor.conf
  -hostname NAME     overrides hostname
  -pidfile FILE      write the process ID there
  -log-file FILE     overrides [logging] file
  -log-level LEVEL   overrides [logging] level (debug, info, error)
  -cpuprofile FILE   write a CPU profile there at the end
  -memprofile FILE   write a heap snapshot there at the end
`,
  config: `Usage: kapacitord config [-config FILE] [-hostname NAME]

Prints the effective configuration as TOML: defaults, then the file, then the environment.
`,
  version: `Usage: kapacitord version

Prints the version.
`,
  help: `Usage: kapacitord help [command]
`,
};

const configFlags = { config: 'text', hostname: 'text' } as const;
const runFlags = {
  ...configFlags,
  pidfile: 'text',
  'log-file': 'text',
  'log-level': 'text',
  cpuprofile: 'text',
  memprofile: 'text',
} as const;

async function main(args: readonly string[]): Promise<void> {
  const [first = 'run'] = args;
  const isCommand = first !== '' && !first.startsWith('-');
  const command = isCommand ? first : 'run';
  const rest = args.slice(isCommand && args.length > 0 ? 1 : 0);
  switch (command) {
    case 'run': {
      const flags = parse('run', rest, runFlags);
      const { runDaemon } = await import('../daemon/main.ts');
      await runDaemon({ flags: flags.text, environment: process.env });
      return;
    }
    case 'config': {
      const flags = parse('config', rest, configFlags);
      const { printEffectiveConfig } = await import('../daemon/print-config.ts');
      printEffectiveConfig({ flags: flags.text, environment: process.env });
      return;
    }
    case 'version':
      process.stdout.write(
        `Kapacitor Lab ${version.product}, as ${version.compatible} (git: ${version.branch} ${version.commit})\n`,
      );
      return;
    case 'help':
      help(rest);
      return;
    default:
      throw new Failure(1, `unknown command ${JSON.stringify(command)}\nRun 'kapacitord help' for usage`);
  }
}

function parse(command: string, args: readonly string[], spec: typeof runFlags | typeof configFlags): ParsedFlags {
  const flags = parseFlags(args, spec, { interleaved: false });
  const [word] = flags.words;
  if (word !== undefined) throw new Failure(1, `${command}: unexpected argument ${JSON.stringify(word)}`);
  return flags;
}

function help(words: readonly string[]): void {
  const [command] = words;
  if (command === undefined) {
    process.stderr.write(usage);
    return;
  }
  const text = Object.hasOwn(commandUsage, command) ? commandUsage[command] : undefined;
  if (text === undefined) throw new Failure(1, `unknown command ${JSON.stringify(command)}`);
  process.stderr.write(text);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`run: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
