import { mkdtempSync, readdirSync, rmSync, statSync, readFileSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { err, ok } from '../../member/base/result.ts';
import { until } from '../lab/testing/until.ts';
import { attachedWire, connectControl } from './control-client.ts';
import { type ControlActions, ControlServer } from './control-server.ts';
import type { ControlFile } from './control-file.ts';
import type { Host } from './host.ts';

const host: Host = {
  answer: async (name, input) => ({ ok: true, value: { name, input } }),
  follow: (_stream, _parameter, listener) => {
    listener({ kind: 'snapshot', seq: 1, state: 'x' });
    return () => undefined;
  },
  close: async () => undefined,
};
let dir = '';
let server: ControlServer;
let quits = 0;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'control-test-'));
  quits = 0;
  const opened = await ControlServer.open(dir, host, {
    quit: () => {
      quits++;
      void server.close();
    },
    link: () => 'http://link',
    scenario: async ({ name }) => (name === 'good' ? ok(undefined) : err('step 2 failed')),
  });
  if (!opened.ok) throw new Error(opened.error);
  server = opened.value;
});
afterEach(async () => {
  await server.close();
  rmSync(dir, { recursive: true, force: true });
});

const actions: ControlActions = { quit: () => undefined, link: () => null, scenario: async () => ok(undefined) };
const file = (): ControlFile => JSON.parse(readFileSync(join(dir, 'control.json'), 'utf8')) as ControlFile;

describe('control socket', () => {
  test('belongs to its user alone, and to who knows the token', async () => {
    expect([statSync(join(dir, 'control.json')).mode & 0o777, statSync(file().address).mode & 0o777]).toEqual([
      0o600, 0o600,
    ]);
    const socket = createConnection(file().address);
    let heard = '';
    socket.on('data', (data) => (heard += data.toString()));
    socket.write(`guess\n{"kind":"request","id":1,"name":"lab.stop","input":null}\n`);
    await new Promise((resolve) => socket.on('close', resolve));
    expect(heard).toBe('');
  });

  test('carries the calls of the contract, and those that only a command line makes', async () => {
    const client = await connectControl(dir);
    expect(await client?.bridge.request('member.crash', { name: 'a' })).toEqual({
      ok: true,
      value: { name: 'member.crash', input: { name: 'a' } },
    });
    expect(await client?.control('link', null)).toEqual({ ok: true, value: 'http://link' });
    expect(await client?.control('scenario', { name: 'good' })).toEqual({ ok: true, value: null });
    expect(await client?.control('scenario', { name: 'bad' })).toMatchObject({
      ok: false,
      error: { message: 'step 2 failed' },
    });
    expect(await client?.control('quit', null)).toEqual({ ok: true, value: null });
    await client?.closed;
    expect(quits).toBe(1);
    expect(await connectControl(dir)).toBeNull();
  });

  test('another window follows the lab through it, and hears when it ends', async () => {
    const attached = await attachedWire(dir);
    const heard: string[] = [];
    let isHungUp = false;
    const connection = attached?.wire.connect(
      (text) => heard.push(text),
      () => (isHungUp = true),
    );
    expect(connection?.receive('{"kind":"subscribe","id":1,"stream":"state","parameter":null}')).toBe(true);
    await until(() => heard.length === 1, 'snapshot');
    await server.close();
    await until(() => isHungUp, 'hung up');
    expect(connection?.receive('{}')).toBe(false);
  });

  test('a file left by a supervisor that was killed means: nobody', async () => {
    await server.close();
    writeFileSync(join(dir, 'control.json'), JSON.stringify({ pid: 1, address: join(dir, 'gone.sock'), token: 'x' }));
    expect(await connectControl(dir)).toBeNull();
    writeFileSync(join(dir, 'control.json'), '{');
    expect(await connectControl(dir)).toBeNull();
  });

  test('of several supervisors that start in one instant one gets the folder, also after one that was killed', async () => {
    await server.close();
    for (const left of [null, { pid: 1, address: join(dir, 'gone.sock'), token: 'x' }]) {
      if (left !== null) writeFileSync(join(dir, 'control.json'), JSON.stringify(left));
      const opened = await Promise.all(Array.from({ length: 8 }, () => ControlServer.open(dir, host, actions)));
      const [winner, ...more] = opened.flatMap((one) => (one.ok ? [one.value] : []));
      expect(more).toEqual([]);
      expect(opened.flatMap((one) => (one.ok ? [] : [one.error]))).toEqual(
        Array(7).fill(`the lab in ${dir} runs already, supervised by process ${process.pid}`),
      );
      const client = await connectControl(dir);
      expect(client?.pid).toBe(process.pid);
      client?.close();
      await winner?.close();
      expect(readdirSync(dir)).toEqual([]);
    }
  });
});
