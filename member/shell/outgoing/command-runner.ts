/** Runs a program with text on its standard input (the `exec` handler). */
import { spawn } from 'node:child_process';

/** Of a program's error output, as much as an error line can use. */
const keptOutputBytes = 16 * 1024;

/** `done` gets null when the program ended with status 0. Past the time-out it is killed; null: no time-out. */
export function runCommand(
  command: {
    readonly program: string;
    readonly args: readonly string[];
    readonly input: string;
    readonly timeoutMs: number | null;
  },
  done: (error: string | null) => void,
): void {
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;
  const finish = (error: string | null): void => {
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    done(error);
  };
  const child = spawn(command.program, command.args, { stdio: ['pipe', 'ignore', 'pipe'] });
  let output = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text: string) => {
    if (output.length < keptOutputBytes) output += text;
  });
  child.on('error', (error) => finish(`${command.program}: ${error.message}`));
  child.on('close', (code, signal) => {
    if (code === 0) finish(null);
    else
      finish(
        `${command.program}: ${signal === null ? `exit status ${code}` : `signal: ${signal}`}${output === '' ? '' : `: ${output.trim()}`}`,
      );
  });
  if (command.timeoutMs !== null) {
    timer = setTimeout(() => {
      finish(`${command.program}: timeout of ${command.timeoutMs} ms exceeded`);
      child.kill('SIGKILL');
    }, command.timeoutMs);
  }
  // A program that does not read its input closes it: the exit status tells whether that was an error.
  child.stdin.on('error', () => undefined);
  child.stdin.end(command.input);
}
