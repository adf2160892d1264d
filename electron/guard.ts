/**
 * The guard of a lab: a small process that outlives its supervisor by a moment. It reads the pids of all children
 * from standard input ("+PID STARTED", "-PID"); when that pipe closes, for whatever reason, it ends every one of them,
 * frozen ones too, and exits. STARTED is the start time in clock ticks where the system tells it, so that a pid used
 * again by somebody else is left alone.
 */
import { createInterface } from 'node:readline';
import { processStart } from './lab/process-start.ts';

const children = new Map<number, string>();

function kill(pid: number): void {
  for (const target of process.platform === 'win32' ? [pid] : [-pid, pid]) {
    try {
      process.kill(target, 'SIGKILL');
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH'))
        process.stderr.write(`guard: ${String(error)}\n`);
    }
  }
}

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const match = /^([+-])(\d+)(?: (\S*))?$/.exec(line);
  if (match === null) return;
  const pid = Number(match[2]);
  if (match[1] === '+') children.set(pid, match[3] ?? '');
  else children.delete(pid);
});
lines.on('close', () => {
  for (const [pid, started] of children) {
    if (started === '' || processStart(pid) === started) kill(pid);
  }
  process.exit(0);
});

// A terminal that is closed or interrupted ends the supervisor; the guard then still has its work to do.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
