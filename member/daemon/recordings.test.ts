import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasInfluxd, startInfluxd, type InfluxdProcess } from './testing/influxd-process.ts';
import { influxSection } from './testing/member-process.ts';
import { until } from '../shell/testing/until.ts';
import { useMembers } from './testing/use-members.ts';

const members = useMembers();

const stream = "stream\n    |from()\n        .measurement('m')\n    |httpOut('out')\n";
const point = (v: number, second: number): string => `d\nr\nm v=${v} ${second}000000000\n`;

test('a replay has outputs of its own, beside those of the live task', async () => {
  const { api } = await members.startNew();
  await api.define({ id: 't', script: stream });
  await api.post('/recordings/stream', { id: 'r', task: 't', stop: '1970-01-01T00:02:00Z' });
  await api.write('m v=1 1\nm v=2 60\nm v=3 121', { precision: 's' });
  expect(await api.ended('/recordings/r')).toMatchObject({ status: 'finished' });
  const live = await api.get('/tasks/t/out');
  await api.post('/replays', { id: 'p', task: 't', recording: 'r', 'recording-time': true, clock: 'real' });
  const replayed = await api.shows('/replays/p/out', /00:00:01Z/);
  expect(JSON.parse(replayed)).toEqual({
    series: [{ name: 'm', columns: ['time', 'v'], values: [['1970-01-01T00:00:01Z', 1]] }],
  });
  expect(await api.get('/tasks/t/out')).toEqual(live);
  expect(await api.get('/tasks/t?replay-id=p')).toMatchObject({ executing: true });
});

test('what runs when a member stops has failed when it starts again; files in the folder are found', async () => {
  const { folder, api, member } = await members.startNew();
  const files = join(folder.dir, 'data', 'replay');
  mkdirSync(files);
  await api.define({ id: 't', script: stream, status: 'disabled' });
  await api.post('/recordings/stream', { id: 'endless', task: 't', stop: '2100-01-01T00:00:00Z' });
  writeFileSync(join(files, 'found.srpl'), gzipSync(point(1, 1) + point(2, 3600)));
  await member.end('SIGTERM');
  const again = await members.start(folder);
  const interrupted = { status: 'failed', error: 'unexpected Kapacitor shutdown' };
  expect(await api.get('/recordings/endless')).toMatchObject(interrupted);
  expect(await api.get('/recordings/found')).toMatchObject({ status: 'finished', type: 'stream' });
  await api.post('/replays', { id: 'slow', task: 't', recording: 'found', clock: 'real' });
  expect((await api.ask('GET', '/replays/slow')).status).toBe(202);
  await again.end('SIGTERM');
  await members.start(folder);
  expect(await api.get('/replays/slow')).toMatchObject(interrupted);
});

test('a task that ends by itself fails its replay alone', async () => {
  const { api } = await members.startNew();
  const doubled = stream.replace("|httpOut('out')", "|httpOut('out')\n    |httpOut('out')");
  await api.define({ id: 't', script: doubled, status: 'disabled' });
  await api.post('/recordings/stream', { id: 'r', task: 't' });
  await api.write('m v=1 1');
  expect(await api.ended('/recordings/r')).toMatchObject({ status: 'finished' });
  await api.post('/replays', { id: 'p', task: 't', recording: 'r' });
  const failed = await api.ended('/replays/p');
  expect(failed).toMatchObject({ status: 'failed', progress: 1, stats: {} });
  expect(failed['error']).toMatch(/^task run: http_out\d: multiple registrations/);
});

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
  });
  afterAll(() => influxd.dispose());

  const section = (password: string): string =>
    influxSection(['http://127.0.0.1:1', influxd.url], {
      name: 'main',
      username: root.u,
      password,
      'disable-subscriptions': true,
    });
  const batch = (query: string): string =>
    `batch\n    |query('${query}')\n        .period(1h)\n        .every(200ms)\n        .cluster('main')\n    |count('v')\n    |httpOut('out')\n`;

  test('a live query takes an answer of many chunks as one batch, over the URL that answers', async () => {
    const now = Math.floor(Date.now() / 1000);
    const lines = Array.from(
      { length: 25_000 },
      (_, index) => `m v=${index} ${now - 2000}${String(index).padStart(9, '0')}\n`,
    );
    expect(await influx('/write', { db: 'd', rp: 'r' }, lines.join(''))).toMatch(/^204/);
    const { api } = await members.startNew(section(root.p));
    await api.define({ id: 'b', script: batch('SELECT v FROM d.r.m') });
    const out = await api.shows('/tasks/b/out', /count/);
    expect(JSON.stringify(JSON.parse(out))).toContain(',25000]');
  });

  test('a query that InfluxDB refuses is counted and logged, and the task goes on', async () => {
    const { api, member } = await members.startNew(section('wrong'));
    await api.define({ id: 'b', script: batch('SELECT v FROM d.r.m') });
    const task = await until(
      () => api.get('/tasks/b'),
      (shown) => /"query1":\{[^}]*"errors":[2-9]/.test(JSON.stringify(shown)),
    );
    expect(task).toMatchObject({ executing: true, error: '' });
    expect(member.log()).toContain('error executing query');
    expect(member.log()).toContain('authorization failed');
  });
});
