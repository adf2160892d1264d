/** What became of an alert: its deliveries, who handled it and who stood by, in the picture and in words. */
import { expect, test } from '../fixtures/window-test.ts';
import { taskRuns } from '../fixtures/member-api.ts';
import { runningMembers } from '../fixtures/running-lab.ts';

test('web-03 runs hot: one event, handled once by the first owner, the others dropped or were told', async ({
  lab,
}) => {
  await lab.goTo('Alerts');
  await lab.runFromPalette('hot web-03', 'Make web-03 run hot');
  await lab.alerts.choose('CRITICAL', 'cpu_high:web-03');
  await expect(lab.alerts.outcome).toContainText(
    /^Delivered once, by kapacitor-\d, \d+(\.\d+)? m?s after the event\./,
    { timeout: 20_000 },
  );
  await expect(lab.alerts.picture('cpu_high:web-03')).toBeVisible();
  // It is delivered once two members have published it; the third may be later.
  await expect(async () => {
    const rows = await lab.alerts.rows();
    expect(new Set(rows.map(([, member]) => member))).toEqual(new Set(['kapacitor-1', 'kapacitor-2', 'kapacitor-3']));
    const outcomes = rows.map((row) => row.at(-1));
    expect(outcomes.filter((outcome) => outcome === 'handled')).toHaveLength(1);
    const published = rows.filter(([, , , did]) => did?.startsWith('Published'));
    expect(published.map(([, member]) => member).toSorted()).toEqual(['kapacitor-1', 'kapacitor-2', 'kapacitor-3']);
  }).toPass({ timeout: 15_000 });
  await lab.runFromPalette('cool web-03', 'Let web-03 cool down');
  await lab.alerts.choose('OK', 'cpu_high:web-03');
});

test('a test alert goes through its topic and is delivered once', async ({ lab }) => {
  await lab.goTo('Alerts');
  await lab.page.getByRole('button', { name: 'Send test alert' }).click();
  const menu = lab.page.getByRole('menu');
  await menu.getByRole('menuitem', { name: 'From kapacitor-3' }).click();
  await expect(lab.note('Test alert sent.')).toBeVisible();
  const newest = lab.alerts.list.getByRole('option').first();
  await expect(newest).toContainText('delivered once');
});

test('the inline example is delivered by each member that runs it: three deliveries', async ({ lab }) => {
  await lab.openDock('Terminals');
  for (const name of ['kapacitor-1', 'kapacitor-2', 'kapacitor-3']) await lab.terminals.expectPrompt(name);
  await lab.terminals.typeToAll('kapacitor enable cpu_inline', ['kapacitor-1', 'kapacitor-2', 'kapacitor-3']);
  for (const { api } of await runningMembers(lab.home)) await taskRuns(api, 'cpu_inline');
  await lab.openDock('Timeline');
  await lab.goTo('Alerts');
  await lab.runFromPalette('hot web-05', 'Make web-05 run hot');
  const option = await lab.alerts.choose('CRITICAL', 'cpu_inline:web-05');
  await expect(option).toContainText('delivered 3 times', { timeout: 20_000 });
  await expect(lab.alerts.detail.getByText('inline, one per member')).toBeVisible();
  await expect(lab.alerts.outcome).toContainText('Delivered three times');
  await expect(async () => {
    const rows = await lab.alerts.rows();
    expect(
      rows
        .filter((row) => row.at(-1) === 'delivered')
        .map(([, member]) => member)
        .toSorted(),
    ).toEqual(['kapacitor-1', 'kapacitor-2', 'kapacitor-3']);
  }).toPass({ timeout: 15_000 });
  await lab.runFromPalette('cool web-05', 'Let web-05 cool down');
});
