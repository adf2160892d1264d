/** A supervisor to be killed: two children, one of them frozen. Prints the pids of both and of the guard. */
import { tmpdir } from 'node:os';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { childEnvironment } from '../child-environment.ts';
import { GuardLink } from '../guard-link.ts';
import { Supervisor } from '../supervisor.ts';

const dir = mkdtempSync(join(tmpdir(), 'supervisor-process-'));
const guard = new GuardLink(process.argv[2] ?? '', () => undefined);
const supervisor = new Supervisor(guard, () => undefined);
for (const name of ['one', 'two']) {
  await supervisor.start({
    name,
    file: process.execPath,
    words: ['-e', 'setInterval(() => {}, 1000)'],
    cwd: dir,
    environment: childEnvironment(),
    hasChannel: false,
    isServing: () => Promise.resolve(true),
    logFile: join(dir, `${name}.log`),
  });
}
supervisor.freeze('two');
process.stdout.write(`${[supervisor.info('one')?.pid, supervisor.info('two')?.pid, guard.pid].join(' ')}\n`);
