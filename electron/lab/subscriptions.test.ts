import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { dropStatement, dropSubscription, subscriptionsTo } from './subscriptions.ts';

/** What this stand-in for InfluxDB answers, by the beginning of the statement. */
let answers: Record<string, { status: number; body: string }> = {};
let asked: string[] = [];
let server: Server;
let url = '';

beforeEach(async () => {
  [answers, asked] = [{}, []];
  server = createServer((request, response) => {
    const statement = new URL(request.url ?? '', 'http://x').searchParams.get('q') ?? '';
    asked.push(statement);
    const found = Object.entries(answers).find(([begin]) => statement.startsWith(begin))?.[1];
    response.writeHead(found?.status ?? 404).end(found?.body ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const listed = (values: readonly unknown[][]): { status: number; body: string } => {
  const columns = ['retention_policy', 'name', 'mode', 'destinations'];
  return { status: 200, body: JSON.stringify({ results: [{ series: [{ name: 'telegraf', columns, values }] }] }) };
};

describe('subscriptions of an address', () => {
  test('only those that lead there and nowhere else', async () => {
    answers['SHOW'] = listed([
      ['autogen', 'kapacitor-a', 'ANY', ['http://127.0.0.1:9092']],
      ['autogen', 'kapacitor-b', 'ANY', ['http://127.0.0.1:9095']],
      ['autogen', 'shared', 'ALL', ['http://127.0.0.1:9095', 'http://127.0.0.1:9092']],
      ['week', 'kapacitor-b', 'ANY', ['http://127.0.0.1:9095']],
    ]);
    expect(await subscriptionsTo(url, 'http://127.0.0.1:9095')).toEqual({
      ok: true,
      value: [
        { database: 'telegraf', retentionPolicy: 'autogen', name: 'kapacitor-b' },
        { database: 'telegraf', retentionPolicy: 'week', name: 'kapacitor-b' },
      ],
    });
  });

  test('names are quoted in the statement that drops', async () => {
    const odd = { database: 'a b', retentionPolicy: 'r"p', name: 'k\\x' };
    answers['DROP'] = { status: 200, body: '{"results":[{}]}' };
    expect(await dropSubscription(url, odd)).toEqual({ ok: true, value: undefined });
    expect(asked).toEqual([dropStatement(odd)]);
    expect(asked).toEqual(['DROP SUBSCRIPTION "k\\\\x" ON "a b"."r\\"p"']);
  });

  test('no answer, another answer and a refusal say what was asked', async () => {
    const errorOf = async (): Promise<string> => {
      const found = await subscriptionsTo(url, 'x');
      return found.ok ? '' : found.error;
    };
    expect(await errorOf()).toBe('InfluxDB answered SHOW SUBSCRIPTIONS with status 404: ');
    answers['SHOW'] = { status: 200, body: '<html>' };
    expect(await errorOf()).toBe('InfluxDB answered SHOW SUBSCRIPTIONS with status 200: <html>');
    answers['SHOW'] = { status: 200, body: '{"results":[{"error":"not allowed"}]}' };
    expect(await errorOf()).toBe('InfluxDB refused SHOW SUBSCRIPTIONS: not allowed');
    expect(await subscriptionsTo('http://127.0.0.1:1', 'x')).toMatchObject({
      ok: false,
      error: expect.stringContaining('does not answer'),
    });
  });
});
