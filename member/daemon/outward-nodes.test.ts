/** Nodes that reach beyond their task, in a real member: points that come back, files beside it, a cluster it scales. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kubernetesAnswer, standIn, type StandIn } from '../shell/autoscale/testing/stand-in.ts';
import type { MemberApi } from './testing/member-api.ts';
import type { MemberFolder, MemberProcess } from './testing/member-process.ts';
import { until } from '../shell/testing/until.ts';
import { useMembers } from './testing/use-members.ts';

const members = useMembers();
const scaled = { replicas: 2 };
let kubernetes: StandIn;
let folder: MemberFolder;
let api: MemberApi;
let member: MemberProcess;

beforeAll(async () => {
  kubernetes = await standIn(kubernetesAnswer(scaled));
  folder = await members.folder(`[[kubernetes]]\nenabled = true\nid = "k"\napi-servers = ["${kubernetes.url}"]`);
  ({ api } = folder);
  mkdirSync(join(folder.dir, 'side'));
  member = await members.start(folder);
});
afterAll(() => kubernetes.close());

const define = (id: string, script: string, db: string): Promise<void> =>
  api.define({ id, script, type: 'stream', dbrps: [{ db, rp: 'rp' }] });
const write = (db: string, line: string): Promise<void> => api.write(line, { db, rp: 'rp' });
const values = (task: string): Promise<string> => api.text(`/tasks/${task}/out`);

test('points that one task writes back are there for another when the writer has its answer', async () => {
  const back =
    "    |kapacitorLoopback()\n        .database('derived')\n        .retentionPolicy('rp')\n        .tag('via', 'loop')";
  await define('first', `stream\n    |from()\n${back}`, 'raw');
  await define('second', "stream\n    |from()\n        .measurement('m')\n    |httpOut('out')", 'derived');
  await write('raw', 'm,host=a v=7 1000000000');
  const out = await values('second');
  expect([out.includes('"via": "loop"') || out.includes('"via":"loop"'), /\b7\b/.test(out)]).toEqual([true, true]);
});

test('tasks that feed each other in a circle leave the member alive, and others served', async () => {
  const to = (db: string): string =>
    `stream\n    |from()\n        .measurement('m')\n    |kapacitorLoopback()\n        .database('${db}')\n        .retentionPolicy('rp')`;
  await define('round-a', to('circle-b'), 'circle-a');
  await define('round-b', to('circle-a'), 'circle-b');
  for (let i = 0; i < 50; i++) await write('circle-a', `m v=${i} 1000000000`);
  await write('raw', 'm,host=a v=8 2000000000');
  await api.shows('/tasks/second/out', /\b8\b/);
  expect((await api.ask('DELETE', '/tasks/round-a')).status).toBe(204);
  expect((await api.ask('DELETE', '/tasks/round-b')).status).toBe(204);
});

test('files are read again by a request and by SIGHUP; what cannot be read is said, and changes nothing', async () => {
  const file = join(folder.dir, 'side/all.yml');
  writeFileSync(file, 'limit: 101');
  const script = `stream\n    |from()\n    |sideload()\n        .source('file://${folder.dir}/side')\n        .order('all.yml')\n        .field('limit', 0)\n    |httpOut('out')`;
  await define('side', script, 'side');
  const limit = async (): Promise<string | undefined> => {
    await write('side', 'm v=1 1000000000');
    return /\b10\d\b/.exec(await values('side'))?.[0];
  };
  expect(await limit()).toBe('101');
  writeFileSync(file, 'limit: 102');
  expect(await limit()).toBe('101');
  expect((await api.ask('POST', '/sideload/reload')).status).toBe(204);
  expect(await limit()).toBe('102');
  writeFileSync(file, 'limit: [');
  const failed = await api.ask('POST', '/sideload/reload');
  expect([failed.status, failed.text.includes('failed to update source'), await limit()]).toEqual([500, true, '102']);
  writeFileSync(file, 'limit: 103');
  member.process.kill('SIGHUP');
  await until(limit, (value) => value === '103');
});

test('a resource is scaled, and the service test reaches its cluster', async () => {
  const node =
    "    |k8sAutoscale()\n        .cluster('k')\n        .resourceName('app')\n        .replicas(lambda: int(\"v\"))";
  await define('scale', `stream\n    |from()\n${node}\n    |httpOut('out')`, 'scale');
  await write('scale', 'm v=6 1000000000');
  await api.shows('/tasks/scale/out', /\b6\b/);
  expect(scaled.replicas).toBe(6);
  const tested = await api.ask('POST', '/service-tests/kubernetes', { id: 'k' });
  expect(tested.text).toContain('"success":true');
  const unknown = await api.ask('POST', '/service-tests/kubernetes', { id: 'other' });
  expect(unknown.text).toContain('unknown kubernetes cluster \\"other\\"');
});
