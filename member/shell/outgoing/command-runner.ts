/** Runs a program with text on its standard input (the `exec` handler). */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { err, ok, type Result } from '../../base/result.ts';

/** Of a program's output, as much as an error line can use. */
const keptOutputBytes = 64 * 1024;

export interface CommandEnd {
  /** `exit status 3`, `signal: killed`; empty for success. */
  readonly failure: string;
  /** Standard output and error together. */
  readonly output: string;
}

/** Past the limit the program is killed; null: no limit. An error: it could not be started, or took too long. */
export function runCommand(command: {
  readonly program: string;
  readonly args: readonly string[];
  readonly input: string;
  readonly limitMs: number | null;
}): Promise<Result<CommandEnd, string>> {
  const { program, limitMs } = command;
  return new Promise((resolve) => {
    let output = '';
    let timer: NodeJS.Timeout | undefined;
    const finish = (result: Result<CommandEnd, string>): void => {
      clearTimeout(timer);
      resolve(result);
    };
    const started = startProgram(program, command.args);
    if (!started.ok) return finish(started);
    const child = started.value;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => {
        if (output.length < keptOutputBytes) output += text.slice(0, keptOutputBytes - output.length);
      });
    }
    child.on('error', (error) => finish(err(error.message)));
    child.on('close', (code, signal) => {
      const failure = code === 0 ? '' : endText(code, signal);
      finish(ok({ failure, output }));
    });
    if (limitMs !== null) {
      timer = setTimeout(() => {
        finish(err(`took longer than ${limitMs} ms`));
        child.kill('SIGKILL');
      }, limitMs);
    }
    // A program that does not read its input closes it: the exit status tells whether that was an error.
    child.stdin.on('error', () => undefined);
    child.stdin.end(command.input);
  });
}

/** Node throws what the system or it itself refuses at once: an empty name, a zero byte, a file in a folder's place. */
export function startProgram(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Result<ChildProcessWithoutNullStreams, string> {
  try {
    return ok(spawn(program, args, { stdio: 'pipe', env }));
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
}

/** How a program ended, as Go words it: `exit status 3`, `signal: killed`. */
export function endText(code: number | null, signal: NodeJS.Signals | null): string {
  return signal === null ? `exit status ${code}` : `signal: ${signalName(signal)}`;
}

/** Go's word for a signal that ended a program. */
function signalName(signal: NodeJS.Signals): string {
  const names: Readonly<Record<string, string>> = {
    SIGKILL: 'killed',
    SIGTERM: 'terminated',
    SIGINT: 'interrupt',
    SIGSEGV: 'segmentation fault',
  };
  return names[signal] ?? signal;
}
