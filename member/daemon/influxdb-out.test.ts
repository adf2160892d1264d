/** `influxDBOut` of a real member: an InfluxDB that is away loses no points, nor does a clean stop of the member. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { standIn, type StandIn } from '../shell/autoscale/testing/stand-in.ts';
import type { MemberApi } from './testing/member-api.ts';
import { influxSection, type MemberProcess } from './testing/member-process.ts';
import { until } from '../shell/testing/until.ts';
import { useMembers } from './testing/use-members.ts';

const members = useMembers();
let influx: StandIn;
let isAway = false;
let api: MemberApi;
let member: MemberProcess;

beforeAll(async () => {
  influx = await standIn(({ path }) => {
    if (isAway) return { status: 503, body: '{"error":"starting"}' };
    return path.startsWith('/write') ? { status: 204, body: '' } : { status: 200, body: '{"results":[{}]}' };
  });
  ({ api, member } = await members.startNew(influxSection([influx.url], { 'disable-subscriptions': true })));
});
afterAll(() => influx.close());

/** Of points in a database that is named as the task. */
const define = (id: string, properties: string): Promise<void> => {
  const script = `stream\n    |from()\n    |influxDBOut()\n        .database('out')\n        .retentionPolicy('rp')\n${properties}`;
  return api.define({ id, script, type: 'stream', dbrps: [{ db: id, rp: 'rp' }] });
};
const linesWritten = (): readonly string[] =>
  influx.asked.flatMap(({ path, body }) => (path.startsWith('/write') ? body.trimEnd().split('\n') : []));

test('points wait for an InfluxDB that is away, and come in order, behind the database they need', async () => {
  isAway = true;
  await define('waiting', '        .buffer(1)\n        .create()');
  await api.write('m v=1 1\nm v=2 2\nm v=3 3', { db: 'waiting', rp: 'rp' });
  await until(() => influx.asked.some(({ path }) => path.startsWith('/query')));
  expect(linesWritten()).toEqual([]);
  isAway = false;
  await until(linesWritten, ({ length }) => length >= 3);
  expect(linesWritten()).toEqual(['m v=1 1', 'm v=2 2', 'm v=3 3']);
  expect(await api.get('/tasks/waiting')).toMatchObject({
    stats: { 'node-stats': { influxdb_out2: { points_written: 3, write_errors: 0, errors: 1 } } },
  });
  influx.asked.length = 0;
});

test('points that a task still holds arrive when the member stops', async () => {
  await define('stopping', '        .buffer(1000)\n        .flushInterval(1h)');
  await api.write('m v=4 4\nm v=5 5', { db: 'stopping', rp: 'rp' });
  expect(linesWritten()).toEqual([]);
  expect(await member.end('SIGTERM')).toBe(0);
  expect(linesWritten()).toEqual(['m v=4 4', 'm v=5 5']);
});
