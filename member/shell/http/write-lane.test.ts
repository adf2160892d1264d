import { connect, Socket } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import type { LineSink } from '../log/line-sink.ts';
import { createLog } from '../log/log.ts';
import { until } from '../testing/until.ts';
import { openApiServer, type ApiServer } from './api-server.ts';
import { json } from './exchange.ts';
import type { GuardSettings } from './guard.ts';
import { createRouter } from './router.ts';
import type { LaneOutcome } from './write-lane.ts';

const servers: ApiServer[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const server of servers.splice(0)) await server.close(0);
});

const sink: LineSink = { write: () => undefined, close: () => Promise.resolve() };

interface Scene {
  readonly port: number;
  /** Query and body of each write: those of the lane marked, the others from the full server. */
  readonly writes: string[];
  readonly server: ApiServer;
}

async function scene(outcome: (body: string) => LaneOutcome = () => undefined, guard?: GuardSettings): Promise<Scene> {
  const writes: string[] = [];
  const router = createRouter([
    { method: 'GET', pattern: '/hello', handle: () => json({ hello: true }) },
    {
      method: 'POST',
      pattern: '/write',
      handle: async (exchange) => {
        writes.push(`full ${exchange.query.get('db')} ${(await exchange.body()).toString()}`);
        return { kind: 'text', status: 400, text: 'refused\n' };
      },
    },
  ]);
  const opened = await openApiServer(
    { host: '127.0.0.1', port: 0 },
    {
      router: () => router,
      takeWrite(query, body) {
        const taken = outcome(body.toString());
        if (taken !== 'declined') writes.push(`lane ${query.get('db')} ${body.toString()}`);
        return taken;
      },
      ready: Promise.resolve(),
      version: '1.5.4',
      logger: createLog({ sink, level: 'error', now: () => 0 }),
      now: () => Date.now(),
      isAccessLogged: false,
      isAuthEnabled: false,
      isPprofEnabled: false,
      sharedSecret: '',
      guard: guard ?? { allowedOrigins: ['*'], isGuarded: false, hosts: [] },
    },
  );
  if (!opened.ok) throw new Error(opened.error);
  servers.push(opened.value);
  // The server learns that it is ready in a turn of its own.
  await new Promise((resolve) => setImmediate(resolve));
  return { port: opened.value.address.port, writes, server: opened.value };
}

const write = (db: string, body: string, ...headers: readonly string[]): string =>
  [`POST /write?db=${db} HTTP/1.1`, 'Host: 127.0.0.1', `Content-Length: ${body.length}`, ...headers, '', body].join(
    '\r\n',
  );
const hello = 'GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n';

/** Sends the pieces one after the other and collects the status of every answer until there are as many as asked for. */
function talk(port: number, pieces: readonly string[], answers: number): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    const statuses = (): readonly string[] => [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1] ?? '');
    socket.on('data', (chunk) => {
      text += chunk.toString();
      if (statuses().length < answers) return;
      socket.destroy();
      resolve(statuses());
    });
    socket.on('error', reject);
    socket.on('connect', () => {
      const send = (index: number): void => {
        const piece = pieces[index];
        if (piece !== undefined) socket.write(piece, () => setImmediate(send, index + 1));
      };
      send(0);
    });
  });
}

test('writes on one connection are taken in order, also when several come in one piece', async () => {
  const { port, writes } = await scene();
  expect(await talk(port, [write('a', 'm v=1') + write('b', 'm v=2'), write('c', '')], 3)).toEqual([
    '204',
    '204',
    '204',
  ]);
  expect(writes).toEqual(['lane a m v=1', 'lane b m v=2', 'lane c ']);
});

test('what writes set off leaves before their answers, which are one piece for writes of one piece', async () => {
  const sent = vi.spyOn(Socket.prototype, 'write');
  const setOff = vi.fn();
  const { port } = await scene((body) => {
    process.nextTick(setOff, body);
    return undefined;
  });
  expect(await talk(port, [write('a', 'one') + write('a', 'two')], 2)).toEqual(['204', '204']);
  const answers = sent.mock.invocationCallOrder.filter((_, call) =>
    String(sent.mock.calls[call]?.[0]).includes(' 204 '),
  );
  expect(setOff.mock.calls).toEqual([['one'], ['two']]);
  expect(answers).toHaveLength(1);
  expect(answers[0]).toBeGreaterThan(setOff.mock.invocationCallOrder[1] ?? Infinity);
});

test('a write may come in any pieces', async () => {
  const { port, writes } = await scene();
  const text = write('a', 'm v=1') + write('b', 'm v=22');
  for (const size of [1, 7, 40]) {
    const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, i) =>
      text.slice(i * size, (i + 1) * size),
    );
    expect(await talk(port, pieces, 2)).toEqual(['204', '204']);
  }
  expect(writes).toEqual(Array.from({ length: 3 }, () => ['lane a m v=1', 'lane b m v=22']).flat());
});

test('what is no plain write goes to the full server with all its bytes, and the connection stays there', async () => {
  const { port, writes } = await scene();
  const statuses = await talk(port, [write('a', 'm v=1') + hello + write('b', 'm v=2')], 3);
  expect(statuses).toEqual(['204', '200', '400']);
  expect(writes).toEqual(['lane a m v=1', 'full b m v=2']);
});

test('a write that is declined is answered by the full server, once', async () => {
  const { port, writes } = await scene((body) => (body.includes('bad') ? 'declined' : undefined));
  expect(await talk(port, [write('a', 'bad'), write('b', 'm v=1')], 2)).toEqual(['400', '400']);
  expect(writes).toEqual(['full a bad', 'full b m v=1']);
});

test('D26: a foreign host is refused here as well', async () => {
  const { port, writes } = await scene(undefined, { allowedOrigins: [], isGuarded: true, hosts: [] });
  expect(await talk(port, [write('a', 'm v=1').replace('127.0.0.1', 'rebound.example')], 1)).toEqual(['403']);
  expect(writes).toEqual([]);
});

test('a writer that is held back is answered when its write is through, and what it sent meanwhile is not lost', async () => {
  const waiting: (() => void)[] = [];
  const { port, writes } = await scene((body) =>
    body === 'slow' ? new Promise<void>((resolve) => waiting.push(resolve)) : undefined,
  );
  const answered = talk(port, [write('a', 'slow'), write('b', 'm v=1')], 2);
  await until(() => waiting.length > 0);
  expect(writes).toEqual(['lane a slow']);
  waiting[0]?.();
  expect(await answered).toEqual(['204', '204']);
  expect(writes).toEqual(['lane a slow', 'lane b m v=1']);
});

test('closing ends idle connections of the lane', async () => {
  const { port, server } = await scene();
  const socket = connect(port, '127.0.0.1');
  await new Promise<void>((resolve) => socket.on('data', () => resolve()) && socket.write(write('a', 'm v=1')));
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await server.close(5_000);
  await closed;
  expect(socket.destroyed).toBe(true);
});
