import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { present } from '../../member/base/assert.ts';
import { httpCall } from './http-call.ts';
import { memberState } from './lab-context.ts';
import { Lab } from './lab.ts';
import type { PlanOptions } from './plan.ts';
import { processLetter } from './process-start.ts';
import type { Programs } from './programs.ts';
import { bundled } from './testing/bundle.ts';
import { until } from './testing/until.ts';

let programs: Programs;
beforeAll(async () => {
  const [kapacitord, guard] = await Promise.all(
    ['electron/lab/testing/fake-member.ts', 'electron/guard.ts'].map(bundled),
  );
  const resources = fileURLToPath(new URL('../../resources', import.meta.url));
  programs = {
    kapacitord: kapacitord ?? '',
    kapacitor: '',
    kapacitorctl: '',
    lab: '',
    guard: guard ?? '',
    renderer: '',
    resources,
    version: '0',
  };
});

let dir = '';
let lab: Lab;
async function openLab(extra: Partial<PlanOptions> = {}): Promise<Lab> {
  const options = { name: 'test', dir, delayPerMemberMs: 2_000, ...extra };
  const opened = await Lab.open({ options, programs, host: 'browser', scenarios: [], home: null, claim: null });
  if (!opened.ok) throw new Error(opened.error);
  return opened.value;
}
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'lab-test-'));
  lab = await openLab();
});
afterEach(async () => {
  await lab.stop();
  rmSync(dir, { recursive: true, force: true });
});

const views = () =>
  lab.store.state.members.map(
    ({ name, views }) => [name, views.map(({ member, status }) => `${member} ${status}`).sort()] as const,
  );
const alertWith = (condition: (alert: Lab['store']['state']['alerts'][number]) => boolean, limitMs = 20_000) =>
  lab.store.until(({ alerts }) => alerts.some(condition), limitMs);

