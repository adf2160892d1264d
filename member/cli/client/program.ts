/** The frame both clients share: client options, environment, help, exit codes, one line per failure. */
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from './connection.ts';
import type { Command, CommandContext } from './context.ts';
import { exit, failed, Failure } from './failure.ts';
import { parseBool, parseFlags } from './flags.ts';

export interface Program {
  readonly name: string;
  readonly summary: string;
  readonly commands: Readonly<Record<string, Command>>;
  /** Exit code of a command that failed: 3 for kapacitor, 1 for kapacitorctl. */
  readonly exitCodeOf: (failure: Failure) => number;
  /** kapacitorctl takes the client options anywhere, kapacitor only before the command. */
  readonly optionsAnywhere: boolean;
  readonly userAgent: string;
}

const clientFlags = { url: 'text', skipVerify: 'bool' } as const;

/** Runs one command line and ends the process with its exit code. */
export async function main(program: Program): Promise<void> {
  try {
    await run(program, process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = program.exitCodeOf(error);
  }
}

async function run(program: Program, args: readonly string[]): Promise<void> {
  const flags = program.optionsAnywhere ? splitOptions(args) : parseFlags(args, clientFlags, { interleaved: false });
  const skipVerify = flags.bool.has('skipVerify') || unsafeSsl();
  const [name, ...rest] = flags.words;
  if (name === undefined) throw new Failure(exit.noCommand, usage(program));
  if (name === 'help') return help(program, rest);
  const command = Object.hasOwn(program.commands, name) ? program.commands[name] : undefined;
  if (command === undefined)
    throw new Failure(exit.noCommand, `unknown command ${JSON.stringify(name)}\n${usage(program)}`);
  const connection = new Connection({
    url: flags.text.get('url') ?? process.env['KAPACITOR_URL'] ?? 'http://localhost:9092',
    skipVerify,
    userAgent: program.userAgent,
  });
  await command.run(contextFor(connection), rest);
}

/** Client options may stand anywhere; everything else stays in its place. */
function splitOptions(args: readonly string[]): ReturnType<typeof parseFlags> {
  return parseFlags(args, clientFlags, { interleaved: true });
}

function unsafeSsl(): boolean {
  const word = process.env['KAPACITOR_UNSAFE_SSL'];
  if (word === undefined || word === '') return false;
  try {
    return parseBool(word, 'KAPACITOR_UNSAFE_SSL');
  } catch (error) {
    throw new Failure(exit.noCommand, error instanceof Error ? error.message : String(error));
  }
}

/** Usage goes to standard error, as in the original; a known command makes it a success. */
function help(program: Program, words: readonly string[]): void {
  const [name, ...more] = words;
  if (name === undefined || more.length > 0) throw new Failure(exit.noCommand, usage(program));
  const command = Object.hasOwn(program.commands, name) ? program.commands[name] : undefined;
  if (command === undefined && name !== 'help')
    throw new Failure(exit.noCommand, `unknown command ${JSON.stringify(name)}\n${usage(program)}`);
  const text =
    command === undefined
      ? `Usage: ${program.name} help [command]`
      : `Usage: ${program.name} ${command.usage}\n\n${command.help}`;
  process.stderr.write(`${text}\n`);
}

function usage(program: Program): string {
  const width = Math.max(...Object.keys(program.commands).map((name) => name.length)) + 2;
  const lines = Object.entries(program.commands).map(
    ([name, { help }]) => `  ${name.padEnd(width)}${help.split('\n')[0]}`,
  );
  return [
    program.summary,
    '',
    ...lines,
    `  ${'help'.padEnd(width)}Help on a command.`,
    '',
    'Options:',
    '  -url URL      URL of the member (http or https), else KAPACITOR_URL, else http://localhost:9092',
    '  -skipVerify   do not verify the certificate of an https URL, else KAPACITOR_UNSAFE_SSL',
  ].join('\n');
}

function contextFor(connection: Connection): CommandContext {
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt.abort());
  return {
    connection,
    out: (text) => process.stdout.write(text),
    warn: (line) => process.stderr.write(`${line}\n`),
    readTextFile(path) {
      try {
        return readFileSync(path, 'utf8');
      } catch (error) {
        throw failed(`cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
    writeFile(path, body) {
      try {
        writeFileSync(path, body);
      } catch (error) {
        throw failed(`cannot write ${path}: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
    nowMs: () => Date.now(),
    async wait(ms) {
      try {
        await delay(ms, undefined, { signal: interrupt.signal });
      } catch (error) {
        // The only way to end a wait early is the interrupt, which the commands look at themselves.
        if (!interrupt.signal.aborted) throw error;
      }
    },
    interrupted: interrupt.signal,
  };
}
