import { spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { thawFileName } from '../api/private-channel.ts';
import {
  bundleMember,
  freePorts,
  memberFolder,
  startMember,
  type MemberFolder,
  type MemberProcess,
} from './testing/member-process.ts';

let program: Awaited<ReturnType<typeof bundleMember>>;
const cleanups: (() => unknown)[] = [];

beforeAll(async () => {
  program = await bundleMember();
}, 30_000);
afterAll(() => program.dispose());
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function folderOf(extra = ''): Promise<MemberFolder> {
  const folder = await memberFolder(extra);
  cleanups.push(() => folder.dispose());
  return folder;
}

async function memberOf(folder: MemberFolder, args: readonly string[] = []): Promise<MemberProcess> {
  const member = await startMember(program.program, folder, args);
  cleanups.push(() => member.end('SIGKILL'));
  return member;
}

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(...args: readonly string[]): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program.program, ...args], {
    encoding: 'utf8',
    timeout: 20_000,
    env: { ...process.env, HOME: '/nonexistent', KAPACITOR_CONFIG_PATH: '' },
  });
  return { status, stdout, stderr };
}

async function ask(
  folder: MemberFolder,
  method: string,
  path: string,
  body?: object | string,
): Promise<{ status: number; text: string }> {
  const payload = typeof body === 'object' ? JSON.stringify(body) : body;
  const response = await fetch(folder.url + path, { method, ...(payload === undefined ? {} : { body: payload }) });
  return { status: response.status, text: await response.text() };
}

async function until(holds: () => boolean | Promise<boolean>, limitMs = 10_000): Promise<void> {
  const end = Date.now() + limitMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`it did not come about within ${limitMs} ms`);
    await delay(20);
  }
}

test('version, config and help', async () => {
  expect(run('version')).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^Kapacitor Lab \S+, as 1\.5\.4 \(git: /),
  });
  const folder = await folderOf();
  const printed = run('config', '-config', folder.config, '-hostname', 'elsewhere');
  expect([printed.status, printed.stderr]).toEqual([0, '']);
  expect(printed.stdout).toContain('hostname = "elsewhere"');
  expect(printed.stdout).toContain(`bind-address = "127.0.0.1:${folder.ports.api}"`);
  expect(run('help', 'run')).toMatchObject({ status: 0, stderr: expect.stringContaining('-pidfile') });
});

test.each<[string, readonly string[], string]>([
  ['an unknown command', ['frobnicate'], 'run: unknown command "frobnicate"'],
  ['an unknown flag', ['run', '-nope'], 'run: flag provided but not defined: -nope'],
  [
    'a configuration that is not there',
    ['-config', '/nonexistent/k.conf'],
    'run: cannot read the configuration /nonexistent/k.conf',
  ],
])('%s is one line on standard error and exit 1', (_name, args, line) => {
  const ended = run(...args);
  expect([ended.status, ended.stdout]).toEqual([1, '']);
  expect(ended.stderr).toContain(line);
});

test('a broken configuration names key, value and what is allowed', async () => {
  const folder = await folderOf();
  writeFileSync(folder.config, `${readFileSync(folder.config, 'utf8')}\n[alert]\nredundancy = -1\n`);
  const ended = run('-config', folder.config);
  expect([ended.status, ended.stderr.trim().split('\n')]).toEqual([
    1,
    [`run: ${folder.config}: [alert] redundancy = -1: must be 0 or more`],
  ]);
});

test.each(['api', 'gossip', 'rpc'] as const)(
  'the %s port in use stops the start, names the address, and nothing is written',
  async (service) => {
    const folder = await folderOf();
    const holder = createTcpServer();
    await new Promise<void>((resolve) => holder.listen(folder.ports[service], '127.0.0.1', resolve));
    cleanups.push(() => new Promise((resolve) => holder.close(resolve)));
    const ended = run('-config', folder.config);
    const [line = '', ...more] = ended.stderr
      .trim()
      .split('\n')
      .filter((text) => text.startsWith('run: '));
    expect([ended.status, more]).toEqual([1, []]);
    expect(line).toContain(`127.0.0.1:${folder.ports[service]}`);
    expect(line).toContain('in use');
    expect(readdirSync(join(folder.dir, 'data'))).toEqual([]);
  },
);

