/** Growing and shrinking a running cluster: every list follows within 5 s, and a removed member is on its own. */
import { existsSync } from 'node:fs';
import { expect, test } from '../fixtures/window-test.ts';
import { freshHome, removeHome } from '../fixtures/app-host.ts';
import { run } from '../fixtures/lab-process.ts';
import { allAlive } from '../fixtures/member-api.ts';
import { influxOf, runningMembers } from '../fixtures/running-lab.ts';
import { until } from '../fixtures/until.ts';
import { FirstStart } from '../pages/first-start.ts';
import { LabWindow } from '../pages/lab-window.ts';
import { join } from 'node:path';

test('a fourth member joins and is removed; all lists follow within 5 s', async ({ lab }) => {
  const { topology } = lab;
  await topology.page.getByRole('main').getByRole('button', { name: 'Add member' }).click();
  await expect(lab.note('kapacitor-4 is starting.')).toBeVisible();
  await expect(topology.member('kapacitor-4')).toBeVisible();
  const members = await until(
    async () => {
      const listed = await runningMembers(lab.home);
      return listed.length === 4 && listed.every(({ pid }) => pid !== null) ? listed : null;
    },
    15_000,
    () => 'the lab has no fourth member',
  );
  await expect(topology.member('kapacitor-4')).toHaveAccessibleName('kapacitor-4, alive');
  await allAlive(
    members.map(({ api }) => api),
    4,
    5000,
  );
  await topology.expectBelief('kapacitor-4', ['alive', 'alive', 'alive', 'self'], 5000);
  await topology.expectBelief('kapacitor-1', ['self', 'alive', 'alive', 'alive'], 5000);
  await lab.closeNotes();

  await topology.act('kapacitor-4', 'Remove from cluster');
  await expect(lab.note('kapacitor-4 was removed from the cluster.')).toBeVisible();
  await expect(topology.member('kapacitor-4')).toBeHidden({ timeout: 5000 });
  await allAlive(
    members.slice(0, 3).map(({ api }) => api),
    3,
    5000,
  );
  await expect(lab.memberLink('kapacitor-4')).toBeHidden();
  await topology.expectBelief('kapacitor-1', ['self', 'alive', 'alive'], 5000);
});

/** Where the subscriptions of this InfluxDB lead, one entry each. */
async function subscriptions(influx: string): Promise<readonly string[]> {
  const response = await fetch(`${influx}/query?q=SHOW+SUBSCRIPTIONS`, { method: 'POST' });
  const body: { results: { series?: { columns: string[]; values: unknown[][] }[] }[] } = await response.json();
  return body.results.flatMap(({ series = [] }) =>
    series.flatMap(({ columns, values }) =>
      values.flatMap((row) => [row[columns.indexOf('destinations')]].flat().map(String)),
    ),
  );
}

const hasInflux = (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, 'influxd')));

test('with an InfluxDB, removing a member says what becomes of its subscription', async ({ fresh }) => {
  test.skip(!hasInflux, 'needs influxd (apt-get install -y influxdb)');
  const home = freshHome();
  const environment = { KAPACITOR_LAB_HOME: home };
  const up = await run('lab/kapacitor-lab.js', ['up', '--data', 'spawn', '--ui', 'none', '--detach'], environment);
  expect(up).toMatchObject({ code: 0 });
  expect(await run('lab/kapacitor-lab.js', ['down'], environment)).toMatchObject({ code: 0 });
  const app = await fresh(home);
  await new FirstStart(app.page).startLab();
  const window = new LabWindow(app.page, home);
  await window.topology.act('kapacitor-3', 'Remove from cluster');
  const note = window.note('kapacitor-3 was removed from the cluster.');
  await expect(note).toContainText('InfluxDB goes on sending to kapacitor-3 until its subscription is dropped.');
  await expect(window.topology.member('kapacitor-3')).toBeHidden({ timeout: 5000 });
  const influx = await influxOf(home);
  const before = await subscriptions(influx);
  expect(before.length).toBeGreaterThan(2);
  await note.getByRole('button', { name: 'Drop its subscription' }).click();
  await expect(window.note(/\d+ subscriptions? of kapacitor-3 dropped\./)).toBeVisible();
  const others = (await runningMembers(home)).map(({ api }) => api);
  const after = await subscriptions(influx);
  expect(new Set(after)).toEqual(new Set(others));
  expect(after).toEqual(before.filter((destination) => others.includes(destination)));
  await app.close();
  removeHome(home);
});
