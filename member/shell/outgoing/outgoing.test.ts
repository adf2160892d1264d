import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { until } from '../testing/until.ts';
import { runCommand } from './command-runner.ts';
import { createFileAppender } from './file-appender.ts';
import { createHttpSender, type OutgoingOutcome } from './http-sender.ts';
import { sendTcp } from './tcp-sender.ts';

const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'outgoing-'));
  cleanups.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function httpServer(handler: Parameters<typeof createServer>[1]): Promise<{ url: string; server: Server }> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(
    () => server.closeAllConnections(),
    () => new Promise((resolve) => server.close(() => resolve())),
  );
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

function sender(): ReturnType<typeof createHttpSender> {
  const made = createHttpSender();
  cleanups.push(() => made.close());
  return made;
}

const post = (url: string, timeoutMs: number | null = 2_000) => ({
  method: 'POST',
  url,
  headers: { 'X-A': 'b' },
  body: 'é',
  timeoutMs,
});

test('posts reuse their connection and bring status and body back', async () => {
  const ports = new Set<number | undefined>();
  const { url } = await httpServer((request, response) => {
    ports.add(request.socket.remotePort);
    request.resume();
    response.writeHead(201).end(JSON.stringify([request.headers['x-a'], request.headers['content-length']]));
  });
  const http = sender();
  const first = await http.exchange(post(url));
  await http.exchange(post(url));
  expect(first).toMatchObject({ kind: 'answer', status: 201, body: '["b","2"]' });
  expect(ports.size).toBe(1);
});

test('a peer that does not answer in time is a failure, once', async () => {
  const { url } = await httpServer((request) => void request.resume());
  const outcomes: OutgoingOutcome[] = [];
  await new Promise<void>((resolve) => {
    sender().send(post(url, 50), (outcome) => {
      outcomes.push(outcome);
      resolve();
    });
  });
  expect(outcomes).toEqual([{ kind: 'failed', reason: `POST ${url}: timeout of 50 ms exceeded` }]);
});

test.each(['not a url', 'ftp://x/', 'http://127.0.0.1:1/'])('%s is a failure', async (url) => {
  expect((await sender().exchange(post(url))).kind).toBe('failed');
});

test('a kept connection that the peer has closed is not an error', async () => {
  const { url, server } = await httpServer((request, response) => {
    request.resume();
    response.end('ok');
  });
  const http = sender();
  await http.exchange(post(url));
  server.closeAllConnections();
  expect(await http.exchange(post(url))).toMatchObject({ kind: 'answer', status: 200 });
});

test('several kept connections that the peer ends at the same time are no error', async () => {
  const used = new WeakSet();
  const { url } = await httpServer((request, response) => {
    request.resume();
    if (used.has(request.socket)) return void request.socket.destroy();
    used.add(request.socket);
    // The first three come at once, on a connection each.
    request.on('end', () => setImmediate(() => response.end('ok')));
  });
  const http = sender();
  await Promise.all([1, 2, 3].map(() => http.exchange(post(url))));
  expect(await http.exchange(post(url))).toMatchObject({ kind: 'answer', status: 200 });
});

test('tcp: the text arrives whole, the connection is closed', async () => {
  const received = new Promise<string>((resolve) => {
    const server = createTcpServer((socket) => {
      let text = '';
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.on('end', () => resolve(text));
    });
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      sendTcp(`127.0.0.1:${port}`, '{"id":"x"}\n\n', 2_000, (error) => expect(error).toBeNull());
    });
    cleanups.push(() => void server.close());
  });
  expect(await received).toBe('{"id":"x"}\n\n');
});

test('tcp: nobody listening and a malformed address are errors', async () => {
  const outcome = (address: string): Promise<string | null> =>
    new Promise((resolve) => sendTcp(address, 'x', 2_000, resolve));
  expect(await outcome('127.0.0.1:1')).toContain('ECONNREFUSED');
  expect(await outcome('nowhere')).toBe('address nowhere: must be host:port');
});

test('files: lines keep their order, the mode counts when the file is made', async () => {
  const path = join(folder(), 'alerts.log');
  const append = createFileAppender();
  const outcomes = await Promise.all(
    ['a\n', 'b\n', 'c\n'].map((text) => new Promise((resolve) => append(path, text, 0o600, resolve))),
  );
  expect([outcomes, readFileSync(path, 'utf8'), statSync(path).mode & 0o777]).toEqual([
    [null, null, null],
    'a\nb\nc\n',
    0o600,
  ]);
});

test('files: a folder that is missing is an error', async () => {
  const append = createFileAppender();
  const error = await new Promise((resolve) => append(join(folder(), 'missing', 'x'), 'a', 0o600, resolve));
  expect(error).toContain('ENOENT');
});

test.each<[string, string, number | null, unknown]>([
  [
    'reads its input and succeeds',
    'read x; echo "got $x"',
    null,
    { ok: true, value: { failure: '', output: 'got hello\n' } },
  ],
  [
    'fails',
    'echo out; echo broken >&2; exit 3',
    null,
    { ok: true, value: { failure: 'exit status 3', output: 'out\nbroken\n' } },
  ],
  ['is killed', 'kill -9 $$', null, { ok: true, value: { failure: 'signal: killed', output: '' } }],
  ['takes too long', 'exec sleep 5', 50, { ok: false, error: 'took longer than 50 ms' }],
])('a program that %s', async (_name, script, limitMs, expected) => {
  expect(await runCommand({ program: '/bin/sh', args: ['-c', script], input: 'hello\n', limitMs })).toEqual(expected);
});

test('a program that is not there is an error', async () => {
  const result = await runCommand({ program: '/no/such', args: [], input: '', limitMs: null });
  expect(result.ok ? '' : result.error).toContain('ENOENT');
});

test.each([
  ['no name', '', [], 'cannot be empty'],
  ['a file in the place of a folder in its path', '/etc/passwd/x', [], 'ENOTDIR'],
  ['a zero byte in an argument', '/bin/sh', ['a\0b'], 'null bytes'],
])('a program with %s is an error and does not end the member', async (_name, program, args, expected) => {
  const result = await runCommand({ program, args, input: '', limitMs: null });
  expect(result.ok ? '' : result.error).toContain(expected);
});

test('drained waits for what is open and for what follows from its answer, and no longer than the limit', async () => {
  const waiting: (() => void)[] = [];
  const { url } = await httpServer((request, response) => {
    request.resume();
    waiting.push(() => response.end('ok'));
    if (waiting.length === 1) waiting[0]?.();
  });
  const http = sender();
  let isFollowed = false;
  http.send(post(url, null), () => http.send(post(url, null), () => (isFollowed = true)));
  // Begun while only the first is open.
  const all = http.drained(20_000);
  await until(() => waiting.length === 2);
  await http.drained(50);
  expect(isFollowed).toBe(false);
  waiting[1]?.();
  await all;
  expect(isFollowed).toBe(true);
});
