/**
 * Owns the process table of a lab: starts children, acts on them, and tells exits that were asked for from crashes.
 * Everything that happens to a process is an event; nothing else in the lab starts or signals one.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { FromMember, ToMember } from '../../member/api/private-channel.ts';
import { err, ok, type Result } from '../../member/base/result.ts';
import type { ProcessState } from '../contract/state.ts';
import type { GuardLink } from './guard-link.ts';
import { type KeptLine, LogFile } from './log-file.ts';
import * as platform from './platform.ts';
import { exitOutcome, readFromMember, type Expected } from './process-exit.ts';

export interface ProcessSpec {
  /** `kapacitor-1`, `influxd`: unique in the lab. */
  readonly name: string;
  readonly file: string;
  readonly words: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Bundled members talk over a private channel and say themselves when they listen. */
  readonly hasChannel: boolean;
  /** Asked every 100 ms for processes without a channel: does it serve by now? */
  readonly isServing: () => Promise<boolean>;
  readonly logFile: string;
}

export interface ProcessInfo {
  readonly name: string;
  readonly pid: number | null;
  readonly state: ProcessState;
  /** Wall milliseconds. */
  readonly since: number;
  readonly reason: string | null;
  readonly byFault: boolean;
}

export type ProcessEvent =
  | { readonly kind: 'process'; readonly info: ProcessInfo }
  | { readonly kind: 'log'; readonly name: string; readonly line: KeptLine }
  | { readonly kind: 'listening'; readonly name: string; readonly message: Extract<FromMember, { kind: 'listening' }> };

const startLimitMs = 20_000;
const stopLimitMs = 10_000;

interface Entry {
  spec: ProcessSpec;
  info: ProcessInfo;
  log: LogFile;
  child: ChildProcess | null;
  expected: Expected;
  failure: string | null;
  /** Called once the process serves, or is gone. */
  onStarted: ((result: Result<void, string>) => void) | null;
  onGone: (() => void)[];
}

export class Supervisor {
  private readonly guard: GuardLink;
  private readonly emit: (event: ProcessEvent) => void;
  private readonly table = new Map<string, Entry>();

  constructor(guard: GuardLink, emit: (event: ProcessEvent) => void) {
    this.guard = guard;
    this.emit = emit;
  }

  info(name: string): ProcessInfo | null {
    return this.table.get(name)?.info ?? null;
  }

  recentLog(name: string, count?: number): readonly KeptLine[] {
    return this.table.get(name)?.log.recent(count) ?? [];
  }

  /** Resolves when the process serves, or with the reason why it does not. */
  async start(spec: ProcessSpec): Promise<Result<void, string>> {
    const known = this.table.get(spec.name);
    if (known?.child) return err(`${spec.name} is ${known.info.state} already`);
    const entry = known ?? this.newEntry(spec);
    entry.spec = spec;
    entry.expected = null;
    entry.failure = null;
    this.table.set(spec.name, entry);
    return this.spawn(entry);
  }

  crash(name: string): Promise<Result<void, string>> {
    return this.end(name, 'crash', (target) => platform.kill(target), stopLimitMs);
  }

  /** A clean stop; one that takes longer than 10 s is ended. Frozen processes are thawed for it. */
  async stop(name: string, byFault: boolean): Promise<Result<void, string>> {
    if (this.table.get(name)?.info.state === 'frozen') this.thaw(name);
    return this.end(name, byFault ? 'stop' : 'end', (target) => platform.stop(target), stopLimitMs);
  }

  freeze(name: string): Result<void, string> {
    const entry = this.running(name, ['running']);
    if (!entry.ok) return entry;
    platform.freeze(entry.value.target);
    this.change(entry.value.entry, { state: 'frozen', byFault: true, reason: null });
    return ok(undefined);
  }

  thaw(name: string): Result<void, string> {
    const entry = this.running(name, ['frozen']);
    if (!entry.ok) return entry;
    platform.thaw(entry.value.target);
    this.change(entry.value.entry, { state: 'running', byFault: false, reason: null });
    return ok(undefined);
  }

  /** To a bundled member; dropped when its channel is closed. */
  send(name: string, message: ToMember): void {
    const entry = this.table.get(name);
    if (entry?.child) platform.send({ process: entry.child, hasChannel: entry.spec.hasChannel }, message);
  }

  /** The process is no part of the lab any more. It must have ended. */
  forget(name: string): void {
    const entry = this.table.get(name);
    if (entry === undefined || entry.child !== null) return;
    this.table.delete(name);
    entry.log.close();
  }

  /** Ends everything at once, without asking: for when a clean stop is out of reach. */
  killAll(): void {
    for (const { child, spec } of this.table.values())
      if (child) platform.kill({ process: child, hasChannel: spec.hasChannel });
  }

  closeLogs(): void {
    for (const { log } of this.table.values()) log.close();
  }

