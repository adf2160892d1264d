/** A function as a process of the member's: the protocol over its standard input and output, its stderr to the log. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { ok, type Result } from '../../base/result.ts';
import type { UdfFunction } from '../../config/config.ts';
import type { UdfReceiver } from '../../pipeline/nodes/udf/udf-port.ts';
import { endText, startProgram } from '../outgoing/command-runner.ts';
import { LineSplitter } from './line-splitter.ts';
import { OutgoingBytes } from './outgoing-bytes.ts';
import type { OpenUdf, UdfEnds } from './open-udf.ts';

/** A broken input is most often the sign of an end that is about to be known better. */
const brokenInputMs = 1_000;

export class UdfProcess implements OpenUdf {
  readonly timeoutMs: number;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #out: OutgoingBytes;
  readonly #ends: UdfEnds;
  #receiver: UdfReceiver | undefined;
  #isGone = false;
  #hasEndedInput = false;
  #timer: NodeJS.Timeout | undefined;

  static start(wanted: UdfFunction, receiver: UdfReceiver, ends: UdfEnds): Result<UdfProcess, string> {
    const started = startProgram(wanted.program, wanted.args, { ...process.env, ...wanted.env });
    return started.ok ? ok(new UdfProcess(wanted, started.value, receiver, ends)) : started;
  }

  private constructor(
    { program, timeoutNs }: UdfFunction,
    child: ChildProcessWithoutNullStreams,
    receiver: UdfReceiver,
    ends: UdfEnds,
  ) {
    this.timeoutMs = Number(timeoutNs) / 1e6;
    this.#receiver = receiver;
    this.#ends = ends;
    this.#child = child;
    this.#out = new OutgoingBytes(this.#child.stdin, () => this.#receiver?.drained());
    this.#listen(program);
  }

  hasRoom(): boolean {
    return this.#out.hasRoom();
  }

  write(bytes: Uint8Array): void {
    this.#out.write(bytes);
  }

  end(): void {
    this.#hasEndedInput = true;
    this.#out.end();
  }

  close(): void {
    if (this.#receiver === undefined) return;
    this.#receiver = undefined;
    if (this.#isGone) return;
    this.end();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#ends.killing('process not responding');
      this.kill();
    }, 2 * this.timeoutMs);
  }

  kill(): void {
    if (!this.#isGone) this.#child.kill('SIGKILL');
  }

  #listen(program: string): void {
    const { stdin, stdout, stderr } = this.#child;
    const lines = new LineSplitter((line) => this.#receiver?.logged(line));
    this.#child.once('spawn', () => this.#receiver?.opened());
    this.#child.once('error', (error: NodeJS.ErrnoException) => {
      // A process that could not be started has no other end.
      if (this.#child.pid === undefined) this.#gone(startProblem(program, error));
    });
    this.#child.once('close', (code, signal) => {
      lines.end();
      this.#gone(code === 0 ? null : `process exited unexpectedly: ${endText(code, signal)}`);
    });
    stdin.on('error', (error: NodeJS.ErrnoException) => this.#inputBroke(error));
    stdout.on('data', (bytes: Buffer<ArrayBuffer>) => this.#receiver?.received(bytes));
    stderr.setEncoding('utf8');
    stderr.on('data', (text: string) => lines.feed(text));
  }

  #inputBroke(error: NodeJS.ErrnoException): void {
    if (this.#hasEndedInput || this.#isGone) return;
    const reason = error.code === 'EPIPE' ? 'broken pipe' : error.message;
    this.#timer ??= setTimeout(() => this.#receiver?.ended(`write error: write |1: ${reason}`), brokenInputMs);
  }

  #gone(error: string | null): void {
    if (this.#isGone) return;
    this.#isGone = true;
    clearTimeout(this.#timer);
    this.#ends.gone();
    this.#receiver?.ended(error);
  }
}

/** As Go words it. */
function startProblem(program: string, error: NodeJS.ErrnoException): string {
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'no such file or directory',
    EACCES: 'permission denied',
    ENOEXEC: 'exec format error',
  };
  if (error.code === 'ENOENT' && !program.includes('/'))
    return `exec: ${JSON.stringify(program)}: executable file not found in $PATH`;
  return `fork/exec ${program}: ${reasons[error.code ?? ''] ?? error.message}`;
}