describe('lab of fake members', () => {
  test('M1, M4, M5: starts, agrees, loses and regains a member, grows and shrinks, stops without a trace', async () => {
    expect(await lab.start()).toEqual({ ok: true, value: undefined });
    const all = ['kapacitor-1 alive', 'kapacitor-2 alive', 'kapacitor-3 alive'];
    expect(views()).toEqual([
      ['kapacitor-1', all],
      ['kapacitor-2', all],
      ['kapacitor-3', all],
    ]);
    expect(lab.store.state.lab.steps.map(({ id, state }) => `${id} ${state}`)).toEqual([
      'ports done',
      'inbox done',
      'member:kapacitor-1 done',
      'member:kapacitor-2 done',
      'member:kapacitor-3 done',
      'join done',
      'samples done',
      'data done',
    ]);
    const id = memberState(lab, 'kapacitor-2')?.id;
    // Both are waited for from before the crash: the suspicion may be over when the crash has been seen to its end.
    const suspect = lab.store.until(
      ({ members }) =>
        members[0]?.views.some(
          (view) => view.member === 'kapacitor-2' && view.status === 'suspect' && view.deadAt !== null,
        ) ?? false,
      15_000,
    );
    const dead = lab.store.until(
      ({ members }) =>
        members[2]?.views.some((view) => view.member === 'kapacitor-2' && view.status === 'dead') ?? false,
      15_000,
    );
    await lab.crash('kapacitor-2');
    expect(lab.store.state.faults).toMatchObject([{ kind: 'crash', members: ['kapacitor-2'] }]);
    expect(await Promise.all([suspect, dead])).toEqual([true, true]);
    expect(await lab.undo()).toEqual({ ok: true, value: 'kapacitor-2 is started again' });
    expect(memberState(lab, 'kapacitor-2')).toMatchObject({ id, process: 'running' });
    expect(lab.store.state.faults).toEqual([]);

    expect(await lab.addMember()).toEqual({ ok: true, value: 'kapacitor-4' });
    expect(await lab.store.until(({ members }) => members.every((member) => member.views.length === 4), 5_000)).toBe(
      true,
    );
    expect(await lab.removeMember('kapacitor-4')).toEqual({ ok: true, value: { left: null } });
    expect(
      await lab.store.until(
        ({ members }) => members.length === 3 && members.every((member) => member.views.length === 3),
        5_000,
      ),
    ).toBe(true);

    const pids = lab.store.state.members.map(({ pid }) => present(pid, 'pid'));
    await lab.freeze('kapacitor-3');
    await lab.stop();
    expect(lab.store.state.lab.status).toBe('stopped');
    expect(pids.map(processLetter).filter((letter) => letter !== '' && letter !== 'Z')).toEqual([]);
    const journal = readFileSync(join(dir, 'journal.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind: string });
    expect(new Set(journal.map(({ kind }) => kind))).toEqual(new Set(['lab', 'process', 'observation', 'command']));
  }, 40_000);

  test('M7, M8: a hot host is one alert delivered once, and by the second owner when the first is gone', async () => {
    await lab.start();
    await lab.store.until(({ topics }) => topics.length > 0, 10_000);
    const owners = present(lab.store.state.topics[0], 'topic').owners.map(
      (id) => lab.store.state.members.find((one) => one.id === id)?.name,
    );
    await lab.incident('web-03', 'hot');
    expect(
      await alertWith(
        ({ outcome, level, deliveries }) => outcome === 'once' && level === 'CRITICAL' && deliveries.length === 1,
      ),
    ).toBe(true);
    expect(lab.store.state.alerts[0]).toMatchObject({
      event: 'cpu_high:web-03',
      deliveries: [{ member: owners[0] }],
      latencyMs: expect.any(Number),
    });
    await lab.incident('web-03', null);
    await alertWith(({ level, deliveries }) => level === 'OK' && deliveries.length === 1);

    await lab.crash(present(owners[0], 'first owner'));
    await lab.incident('web-05', 'hot');
    expect(await alertWith(({ event, deliveries }) => event === 'cpu_high:web-05' && deliveries.length === 1)).toBe(
      true,
    );
    const alert = present(
      lab.store.state.alerts.find(({ event }) => event === 'cpu_high:web-05'),
      'alert',
    );
    expect(alert).toMatchObject({ outcome: 'once', deliveries: [{ member: owners[1] }] });
    expect(alert.latencyMs).toBeGreaterThanOrEqual(1_980);
    expect(alert.steps.map(({ did }) => did)).toEqual(
      expect.arrayContaining(['published', 'received', 'waiting', 'took-over', 'handled']),
    );
    const deliveries = await httpCall(`${lab.store.state.lab.inbox ?? ''}/deliveries`);
    expect(deliveries.ok && JSON.parse(deliveries.value.body)).toMatchObject({
      deliveries: [{ topic: 'cpu-alerts', id: 'cpu_high:web-03', count: 1 }, {}, {}],
    });
  }, 40_000);

  test('S4: link faults reach the member that sends, survive its restart, and heal together', async () => {
    await lab.start();
    const lines: string[] = [];
    lab.followLog('kapacitor-1', ({ text }) => lines.push(text));
    const cut = { cut: true, delayMs: 0, jitterMs: 0, loss: 0 };
    await lab.linkFault('kapacitor-1', 'kapacitor-2', cut);
    await lab.linkFault('kapacitor-2', 'kapacitor-1', cut);
    expect(lab.store.state.faults).toMatchObject([{ kind: 'cut', members: ['kapacitor-1', 'kapacitor-2'] }]);
    await lab.stopMember('kapacitor-1');
    await lab.startMember('kapacitor-1');
    const told = () => lines.filter((line) => line.includes('kind=link-faults') && line.includes('"cut":true')).length;
    await until(() => told() >= 2, 'told again after the restart');
    expect(await lab.heal()).toEqual({ ok: true, value: 1 });
    expect([lab.store.state.faults, lab.store.state.links]).toEqual([[], []]);
    expect(lab.store.state.commands.map(({ line, outcome }) => `${line}: ${outcome}`)).toEqual([
      'kapacitor-lab fault cut kapacitor-1 kapacitor-2 --one-way: done',
      'kapacitor-lab fault cut kapacitor-2 kapacitor-1 --one-way: done',
      'kapacitor-lab fault stop kapacitor-1: done',
      'kapacitor-lab fault start kapacitor-1: done',
      'kapacitor-lab fault heal: done',
    ]);
  }, 40_000);

  test('acts on what is not there are refused with a code, and nothing is changed', async () => {
    expect(await lab.crash('kapacitor-1')).toMatchObject({ ok: false, error: { code: 'wrong-state' } });
    await lab.start();
    expect(await lab.crash('kapacitor-9')).toMatchObject({ ok: false, error: { code: 'not-found' } });
    expect(await lab.thaw('kapacitor-1')).toMatchObject({
      ok: false,
      error: { code: 'wrong-state', message: 'kapacitor-1 is running, not frozen' },
    });
    expect(await lab.incident('web-99', 'hot')).toMatchObject({ ok: false, error: { code: 'not-found' } });
    expect(await lab.linkFault('kapacitor-1', 'kapacitor-1', null)).toMatchObject({
      ok: false,
      error: { code: 'invalid-input' },
    });
    expect(await lab.start()).toMatchObject({ ok: false, error: { code: 'wrong-state' } });
    expect(lab.store.state.faults).toEqual([]);
  }, 40_000);

  test('M2: a port taken between plan and start is named, and the lab starts around it', async () => {
    const port = present(lab.plan.members[1], 'member').api;
    let thief: Server | null = null;
    const undo = lab.store.watch(({ lab: { status } }) => {
      if (status === 'starting') thief ??= createServer().listen(port, '127.0.0.1');
    });
    expect(await lab.start()).toEqual({ ok: true, value: undefined });
    undo();
    const noted = lab.store.state.lab.plan.portNotes.find((note) => note.port === port);
    expect(noted?.holder).toMatch(new RegExp(`\\(pid ${process.pid}\\)$`));
    expect(lab.plan.members[1]?.api).toBe(noted?.instead);
    await new Promise((resolve) => thief?.close(resolve));
  }, 40_000);

  test('a start that is cancelled leaves nothing and can be repeated; ports stay', async () => {
    const ports = lab.plan.members;
    const starting = lab.start();
    await lab.store.until(({ lab: { status }, members }) => status === 'starting' && members[0]?.pid !== null, 5_000);
    lab.cancel();
    expect(await starting).toMatchObject({ ok: false });
    expect(lab.store.state.lab.status).toBe('planned');
    expect(lab.store.state.members).toEqual([]);
    expect(await lab.start()).toEqual({ ok: true, value: undefined });
    expect(lab.plan.members).toEqual(ports);
  }, 40_000);
});
