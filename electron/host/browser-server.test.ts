import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { until } from '../lab/testing/until.ts';
import { BrowserServer, fileInside } from './browser-server.ts';
import type { WireServer } from './wire-server.ts';

let folder = '';
let server: BrowserServer;
const received: string[] = [];
const echo: WireServer = {
  connect: (send) => ({
    receive: (text) => {
      received.push(text);
      if (text === 'bad') return false;
      send(`echo ${text}`);
      return true;
    },
    close: () => received.push('closed'),
  }),
};
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'browser-test-'));
  mkdirSync(join(folder, 'page', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'page', 'index.html'), '<title>page</title>');
  writeFileSync(join(folder, 'page', 'assets', 'a.js'), '1');
  writeFileSync(join(folder, 'secret'), 'secret');
  received.length = 0;
  const opened = await BrowserServer.open(join(folder, 'page'), echo, 0);
  if (!opened.ok) throw new Error(opened.error);
  server = opened.value;
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Got {
  status: number;
  body: string;
  headers: Record<string, string | string[] | undefined>;
}
function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Got> {
  return new Promise((resolve, reject) => {
    const asked = request(server.origin, { path, headers, method }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body, headers: response.headers }));
    });
    asked.on('error', reject);
    asked.end();
  });
}
async function cookie(): Promise<string> {
  const { headers } = await get(new URL(server.newLink()).pathname);
  return String(headers['set-cookie']?.[0]).split(';')[0] ?? '';
}
/** 0 when the socket opened. */
function socketStatus(headers: Record<string, string>): Promise<number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${server.origin.replace('http', 'ws')}/wire`, { headers });
    socket.on('open', () => {
      socket.close();
      resolve(0);
    });
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? -1));
    socket.on('error', () => undefined);
  });
}

describe('browser host', () => {
  test('a link opens once and gives a strict cookie; without it nothing is served', async () => {
    const link = new URL(server.newLink()).pathname;
    const first = await get(link);
    expect([first.status, first.headers['location']]).toEqual([303, '/']);
    expect(first.headers['set-cookie']?.[0]).toMatch(
      /^kapacitor_lab_\d+=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/,
    );
    expect((await get(link)).status).toBe(403);
    expect((await get('/start/guess')).status).toBe(403);
    expect((await get('/')).status).toBe(401);
    expect((await get('/', { Cookie: `${(await cookie()).split('=')[0]}=wrong` })).status).toBe(401);
    const page = await get('/', { Cookie: await cookie() });
    expect([page.status, page.body, page.headers['content-type']]).toEqual([
      200,
      '<title>page</title>',
      'text/html; charset=utf-8',
    ]);
    expect(page.headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
  });

  test('a request that names another host is misdirected, whatever it carries', async () => {
    const session = await cookie();
    for (const Host of ['localhost', '127.0.0.1', 'evil.example', `localhost:${new URL(server.origin).port}`]) {
      expect((await get('/', { Host, Cookie: session })).status).toBe(421);
    }
    expect((await get('/', { Cookie: session }, 'POST')).status).toBe(405);
  });

  test('files outside the page are out of reach', async () => {
    const headers = { Cookie: await cookie() };
    expect((await get('/assets/a.js', headers)).status).toBe(200);
    for (const path of [
      '/../secret',
      '/..%2fsecret',
      '/assets/../../secret',
      '/%2e%2e/secret',
      '/a%00.js',
      '/%zz',
      '/none.js',
    ]) {
      expect([path, (await get(path, headers)).status]).toEqual([path, 404]);
    }
    expect(fileInside('/page', '/')).toBe('/page/index.html');
    expect(fileInside('/page', '/../page2/x')).toBeNull();
  });

  test('the socket wants this host, this origin and the cookie', async () => {
    const session = await cookie();
    const { origin } = server;
    expect(await socketStatus({ Origin: origin, Cookie: session })).toBe(0);
    expect(await socketStatus({ Cookie: session })).toBe(403);
    expect(await socketStatus({ Origin: 'http://evil.example', Cookie: session })).toBe(403);
    expect(await socketStatus({ Origin: origin })).toBe(403);
    expect(await socketStatus({ Origin: origin, Cookie: session, Host: 'evil.example' })).toBe(421);
  });

  test('texts go both ways; one that is no message closes the socket', async () => {
    const socket = new WebSocket(`${server.origin.replace('http', 'ws')}/wire`, {
      headers: { Origin: server.origin, Cookie: await cookie() },
    });
    const heard: string[] = [];
    const code = await new Promise<number>((resolve) => {
      socket.on('open', () => socket.send('one'));
      socket.on('message', (data: Buffer) => {
        heard.push(data.toString());
        socket.send('bad');
      });
      socket.on('close', resolve);
    });
    await until(() => received.includes('closed'), 'connection ended');
    expect([heard, code, received]).toEqual([['echo one'], 1008, ['one', 'bad', 'closed']]);
  });
});
