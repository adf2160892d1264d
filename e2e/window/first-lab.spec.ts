/** From an empty folder to a running cluster with one button, and back to nothing when the window is closed. */
import { expect, test } from '../fixtures/window-test.ts';
import { clusterView } from '../fixtures/member-api.ts';
import { allFree } from '../fixtures/ports.ts';
import { descendants, descendantsLike, isRunning } from '../fixtures/processes.ts';
import { runningMembers } from '../fixtures/running-lab.ts';
import { until } from '../fixtures/until.ts';
import { FirstStart } from '../pages/first-start.ts';
import { LabWindow } from '../pages/lab-window.ts';

const limitMs = 15_000;
/** What a start starts. A browser below the app has its own comings and goings. */
const ofTheLab = /kapacitord\.js|guard\.js|influxd/;

test('one button starts three members, each initialized and listing three alive, within 15 s; closing the app leaves nothing', async ({
  fresh,
}) => {
  const app = await fresh();
  const first = new FirstStart(app.page);
  await expect(first.plan.getByRole('row')).toHaveCount(4);
  await expect(first.page.getByRole('dialog')).toHaveCount(0);

  const clickedMs = performance.now();
  await first.start.click();
  await expect(first.topology).toBeVisible({ timeout: limitMs });
  const window = new LabWindow(app.page, app.home);
  for (const name of ['kapacitor-1', 'kapacitor-2', 'kapacitor-3']) {
    await expect(window.topology.member(name)).toHaveAccessibleName(`${name}, alive`, { timeout: limitMs });
  }
  const members = await runningMembers(app.home);
  for (const { api } of members) {
    const { state, members } = await clusterView(api);
    expect([state, members.map(({ status }) => status)]).toEqual(['initialized', ['alive', 'alive', 'alive']]);
  }
  const tookMs = performance.now() - clickedMs;
  console.log(`${app.kind}: three members agree ${Math.round(tookMs)} ms after the click`);
  expect(tookMs).toBeLessThan(limitMs);
  await expect(app.page.getByRole('dialog')).toHaveCount(0);
  await expect(window.topology.inspector).toContainText('initialized');
  await expect(window.story).toContainText('All three members agree.');

  const processes = [...descendants(app.pid), app.pid];
  const ports = members.flatMap(({ api, rpc, gossip }) =>
    [api, rpc, gossip].map((address) => Number(address.split(':').at(-1))),
  );
  expect(descendantsLike(app.pid, ofTheLab).length).toBeGreaterThanOrEqual(4);
  await app.close();
  await until(
    () => !processes.some(isRunning),
    5000,
    () => `still running: ${processes.filter(isRunning).join()}`,
  );
  await allFree(ports);
});

test('a start can be cancelled, and nothing of it is left', async ({ fresh }) => {
  const app = await fresh();
  const first = new FirstStart(app.page);
  await first.startAndCancel();
  await expect(first.start).toBeVisible({ timeout: limitMs });
  const left = (): number[] => descendantsLike(app.pid, ofTheLab);
  await until(
    () => left().length === 0,
    10_000,
    () => `still running: ${left().join()}`,
  );
});
