import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { decode, encode } from '../contract/codec.ts';
import type { StateNotice } from '../contract/notices.ts';
import { wireBridge, type WireBridge } from '../contract/wire-bridge.ts';
import { Lab } from '../lab/lab.ts';
import { ScenarioPlayer } from '../lab/scenario/scenario-player.ts';
import { until } from '../lab/testing/until.ts';
import { createHost, type Host } from './host.ts';
import { wireServer, type WireConnection } from './wire-server.ts';

const programs = {
  kapacitord: '',
  kapacitor: '',
  kapacitorctl: '',
  lab: '',
  guard: '',
  renderer: '',
  resources: '',
  version: '1.2.3',
};
let dir = '';
let lab: Lab;
let host: Host;
let troubles: string[] = [];
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'wire-test-'));
  const opened = await Lab.open({
    options: { name: 'test', dir: join(dir, 'lab') },
    programs,
    host: 'browser',
    scenarios: [],
    home: null,
    claim: null,
  });
  if (!opened.ok) throw new Error(opened.error);
  lab = opened.value;
  troubles = [];
  host = createHost({
    lab,
    player: new ScenarioPlayer(lab, []),
    settingsFile: join(dir, 'settings.json'),
    home: null,
    checksOutputs: true,
    onTrouble: (message) => troubles.push(message),
  });
});
afterEach(async () => {
  await host.close();
  rmSync(dir, { recursive: true, force: true });
});

/** A page in this process: every text passes through the codec, as it would over any wire. */
function page(): { wire: WireBridge; connection: WireConnection } {
  let connection: WireConnection | null = null;
  const wire = wireBridge((text) => connection?.receive(text));
  const opened = wireServer(host).connect(
    (text) => wire.receive(text),
    () => wire.closed(),
  );
  connection = opened;
  wire.opened();
  return { wire, connection: opened };
}

describe('wire', () => {
  test('a subscriber gets a snapshot, then numbered changes that make the same state', async () => {
    const { wire } = page();
    const notices: StateNotice[] = [];
    const undo = wire.bridge.subscribe('state', null, (notice) => notices.push(notice));
    expect(notices).toMatchObject([
      { kind: 'snapshot', seq: 1, state: { version: '1.2.3', lab: { status: 'planned' } } },
    ]);
    expect(await wire.bridge.request('lab.plan', { members: 4 })).toEqual({ ok: true, value: null });
    await until(() => notices.length > 1, 'changes');
    expect(notices[1]).toMatchObject({ kind: 'changes', seq: 2 });
    expect(lab.store.state.lab.plan.members).toHaveLength(4);
    undo();
    const before = notices.length;
    await wire.bridge.request('lab.plan', { members: 3 });
    expect(notices).toHaveLength(before);
  });

  test('errors are values with a code of the contract', async () => {
    const { wire } = page();
    expect(await wire.bridge.request('member.crash', { name: 'kapacitor-1' })).toMatchObject({
      ok: false,
      error: { code: 'wrong-state' },
    });
    expect(await wire.bridge.request('lab.plan', { members: 99 })).toMatchObject({
      ok: false,
      error: { code: 'invalid-input', message: expect.stringContaining('members') },
    });
    expect(await host.answer('lab.explode', null)).toMatchObject({ ok: false, error: { code: 'invalid-input' } });
    expect(await host.answer('toString', null)).toMatchObject({ ok: false, error: { code: 'invalid-input' } });
    expect(troubles).toEqual([]);
  });

  test('settings survive, and are refused above 64 KiB', async () => {
    const { wire } = page();
    expect(await wire.bridge.request('settings.read', null)).toEqual({ ok: true, value: {} });
    await wire.bridge.request('settings.write', { theme: 'light', panes: [1, 2] });
    expect(await wire.bridge.request('settings.read', null)).toEqual({
      ok: true,
      value: { theme: 'light', panes: [1, 2] },
    });
    expect(await wire.bridge.request('settings.write', { text: 'x'.repeat(70_000) })).toMatchObject({
      ok: false,
      error: { code: 'invalid-input' },
    });
  });

  test('when the link closes, requests end as unreachable and subscriptions come back with it', async () => {
    const { wire, connection } = page();
    const kinds: string[] = [];
    wire.bridge.subscribe('state', null, ({ kind }) => kinds.push(kind));
    connection.close();
    const asked = wire.bridge.request('settings.read', null);
    wire.closed();
    expect(await asked).toMatchObject({ ok: false, error: { code: 'unreachable' } });
    expect(await wire.bridge.request('settings.read', null)).toMatchObject({
      ok: false,
      error: { code: 'unreachable' },
    });
  });

  test('a text that is no message makes the carrier hang up, and harms nobody', () => {
    const connection = wireServer(host).connect(
      () => undefined,
      () => undefined,
    );
    const texts = [
      '',
      'x',
      '{"kind":"request"}',
      encode({ kind: 'subscribe', id: 1, stream: 'nothing', parameter: null }),
      encode({ kind: 'subscribe', id: 1, stream: 'log', parameter: 7 }),
    ];
    expect(texts.map((text) => connection.receive(text))).toEqual([false, false, false, false, false]);
  });

  test('a hidden page gets its changes once a second', async () => {
    const { wire } = page();
    const times: number[] = [];
    wire.bridge.subscribe('state', null, () => times.push(performance.now()));
    wire.setVisible(false);
    const start = performance.now();
    for (const members of [4, 5, 6]) await wire.bridge.request('lab.plan', { members });
    await until(() => times.length > 1, 'changes');
    expect(times).toHaveLength(2);
    expect((times[1] ?? 0) - start).toBeGreaterThan(900);
    expect(decode(encode(lab.store.state))).toEqual(lab.store.state);
  });
});
