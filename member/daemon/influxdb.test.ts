import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasInfluxd, startInfluxd, type InfluxdProcess } from './testing/influxd-process.ts';
import type { MemberApi } from './testing/member-api.ts';
import { influxSection, type MemberFolder, type MemberProcess } from './testing/member-process.ts';
import { until } from '../shell/testing/until.ts';
import { useMembers } from './testing/use-members.ts';

const members = useMembers();
const script = "stream\n    |from()\n        .measurement('cpu')\n        .groupBy('host')\n    |httpOut('out')\n";

describe.skipIf(!hasInfluxd)('with a real influxd (skipped when none is on PATH)', () => {
  let influxd: InfluxdProcess;
  let folder: MemberFolder;
  let api: MemberApi;
  let member: MemberProcess;

  beforeAll(async () => {
    influxd = await startInfluxd();
    const subscribing = {
      'kapacitor-hostname': '127.0.0.1',
      'subscription-mode': 'server',
      'subscriptions-sync-interval': '1s',
    };
    await influxd.query('CREATE DATABASE telegraf');
    ({ folder, api, member } = await members.startNew(influxSection([influxd.url], subscribing)));
    await api.define({ id: 'cpu', script, dbrps: [{ db: 'telegraf', rp: 'autogen' }] });
    await until(subscriptions, (shown) => shown.includes(`kapacitor-${member.listening.memberId}`));
    // Shown is not yet served: influxd hands points to a new subscription a little later. These no task counts.
    await until(
      async () => {
        await influxd.write('telegraf', 'probe value=1 1700000000000000000');
        return api.text('/debug/vars');
      },
      (vars) => vars.includes('"probe"'),
    );
  });
  afterAll(() => influxd.dispose());

  const subscriptions = (): Promise<string> => influxd.query('SHOW SUBSCRIPTIONS');
  const collected = async (): Promise<number> => {
    const stats = /"http_out2": \{[^}]*"collected": (\d+)/.exec(await api.text('/tasks/cpu'));
    return Number(stats?.[1] ?? -1);
  };
  /** Points are written again and again: what is written while nobody listens is gone. */
  const pointsArrive = (before: number): Promise<number> =>
    until(
      async () => {
        await influxd.write('telegraf', batch(0, 50));
        return collected();
      },
      (count) => count > before,
    );
  /** Points of 50 hosts, one a second each. */
  const batch = (from: number, count: number): string => {
    let lines = '';
    for (let i = from; i < from + count; i++)
      lines += `cpu,host=h${i % 50} value=${i % 100} ${1_700_000_000 + Math.floor(i / 50)}000000000\n`;
    return lines;
  };

  test('100,000 points written in batches of 5,000 reach the member, and influxd drops none', async () => {
    const before = await collected();
    for (let i = 0; i < 20; i++) {
      const started = Date.now();
      expect(await influxd.write('telegraf', batch(i * 5_000, 5_000))).toBe(204);
      // 20,000 points a second.
      await delay(Math.max(0, 250 - (Date.now() - started)));
    }
    await until(collected, (count) => count === before + 100_000);
    const stats = await influxd.query(`SHOW STATS FOR 'subscriber'`);
    expect(subscriberFailures(stats)).toEqual([]);
  });

  test('a subscription that somebody dropped is made again', async () => {
    const name = `kapacitor-${member.listening.memberId}`;
    // The member looks every second and may make it again before this test does: it looks away meanwhile.
    member.process.kill('SIGSTOP');
    await influxd.query(`DROP SUBSCRIPTION "${name}" ON "telegraf"."autogen"`);
    expect(await subscriptions()).not.toContain(name);
    member.process.kill('SIGCONT');
    await until(subscriptions, (shown) => shown.includes(name));
    expect(await subscriptions()).toContain(name);
  });

  test('after a restart of influxd points arrive again, without a hand', async () => {
    await influxd.restart('SIGKILL');
    await pointsArrive(await collected());
    expect(await subscriptions()).toContain(member.listening.memberId);
  });

  test('after a restart of the member points arrive again, without a hand', async () => {
    await member.end('SIGKILL');
    member = await members.start(folder);
    await pointsArrive(0);
    expect(await subscriptions()).toContain(member.listening.memberId);
  });

  test('a member that starts while influxd is down subscribes when it comes', async () => {
    await member.end('SIGTERM');
    const restarted = influxd.restart('SIGTERM');
    member = await members.start(folder);
    await restarted;
    await pointsArrive(0);
    expect(await subscriptions()).toContain(member.listening.memberId);
  });
});

/** Counters of failed writes that are not zero, over all subscriptions. */
function subscriberFailures(stats: string): readonly string[] {
  const parsed = JSON.parse(stats) as { results: { series?: { columns: string[]; values: number[][] }[] }[] };
  return parsed.results.flatMap((result) =>
    (result.series ?? []).flatMap((series) => {
      const column = series.columns.indexOf('writeFailures');
      return series.values.flatMap((row) => (column >= 0 && (row[column] ?? 0) > 0 ? [JSON.stringify(series)] : []));
    }),
  );
}
