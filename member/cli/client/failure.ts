/** A command that cannot go on: its exit status, and the one line for standard error. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly exitCode: number;

  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Exit codes of the clients (cli.md). */
export const exit = { done: 0, noCommand: 1, badArguments: 2, failed: 3, badUrl: 4 } as const;

export function badArguments(message: string): Failure {
  return new Failure(exit.badArguments, message);
}

export function failed(message: string): Failure {
  return new Failure(exit.failed, message);
}
