/**
 * Stands in for SIGSTOP where there is none: blocks the main thread, and with it every socket and timer of the member,
 * until a helper thread finds the file that says thaw.
 */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { thawFileName } from '../api/private-channel.ts';

/** The lab's channel belongs to the blocked thread, so that thawing has to come by another way. */
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

export function freeze(): void {
  const flag = new SharedArrayBuffer(4);
  const path = join(tmpdir(), thawFileName(process.pid));
  const worker = new Worker(helper, { eval: true, workerData: { flag, path } });
  worker.unref();
  // Not before the helper runs: nobody else could wake this thread.
  worker.once('online', () => {
    Atomics.wait(new Int32Array(flag), 0, 0);
  });
}