  private newEntry(spec: ProcessSpec): Entry {
    return {
      spec,
      info: { name: spec.name, pid: null, state: 'stopped', since: Date.now(), reason: null, byFault: false },
      log: new LogFile({ file: spec.logFile, onLine: (line) => this.emit({ kind: 'log', name: spec.name, line }) }),
      child: null,
      expected: null,
      failure: null,
      onStarted: null,
      onGone: [],
    };
  }

  private spawn(entry: Entry): Promise<Result<void, string>> {
    const { spec } = entry;
    const child = spawn(spec.file, spec.words, {
      cwd: spec.cwd,
      env: spec.environment,
      detached: platform.spawnsOwnGroup,
      stdio: ['ignore', 'pipe', 'pipe', ...(spec.hasChannel ? (['ipc'] as const) : [])],
      windowsHide: true,
    });
    entry.child = child;
    if (child.pid !== undefined) this.guard.add(child.pid);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8');
      stream?.on('data', (chunk: string) => entry.log.write(chunk));
    }
    child.on('message', (message) => this.heard(entry, message));
    child.on('error', (error) => {
      entry.failure ??= error.message;
      // Without a pid there will be no exit either.
      if (child.pid === undefined) this.gone(entry, child, null, null);
    });
    child.on('exit', (code, signal) => this.afterExit(entry, child, code, signal));
    this.change(entry, { state: 'starting', pid: child.pid ?? null, reason: null, byFault: false });
    return new Promise((resolve) => {
      entry.onStarted = resolve;
      this.watchStart(entry, child);
    });
  }

  /** Waits for the process to serve, with a limit. */
  private watchStart(entry: Entry, child: ChildProcess): void {
    const deadline = Date.now() + startLimitMs;
    const look = async (): Promise<void> => {
      if (entry.child !== child || entry.info.state !== 'starting') return;
      if (!entry.spec.hasChannel && (await entry.spec.isServing())) return this.serves(entry);
      if (Date.now() > deadline) {
        entry.failure = `it did not listen within ${startLimitMs / 1000} s`;
        platform.kill({ process: child, hasChannel: entry.spec.hasChannel });
        return;
      }
      setTimeout(() => void look(), 100);
    };
    void look();
  }

  private heard(entry: Entry, raw: unknown): void {
    const message = readFromMember(raw);
    if (message?.kind === 'failed') entry.failure = message.reason;
    if (message?.kind === 'listening') {
      this.emit({ kind: 'listening', name: entry.spec.name, message });
      this.serves(entry);
    }
  }

  private serves(entry: Entry): void {
    if (entry.info.state !== 'starting') return;
    this.change(entry, { state: 'running' });
    entry.onStarted?.(ok(undefined));
    entry.onStarted = null;
  }

  /** Standard error may still hold the reason; it is waited for, but not for long, as a grandchild may hold it open. */
  private afterExit(entry: Entry, child: ChildProcess, code: number | null, signal: NodeJS.Signals | null): void {
    let isDone = false;
    const done = (): void => {
      if (isDone) return;
      isDone = true;
      clearTimeout(timer);
      this.gone(entry, child, code, signal);
    };
    const timer = setTimeout(done, 300);
    child.once('close', done);
  }

  private gone(entry: Entry, child: ChildProcess, code: number | null, signal: NodeJS.Signals | null): void {
    if (entry.child !== child) return;
    if (child.pid !== undefined) this.guard.remove(child.pid);
    entry.child = null;
    entry.log.flush();
    const outcome = exitOutcome({
      state: entry.info.state,
      expected: entry.expected,
      failure: entry.failure,
      code,
      signal,
      lastLines: entry.log.recent(5).map(({ text }) => text),
    });
    this.change(entry, { ...outcome, pid: null });
    entry.onStarted?.(err(outcome.reason ?? `it was ended while it started`));
    entry.onStarted = null;
    for (const tell of entry.onGone.splice(0)) tell();
  }

  private async end(
    name: string,
    expected: Expected,
    act: (target: platform.Target) => void,
    limitMs: number,
  ): Promise<Result<void, string>> {
    const found = this.running(name, ['starting', 'running', 'frozen']);
    if (!found.ok) return found;
    const { entry, target } = found.value;
    entry.expected = expected;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => platform.kill(target), limitMs);
      entry.onGone.push(() => {
        clearTimeout(timer);
        resolve();
      });
      act(target);
    });
    return ok(undefined);
  }

  private running(
    name: string,
    states: readonly ProcessState[],
  ): Result<{ entry: Entry; target: platform.Target }, string> {
    const entry = this.table.get(name);
    if (entry === undefined) return err(`there is no ${name} in this lab`);
    if (!entry.child || !states.includes(entry.info.state))
      return err(`${name} is ${entry.info.state}, not ${states.join(' or ')}`);
    return ok({ entry, target: { process: entry.child, hasChannel: entry.spec.hasChannel } });
  }

  private change(entry: Entry, part: Partial<ProcessInfo>): void {
    entry.info = { ...entry.info, ...part, since: Date.now() };
    this.emit({ kind: 'process', info: entry.info });
  }
}
