import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { thawFileName } from '../api/private-channel.ts';
import { standIn } from '../shell/autoscale/testing/stand-in.ts';
import { freePorts } from '../shell/testing/free-ports.ts';
import { until } from '../shell/testing/until.ts';
import { useMembers } from './testing/use-members.ts';

const members = useMembers();
const passing = "stream\n    |from()\n    |httpOut('out')\n";

test('version, config and help', async () => {
  expect(members.run('version')).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^Kapacitor Lab \S+, as 1\.5\.4 \(git: /),
  });
  const folder = await members.folder();
  const printed = members.run('config', '-config', folder.config, '-hostname', 'elsewhere');
  expect([printed.status, printed.stderr]).toEqual([0, '']);
  expect(printed.stdout).toContain('hostname = "elsewhere"');
  expect(printed.stdout).toContain(`bind-address = "127.0.0.1:${folder.ports.api}"`);
  expect(members.run('help', 'run')).toMatchObject({ status: 0, stderr: expect.stringContaining('-pidfile') });
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
  const ended = members.run(...args);
  expect([ended.status, ended.stdout]).toEqual([1, '']);
  expect(ended.stderr).toContain(line);
});

test('a broken configuration names key, value and what is allowed', async () => {
  const folder = await members.folder();
  writeFileSync(folder.config, `${readFileSync(folder.config, 'utf8')}\n[alert]\nredundancy = -1\n`);
  const ended = members.run('-config', folder.config);
  expect([ended.status, ended.stderr.trim().split('\n')]).toEqual([
    1,
    [`run: ${folder.config}: [alert] redundancy = -1: must be 0 or more`],
  ]);
});

test.each(['api', 'gossip', 'rpc'] as const)(
  'the %s port in use stops the start, names the address, and nothing is written',
  async (service) => {
    const folder = await members.folder();
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(folder.ports[service], '127.0.0.1', resolve));
    onTestFinished(() => new Promise((resolve) => holder.close(() => resolve())));
    const ended = members.run('-config', folder.config);
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
  const folder = await members.folder();
  const withLimit = 'log-enabled = false\nshutdown-timeout = "60s"';
  writeFileSync(folder.config, readFileSync(folder.config, 'utf8').replace('log-enabled = false', withLimit));
  const pidFile = join(folder.dir, 'run', 'kapacitord.pid');
  const member = await members.start(folder, ['-pidfile', pidFile]);
  expect(Number(readFileSync(pidFile, 'utf8'))).toBe(member.process.pid);
  // An open stream does not hold it up until the limit.
  const stream = await fetch(`${folder.api.url}/cluster/observations`);
  const started = Date.now();
  expect(await member.end('SIGTERM')).toBe(0);
  expect(Date.now() - started).toBeLessThan(3_000);
  expect(existsSync(pidFile)).toBe(false);
  await stream.body?.cancel();
  await members.start(folder);
});

test('the lab says stop; and when its channel closes the member goes at once', async () => {
  const { folder, member: first } = await members.startNew();
  const stopped = new Promise((resolve) => first.process.once('close', resolve));
  first.process.send({ kind: 'stop' });
  expect(await stopped).toBe(0);
  expect(first.log()).toContain('msg=stopped');
  const second = await members.start(folder);
  expect(second.listening.memberId).toBe(first.listening.memberId);
  const left = new Promise((resolve) => second.process.once('exit', resolve));
  const started = Date.now();
  second.process.disconnect();
  // At once: a clean stop would be exit 0, and say so.
  expect(await left).toBe(1);
  expect(Date.now() - started).toBeLessThan(1_000);
  expect(second.log()).not.toContain('msg=stopped');
});

test('a member that freezes itself answers nothing until it is thawed', async () => {
  const { api, member } = await members.startNew();
  const answers = (): Promise<boolean> =>
    fetch(`${api.url}/ping`, { signal: AbortSignal.timeout(500) }).then(
      () => true,
      () => false,
    );
  member.process.send({ kind: 'freeze' });
  await until(answers, (isAnswered) => !isAnswered);
  expect(await answers()).toBe(false);
  writeFileSync(join(tmpdir(), thawFileName(member.process.pid ?? 0)), '');
  await until(answers);
  expect(await member.end('SIGTERM')).toBe(0);
});

