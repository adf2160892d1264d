import { createHmac } from 'node:crypto';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import type { LineSink } from '../log/line-sink.ts';
import { createLog } from '../log/log.ts';
import { openApiServer, type ApiServer, type ApiServerOptions } from './api-server.ts';
import { json, noContent } from './exchange.ts';
import { createRouter } from './router.ts';

const servers: ApiServer[] = [];
const lines: string[] = [];
const sink: LineSink = { write: (line) => void lines.push(line), close: () => Promise.resolve() };

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close(0);
  lines.splice(0);
});

const router = createRouter([
  { method: 'GET', pattern: '/kapacitor/v1/ping', handle: () => noContent },
  { method: 'HEAD', pattern: '/kapacitor/v1/ping', handle: () => noContent },
  { method: 'GET', pattern: '/kapacitor/v1/tasks', handle: () => json({ tasks: [] }) },
  { method: 'GET', pattern: '/kapacitor/v1/tasks/', handle: (exchange) => json({ id: exchange.path.slice(20) }) },
  {
    method: 'POST',
    pattern: '/kapacitor/v1/echo',
    handle: async (exchange) => json({ body: (await exchange.body()).toString() }),
  },
  {
    method: 'GET',
    pattern: '/kapacitor/v1/boom',
    handle: () => {
      throw new Error('boom');
    },
  },
]);

