/** The supervisor's end of the guard's pipe. A guard that dies is started again with all pids that live. */
import { type ChildProcess, spawn } from 'node:child_process';
import { childEnvironment } from './child-environment.ts';
import { processStart } from './process-start.ts';

export class GuardLink {
  private readonly guardFile: string;
  private readonly onTrouble: (message: string) => void;
  private readonly children = new Map<number, string>();
  private guard: ChildProcess;
  private isClosing = false;

  constructor(guardFile: string, onTrouble: (message: string) => void) {
    this.guardFile = guardFile;
    this.onTrouble = onTrouble;
    this.guard = this.open();
  }

  get pid(): number | undefined {
    return this.guard.pid;
  }

  add(pid: number): void {
    const started = processStart(pid);
    this.children.set(pid, started);
    this.guard.stdin?.write(`+${pid} ${started}\n`);
  }

  remove(pid: number): void {
    if (this.children.delete(pid)) this.guard.stdin?.write(`-${pid}\n`);
  }

  /** The lab is over: the guard ends what is left, and itself. */
  close(): Promise<void> {
    this.isClosing = true;
    return new Promise((resolve) => {
      if (this.guard.exitCode !== null || this.guard.signalCode !== null) return resolve();
      this.guard.once('exit', () => resolve());
      this.guard.stdin?.end();
    });
  }

  private open(): ChildProcess {
    const guard = spawn(process.execPath, [this.guardFile], {
      env: childEnvironment(),
      // A group of its own: what ends the lab's terminal must not end the guard before its work is done.
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    guard.on('error', (error) => this.onTrouble(`the guard did not start: ${error.message}`));
    // A guard that has just died; its exit starts another one.
    guard.stdin?.on('error', () => undefined);
    guard.on('exit', (code, signal) => {
      if (this.isClosing) return;
      this.onTrouble(`the guard ended (${signal ?? `status ${String(code)}`}) and is started again`);
      this.guard = this.open();
      for (const [pid, started] of this.children) this.guard.stdin?.write(`+${pid} ${started}\n`);
    });
    return guard;
  }
}
