/** What a command may touch, handed in so that tests can run commands without a process. */
import type { Connection } from './connection.ts';

export interface CommandContext {
  readonly connection: Connection;
  /** Standard output, as it is. */
  out(text: string): void;
  /** One line on standard error. */
  warn(line: string): void;
  readTextFile(path: string): string;
  writeFile(path: string, body: Buffer): void;
  nowMs(): number;
  wait(ms: number): Promise<void>;
  /** Aborted by SIGINT and SIGTERM. */
  readonly interrupted: AbortSignal;
}

export interface Command {
  /** First line of help: the words and flags. */
  readonly usage: string;
  readonly help: string;
  run(context: CommandContext, args: readonly string[]): Promise<void>;
}
