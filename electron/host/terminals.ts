/**
 * Real shells in pseudo terminals, one beside each member: the prompt names the member, `KAPACITOR_URL` points at it,
 * and the CLIs are on the PATH. A terminal keeps its last output, so that a page that comes back sees it again.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter } from 'node:path';
import { type IPty, spawn } from '@lydell/node-pty';
import type { TerminalNotice } from '../contract/notices.ts';
import { childEnvironment } from '../lab/child-environment.ts';
import type { GuardLink } from '../lab/guard-link.ts';
import { HostFailure } from './host-failure.ts';

export interface TerminalRequest {
  readonly member: string;
  /** `http://127.0.0.1:19092` */
  readonly api: string;
  readonly binFolder: string;
  readonly labFolder: string;
  readonly columns: number;
  readonly rows: number;
  /** The guard of the running lab ends shells with it. */
  readonly guard: Pick<GuardLink, 'add' | 'remove'>;
}

const keptCharacters = 256 * 1024;
const terminalLimit = 40;
const hangUpLimitMs = 2_000;

interface Terminal {
  readonly pty: IPty;
  readonly listeners: Set<(notice: TerminalNotice) => void>;
  kept: string;
  exitCode: number | null;
}

export class Terminals {
  private readonly terminals = new Map<string, Terminal>();

  open(request: TerminalRequest): string {
    if (this.terminals.size >= terminalLimit)
      throw new HostFailure('refused', `at most ${terminalLimit} terminals can be open`);
    const { file, words, environment } = shellFor(request);
    const pty = spawn(file, words, {
      name: 'xterm-256color',
      cols: request.columns,
      rows: request.rows,
      cwd: homedir(),
      env: environment,
    });
    const id = randomUUID();
    const terminal: Terminal = { pty, listeners: new Set(), kept: '', exitCode: null };
    this.terminals.set(id, terminal);
    request.guard.add(pty.pid);
    pty.onData((data) => {
      terminal.kept = (terminal.kept + data).slice(-keptCharacters);
      for (const listener of terminal.listeners) listener({ kind: 'data', data });
    });
    pty.onExit(({ exitCode }) => {
      request.guard.remove(pty.pid);
      terminal.exitCode = exitCode;
      for (const listener of terminal.listeners) listener({ kind: 'exit', code: exitCode });
    });
    return id;
  }

  write(id: string, data: string): void {
    const terminal = this.find(id);
    if (terminal.exitCode === null) terminal.pty.write(data);
  }

  resize(id: string, columns: number, rows: number): void {
    const terminal = this.find(id);
    if (terminal.exitCode === null) terminal.pty.resize(columns, rows);
  }

  close(id: string): void {
    const terminal = this.find(id);
    this.terminals.delete(id);
    if (terminal.exitCode === null) hangUp(terminal);
  }

  /** What it said so far, then all it says. A terminal that is gone has exited. */
  follow(id: string, listener: (notice: TerminalNotice) => void): () => void {
    const terminal = this.terminals.get(id);
    if (terminal === undefined) {
      listener({ kind: 'exit', code: 0 });
      return () => undefined;
    }
    if (terminal.kept !== '') listener({ kind: 'data', data: terminal.kept });
    if (terminal.exitCode !== null) listener({ kind: 'exit', code: terminal.exitCode });
    terminal.listeners.add(listener);
    return () => terminal.listeners.delete(listener);
  }

  closeAll(): void {
    for (const id of this.terminals.keys()) this.close(id);
  }

  private find(id: string): Terminal {
    const terminal = this.terminals.get(id);
    if (terminal === undefined) throw new HostFailure('not-found', 'this terminal is closed');
    return terminal;
  }
}

/** A shell that is just starting, or busy, may miss the first signal. */
function hangUp(terminal: Terminal): void {
  terminal.pty.kill();
  if (process.platform === 'win32') return;
  const insist = setTimeout(() => terminal.pty.kill('SIGKILL'), hangUpLimitMs);
  terminal.pty.onExit(() => clearTimeout(insist));
}

function shellFor(request: TerminalRequest): { file: string; words: string[]; environment: Record<string, string> } {
  const prompt = `${request.member}$ `;
  const path = `${request.binFolder}${delimiter}${process.env['PATH'] ?? ''}`;
  const environment = childEnvironment({
    KAPACITOR_URL: request.api,
    KAPACITOR_LAB_DIR: request.labFolder,
    PATH: path,
    PS1: prompt,
    TERM: 'xterm-256color',
    COLORTERM: 'truecolor',
  });
  // The launchers set this for themselves; in a shell it would turn every Electron program into a Node.
  delete environment['ELECTRON_RUN_AS_NODE'];
  if (process.platform === 'win32') {
    return { file: 'cmd.exe', words: ['/K', `prompt ${request.member}$$ `], environment };
  }
  // Without the user's own start files: they would set another prompt and another PATH.
  const bash = ['/bin/bash', '/usr/bin/bash', '/usr/local/bin/bash', '/opt/homebrew/bin/bash'].find((file) =>
    existsSync(file),
  );
  return bash === undefined
    ? { file: '/bin/sh', words: ['-i'], environment }
    : { file: bash, words: ['--noprofile', '--norc', '-i'], environment };
}
