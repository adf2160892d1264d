/** Nodes that reach beyond their task, in a real member: points that come back, files beside it, a cluster it scales. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kubernetesAnswer, standIn, type StandIn } from '../shell/autoscale/testing/stand-in.ts';
import {
  bundleMember,
  memberFolder,
  startMember,
  type MemberFolder,
  type MemberProcess,
} from './testing/member-process.ts';

const scaled = { replicas: 2 };
let program: Awaited<ReturnType<typeof bundleMember>>;
let api: StandIn;
let folder: MemberFolder;
let member: MemberProcess;

beforeAll(async () => {
  program = await bundleMember();
  api = await standIn(kubernetesAnswer(scaled));
  folder = await memberFolder(
    `[[influxdb]]\nenabled = false\nname = "default"\n[[kubernetes]]\nenabled = true\nid = "k"\napi-servers = ["${api.url}"]`,
  );
  mkdirSync(join(folder.dir, 'side'));
  member = await startMember(program.program, folder);
}, 60_000);
afterAll(async () => {
  await member.end('SIGKILL');
  await api.close();
  folder.dispose();
  program.dispose();
});

const request = async (method: string, path: string, body?: object): Promise<{ status: number; text: string }> => {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(folder.url + path, { method, ...sent });
  return { status: response.status, text: await response.text() };
};
const define = async (id: string, script: string, db: string): Promise<number> =>
  (await request('POST', '/tasks', { id, script, type: 'stream', dbrps: [{ db, rp: 'rp' }], status: 'enabled' }))
    .status;
const write = async (db: string, line: string): Promise<void> => {
  await fetch(`${folder.url}/write?db=${db}&rp=rp`, { method: 'POST', body: line });
};
const until = async (holds: () => Promise<boolean>): Promise<void> => {
  const end = Date.now() + 10_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`it did not come about in time\n${member.log()}`);
    await delay(20);
  }
};
const values = async (task: string): Promise<string> => (await request('GET', `/tasks/${task}/out`)).text;

test('points that one task writes back are there for another when the writer has its answer', async () => {
  const back =
    "    |kapacitorLoopback()\n        .database('derived')\n        .retentionPolicy('rp')\n        .tag('via', 'loop')";
  expect(await define('first', `stream\n    |from()\n${back}`, 'raw')).toBe(200);
  expect(await define('second', "stream\n    |from()\n        .measurement('m')\n    |httpOut('out')", 'derived')).toBe(
    200,
  );
  await write('raw', 'm,host=a v=7 1000000000');
  const out = await values('second');
  expect([out.includes('"via": "loop"') || out.includes('"via":"loop"'), /\b7\b/.test(out)]).toEqual([true, true]);
});

test('tasks that feed each other in a circle leave the member alive, and others served', async () => {
  const to = (db: string): string =>
    `stream\n    |from()\n        .measurement('m')\n    |kapacitorLoopback()\n        .database('${db}')\n        .retentionPolicy('rp')`;
  expect([
    await define('round-a', to('circle-b'), 'circle-a'),
    await define('round-b', to('circle-a'), 'circle-b'),
  ]).toEqual([200, 200]);
  for (let i = 0; i < 50; i++) await write('circle-a', `m v=${i} 1000000000`);
  await write('raw', 'm,host=a v=8 2000000000');
  await until(async () => /\b8\b/.test(await values('second')));
  expect((await request('DELETE', '/tasks/round-a')).status).toBe(204);
  expect((await request('DELETE', '/tasks/round-b')).status).toBe(204);
}, 30_000);

test('files are read again by a request and by SIGHUP; what cannot be read is said, and changes nothing', async () => {
  const file = join(folder.dir, 'side/all.yml');
  writeFileSync(file, 'limit: 101');
  const script = `stream\n    |from()\n    |sideload()\n        .source('file://${folder.dir}/side')\n        .order('all.yml')\n        .field('limit', 0)\n    |httpOut('out')`;
  expect(await define('side', script, 'side')).toBe(200);
  const limit = async (): Promise<string | undefined> => {
    await write('side', 'm v=1 1000000000');
    return /\b10\d\b/.exec(await values('side'))?.[0];
  };
  expect(await limit()).toBe('101');
  writeFileSync(file, 'limit: 102');
  expect(await limit()).toBe('101');
  expect((await request('POST', '/sideload/reload')).status).toBe(204);
  expect(await limit()).toBe('102');
  writeFileSync(file, 'limit: [');
  const failed = await request('POST', '/sideload/reload');
  expect([failed.status, failed.text.includes('failed to update source'), await limit()]).toEqual([500, true, '102']);
  writeFileSync(file, 'limit: 103');
  member.process.kill('SIGHUP');
  await until(async () => (await limit()) === '103');
}, 30_000);

test('a resource is scaled, and the service test reaches its cluster', async () => {
  const node =
    "    |k8sAutoscale()\n        .cluster('k')\n        .resourceName('app')\n        .replicas(lambda: int(\"v\"))";
  expect(await define('scale', `stream\n    |from()\n${node}\n    |httpOut('out')`, 'scale')).toBe(200);
  await write('scale', 'm v=6 1000000000');
  await until(async () => /\b6\b/.test(await values('scale')));
  expect(scaled.replicas).toBe(6);
  const tested = await request('POST', '/service-tests/kubernetes', { id: 'k' });
  expect(tested.text).toContain('"success":true');
  const unknown = await request('POST', '/service-tests/kubernetes', { id: 'other' });
  expect(unknown.text).toContain('unknown kubernetes cluster \\"other\\"');
});
