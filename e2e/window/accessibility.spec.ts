/** Every screen in both themes, on a lab that has something to show: axe finds nothing. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { descendantsLike } from '../fixtures/processes.ts';
import { until } from '../fixtures/until.ts';
import { expect, test } from '../fixtures/window-test.ts';
import { FirstStart } from '../pages/first-start.ts';

/** Without frames there is nothing that needs a second page to put the findings together. */
const axe = (page: Page): AxeBuilder => new AxeBuilder({ page }).setLegacyMode();

/** All rules in the dark theme; of them only contrast can differ in the light one. */
const themes = [
  ['dark', axe],
  ['light', (page: Page) => axe(page).withRules(['color-contrast'])],
] as const;

/** The page is at rest: a colour half-way through a fade is nobody's choice. */
async function expectNoViolation(page: Page, what: string): Promise<void> {
  for (const [theme, builder] of themes) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
    await page.evaluate(() =>
      Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => null))),
    );
    const { violations } = await builder(page).analyze();
    const found = violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
    expect.soft(found, `${what}, ${theme}`).toEqual([]);
  }
}

test.use({ trace: 'off' });

test('first start, and a start under way', async ({ fresh }) => {
  const { page, pid } = await fresh();
  const first = new FirstStart(page);
  await expect(first.start).toBeVisible();
  await expectNoViolation(page, 'first start');
  await first.start.click();
  const member = await until(
    () => descendantsLike(pid, /kapacitord\.js/)[0],
    15_000,
    () => 'no member is started',
  );
  // The steps are gone when the start is over, so it is held.
  process.kill(member, 'SIGSTOP');
  try {
    await expect(first.steps).toBeVisible();
    const { violations } = await axe(page).analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);
    await expect(first.steps).toBeVisible();
  } finally {
    process.kill(member, 'SIGCONT');
  }
  await expect(first.topology).toBeVisible({ timeout: 20_000 });
});

test('topology: at rest, with a member and a link selected, with a menu, with faults', async ({ lab }) => {
  const { page, topology } = lab;
  await expectNoViolation(page, 'topology');
  await topology.member('kapacitor-1').click();
  await expectNoViolation(page, 'a member selected');
  await topology.link('kapacitor-1', 'kapacitor-3').focus();
  await page.keyboard.press('Enter');
  await expectNoViolation(page, 'a link selected');
  await topology.member('kapacitor-2').click({ button: 'right' });
  await expectNoViolation(page, 'menu of a member');
  await page.keyboard.press('Escape');
  await topology.act('kapacitor-2', 'Freeze');
  await topology.member('kapacitor-2').click();
  await expect(topology.member('kapacitor-2')).toHaveAccessibleName(/suspect/, { timeout: 20_000 });
  await expectNoViolation(page, 'a suspect member');
  await expect(topology.member('kapacitor-2')).toHaveAccessibleName(/dead/, { timeout: 20_000 });
  await expectNoViolation(page, 'a dead member');
});

test('alerts with an event', async ({ lab }) => {
  await lab.goTo('Alerts');
  await lab.runFromPalette('hot web-02', 'Make web-02 run hot');
  await lab.alerts.choose('CRITICAL', 'cpu_high:web-02');
  await expect(lab.alerts.outcome).toContainText('Delivered once', { timeout: 20_000 });
  await expectNoViolation(lab.page, 'alerts');
  await lab.runFromPalette('cool web-02', 'Let web-02 cool down');
});

test('scenarios, settings, the player as a card and presented, the palette, the keys', async ({ lab }) => {
  const { page } = lab;
  await lab.goTo('Scenarios');
  await expectNoViolation(page, 'scenarios');
  await lab.goTo('Settings');
  await expectNoViolation(page, 'settings');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toBeVisible();
  await expectNoViolation(page, 'keys');
  await page.keyboard.press('Escape');
  await lab.goTo('Topology');
  await page.getByRole('button', { name: 'Run scenario' }).click();
  await expect(lab.player.card).toBeVisible();
  await expectNoViolation(page, 'scenario player');
  await lab.player.card.getByRole('button', { name: 'Present it' }).click();
  await expect(page.getByRole('main', { name: 'Presenter' })).toBeVisible();
  await expectNoViolation(page, 'presenter');
  await lab.player.card.getByRole('button', { name: 'Leave scenario' }).click();
  await expectNoViolation(page, 'leaving a scenario');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Leave/ })
    .last()
    .click();
  await expect(lab.player.card).toBeHidden();
  await page.getByRole('button', { name: 'Command palette' }).click();
  await expectNoViolation(page, 'palette');
  await page.keyboard.press('Escape');
});

test('the tabs of the dock', async ({ lab }) => {
  for (const tab of ['Terminals', 'Logs', 'Commands', 'Timeline'] as const) {
    await lab.openDock(tab);
    await expectNoViolation(lab.page, `dock, ${tab}`);
  }
});