test('without a lab a member says on its log where it listens', async () => {
  const folder = await members.folder();
  const child = spawn(process.execPath, [members.program, 'run', '-config', folder.config], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  await until(
    () => log,
    (text) => text.includes('msg="listening on"'),
  );
  expect(log).toMatch(
    new RegExp(`lvl=info msg="listening on" service=http addr=127.0.0.1:${folder.ports.api} protocol=http`),
  );
});

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
  const inbox = await standIn(() => ({ body: '' }));
  onTestFinished(() => inbox.close());
  const received = () =>
    inbox.asked.map(({ headers, body }) => ({ member: headers['x-kapacitor-member'], body: JSON.parse(body) }));

  const { folder, api, member } = await members.startNew();
  await api.define({ id: 't', script: alertScript });
  const handler = { id: 'h', kind: 'post', options: { url: inbox.url } };
  expect((await api.ask('POST', '/alerts/topics/hot/handlers', handler)).status).toBe(200);
  await api.write('m,h=a v=5 10\n');
  await until(received, ({ length }) => length === 1);
  expect(received()).toMatchObject([{ member: member.listening.memberId, body: { id: 'a', level: 'CRITICAL' } }]);
  await api.shows('/tasks/t/out', /"a"/);

  // The state of a single member's topics is written a little later (D21), but before what is acknowledged next.
  await api.define({ id: 'later', script: 'stream|from()' });
  await member.end('SIGKILL');
  await members.start(folder);
  expect(await api.get('/tasks/t')).toMatchObject({ status: 'enabled', executing: true });
  expect(await api.get('/alerts/topics/hot')).toMatchObject({ level: 'CRITICAL' });
  const missing = await api.ask('GET', '/alerts/topics/none/events/a');
  expect([missing.status, JSON.parse(missing.text)]).toEqual([404, { error: 'unknown event "a" in topic "none"' }]);
  await api.write('m,h=a v=1 20\n');
  const [, second] = await until(received, ({ length }) => length === 2);
  expect(second?.body).toMatchObject({ id: 'a', level: 'OK', previousLevel: 'CRITICAL' });
});

test.each<[string, string, number, RegExp]>([
  ['fails once it runs', "stream\n    |from()\n    |httpOut('o')\n    |httpOut('o')\n", 200, /multiple registrations/],
  [
    'cannot start',
    'batch\n    |query(\'SELECT v FROM "d"."other".m\')\n        .period(1m)\n        .every(1m)\n',
    500,
    /batch query is not allowed/,
  ],
  [
    'has a handler that is refused',
    "stream\n    |from()\n    |alert()\n        .log('x')\n",
    500,
    /"failed to create log alert handler: log path must be absolute: x is not absolute"/,
  ],
])('a task that %s stays enabled with its error and is not executing', async (_name, script, status, error) => {
  const { api } = await members.startNew();
  const task = { id: 't', script, dbrps: [{ db: 'd', rp: 'r' }], status: 'enabled' };
  expect((await api.ask('POST', '/tasks', task)).status).toBe(status);
  await api.shows('/tasks/t', error);
  expect(await api.get('/tasks/t')).toMatchObject({ status: 'enabled', executing: false });
});

test('points come in over UDP as well', async () => {
  const [port = 0] = await freePorts(1);
  const extra = `[[udp]]\nenabled = true\nbind-address = "127.0.0.1:${port}"\ndatabase = "u"\nretention-policy = "r"`;
  const { api } = await members.startNew(extra);
  await api.define({ id: 't', script: passing, dbrps: [{ db: 'u', rp: 'r' }] });
  const socket = createSocket('udp4');
  onTestFinished(() => void socket.close());
  socket.send('m v=1 10\n', port, '127.0.0.1');
  const out = await api.shows('/tasks/t/out', /"m"/);
  expect(out).toBe('{"series":[{"name":"m","columns":["time","v"],"values":[["1970-01-01T00:00:00.00000001Z",1]]}]}');
});

test('observations are replayed and streamed as JSON lines, numbered', async () => {
  const { api } = await members.startNew();
  await api.define({ id: 'one', script: passing });
  const response = await fetch(`${api.url}/cluster/observations?after=0`);
  const reader = response.body?.getReader();
  let text = '';
  const read = async (): Promise<void> => {
    const chunk = await reader?.read();
    text += new TextDecoder().decode(chunk?.value);
  };
  while (!text.includes('"one"')) await read();
  await api.define({ id: 'two', script: passing });
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
});
