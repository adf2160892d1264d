/** A frozen member: what its process is and what the others believe are two things, and the window shows both. */
import { expect, test } from '../fixtures/window-test.ts';

test('freeze and thaw from the menu: badge, story line, countdown and views follow, and come back', async ({ lab }) => {
  const { topology } = lab;
  await topology.member('kapacitor-2').click();
  await expect(topology.inspector.getByRole('heading', { name: 'kapacitor-2' })).toBeVisible();
  await topology.expectBelief('kapacitor-1', ['self', 'alive', 'alive']);
  await lab.keepStory();

  await topology.act('kapacitor-2', 'Freeze');
  await expect(lab.note('kapacitor-2 is frozen.')).toBeVisible();
  await expect(topology.inspector.getByText('frozen', { exact: true })).toBeVisible();
  await expect(lab.memberLink('kapacitor-2')).toContainText(/frozen|\d s/);
  await expect(lab.page.getByRole('button', { name: '1 fault, list' })).toBeVisible();

  await expect(topology.member('kapacitor-2')).toHaveAccessibleName(/^kapacitor-2, suspect, dead in \d/, {
    timeout: 20_000,
  });
  await expect(topology.inspector.getByRole('progressbar', { name: 'Suspicion time left' })).toBeVisible();
  await expect(topology.member('kapacitor-2')).toHaveAccessibleName('kapacitor-2, dead', { timeout: 20_000 });
  await topology.expectBelief('kapacitor-1', ['self', 'dead', 'alive']);
  await topology.expectBelief('kapacitor-3', ['alive', 'dead', 'self']);
  // Frozen, it answers nobody: its own views are not shown as if they were fresh.
  await topology.expectBelief('kapacitor-2', ['no answer', 'self', 'no answer']);
  await lab.expectStory(/^kapacitor-2 is frozen\. Nobody has noticed yet\.$/, 1000);
  await lab.expectStory(/suspects? kapacitor-2\. Dead in \d.* unless it answers\.$/, 1000);
  await lab.expectStory(/^kapacitor-2 is dead for \d+ s\. 2 of 3 members carry on\.$/, 5000);

  await topology.inspector.getByRole('button', { name: 'Thaw' }).click();
  await expect(topology.member('kapacitor-2')).toHaveAccessibleName('kapacitor-2, alive', { timeout: 30_000 });
  await topology.expectBelief('kapacitor-1', ['self', 'alive', 'alive'], 30_000);
  await topology.expectBelief('kapacitor-2', ['alive', 'self', 'alive'], 30_000);
  await expect(topology.inspector.getByText('frozen', { exact: true })).toBeHidden();
  await expect(lab.page.getByRole('button', { name: 'Heal all faults' })).toBeHidden();
  await expect(lab.story).toContainText('All three members agree.', { timeout: 20_000 });

  await lab.openDock('Commands');
  await expect(lab.commands).toContainText('kapacitor-lab fault freeze kapacitor-2');
  await expect(lab.commands).toContainText('kapacitor-lab fault thaw kapacitor-2');
});
