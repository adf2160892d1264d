/** `influxDBOut` of a real member: an InfluxDB that is away loses no points, nor does a clean stop of the member. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { standIn, type StandIn } from '../shell/autoscale/testing/stand-in.ts';
import {
  bundleMember,
  memberFolder,
  startMember,
  type MemberFolder,
  type MemberProcess,
} from './testing/member-process.ts';

let program: Awaited<ReturnType<typeof bundleMember>>;
let influx: StandIn;
let isAway = false;
let folder: MemberFolder;
let member: MemberProcess;

beforeAll(async () => {
  program = await bundleMember();
  influx = await standIn(({ path }) => {
    if (isAway) return { status: 503, body: '{"error":"starting"}' };
    return path.startsWith('/write') ? { status: 204, body: '' } : { status: 200, body: '{"results":[{}]}' };
  });
  folder = await memberFolder(
    `[[influxdb]]\nenabled = true\nname = "default"\nurls = ["${influx.url}"]\ndisable-subscriptions = true`,
  );
  member = await startMember(program.program, folder);
}, 60_000);
afterAll(async () => {
  await member.end('SIGKILL');
  await influx.close();
  folder.dispose();
  program.dispose();
});

const call = async (method: string, path: string, body?: string): Promise<string> => {
  const response = await fetch(folder.url + path, { method, ...(body === undefined ? {} : { body }) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text;
};
const define = async (id: string, properties: string): Promise<void> => {
  const script = `stream\n    |from()\n    |influxDBOut()\n        .database('out')\n        .retentionPolicy('rp')\n${properties}`;
  const task = { id, script, type: 'stream', dbrps: [{ db: id, rp: 'rp' }], status: 'enabled' };
  await call('POST', '/tasks', JSON.stringify(task));
};
const linesWritten = (): readonly string[] =>
  influx.asked.flatMap(({ path, body }) => (path.startsWith('/write') ? body.trimEnd().split('\n') : []));

test('points wait for an InfluxDB that is away, and come in order, behind the database they need', async () => {
  isAway = true;
  await define('waiting', '        .buffer(1)\n        .create()');
  await call('POST', '/write?db=waiting&rp=rp', 'm v=1 1\nm v=2 2\nm v=3 3');
  const end = Date.now() + 10_000;
  while (!influx.asked.some(({ path }) => path.startsWith('/query')) && Date.now() < end) await delay(10);
  expect(linesWritten()).toEqual([]);
  isAway = false;
  while (linesWritten().length < 3 && Date.now() < end) await delay(10);
  expect(linesWritten()).toEqual(['m v=1 1', 'm v=2 2', 'm v=3 3']);
  const { stats } = JSON.parse(await call('GET', '/tasks/waiting'));
  expect(stats['node-stats'].influxdb_out2).toMatchObject({ points_written: 3, write_errors: 0, errors: 1 });
  influx.asked.length = 0;
}, 30_000);

test('points that a task still holds arrive when the member stops', async () => {
  await define('stopping', '        .buffer(1000)\n        .flushInterval(1h)');
  await call('POST', '/write?db=stopping&rp=rp', 'm v=4 4\nm v=5 5');
  expect(linesWritten()).toEqual([]);
  expect(await member.end('SIGTERM')).toBe(0);
  expect(linesWritten()).toEqual(['m v=4 4', 'm v=5 5']);
}, 30_000);
