import { mkdtempSync, mkdirSync, rmSync, writeFileSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { present } from '../../member/base/assert.ts';
import { freePorts } from '../../member/shell/testing/free-ports.ts';
import { childEnvironment } from './child-environment.ts';
import { GuardLink } from './guard-link.ts';
import { portHolder } from './port-holder.ts';
import { isPortFree } from './port-probe.ts';
import { processLetter, processStart } from './process-start.ts';
import { Supervisor, type ProcessEvent, type ProcessSpec } from './supervisor.ts';
import { bundled } from './testing/bundle.ts';
import { until } from './testing/until.ts';

let memberFile = '';
let guardFile = '';
let holderFile = '';
beforeAll(async () => {
  [memberFile, guardFile, holderFile] = (await Promise.all(
    ['electron/lab/testing/fake-member.ts', 'electron/guard.ts', 'electron/lab/testing/supervisor-process.ts'].map(
      bundled,
    ),
  )) as [string, string, string];
});

let dir = '';
let guard: GuardLink;
let supervisor: Supervisor;
let events: ProcessEvent[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'supervisor-test-'));
  events = [];
  guard = new GuardLink(guardFile, () => undefined);
  supervisor = new Supervisor(guard, (event) => events.push(event));
});
afterEach(async () => {
  supervisor.killAll();
  await guard.close();
  supervisor.closeLogs();
  rmSync(dir, { recursive: true, force: true });
});

async function memberSpec(name = 'kapacitor-1', words?: readonly string[]): Promise<ProcessSpec> {
  const [api, rpc, gossip] = await freePorts(3);
  mkdirSync(join(dir, name), { recursive: true });
  const config = join(dir, name, 'kapacitor.conf');
  writeFileSync(
    config,
    [
      `data_dir = "${dir}/${name}/data"`,
      `[http]\nbind-address = "127.0.0.1:${api}"`,
      `[rpc]\nbind-address = "127.0.0.1:${rpc}"`,
      `[cluster]\nbind-address = "127.0.0.1:${gossip}"`,
      '[alert]\nredundancy = 2\ndelay-per-member = "2s"',
    ].join('\n'),
  );
  return {
    name,
    file: process.execPath,
    words: words ?? [memberFile, '-config', config],
    cwd: dir,
    environment: childEnvironment(),
    hasChannel: true,
    isServing: () => Promise.resolve(false),
    logFile: join(dir, name, 'kapacitord.log'),
  };
}

const states = (): string[] => events.flatMap((event) => (event.kind === 'process' ? [event.info.state] : []));

