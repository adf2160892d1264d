import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { releasePorts, reservedPorts, reservePorts } from './port-book.ts';
import { planOnFreePorts } from './port-probe.ts';
import { portsOf } from './plan.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'port-book-'));
  vi.stubEnv('TMPDIR', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

test('ports of a running lab are reserved for it alone, until it has ended', () => {
  expect(reservePorts('/labs/a', [19_090, 19_091])).toEqual({ ok: true, value: undefined });
  expect([...reservedPorts('/labs/b')]).toEqual([
    [19_090, 'the lab in /labs/a'],
    [19_091, 'the lab in /labs/a'],
  ]);
  expect(reservedPorts('/labs/a').size).toBe(0);
  releasePorts('/labs/a');
  expect(reservedPorts('/labs/b').size).toBe(0);
});

test('a second lab is planned around the ports of a member that is down', async () => {
  const first = await planOnFreePorts({ name: 'a', dir: '/labs/a' }, null);
  if (!first.ok) throw new Error(first.error);
  const ports = portsOf(first.value).map(({ port }) => port);
  reservePorts('/labs/a', ports);
  const second = await planOnFreePorts({ name: 'b', dir: '/labs/b' }, null);
  if (!second.ok) throw new Error(second.error);
  expect(portsOf(second.value).filter(({ port }) => ports.includes(port))).toEqual([]);
  expect(second.value.portNotes.some(({ holder }) => holder === 'the lab in /labs/a')).toBe(true);
});

test('what a killed supervisor left behind, and what is no entry, reserves nothing and is removed', () => {
  reservePorts('/labs/a', [19_090]);
  const [book = ''] = readdirSync(folder);
  const { pid } = spawnSync(process.execPath, ['--version']);
  writeFileSync(join(folder, book, 'gone.json'), JSON.stringify({ pid, dir: '/labs/gone', ports: [19_200] }));
  writeFileSync(join(folder, book, 'torn.json'), '{"pid":');
  expect([...reservedPorts('/labs/b').keys()]).toEqual([19_090]);
  expect(readdirSync(join(folder, book))).toHaveLength(1);
});
