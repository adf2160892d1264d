/** The window onto a running lab: what surrounds the screens, and the way to each of them. */
import { expect, type Locator, type Page } from '@playwright/test';
import { Alerts } from './alerts.ts';
import { Player } from './player.ts';
import { Terminals } from './terminals.ts';
import { Topology } from './topology.ts';

export type ScreenName = 'Topology' | 'Alerts' | 'Scenarios' | 'Settings';
export type DockTab = 'Timeline' | 'Terminals' | 'Logs' | 'Commands';

export class LabWindow {
  readonly page: Page;
  readonly home: string;
  readonly topology: Topology;
  readonly alerts: Alerts;
  readonly terminals: Terminals;
  readonly player: Player;
  readonly story: Locator;
  readonly sidebar: Locator;
  readonly commands: Locator;

  constructor(page: Page, home: string) {
    this.page = page;
    this.home = home;
    this.topology = new Topology(page);
    this.alerts = new Alerts(page);
    this.terminals = new Terminals(page);
    this.player = new Player(page);
    this.story = page.getByRole('status', { name: 'What is happening' });
    this.sidebar = page.getByRole('navigation', { name: 'Main' });
    this.commands = page.getByRole('list', { name: 'Commands' });
  }

  /** As after the start: Topology with its inspector, the cluster selected, the timeline below, no fault in force. */
  async beCalm(): Promise<void> {
    await this.goTo('Topology');
    await this.openDock('Timeline');
    const open = this.page.getByRole('button', { name: 'Open inspector' });
    if (await open.isVisible()) await open.click();
    await this.topology.map.focus();
    await this.page.keyboard.press('Escape');
    await expect(this.page.getByRole('button', { name: 'Heal all faults' })).toBeHidden();
    for (const member of ['kapacitor-1', 'kapacitor-2', 'kapacitor-3']) {
      await expect(this.memberLink(member)).toHaveAccessibleName(`${member}, alive`, { timeout: 30_000 });
    }
    await this.closeNotes();
  }

  async goTo(screen: ScreenName): Promise<void> {
    await this.sidebar.getByRole('link', { name: screen, exact: true }).click();
    await expect(this.page.getByRole('main', { name: screen, exact: true })).toBeVisible();
  }

  async openDock(tab: DockTab): Promise<void> {
    await this.page.getByRole('region', { name: 'Dock' }).getByRole('tab', { name: tab, exact: true }).click();
    await expect(this.page.getByRole('tabpanel', { name: tab })).toBeVisible();
  }

  async maximiseDock(): Promise<void> {
    await this.page.getByRole('button', { name: 'Maximise dock' }).click();
  }

  async restoreDock(): Promise<void> {
    await this.page.getByRole('button', { name: 'Restore dock' }).click();
  }

  /** Its name says its status. */
  memberLink(name: string): Locator {
    return this.sidebar.getByRole('link', { name: new RegExp(`^${name}, `) });
  }

  /** A short note at the bottom: what was just done, or was not. */
  note(text: string | RegExp): Locator {
    return this.page
      .getByRole('region', { name: /^Notifications/ })
      .getByRole('listitem')
      .filter({ hasText: text });
  }

  async closeNotes(): Promise<void> {
    const close = this.page.getByRole('button', { name: 'Close this note' });
    while ((await close.count()) > 0)
      await close
        .first()
        .click({ timeout: 1000 })
        .catch(() => undefined);
  }

  /** Types into the palette and runs what stands first. */
  async runFromPalette(words: string, title: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Command palette' }).click();
    const dialog = this.page.getByRole('dialog', { name: 'Command palette' });
    await dialog.getByRole('combobox').fill(words);
    await dialog.getByRole('option', { name: title }).click();
    await expect(dialog).toBeHidden();
  }

  /** From now on each sentence of the story line is kept, also one that stays but a moment. */
  async keepStory(): Promise<void> {
    await this.story.evaluate((element) => {
      const kept = new Set<string>([element.textContent ?? '']);
      Object.assign(window, { keptStory: kept });
      new MutationObserver(() => kept.add(element.textContent ?? '')).observe(element, {
        subtree: true,
        childList: true,
        characterData: true,
      });
    });
  }

  /** In the order in which they were first said. */
  keptStory(): Promise<readonly string[]> {
    return this.page.evaluate(() => {
      const kept: unknown = Reflect.get(window, 'keptStory');
      return kept instanceof Set ? Array.from(kept, String) : [];
    });
  }

  /** Waits until such a sentence was said since `keepStory`. */
  async expectStory(sentence: RegExp, limitMs: number): Promise<void> {
    await expect
      .poll(async () => (await this.keptStory()).filter((said) => sentence.test(said)).length, {
        message: `a sentence like ${sentence}`,
        timeout: limitMs,
      })
      .toBeGreaterThan(0);
  }
}