describe('supervisor', () => {
  test('a member starts, says where it listens, stops cleanly; its log is kept', async () => {
    const spec = await memberSpec();
    expect(await supervisor.start(spec)).toEqual({ ok: true, value: undefined });
    expect(events.filter(({ kind }) => kind === 'listening')).toHaveLength(1);
    expect(await supervisor.start(spec)).toEqual({ ok: false, error: 'kapacitor-1 is running already' });
    expect(await supervisor.stop('kapacitor-1', true)).toEqual({ ok: true, value: undefined });
    expect(states()).toEqual(['starting', 'running', 'stopped']);
    expect(supervisor.info('kapacitor-1')).toMatchObject({ pid: null, byFault: true, reason: null });
    supervisor.closeLogs();
    expect(readFileSync(spec.logFile, 'utf8')).toContain('clean stop');
  });

  test('M5: crash and freeze act on the real process, and are told from a crash nobody asked for', async () => {
    await supervisor.start(await memberSpec());
    const pid = present(supervisor.info('kapacitor-1')?.pid, 'pid');
    supervisor.freeze('kapacitor-1');
    await until(() => processLetter(pid) === 'T', 'frozen');
    supervisor.thaw('kapacitor-1');
    await until(() => processLetter(pid) !== 'T', 'thawed');
    supervisor.freeze('kapacitor-1');
    await supervisor.crash('kapacitor-1');
    expect(supervisor.info('kapacitor-1')).toMatchObject({ state: 'crashed', byFault: true });
    await supervisor.start(await memberSpec());
    process.kill(present(supervisor.info('kapacitor-1')?.pid, 'pid'), 'SIGKILL');
    await until(() => supervisor.info('kapacitor-1')?.state === 'crashed', 'crashed');
    expect(supervisor.info('kapacitor-1')).toMatchObject({ byFault: false, reason: 'ended by SIGKILL from outside' });
  });

  test('a frozen member stops as cleanly as a running one', async () => {
    await supervisor.start(await memberSpec());
    supervisor.freeze('kapacitor-1');
    await supervisor.stop('kapacitor-1', false);
    expect(supervisor.info('kapacitor-1')).toMatchObject({ state: 'stopped', byFault: false });
  });

  test('a member that cannot start has failed, with its own words', async () => {
    const spec = await memberSpec();
    const port = Number(
      /http\]\nbind-address = "127.0.0.1:(\d+)/.exec(readFileSync(present(spec.words[2], 'config'), 'utf8'))?.[1],
    );
    const blocker = createServer().listen(port, '127.0.0.1');
    await until(() => blocker.listening, 'listening');
    expect(await supervisor.start(spec)).toEqual({
      ok: false,
      error: expect.stringMatching(/EADDRINUSE.*exit status 1/),
    });
    expect(supervisor.info('kapacitor-1')?.state).toBe('failed');
    await new Promise((resolve) => blocker.close(resolve));
  });

  test('a program that does not exist has failed', async () => {
    const result = await supervisor.start({ ...(await memberSpec()), file: '/no/such/kapacitord' });
    expect(result).toEqual({ ok: false, error: expect.stringContaining('ENOENT') });
  });

  test('a process without a channel runs once it serves', async () => {
    let asked = 0;
    const spec = {
      ...(await memberSpec('engine', ['-e', 'setInterval(() => {}, 1000)'])),
      hasChannel: false,
      isServing: () => Promise.resolve(++asked > 2),
    };
    expect(await supervisor.start(spec)).toEqual({ ok: true, value: undefined });
    expect(asked).toBe(3);
    await supervisor.stop('engine', false);
    expect(supervisor.info('engine')?.state).toBe('stopped');
  });
});

/** The last line of the guard. It sets SIGINT and SIGTERM as well, but those Node catches from the first moment on. */
function catchesHangup(pid: number): boolean {
  const [, caught = '0'] = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return (BigInt(`0x${caught}`) & 1n) === 1n;
}

describe('guard', () => {
  test('M21: when the supervisor is killed nothing is left after 2 s, frozen children included', async () => {
    const holder = spawn(process.execPath, [holderFile, guardFile], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    holder.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
    await until(() => output.endsWith('\n'), 'pids');
    const pids = output.trim().split(' ').map(Number);
    expect(pids).toHaveLength(3);
    const starts = pids.map(processStart);
    await until(() => catchesHangup(present(pids[2], 'guard')), 'a guard that is up');
    holder.kill('SIGKILL');
    await until(
      () => pids.every((pid, i) => processStart(pid) !== starts[i] || processLetter(pid) === 'Z'),
      'all gone',
      2_000,
    );
  });

  test('a guard that dies is replaced, and the new one knows the children', async () => {
    await supervisor.start(await memberSpec());
    const pid = present(supervisor.info('kapacitor-1')?.pid, 'pid');
    const first = present(guard.pid, 'guard');
    process.kill(first, 'SIGKILL');
    await until(() => guard.pid !== undefined && guard.pid !== first, 'another guard');
    supervisor.freeze('kapacitor-1');
    await guard.close();
    await until(() => supervisor.info('kapacitor-1')?.pid === null, 'child ended');
    expect(processLetter(pid)).toMatch(/^Z?$/);
  });
});

describe('ports', () => {
  test.skipIf(process.platform !== 'linux')('M2: a busy port is found busy and its holder named', async () => {
    const [port = 0] = await freePorts(1);
    const server = createServer().listen(port, '127.0.0.1');
    await until(() => server.listening, 'listening');
    expect(await isPortFree(port, false)).toBe(false);
    expect(await portHolder(port, false)).toMatch(new RegExp(`\\(pid ${process.pid}\\)$`));
    await new Promise((resolve) => server.close(resolve));
    expect(await isPortFree(port, true)).toBe(true);
    expect(await portHolder(port, true)).toBe('unknown process');
  });
});