test('SIGTERM is a clean stop: exit 0, the pid file is gone, the port is free', async () => {
  const folder = await folderOf();
  const pidFile = join(folder.dir, 'run', 'kapacitord.pid');
  const member = await memberOf(folder, ['-pidfile', pidFile]);
  expect(Number(readFileSync(pidFile, 'utf8'))).toBe(member.process.pid);
  // An open stream does not hold it up.
  const stream = await fetch(`${folder.url}/cluster/observations`);
  const started = Date.now();
  expect(await member.end('SIGTERM')).toBe(0);
  expect(Date.now() - started).toBeLessThan(3_000);
  expect(existsSync(pidFile)).toBe(false);
  await stream.body?.cancel();
  await memberOf(folder);
}, 30_000);

test('the lab says stop; and when its channel closes the member goes at once', async () => {
  const folder = await folderOf();
  const first = await memberOf(folder);
  const stopped = new Promise((resolve) => first.process.once('exit', resolve));
  first.process.send({ kind: 'stop' });
  expect(await stopped).toBe(0);
  const second = await memberOf(folder);
  expect(second.listening.memberId).toBe(first.listening.memberId);
  const left = new Promise((resolve) => second.process.once('exit', resolve));
  const started = Date.now();
  second.process.disconnect();
  await left;
  expect(Date.now() - started).toBeLessThan(1_000);
}, 30_000);

test('a member that freezes itself answers nothing until it is thawed', async () => {
  const folder = await folderOf();
  const member = await memberOf(folder);
  const answers = (): Promise<boolean> =>
    fetch(`${folder.url}/ping`, { signal: AbortSignal.timeout(500) }).then(
      () => true,
      () => false,
    );
  member.process.send({ kind: 'freeze' });
  await until(async () => !(await answers()));
  expect(await answers()).toBe(false);
  writeFileSync(join(tmpdir(), thawFileName(member.process.pid ?? 0)), '');
  await until(answers);
  expect(await member.end('SIGTERM')).toBe(0);
}, 20_000);

test('without a lab a member says on its log where it listens', async () => {
  const folder = await folderOf();
  const child = spawn(process.execPath, [program.program, 'run', '-config', folder.config], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  cleanups.push(() => child.kill('SIGKILL'));
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  await until(() => log.includes('msg="listening on"'));
  expect(log).toMatch(
    new RegExp(`lvl=info msg="listening on" service=http addr=127.0.0.1:${folder.ports.api} protocol=http`),
  );
}, 20_000);

const alertScript = `stream
    |from()
        .measurement('m')
        .groupBy('h')
    |alert()
        .id('{{ index .Tags "h" }}')
        .message('{{ .ID }} is {{ .Level }}')
        .crit(lambda: "v" > 3.0)
        .topic('hot')
    |httpOut('out')
`;

test('from a write over an alert to a post; everything is there after a restart', async () => {
  const received: { readonly member: unknown; readonly body: { id: string; level: string } }[] = [];
  const inbox = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      received.push({ member: request.headers['x-kapacitor-member'], body: JSON.parse(text) });
      response.end();
    });
  });
  await new Promise<void>((resolve) => inbox.listen(0, '127.0.0.1', resolve));
  cleanups.push(
    () => inbox.closeAllConnections(),
    () => inbox.close(),
  );
  const url = `http://127.0.0.1:${(inbox.address() as AddressInfo).port}/`;

  const folder = await folderOf();
  const member = await memberOf(folder);
  const task = { id: 't', script: alertScript, dbrps: [{ db: 'd', rp: 'r' }], status: 'enabled' };
  expect((await ask(folder, 'POST', '/tasks', task)).status).toBe(200);
  expect(
    (await ask(folder, 'POST', '/alerts/topics/hot/handlers', { id: 'h', kind: 'post', options: { url } })).status,
  ).toBe(200);
  expect((await ask(folder, 'POST', '/write?db=d&rp=r', 'm,h=a v=5 10\n')).status).toBe(204);
  await until(() => received.length === 1);
  expect(received[0]).toMatchObject({ member: member.listening.memberId, body: { id: 'a', level: 'CRITICAL' } });
  await until(async () => (await ask(folder, 'GET', '/tasks/t/out')).text.includes('"a"'));

  // State of topics of a single member is written within some milliseconds of the event (D21).
  await delay(100);
  await member.end('SIGKILL');
  await memberOf(folder);
  expect(JSON.parse((await ask(folder, 'GET', '/tasks/t')).text)).toMatchObject({ status: 'enabled', executing: true });
  expect(JSON.parse((await ask(folder, 'GET', '/alerts/topics/hot')).text)).toMatchObject({ level: 'CRITICAL' });
  const missing = await ask(folder, 'GET', '/alerts/topics/none/events/a');
  expect([missing.status, JSON.parse(missing.text)]).toEqual([404, { error: 'unknown event "a" in topic "none"' }]);
  await ask(folder, 'POST', '/write?db=d&rp=r', 'm,h=a v=1 20\n');
  await until(() => received.length === 2);
  expect(received[1]?.body).toMatchObject({ id: 'a', level: 'OK', previousLevel: 'CRITICAL' });
}, 30_000);

