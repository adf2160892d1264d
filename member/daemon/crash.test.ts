import { afterAll, beforeAll, expect, test } from 'vitest';
import { randomBelow, seededRandom } from '../base/random.ts';
import {
  bundleMember,
  memberFolder,
  startMember,
  type MemberFolder,
  type MemberProcess,
} from './testing/member-process.ts';

let program: Awaited<ReturnType<typeof bundleMember>>;
let folder: MemberFolder;
let member: MemberProcess | undefined;

beforeAll(async () => {
  program = await bundleMember();
  folder = await memberFolder();
}, 30_000);
afterAll(async () => {
  await member?.end('SIGKILL');
  folder.dispose();
  program.dispose();
});

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

async function post(path: string, body: object): Promise<number | undefined> {
  try {
    const response = await fetch(folder.url + path, { method: 'POST', body: JSON.stringify(body) });
    await response.arrayBuffer();
    return response.status;
  } catch {
    // Killed on the way: not acknowledged.
    return undefined;
  }
}

test('SIGKILL at random instants: every acknowledged task and handler is there after the restart', async () => {
  const seed = Date.now() >>> 0;
  const random = seededRandom(seed);
  const acknowledged: string[] = [];
  let next = 0;
  let kills = 0;
  while (next < writes) {
    member = await startMember(program.program, folder);
    const running = member;
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
  member = await startMember(program.program, folder);
  const missing: string[] = [];
  for (const path of acknowledged) {
    const response = await fetch(folder.url + path);
    await response.arrayBuffer();
    if (response.status !== 200) missing.push(path);
  }
  expect({ seed, missing }).toEqual({ seed, missing: [] });
  expect(acknowledged.length).toBeGreaterThan(writes / 2);
  expect(kills).toBeGreaterThan(1);
}, 60_000);
