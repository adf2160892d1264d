/**
 * Stop, reload, freeze and kill, per system. Where signals exist they act; on Windows, and for a clean stop of
 * bundled members everywhere, the private channel does. No other file sends a signal.
 */
import type { ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { thawFileName, type ToMember } from '../../member/api/private-channel.ts';

/** What can be acted upon: a child, with or without a private channel. */
export interface Target {
  readonly process: ChildProcess;
  readonly hasChannel: boolean;
}

const isWindows = process.platform === 'win32';

export function stop(target: Target): void {
  if (target.hasChannel && target.process.connected) send(target, { kind: 'stop' });
  else target.process.kill('SIGTERM');
}

export function freeze(target: Target): void {
  if (isWindows) send(target, { kind: 'freeze' });
  else target.process.kill('SIGSTOP');
}

export function thaw(target: Target): void {
  const { pid } = target.process;
  if (!isWindows) target.process.kill('SIGCONT');
  else if (pid !== undefined) writeFileSync(join(tmpdir(), thawFileName(pid)), '');
}

/** Ends the process and, where there are process groups, what it started. Works on frozen ones. */
export function kill(target: Target): void {
  const { pid } = target.process;
  if (pid === undefined) return;
  if (!isWindows && killGroup(pid)) return;
  target.process.kill('SIGKILL');
}

/** Children are leaders of their own group: Ctrl C in the terminal of the lab does not reach them past the supervisor. */
export const spawnsOwnGroup = !isWindows;

function killGroup(pid: number): boolean {
  try {
    process.kill(-pid, 'SIGKILL');
    return true;
  } catch (error) {
    // ESRCH: gone already, or (in the moment after its start) not yet a group of its own.
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}

export function send(target: Target, message: ToMember): void {
  if (!target.hasChannel || !target.process.connected) return;
  // A channel that closes meanwhile belongs to a process that is exiting; its exit is reported on its own.
  target.process.send(message, () => undefined);
}
