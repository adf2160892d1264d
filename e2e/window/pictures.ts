/**
 * Pictures of every screen, dark and light, of a real lab, into resources/screenshots/. No test, and left out of the
 * suite: `PICTURES=1 npx playwright test --project=pictures` takes them.
 */
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { removeHome } from '../fixtures/app-host.ts';
import { root } from '../fixtures/lab-process.ts';
import { clusterTopics } from '../fixtures/member-api.ts';
import { labCommand, runningMembers } from '../fixtures/running-lab.ts';
import { expect, test } from '../fixtures/window-test.ts';
import { FirstStart } from '../pages/first-start.ts';
import { LabWindow } from '../pages/lab-window.ts';

const themes = ['light', 'dark'] as const;
type Theme = (typeof themes)[number];

const folder = join(root, 'resources/screenshots');
/** Shown in the pictures, so that it is a path anyone may have. */
const home = '/tmp/kapacitor-lab';
const limitMs = 900_000;

async function show(page: Page, theme: Theme): Promise<void> {
  await page.emulateMedia({ colorScheme: theme });
  await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
}

async function take(page: Page, name: string, theme: Theme): Promise<void> {
  await show(page, theme);
  await page.mouse.move(700, 60);
  await page.screenshot({ path: join(folder, `${name}-${theme}.png`) });
}

async function takeBoth(page: Page, name: string): Promise<void> {
  for (const theme of themes) await take(page, name, theme);
}

/** Until the condition holds at the instant of a picture in each theme: it may be short. */
async function takeWhen(lab: LabWindow, name: string, theme: Theme, prepare: () => Promise<void>): Promise<void> {
  await show(lab.page, theme);
  await prepare();
  await take(lab.page, name, theme);
}

async function isCalm(lab: LabWindow): Promise<void> {
  await labCommand(lab.home, 'fault', 'heal');
  await labCommand(lab.home, 'fault', 'incident', 'web-03', 'none');
  await lab.beCalm();
  await expect(lab.story).toContainText('The last alert, OK cpu_high:web-03', { timeout: 60_000 });
}

async function firstOwner(lab: LabWindow): Promise<string> {
  const members = await runningMembers(lab.home);
  const { topics } = await clusterTopics(members[0]?.api ?? '');
  const id = topics.find(({ topic }) => topic === 'cpu-alerts')?.owners[0]?.id;
  const owner = members.find((member) => member.id === id);
  if (owner === undefined) throw new Error('cpu-alerts has no owner');
  return owner.name;
}

test.use({ trace: 'off' });

test('pictures', async ({ fresh }) => {
  test.setTimeout(limitMs);
  for (const theme of themes) {
    removeHome(home);
    const app = await fresh(home);
    const first = new FirstStart(app.page);
    await expect(first.plan).toBeVisible();
    await app.page.evaluate(() => document.fonts.ready.then(() => null));
    await take(app.page, 'first-start', theme);
    await first.start.click();
    await expect(first.steps.getByText('runs')).not.toHaveCount(0);
    await take(app.page, 'first-start-progress', theme);
    await expect(first.topology).toBeVisible({ timeout: 30_000 });
    if (theme === 'dark') await picturesOf(new LabWindow(app.page, home));
    await app.close();
  }
  removeHome(home);
});

async function picturesOf(lab: LabWindow): Promise<void> {
  const { page } = lab;
  await lab.runFromPalette('hot web-05', 'Make web-05 run hot');
  await expect(lab.story).toContainText('CRITICAL cpu_high:web-05', { timeout: 30_000 });
  await lab.runFromPalette('cool web-05', 'Let web-05 cool down');
  await expect(lab.story).toContainText('OK cpu_high:web-05', { timeout: 30_000 });
  await presented(lab);
  await isCalm(lab);
  await takeBoth(page, 'topology');
  for (const theme of themes) {
    await failover(lab, theme);
    await isCalm(lab);
  }
  await narrow(lab);
  await isCalm(lab);
  const owner = await firstOwner(lab);
  await lab.topology.member(owner).click({ button: 'right' });
  await takeBoth(page, 'topology-member-menu');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Command palette' }).click();
  await page.getByRole('dialog').getByRole('combobox').fill('cra');
  await takeBoth(page, 'palette');
  await page.keyboard.press('Escape');
  await lab.openDock('Commands');
  await takeBoth(page, 'commands');
  await lab.openDock('Logs');
  await takeBoth(page, 'logs');
  await terminals(lab);
  await lab.openDock('Timeline');
  await lab.goTo('Alerts');
  await lab.alerts.list
    .getByRole('option')
    .filter({ hasText: /took over.*delivered once/ })
    .first()
    .click();
  await expect(lab.alerts.outcome).toContainText('was silent');
  await takeBoth(page, 'alerts');
  await lab.goTo('Scenarios');
  await takeBoth(page, 'scenarios');
  await lab.goTo('Settings');
  await takeBoth(page, 'settings');
}

