/** Listing, adding and removing members with kapacitorctl, as the guide shows it. */
import { expect, test } from '@playwright/test';
import { fault, kapacitorctl, startLab, type LabProcess } from './fixtures/lab-process.ts';
import { allAlive, clusterView } from './fixtures/member-api.ts';
import { startMember } from './fixtures/member-process.ts';
import { until } from './fixtures/until.ts';

test.describe.configure({ mode: 'serial' });

let lab: LabProcess;
test.beforeAll(async () => {
  lab = await startLab(['--data', 'none']);
});
test.afterAll(async () => lab?.stop());

const apis = (): string[] => lab.ready.members.map(({ api }) => api);

test('member list prints the layout of the guide on every member', async () => {
  for (const { api, id } of lab.ready.members) {
    const { code, stdout } = await kapacitorctl(api, 'member', 'list');
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.slice(0, 3)).toEqual([
      'State: initialized',
      `Cluster ID: ${lab.ready.clusterId}`,
      `Local Member ID: ${id}`,
    ]);
    expect(lines[3]).toMatch(/^Member ID {31}Gossip Address {2,}RPC Address {2,}API Address {2,}Roles {2}Status$/);
    expect(lines.slice(4).map((line) => line.split(/ +/))).toEqual(
      expect.arrayContaining(
        lab.ready.members.map((member) => [
          member.id,
          member.gossip,
          member.rpc,
          new URL(member.api).host,
          'worker',
          'alive',
        ]),
      ),
    );
  }
});

test('a fourth member joins and is removed: new cluster ID, uninitialized, forgotten by the others', async () => {
  const fourth = await startMember();
  try {
    const before = await clusterView(fourth.api);
    expect(before.state).toBe('uninitialized');
    expect(await kapacitorctl(apis()[0] ?? '', 'member', 'add', fourth.rpc)).toMatchObject({ code: 0, stderr: '' });
    await allAlive([...apis(), fourth.api], 4, 5000);
    const joined = await clusterView(fourth.api);
    expect([joined.state, joined['cluster-id'], joined['member-id']]).toEqual([
      'initialized',
      lab.ready.clusterId,
      before['member-id'],
    ]);

    const twice = await kapacitorctl(apis()[1] ?? '', 'member', 'add', fourth.rpc);
    expect(twice).toMatchObject({ code: 0, stderr: '' });

    expect(await kapacitorctl(apis()[1] ?? '', 'member', 'remove', before['member-id'])).toMatchObject({
      code: 0,
      stderr: '',
    });
    await allAlive(apis(), 3, 5000);
    const removed = await until(async () => {
      const view = await clusterView(fourth.api);
      return view.state === 'uninitialized' ? view : null;
    }, 5000);
    expect(removed['member-id']).toBe(before['member-id']);
    expect(removed['cluster-id']).not.toBe(lab.ready.clusterId);
    expect(removed.members.map(({ id }) => id)).toEqual([before['member-id']]);
  } finally {
    await fourth.stop();
  }
});

test('a member that is down can be removed, and learns of it when it comes back', async () => {
  const [, , third] = lab.ready.members;
  if (third === undefined) throw new Error('the lab has three members');
  expect((await fault(lab, 'crash', third.name)).code).toBe(0);
  expect(await kapacitorctl(apis()[0] ?? '', 'member', 'remove', third.id)).toMatchObject({ code: 0, stderr: '' });
  await until(async () => (await clusterView(apis()[1] ?? '')).members.length === 2, 5000);
  expect((await fault(lab, 'start', third.name)).code).toBe(0);
  const view = await until(
    async () => {
      const seen = await clusterView(third.api).catch(() => null);
      return seen?.state === 'uninitialized' ? seen : null;
    },
    15_000,
    () => 'the removed member still believes it belongs to the cluster',
  );
  expect(view['cluster-id']).not.toBe(lab.ready.clusterId);
  await until(async () => (await clusterView(apis()[0] ?? '')).members.length === 2, 5000);
});

test('an unknown ID, an address that does not answer and the member itself are refused in one line', async () => {
  const [first = ''] = apis();
  const unknown = await kapacitorctl(first, 'member', 'remove', '00000000-0000-4000-8000-000000000000');
  const startedMs = performance.now();
  const silent = await kapacitorctl(first, 'member', 'add', '127.0.0.1:1');
  const silentMs = performance.now() - startedMs;
  const itself = await kapacitorctl(first, 'member', 'add', lab.ready.members[0]?.rpc ?? '');
  for (const { code, stderr } of [unknown, silent, itself]) {
    expect(code).toBe(1);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  }
  expect(unknown.stderr).toContain(lab.ready.members[0]?.id);
  expect(silentMs).toBeLessThan(10_500);
  expect((await clusterView(first)).members).toHaveLength(2);
});
