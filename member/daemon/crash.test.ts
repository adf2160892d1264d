import { expect, test } from 'vitest';
import { randomBelow, seededRandom } from '../base/random.ts';
import { useMembers } from './testing/use-members.ts';

const members = useMembers();

const writes = 200;
const script = "stream\n    |from()\n        .measurement('m')\n    |httpOut('out')\n";

/** The n-th write: tasks and handlers in turn. What it is acknowledged for is a path that must then exist. */
function write(n: number): { readonly path: string; readonly body: object; readonly proves: string } {
  if (n % 2 === 0) {
    const id = `task-${n}`;
    return {
      path: '/tasks',
      body: { id, script, dbrps: [{ db: 'd', rp: 'r' }], status: 'enabled' },
      proves: `/tasks/${id}`,
    };
  }
  const path = `/alerts/topics/topic-${n % 7}/handlers`;
  const body = { id: `handler-${n}`, kind: 'post', options: { url: 'http://127.0.0.1:1/' } };
  return { path, body, proves: `${path}/handler-${n}` };
}

test('SIGKILL at random instants: every acknowledged task and handler is there after the restart', async () => {
  const folder = await members.folder();
  const { api } = folder;
  /** Its status; undefined when the member was killed on the way: not acknowledged. */
  const post = (path: string, body: object): Promise<number | undefined> =>
    api.ask('POST', path, body).then(
      ({ status }) => status,
      () => undefined,
    );
  const seed = Date.now() >>> 0;
  const random = seededRandom(seed);
  const acknowledged: string[] = [];
  let next = 0;
  let kills = 0;
  while (next < writes) {
    const running = await members.start(folder);
    // After some writes, at an instant within the next ones: as many rounds on a slow machine as on a quick one.
    const killedAfter = next + 10 + randomBelow(random, 40);
    let timer: NodeJS.Timeout | undefined;
    while (next < writes && running.process.exitCode === null && running.process.signalCode === null) {
      if (next === killedAfter) timer = setTimeout(() => running.process.kill('SIGKILL'), randomBelow(random, 30));
      const { path, body, proves } = write(next++);
      const status = await post(path, body);
      if (status === 200) acknowledged.push(proves);
      else if (status !== undefined) throw new Error(`seed ${seed}: ${path} was answered with ${status}`);
      else break;
    }
    clearTimeout(timer);
    await running.end('SIGKILL');
    kills++;
  }
  await members.start(folder);
  const missing: string[] = [];
  for (const path of acknowledged) if ((await api.ask('GET', path)).status !== 200) missing.push(path);
  expect({ seed, missing }).toEqual({ seed, missing: [] });
  expect(acknowledged.length).toBeGreaterThan(writes / 2);
  expect(kills).toBeGreaterThan(1);
});