async function start(changes: Partial<ApiServerOptions> = {}): Promise<number> {
  const opened = await openApiServer(
    { host: '127.0.0.1', port: 0 },
    {
      router: () => router,
      version: '1.5.4',
      logger: createLog({ sink, level: 'info', now: () => Date.now() }),
      now: () => Date.now(),
      isAccessLogged: true,
      isAuthEnabled: false,
      isPprofEnabled: false,
      sharedSecret: 'secret',
      guard: { allowedOrigins: [], isGuarded: true, hosts: ['kapacitor-1'] },
      ready: Promise.resolve(),
      ...changes,
    },
  );
  if (!opened.ok) throw new Error(opened.error);
  servers.push(opened.value);
  return opened.value.address.port;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

function ask(
  port: number,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body?: Buffer | string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}

const uuid1 = /^[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test('every answer has a version 1 request id, the version and the JSON label, also a 204', async () => {
  const { status, headers } = await ask(await start(), 'GET', '/kapacitor/v1/ping');
  expect([status, headers['x-kapacitor-version'], headers['content-type']]).toEqual([
    204,
    '1.5.4',
    'application/json; charset=utf-8',
  ]);
  expect(headers['request-id']).toMatch(uuid1);
});

test('a route is an exact path or the longest prefix; anything else is a JSON 404, known paths with other methods too', async () => {
  const port = await start();
  expect((await ask(port, 'GET', '/kapacitor/v1/tasks/a%2Fb')).body.toString()).toBe('{\n    "id": "a/b"\n}');
  for (const [method, path] of [
    ['GET', '/nope'],
    ['POST', '/kapacitor/v1/tasks'],
    ['DELETE', '/kapacitor/v1/ping'],
  ] as const) {
    const { status, body } = await ask(port, method, path);
    expect([status, body.toString()]).toEqual([404, '{\n    "error": "Not Found"\n}']);
  }
});

test('preview paths are rewritten and carry the version twice', async () => {
  const { status, headers } = await ask(await start(), 'GET', '/kapacitor/v1preview/ping');
  expect([status, headers['x-kapacitor-version']]).toEqual([204, '1.5.4, 1.5.4']);
});

test('unclean paths are redirected, before anything else', async () => {
  const port = await start();
  const { status, headers, body } = await ask(port, 'GET', '/kapacitor//v1/./x/../ping?a=b');
  expect([status, headers.location, headers['request-id']]).toEqual([301, '/kapacitor/v1/ping?a=b', undefined]);
  expect(body.toString()).toContain('Moved Permanently');
  expect((await ask(port, 'DELETE', '/a//b')).body).toHaveLength(0);
});

test('OPTIONS is an empty 200 with the CORS headers when there is an origin', async () => {
  const port = await start({ guard: { allowedOrigins: ['*'], isGuarded: true, hosts: [] } });
  const { status, headers, body } = await ask(port, 'OPTIONS', '/anything', { Origin: 'http://ui.example' });
  expect([status, headers['access-control-allow-origin'], headers['content-type'], body.length]).toEqual([
    200,
    'http://ui.example',
    undefined,
    0,
  ]);
});

test.each<[string, Record<string, string>, number]>([
  ['no origin', {}, 204],
  ['a foreign origin', { Origin: 'http://evil.example' }, 403],
  ['an allowed origin', { Origin: 'http://ui.example' }, 204],
  ['a foreign host', { Host: 'rebound.example' }, 403],
  ['its own name', { Host: 'kapacitor-1' }, 204],
])('D26: a member on loopback with %s answers', async (_name, headers, expected) => {
  const port = await start({
    guard: { allowedOrigins: ['http://ui.example'], isGuarded: true, hosts: ['kapacitor-1'] },
  });
  expect((await ask(port, 'GET', '/kapacitor/v1/ping', headers)).status).toBe(expected);
});

test('gzip goes in and out', async () => {
  const port = await start();
  const { headers, body } = await ask(
    port,
    'POST',
    '/kapacitor/v1/echo',
    { 'Content-Encoding': 'gzip', 'Accept-Encoding': 'deflate, gzip' },
    gzipSync('hello'),
  );
  expect([headers['content-encoding'], gunzipSync(body).toString()]).toEqual(['gzip', '{\n    "body": "hello"\n}']);
  expect((await ask(port, 'POST', '/kapacitor/v1/echo', { 'Content-Encoding': 'gzip' }, 'plain')).status).toBe(400);
});

test('a handler that fails is a 500 and a log line, and the member goes on', async () => {
  const port = await start();
  expect((await ask(port, 'GET', '/kapacitor/v1/boom')).status).toBe(500);
  expect(lines.some((line) => line.includes('lvl=error') && line.includes('boom'))).toBe(true);
  expect((await ask(port, 'GET', '/kapacitor/v1/ping')).status).toBe(204);
});

test('the access log names the request and blots out passwords', async () => {
  const port = await start();
  await ask(port, 'GET', '/kapacitor/v1/ping?u=me&p=hush', { 'User-Agent': 'probe/1' });
  const line = lines.find((candidate) => candidate.includes('msg="http request"')) ?? '';
  expect(line).toMatch(
    /host=127\.0\.0\.1 username=me .*method=GET uri="\/kapacitor\/v1\/ping\?u=me&p=\[REDACTED\]" protocol=HTTP\/1\.1 status=204 referer=- user-agent=probe\/1/,
  );
});

const token = (claims: object, algorithm = 'HS256', secret = 'secret'): string => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const head = `${part({ alg: algorithm, typ: 'JWT' })}.${part(claims)}`;
  return `${head}.${createHmac(algorithm.replace('HS', 'sha'), secret).update(head).digest('base64url')}`;
};
const later = Math.floor(Date.now() / 1000) + 600;

test.each<[string, string, Record<string, string>, number]>([
  ['nothing', '', {}, 401],
  ['basic credentials', '', { Authorization: 'Basic dTpw' }, 204],
  ['an empty user', '', { Authorization: 'Basic OnA=' }, 401],
  ['u and p', '?u=x&p=y', {}, 204],
  ['u alone', '?u=x', {}, 401],
  ['a token', '', { Authorization: `Bearer ${token({ username: 'bob', exp: later })}` }, 204],
  ['a HS512 token', '', { Authorization: `Bearer ${token({ username: 'bob', exp: later }, 'HS512')}` }, 204],
  [
    'a token of another secret',
    '',
    { Authorization: `Bearer ${token({ username: 'bob', exp: later }, 'HS256', 'other')}` },
    401,
  ],
  ['an expired token', '', { Authorization: `Bearer ${token({ username: 'bob', exp: 5 })}` }, 401],
  ['a token without expiration', '', { Authorization: `Bearer ${token({ username: 'bob' })}` }, 401],
  ['a lower case scheme', '', { Authorization: `bearer ${token({ username: 'bob', exp: later })}` }, 401],
])('with authentication on %s is answered', async (_name, query, headers, expected) => {
  const port = await start({ isAuthEnabled: true });
  expect((await ask(port, 'GET', `/kapacitor/v1/ping${query}`, headers)).status).toBe(expected);
});

test('a port in use is an error that names the address', async () => {
  const port = await start();
  const second = await openApiServer(
    { host: '127.0.0.1', port },
    {
      router: () => router,
      version: '',
      logger: createLog({ sink, level: 'info', now: () => 0 }),
      now: () => 0,
      isAccessLogged: false,
      isAuthEnabled: false,
      isPprofEnabled: false,
      sharedSecret: '',
      guard: { allowedOrigins: [], isGuarded: false, hosts: [] },
      ready: Promise.resolve(),
    },
  );
  expect(second).toEqual({ ok: false, error: `listen tcp 127.0.0.1:${port}: bind: address already in use` });
});