async function presented(lab: LabWindow): Promise<void> {
  const { page, player } = lab;
  for (const theme of themes) {
    await lab.goTo('Scenarios');
    await page.getByRole('button', { name: 'Present Failover' }).click();
    await takeWhen(lab, 'scenario-presenter', theme, async () => {
      for (const title of ['Three members agree', 'web-03 runs hot', 'Crash the first owner']) {
        await player.expectFulfilled(title, 60_000);
        await player.next.click();
      }
      await expect(player.card.getByText(/^Waiting for kapacitor-\d to take over$/)).toBeVisible({ timeout: 60_000 });
      await expect(player.card.getByText(/^web-03, in \d/)).toBeVisible();
    });
    for (const title of ['The second owner waits', 'Exactly one delivery', /^kapacitor-\d comes back$/]) {
      await player.expectFulfilled(title, 90_000);
      await player.next.click();
    }
    await expect(player.card).toBeHidden();
  }
}

/** Crash and heat at once: the second owner holds the alert while the first one is suspect. */
async function failover(lab: LabWindow, theme: Theme): Promise<void> {
  const owner = await firstOwner(lab);
  await lab.topology.member(owner).click();
  const range = lab.page.getByRole('radiogroup', { name: 'Range' });
  await range.getByRole('radio', { name: '15 s' }).click();
  const isHeld = lab.page
    .getByRole('status', { name: 'What is happening' })
    .filter({ hasText: /both others suspect it\. .* holds the alert and takes over in/ });
  for (let attempt = 1; attempt <= 6; attempt++) {
    await labCommand(lab.home, 'fault', 'crash', owner);
    await labCommand(lab.home, 'fault', 'incident', 'web-03', 'hot');
    const seen = await isHeld.waitFor({ timeout: 8000 }).then(
      () => true,
      () => false,
    );
    if (seen) {
      await take(lab.page, 'topology-failover', theme);
      break;
    }
    console.log(`${theme}, attempt ${attempt}: it was over before a picture could be taken`);
    await isCalm(lab);
    await lab.topology.member(owner).click();
  }
  await range.getByRole('radio', { name: '2 min' }).click();
}

async function narrow(lab: LabWindow): Promise<void> {
  await lab.page.setViewportSize({ width: 1024, height: 700 });
  await closeIfOpen(lab.page, 'Close dock');
  await closeIfOpen(lab.page, 'Close inspector');
  const owner = await firstOwner(lab);
  for (const theme of themes) {
    await labCommand(lab.home, 'fault', 'crash', owner);
    await expect(lab.topology.member(owner)).toHaveAccessibleName(/suspect/, { timeout: 20_000 });
    await take(lab.page, 'narrow', theme);
    await labCommand(lab.home, 'fault', 'heal');
    await expect(lab.topology.member(owner)).toHaveAccessibleName(/alive/, { timeout: 40_000 });
  }
  await lab.page.setViewportSize({ width: 1440, height: 900 });
}

/** A window that has become narrow or low may have closed it by itself. */
async function closeIfOpen(page: Page, name: string): Promise<void> {
  const button = page.getByRole('button', { name });
  if (await button.isVisible()) await button.click();
}

async function terminals(lab: LabWindow): Promise<void> {
  await lab.openDock('Terminals');
  for (const name of ['kapacitor-1', 'kapacitor-2', 'kapacitor-3']) await lab.terminals.expectPrompt(name);
  await lab.terminals.say('kapacitor-2', 'kapacitor list topics');
  await lab.terminals.say('kapacitor-2', 'echo $KAPACITOR_URL');
  await lab.terminals.say('kapacitor-3', 'kapacitor list topic-handlers');
  await lab.terminals.say('kapacitor-1', 'kapacitorctl member list');
  await takeBoth(lab.page, 'terminals');
}
