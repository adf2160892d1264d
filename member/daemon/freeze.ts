/**
 * Stands in for SIGSTOP where there is none: blocks the main thread, and with it every socket and timer of the member,
 * until a helper thread hears `thaw` from the lab.
 */
import { Worker } from 'node:worker_threads';

/** The helper waits for the byte that says thaw; the lab's channel itself belongs to the blocked thread. */
const helper = `
const { workerData } = require('node:worker_threads');
const { existsSync, rmSync } = require('node:fs');
const flag = new Int32Array(workerData.flag);
const timer = setInterval(() => {
  if (!existsSync(workerData.path)) return;
  clearInterval(timer);
  rmSync(workerData.path, { force: true });
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
}, 20);
`;

/** Where the lab leaves a file to thaw the member whose pid it names. */
export function thawPath(pid: number): string {
  return `${process.env['TMPDIR'] ?? process.env['TEMP'] ?? '/tmp'}/kapacitor-lab-thaw-${pid}`;
}

export function freeze(): void {
  const flag = new SharedArrayBuffer(4);
  const worker = new Worker(helper, { eval: true, workerData: { flag, path: thawPath(process.pid) } });
  worker.unref();
  // The thread must run before this one stops: it starts on its own, but its first turn is asked for here.
  worker.once('online', () => {
    Atomics.wait(new Int32Array(flag), 0, 0);
  });
}