test.each<[string, string, number, string]>([
  ['fails once it runs', "stream\n    |from()\n    |httpOut('o')\n    |httpOut('o')\n", 200, 'multiple registrations'],
  [
    'cannot start',
    'batch\n    |query(\'SELECT v FROM "d"."other".m\')\n        .period(1m)\n        .every(1m)\n',
    500,
    'batch query is not allowed',
  ],
  [
    'has a handler that is refused',
    "stream\n    |from()\n    |alert()\n        .log('x')\n",
    500,
    '"failed to create log alert handler: log path must be absolute: x is not absolute"',
  ],
])(
  'a task that %s stays enabled with its error and is not executing',
  async (_name, script, status, error) => {
    const folder = await folderOf();
    await memberOf(folder);
    const created = await ask(folder, 'POST', '/tasks', {
      id: 't',
      script,
      dbrps: [{ db: 'd', rp: 'r' }],
      status: 'enabled',
    });
    expect(created.status).toBe(status);
    await until(async () => (await ask(folder, 'GET', '/tasks/t')).text.includes(error));
    expect(JSON.parse((await ask(folder, 'GET', '/tasks/t')).text)).toMatchObject({
      status: 'enabled',
      executing: false,
    });
  },
  20_000,
);

test('points come in over UDP as well', async () => {
  const [port = 0] = await freePorts(1);
  const extra = `[[udp]]\nenabled = true\nbind-address = "127.0.0.1:${port}"\ndatabase = "u"\nretention-policy = "r"\n[[influxdb]]\nenabled = false`;
  const folder = await folderOf(extra);
  await memberOf(folder);
  const script = "stream\n    |from()\n    |httpOut('out')\n";
  await ask(folder, 'POST', '/tasks', { id: 't', script, dbrps: [{ db: 'u', rp: 'r' }], status: 'enabled' });
  const socket = createSocket('udp4');
  cleanups.push(() => socket.close());
  socket.send('m v=1 10\n', port, '127.0.0.1');
  await until(async () => (await ask(folder, 'GET', '/tasks/t/out')).text.includes('"m"'));
  expect((await ask(folder, 'GET', '/tasks/t/out')).text).toBe(
    '{"series":[{"name":"m","columns":["time","v"],"values":[["1970-01-01T00:00:00.00000001Z",1]]}]}',
  );
}, 20_000);

test('observations are replayed and streamed as JSON lines, numbered', async () => {
  const folder = await folderOf();
  await memberOf(folder);
  const script = "stream\n    |from()\n    |httpOut('out')\n";
  await ask(folder, 'POST', '/tasks', { id: 'one', script, dbrps: [{ db: 'd', rp: 'r' }], status: 'enabled' });
  const response = await fetch(`${folder.url}/cluster/observations?after=0`);
  const reader = response.body?.getReader();
  let text = '';
  const read = async (): Promise<void> => {
    const chunk = await reader?.read();
    text += new TextDecoder().decode(chunk?.value);
  };
  while (!text.includes('"one"')) await read();
  await ask(folder, 'POST', '/tasks', { id: 'two', script, dbrps: [{ db: 'd', rp: 'r' }], status: 'enabled' });
  while (!text.includes('"two"')) await read();
  await reader?.cancel();
  const observations = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { seq: number; kind: string });
  expect(observations.map(({ seq }) => seq)).toEqual(
    observations.map((_, index) => (observations[0]?.seq ?? 0) + index),
  );
  expect(observations.filter(({ kind }) => kind === 'task-started')).toHaveLength(2);
}, 20_000);
