import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { hasInfluxd, startInfluxd, type InfluxdProcess } from './testing/influxd-process.ts';
import {
  bundleMember,
  memberFolder,
  startMember,
  type MemberFolder,
  type MemberProcess,
} from './testing/member-process.ts';

let program: Awaited<ReturnType<typeof bundleMember>>;
const cleanups: (() => unknown)[] = [];

beforeAll(async () => {
  program = await bundleMember();
}, 30_000);
afterAll(() => program.dispose());
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function ask(folder: MemberFolder, method: string, path: string, body?: object) {
  const response = await fetch(folder.url + path, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, json: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {} };
}

async function until<T>(read: () => Promise<T>, holds: (value: T) => boolean, limitMs = 20_000): Promise<T> {
  const end = Date.now() + limitMs;
  for (;;) {
    const value = await read();
    if (holds(value)) return value;
    if (Date.now() > end) throw new Error(`it did not come about within ${limitMs} ms: ${JSON.stringify(value)}`);
    await delay(50);
  }
}

async function memberOf(extra = ''): Promise<{ readonly folder: MemberFolder; member: MemberProcess }> {
  const folder = await memberFolder(extra);
  cleanups.push(() => folder.dispose());
  const started = { folder, member: await startMember(program.program, folder) };
  cleanups.push(() => started.member.end('SIGKILL'));
  return started;
}

const dbrps = [{ db: 'd', rp: 'r' }];
const stream = "stream\n    |from()\n        .measurement('m')\n    |httpOut('out')\n";
const point = (v: number, second: number): string => `d\nr\nm v=${v} ${second}000000000\n`;

test('a replay has outputs of its own, beside those of the live task', async () => {
  const { folder } = await memberOf();
  await ask(folder, 'POST', '/tasks', { id: 't', script: stream, dbrps, status: 'enabled' });
  await ask(folder, 'POST', '/recordings/stream', { id: 'r', task: 't', stop: '1970-01-01T00:02:00Z' });
  await fetch(`${folder.url}/write?db=d&rp=r&precision=s`, { method: 'POST', body: 'm v=1 1\nm v=2 60\nm v=3 121' });
  await until(
    () => ask(folder, 'GET', '/recordings/r'),
    ({ json }) => json['status'] === 'finished',
  );
  const live = (await ask(folder, 'GET', '/tasks/t/out')).json;
  await ask(folder, 'POST', '/replays', { id: 'p', task: 't', recording: 'r', 'recording-time': true, clock: 'real' });
  const replayed = await until(
    () => ask(folder, 'GET', '/replays/p/out'),
    ({ json }) => JSON.stringify(json).includes('00:00:01Z'),
  );
  expect(replayed.json).toEqual({
    series: [{ name: 'm', columns: ['time', 'v'], values: [['1970-01-01T00:00:01Z', 1]] }],
  });
  expect((await ask(folder, 'GET', '/tasks/t/out')).json).toEqual(live);
  expect((await ask(folder, 'GET', '/tasks/t?replay-id=p')).json).toMatchObject({ executing: true });
}, 40_000);

test('what runs when a member stops has failed when it starts again; files in the folder are found', async () => {
  const { folder, member } = await memberOf();
  const files = join(folder.dir, 'data', 'replay');
  mkdirSync(files);
  await ask(folder, 'POST', '/tasks', { id: 't', script: stream, dbrps });
  await ask(folder, 'POST', '/recordings/stream', { id: 'endless', task: 't', stop: '2100-01-01T00:00:00Z' });
  writeFileSync(join(files, 'found.srpl'), gzipSync(point(1, 1) + point(2, 3600)));
  await member.end('SIGTERM');
  const again = await startMember(program.program, folder);
  cleanups.push(() => again.end('SIGKILL'));
  expect((await ask(folder, 'GET', '/recordings/endless')).json).toMatchObject({
    status: 'failed',
    error: 'unexpected Kapacitor shutdown',
  });
  expect((await ask(folder, 'GET', '/recordings/found')).json).toMatchObject({ status: 'finished', type: 'stream' });
  await ask(folder, 'POST', '/replays', { id: 'slow', task: 't', recording: 'found', clock: 'real' });
  expect((await ask(folder, 'GET', '/replays/slow')).status).toBe(202);
  await again.end('SIGTERM');
  const third = await startMember(program.program, folder);
  cleanups.push(() => third.end('SIGKILL'));
  expect((await ask(folder, 'GET', '/replays/slow')).json).toMatchObject({
    status: 'failed',
    error: 'unexpected Kapacitor shutdown',
  });
}, 60_000);

