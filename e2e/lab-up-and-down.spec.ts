/** The lab without a window: ready in time, nothing left behind, whatever ends it. */
import { existsSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { fault, run, startLab, type LabProcess } from './fixtures/lab-process.ts';
import { clusterView } from './fixtures/member-api.ts';
import { allFree } from './fixtures/ports.ts';
import { descendants, isRunning } from './fixtures/processes.ts';
import { until } from './fixtures/until.ts';

const portsOf = (lab: LabProcess): number[] =>
  lab.ready.members.flatMap(({ api, rpc, gossip }) =>
    [api, rpc, gossip].map((address) => Number(address.split(':').at(-1))),
  );

test('up reaches ready within 10 s, three members initialized, each listing three alive; down leaves no process and no port', async () => {
  const lab = await startLab(['--data', 'generator']);
  try {
    console.log(`ready after ${Math.round(lab.readyMs)} ms`);
    expect(lab.readyMs).toBeLessThan(10_000);
    for (const { api } of lab.ready.members) {
      const { state, members } = await clusterView(api);
      expect([state, members.map(({ status }) => status)]).toEqual(['initialized', ['alive', 'alive', 'alive']]);
    }
    const processes = [...descendants(lab.process.pid ?? 0), lab.process.pid ?? 0];
    expect(processes.length).toBeGreaterThanOrEqual(5);
    const status = await run('lab/kapacitor-lab.js', ['status', '--dir', lab.dir, '--json']);
    expect(status.code).toBe(0);
    const down = await run('lab/kapacitor-lab.js', ['down', '--dir', lab.dir]);
    expect(down).toMatchObject({ code: 0, stderr: '' });
    await until(
      () => processes.every((pid) => !isRunning(pid)),
      10_000,
      () => `still running: ${processes.filter(isRunning).join()}`,
    );
    // What it said last may be read after its process is gone.
    await lab.line(({ event }) => event === 'stopped', 5000);
    expect(lab.lines.at(-1)?.event).toBe('stopped');
    await allFree(portsOf(lab));
  } finally {
    await lab.stop();
  }
});

for (const data of ['generator', 'spawn'] as const) {
  test(`SIGKILL of the lab process leaves nothing after 5 s, one member frozen, data from ${data}`, async () => {
    test.skip(
      data === 'spawn' && process.env['INFLUXD'] === undefined && !onPath('influxd'),
      'needs influxd (apt-get install -y influxdb)',
    );
    const lab = await startLab(['--data', data]);
    try {
      const processes = descendants(lab.process.pid ?? 0);
      expect((await fault(lab, 'freeze', 'kapacitor-2')).code).toBe(0);
      lab.process.kill('SIGKILL');
      await until(
        () => processes.every((pid) => !isRunning(pid)),
        5000,
        () => `still running: ${processes.filter(isRunning).join()}`,
      );
      await allFree(portsOf(lab));
    } finally {
      await lab.stop();
    }
  });
}

test('the same lab has the same ports and members after a restart, and keeps its cluster', async () => {
  const first = await startLab(['--data', 'none']);
  const before = first.ready;
  await run('lab/kapacitor-lab.js', ['down', '--dir', first.dir]);
  const again = await startLab(['--data', 'none', '--dir', first.dir]);
  try {
    expect(again.ready.clusterId).toBe(before.clusterId);
    expect(again.ready.members.map(({ id, api, rpc, gossip }) => [id, api, rpc, gossip])).toEqual(
      before.members.map(({ id, api, rpc, gossip }) => [id, api, rpc, gossip]),
    );
  } finally {
    await again.stop();
    await first.stop();
  }
});

function onPath(name: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(`${folder}/${name}`));
}
