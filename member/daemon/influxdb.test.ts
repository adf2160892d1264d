import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasInfluxd, startInfluxd, type InfluxdProcess } from './testing/influxd-process.ts';
import {
  bundleMember,
  memberFolder,
  startMember,
  type MemberFolder,
  type MemberProcess,
} from './testing/member-process.ts';

const script = "stream\n    |from()\n        .measurement('cpu')\n        .groupBy('host')\n    |httpOut('out')\n";

describe.skipIf(!hasInfluxd)('with a real influxd (skipped when none is on PATH)', () => {
  let program: Awaited<ReturnType<typeof bundleMember>>;
  let influxd: InfluxdProcess;
  let folder: MemberFolder;
  let member: MemberProcess;

  beforeAll(async () => {
    program = await bundleMember();
    influxd = await startInfluxd();
    folder = await memberFolder(influxSection(influxd.url));
    await influxd.query('CREATE DATABASE telegraf');
    member = await startMember(program.program, folder);
    await request('POST', '/tasks', {
      id: 'cpu',
      script,
      dbrps: [{ db: 'telegraf', rp: 'autogen' }],
      status: 'enabled',
    });
    await until(async () => (await subscriptions()).includes(`kapacitor-${member.listening.memberId}`));
  }, 60_000);
  afterAll(async () => {
    await member.end('SIGKILL');
    await influxd.dispose();
    folder.dispose();
    program.dispose();
  });

  const influxSection = (url: string): string =>
    [
      '[[influxdb]]',
      'enabled = true',
      'name = "default"',
      'default = true',
      `urls = ["${url}"]`,
      'kapacitor-hostname = "127.0.0.1"',
      'subscription-mode = "server"',
      'subscriptions-sync-interval = "1s"',
    ].join('\n');
  const request = async (method: string, path: string, body?: object): Promise<string> => {
    const response = await fetch(folder.url + path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return response.text();
  };
  const subscriptions = (): Promise<string> => influxd.query('SHOW SUBSCRIPTIONS');
  const collected = async (): Promise<number> => {
    const stats = /"http_out2": \{[^}]*"collected": (\d+)/.exec(await request('GET', '/tasks/cpu'));
    return Number(stats?.[1] ?? -1);
  };
  /** Points of 50 hosts, one a second each. */
  const batch = (from: number, count: number): string => {
    let lines = '';
    for (let i = from; i < from + count; i++)
      lines += `cpu,host=h${i % 50} value=${i % 100} ${1_700_000_000 + Math.floor(i / 50)}000000000\n`;
    return lines;
  };
  const until = async (holds: () => Promise<boolean>, limitMs = 20_000): Promise<void> => {
    const end = Date.now() + limitMs;
    while (!(await holds())) {
      if (Date.now() > end) throw new Error(`it did not come about within ${limitMs} ms\n${member.log()}`);
      await delay(50);
    }
  };

  test('100,000 points written in batches of 5,000 reach the member, and influxd drops none', async () => {
    const before = await collected();
    for (let i = 0; i < 20; i++) {
      const started = Date.now();
      expect(await influxd.write('telegraf', batch(i * 5_000, 5_000))).toBe(204);
      // 20,000 points a second.
      await delay(Math.max(0, 250 - (Date.now() - started)));
    }
    await until(async () => (await collected()) === before + 100_000);
    const stats = await influxd.query(`SHOW STATS FOR 'subscriber'`);
    expect(subscriberFailures(stats)).toEqual([]);
  }, 60_000);

  test('a subscription that somebody dropped is made again', async () => {
    const name = `kapacitor-${member.listening.memberId}`;
    await influxd.query(`DROP SUBSCRIPTION "${name}" ON "telegraf"."autogen"`);
    expect(await subscriptions()).not.toContain(name);
    await until(async () => (await subscriptions()).includes(name));
    expect(await subscriptions()).toContain(name);
  }, 30_000);

  test('after a restart of influxd points arrive again, without a hand', async () => {
    await influxd.restart('SIGKILL');
    const before = await collected();
    await until(async () => {
      await influxd.write('telegraf', batch(0, 50));
      return (await collected()) > before;
    });
    expect(await subscriptions()).toContain(member.listening.memberId);
  }, 60_000);

  test('after a restart of the member points arrive again, without a hand', async () => {
    await member.end('SIGKILL');
    member = await startMember(program.program, folder);
    await until(async () => {
      await influxd.write('telegraf', batch(0, 50));
      return (await collected()) > 0;
    });
    expect(await subscriptions()).toContain(member.listening.memberId);
  }, 60_000);

  test('a member that starts while influxd is down subscribes when it comes', async () => {
    await member.end('SIGTERM');
    const restarted = influxd.restart('SIGTERM');
    member = await startMember(program.program, folder);
    await restarted;
    await until(async () => {
      await influxd.write('telegraf', batch(0, 50));
      return (await collected()) > 0;
    });
    expect(await subscriptions()).toContain(member.listening.memberId);
  }, 60_000);
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
