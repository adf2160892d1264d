import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freePorts } from '../../member/shell/testing/free-ports.ts';
import type { InboxDelivery } from './alert-log.ts';
import { Inbox } from './inbox.ts';

let inbox: Inbox;
let told: InboxDelivery[] = [];
beforeEach(async () => {
  const [port = 0] = await freePorts(1);
  told = [];
  const opened = await Inbox.open(port, (delivery) => told.push(delivery));
  if (!opened.ok) throw new Error(opened.error);
  inbox = opened.value;
});
afterEach(() => inbox.close());

const alert = {
  id: 'cpu_high:web-03',
  time: '2026-11-25T14:32:09Z',
  level: 'CRITICAL',
  message: 'm',
  details: '',
  duration: 0,
  data: { series: [] },
};
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${inbox.url}${path}`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers,
  });

describe('inbox', () => {
  test('groups what came by event, with who sent it and when', async () => {
    expect((await post('/t/cpu-alerts', alert, { 'X-Kapacitor-Member': 'm-1' })).status).toBe(200);
    await post('/t/cpu-alerts', alert);
    await post('/t/main%3Acpu_inline', { ...alert, level: 'OK' });
    const { deliveries } = (await (await fetch(`${inbox.url}/deliveries`)).json()) as { deliveries: unknown[] };
    const by = (member: string | null, path: string) => ({
      member,
      path,
      at: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    });
    expect(deliveries).toEqual([
      {
        topic: 'cpu-alerts',
        id: 'cpu_high:web-03',
        time: '2026-11-25T14:32:09Z',
        level: 'CRITICAL',
        count: 2,
        by: [by('m-1', '/t/cpu-alerts'), by(null, '/t/cpu-alerts')],
      },
      {
        topic: 'main:cpu_inline',
        id: 'cpu_high:web-03',
        time: '2026-11-25T14:32:09Z',
        level: 'OK',
        count: 1,
        by: [by(null, '/t/main%3Acpu_inline')],
      },
    ]);
    expect(told.map(({ topic, member }) => [topic, member])).toEqual([
      ['cpu-alerts', 'm-1'],
      ['cpu-alerts', null],
      ['main:cpu_inline', null],
    ]);
    expect(inbox.count).toBe(3);
  });

  test('what is no alert is refused and not counted', async () => {
    const refused = [
      await post('/t/x', '{'),
      await post('/t/x', { id: 'a' }),
      await post('/t/x', { ...alert, level: 'BAD' }),
      await post('/elsewhere', alert),
    ];
    expect(refused.map(({ status }) => status)).toEqual([400, 400, 400, 404]);
    expect((await post('/t/x', 'x'.repeat(5_000_000))).status).toBe(413);
    expect(inbox.count).toBe(0);
  });

  test('D26: web pages get nothing and leave nothing', async () => {
    expect((await post('/t/x', alert, { Origin: 'http://evil.example' })).status).toBe(403);
    expect(inbox.count).toBe(0);
  });

  test('a port that is taken is an error with its number', async () => {
    const port = Number(new URL(inbox.url).port);
    expect(await Inbox.open(port, () => undefined)).toEqual({
      ok: false,
      error: expect.stringContaining(`127.0.0.1:${port}`) as string,
    });
  });
});