test('a task that ends by itself fails its replay alone', async () => {
  const { folder } = await memberOf();
  const doubled = stream.replace("|httpOut('out')", "|httpOut('out')\n    |httpOut('out')");
  await ask(folder, 'POST', '/tasks', { id: 't', script: doubled, dbrps });
  await ask(folder, 'POST', '/recordings/stream', { id: 'r', task: 't' });
  await fetch(`${folder.url}/write?db=d&rp=r`, { method: 'POST', body: 'm v=1 1' });
  await until(
    () => ask(folder, 'GET', '/recordings/r'),
    ({ json }) => json['status'] === 'finished',
  );
  await ask(folder, 'POST', '/replays', { id: 'p', task: 't', recording: 'r' });
  const failed = await until(
    () => ask(folder, 'GET', '/replays/p'),
    ({ json }) => json['status'] !== 'running',
  );
  expect(failed.json).toMatchObject({ status: 'failed', progress: 1, stats: {} });
  expect(failed.json['error']).toMatch(/^task run: http_out\d: multiple registrations/);
}, 40_000);

describe.skipIf(!hasInfluxd)('with a real influxd that asks for credentials (skipped when none is on PATH)', () => {
  let influxd: InfluxdProcess;
  const root = { u: 'root', p: 'secret' };
  const influx = async (path: string, parameters: Record<string, string>, body = ''): Promise<string> => {
    const query = new URLSearchParams({ ...root, ...parameters }).toString();
    const response = await fetch(`${influxd.url}${path}?${query}`, { method: 'POST', body });
    return `${response.status} ${await response.text()}`;
  };

  beforeAll(async () => {
    influxd = await startInfluxd('auth-enabled = true');
    await influxd.query("CREATE USER root WITH PASSWORD 'secret' WITH ALL PRIVILEGES");
    await influx('/query', { q: 'CREATE DATABASE d WITH DURATION INF NAME r' });
  }, 40_000);
  afterAll(() => influxd.dispose());

  const section = (password: string): string =>
    [
      '[[influxdb]]',
      'enabled = true',
      'name = "main"',
      'default = true',
      `urls = ["http://127.0.0.1:1", "${influxd.url}"]`,
      'username = "root"',
      `password = "${password}"`,
      'disable-subscriptions = true',
    ].join('\n');
  const batch = (query: string): string =>
    `batch\n    |query('${query}')\n        .period(1h)\n        .every(200ms)\n        .cluster('main')\n    |count('v')\n    |httpOut('out')\n`;

  test('a live query takes an answer of many chunks as one batch, over the URL that answers', async () => {
    const now = Math.floor(Date.now() / 1000);
    const lines = Array.from(
      { length: 25_000 },
      (_, index) => `m v=${index} ${now - 2000}${String(index).padStart(9, '0')}\n`,
    );
    expect(await influx('/write', { db: 'd', rp: 'r' }, lines.join(''))).toMatch(/^204/);
    const { folder } = await memberOf(section('secret'));
    await ask(folder, 'POST', '/tasks', { id: 'b', script: batch('SELECT v FROM d.r.m'), dbrps, status: 'enabled' });
    const out = await until(
      () => ask(folder, 'GET', '/tasks/b/out'),
      ({ json }) => JSON.stringify(json).includes('count'),
    );
    expect(JSON.stringify(out.json)).toContain(',25000]');
  }, 40_000);

  test('a query that InfluxDB refuses is counted and logged, and the task goes on', async () => {
    const { folder, member } = await memberOf(section('wrong'));
    await ask(folder, 'POST', '/tasks', { id: 'b', script: batch('SELECT v FROM d.r.m'), dbrps, status: 'enabled' });
    const task = await until(
      () => ask(folder, 'GET', '/tasks/b'),
      ({ json }) => /"query1":\{[^}]*"errors":[2-9]/.test(JSON.stringify(json)),
    );
    expect(task.json).toMatchObject({ executing: true, error: '' });
    expect(member.log()).toContain('error executing query');
    expect(member.log()).toContain('authorization failed');
  }, 40_000);
});
