/** Breaking is cheap, healing is one key: a crash undone, and several faults of both kinds healed at once. */
import { expect, test } from '../fixtures/window-test.ts';
import { clusterView } from '../fixtures/member-api.ts';
import { runningMembers } from '../fixtures/running-lab.ts';

test('a crash is undone from its note: the member starts again with its identity', async ({ lab }) => {
  const before = (await runningMembers(lab.home))[2];
  if (before === undefined) throw new Error('the lab has three members');
  await lab.topology.act('kapacitor-3', 'Crash');
  await expect(lab.page.getByRole('button', { name: '1 fault, list' })).toBeVisible();
  await lab.note('kapacitor-3 is crashed.').getByRole('button', { name: 'Undo' }).click();
  await expect(lab.note('Undone: kapacitor-3 is started again.')).toBeVisible();
  await expect(lab.page.getByRole('button', { name: 'Heal all faults' })).toBeHidden();
  await expect(lab.topology.member('kapacitor-3')).toHaveAccessibleName('kapacitor-3, alive', { timeout: 30_000 });
  const after = (await runningMembers(lab.home))[2];
  expect([after?.id, after?.api]).toEqual([before.id, before.api]);
  expect(after?.pid).not.toBe(before.pid);
  expect((await clusterView(before.api)).state).toBe('initialized');
});

test('a crash, a freeze and a cut link are healed with one key', async ({ lab }) => {
  await lab.topology.actOnLink('kapacitor-2', 'kapacitor-3', 'Cut both ways');
  await expect(lab.topology.link('kapacitor-2', 'kapacitor-3')).toHaveAccessibleName(/cut both ways$/);
  await lab.topology.act('kapacitor-1', 'Freeze');
  await lab.topology.act('kapacitor-3', 'Crash');
  await expect(lab.page.getByRole('button', { name: '3 faults, list' })).toBeVisible();
  await lab.page.keyboard.press('Control+Shift+H');
  await expect(lab.note('3 faults healed.')).toBeVisible();
  await expect(lab.page.getByRole('button', { name: 'Heal all faults' })).toBeHidden();
  for (const name of ['kapacitor-1', 'kapacitor-2', 'kapacitor-3']) {
    await expect(lab.topology.member(name)).toHaveAccessibleName(`${name}, alive`, { timeout: 40_000 });
  }
  await expect(lab.topology.link('kapacitor-2', 'kapacitor-3')).toHaveAccessibleName(/(healthy|not yet)$/);
});

test('the menu of a member stays where it is while its items are pointed at', async ({ lab }) => {
  const menu = await lab.topology.openMenu('kapacitor-3');
  const last = menu.getByRole('menuitem', { name: 'Remove from cluster', exact: true });
  const before = await last.boundingBox();
  for (const act of ['Crash', 'Isolate', 'Remove from cluster']) {
    await menu.getByRole('menuitem', { name: act, exact: true }).hover();
    await expect(menu.getByRole('menuitem', { name: act, exact: true })).toBeFocused();
    expect(await last.boundingBox()).toEqual(before);
  }
  await lab.page.keyboard.press('Escape');
});
