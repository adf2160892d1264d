import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { createHttpSender } from '../outgoing/http-sender.ts';
import { until } from '../testing/until.ts';
import { createInfluxClient, type InfluxClient } from './influx-client.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function clientOf(answer: (response: ServerResponse) => void): Promise<InfluxClient> {
  const server = createServer((request, response) => {
    request.resume();
    answer(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sender = createHttpSender();
  cleanups.push(
    () => server.close(),
    () => server.closeAllConnections(),
    () => sender.close(),
  );
  const { port } = server.address() as AddressInfo;
  const tls = { ca: '', cert: '', key: '', isInsecure: false };
  const settings = { name: 'x', urls: [`http://127.0.0.1:${port}`], username: '', password: '', timeoutMs: null, tls };
  const client = createInfluxClient(settings, sender);
  if (!client.ok) throw new Error(client.error);
  return client.value;
}

test('lines arrive one by one, whole, wherever the pieces end', async () => {
  const client = await clientOf((response) => {
    response.write('{"a":1}\n{"b"');
    setImmediate(() => response.end(':"é"}\n\n{"c":3}'));
  });
  const lines: string[] = [];
  const error = await new Promise((resolve) =>
    client.select('SELECT 1', { line: (text) => lines.push(text), done: resolve }),
  );
  expect(error).toBeNull();
  expect(lines).toEqual(['{"a":1}', '{"b":"é"}', '{"c":3}']);
});

test.each([
  [200, '', 'failed to decode JSON: EOF'],
  [204, '', 'invalid response: code 204: body: '],
  [400, '{"x":1}\n', 'invalid response: code 400: body: {"x":1}'],
  [500, '{"error":"boom"}', 'boom'],
])('status %i with %j is an error', async (status, body, expected) => {
  const client = await clientOf((response) => response.writeHead(status).end(body));
  const error = await new Promise((resolve) => client.select('SELECT 1', { line: () => undefined, done: resolve }));
  expect(error).toBe(expected);
});

test('while there is no room the rest of an answer stays with InfluxDB; then it comes, nothing lost', async () => {
  const line = `{"text":"${'x'.repeat(10_000)}"}\n`;
  const count = 5_000;
  let written = 0;
  const client = await clientOf((response) => {
    const more = (): void => {
      while (written < count) {
        written++;
        if (!response.write(line)) return void response.once('drain', more);
      }
      response.end();
    };
    more();
  });
  let hasRoom = false;
  let taken = 0;
  const done = vi.fn();
  client.select('SELECT 1', { line: () => taken++, done, hasRoom: () => hasRoom });
  // What the network holds between the two is a few megabytes; the answer is fifty.
  let before = -1;
  await vi.waitUntil(
    () => {
      const isStill = taken > 0 && written === before;
      before = written;
      return isStill;
    },
    { timeout: 10_000, interval: 200 },
  );
  expect(taken).toBeLessThan(20);
  expect(written).toBeLessThan(count / 2);
  hasRoom = true;
  await vi.waitUntil(() => done.mock.calls.length > 0, { timeout: 20_000 });
  expect(done).toHaveBeenCalledWith(null);
  expect(taken).toBe(count);
});

test('a query that is given up while there is no room ends', async () => {
  let isClosed = false;
  const client = await clientOf((response) => {
    response.on('close', () => {
      isClosed = true;
    });
    response.write('{"a":1}\n');
  });
  let taken = 0;
  const cancel = client.select('SELECT 1', { line: () => taken++, done: () => undefined, hasRoom: () => false });
  await until(() => taken === 1);
  cancel();
  await until(() => isClosed);
  expect(taken).toBe(1);
});
