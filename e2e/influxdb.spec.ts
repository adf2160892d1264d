/** A real InfluxDB 1.x: what is written there reaches every member, through restarts of either side. */
import { existsSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { fault, startLab, type LabProcess } from './fixtures/lab-process.ts';
import { until } from './fixtures/until.ts';

const hasInflux = (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(`${folder}/influxd`));
test.skip(!hasInflux, 'needs influxd (apt-get install -y influxdb)');
test.describe.configure({ mode: 'serial' });

let lab: LabProcess;
let influx = '';
test.beforeAll(async () => {
  lab = await startLab(['--data', 'spawn']);
  influx = String(lab.ready.data['url']);
});
test.afterAll(async () => lab?.stop());

interface Series {
  readonly name: string;
  readonly columns: readonly string[];
  readonly values: readonly (readonly unknown[])[];
}

async function query(text: string): Promise<readonly Series[]> {
  const response = await fetch(`${influx}/query?q=${encodeURIComponent(text)}`, { method: 'POST' });
  const body: { results: readonly { series?: readonly Series[]; error?: string }[] } = await response.json();
  const [result] = body.results;
  if (result?.error !== undefined) throw new Error(result.error);
  return result?.series ?? [];
}

/** Points of a measurement that a member says it has received. */
async function received(api: string, measurement: string): Promise<number> {
  const response = await fetch(`${api}/kapacitor/v1/debug/vars`);
  const body: {
    kapacitor: Readonly<Record<string, { name: string; tags: Record<string, string>; values: Record<string, number> }>>;
  } = await response.json();
  return Object.values(body.kapacitor)
    .filter(
      ({ name, tags }) => name === 'ingress' && tags['task_master'] === 'main' && tags['measurement'] === measurement,
    )
    .reduce((sum, { values }) => sum + (values['points_received'] ?? 0), 0);
}

async function dropped(): Promise<number> {
  const stats = await query('SHOW STATS');
  return stats
    .filter(({ name }) => name === 'subscriber')
    .flatMap(({ columns, values }) => values.map((row) => Number(row[columns.indexOf('writeFailures')] ?? 0)))
    .reduce((sum, count) => sum + count, 0);
}

const lines = (measurement: string, from: number, count: number): string =>
  Array.from(
    { length: count },
    (_, i) => `${measurement},host=web-0${(i % 6) + 1} value=${i} ${1_700_000_000_000_000_000n + BigInt(from + i)}`,
  ).join('\n');

async function writeToInflux(body: string): Promise<void> {
  const response = await fetch(`${influx}/write?db=telegraf`, { method: 'POST', body });
  if (response.status !== 204) throw new Error(`influxd answered ${response.status}: ${await response.text()}`);
}

async function subscriptionsOfTelegraf(): Promise<number> {
  return (await query('SHOW SUBSCRIPTIONS')).filter(({ name }) => name === 'telegraf').flatMap(({ values }) => values)
    .length;
}

test('100,000 points in batches of 5,000 at 20,000 points/s reach all three members, none dropped', async () => {
  await query('CREATE DATABASE telegraf');
  await until(
    async () => (await subscriptionsOfTelegraf()) === 3,
    90_000,
    () => 'not all members have subscribed',
  );
  // InfluxDB lists a subscription before it sends to it.
  await until(
    async () => {
      await writeToInflux(lines('probe', Date.now() % 1_000_000, 1));
      const counts = await Promise.all(lab.ready.members.map(({ api }) => received(api, 'probe')));
      return counts.every((count) => count > 0);
    },
    30_000,
    () => 'not all members are sent to',
  );
  const before = await dropped();
  const startedMs = performance.now();
  for (let batch = 0; batch < 20; batch++) {
    await until(() => performance.now() - startedMs >= batch * 250, 1000);
    await writeToInflux(lines('load', batch * 5000, 5000));
  }
  for (const { api, name } of lab.ready.members) {
    await until(
      async () => (await received(api, 'load')) === 100_000,
      20_000,
      () => `${name} has not received all points`,
    );
  }
  console.log(`100,000 points in ${Math.round(performance.now() - startedMs)} ms at all members`);
  expect((await dropped()) - before).toBe(0);
});

test('influxd restarting needs no hand', async () => {
  expect((await fault(lab, 'stop', 'influxd')).code).toBe(0);
  expect((await fault(lab, 'start', 'influxd')).code).toBe(0);
  await until(
    async () => {
      await writeToInflux(lines('again', Date.now() % 1_000_000, 1)).catch(() => null);
      const counts = await Promise.all(lab.ready.members.map(({ api }) => received(api, 'again')));
      return counts.every((count) => count > 0);
    },
    90_000,
    () => 'points written after the restart do not arrive',
  );
});

test('a member restarting needs no hand', async () => {
  const [member] = lab.ready.members;
  if (member === undefined) throw new Error('the lab has three members');
  expect((await fault(lab, 'crash', member.name)).code).toBe(0);
  expect((await fault(lab, 'start', member.name)).code).toBe(0);
  await until(
    async () => {
      await writeToInflux(lines('back', Date.now() % 1_000_000, 1)).catch(() => null);
      return (await received(member.api, 'back').catch(() => 0)) > 0;
    },
    60_000,
    () => `points written after the restart do not reach ${member.name}`,
  );
  expect(await subscriptionsOfTelegraf()).toBe(3);
});

test('a crashed influxd is healed with everything else', async () => {
  const answers = async (): Promise<boolean> =>
    fetch(`${influx}/ping`).then(
      ({ status }) => status === 204,
      () => false,
    );
  expect((await fault(lab, 'crash', 'influxd')).code).toBe(0);
  expect(await answers()).toBe(false);
  expect((await fault(lab, 'heal')).code).toBe(0);
  expect(await answers()).toBe(true);
});
