/** The map of members and links, its menus, and the inspector beside it. */
import { expect, type Locator, type Page } from '@playwright/test';

export type MemberAct =
  'Crash' | 'Freeze' | 'Stop' | 'Isolate' | 'Start' | 'Thaw' | 'Heal this' | 'Remove from cluster';

export class Topology {
  readonly page: Page;
  readonly map: Locator;
  readonly inspector: Locator;
  readonly beliefs: Locator;

  constructor(page: Page) {
    this.page = page;
    this.map = page.getByRole('application', { name: 'Cluster map' });
    this.inspector = page.getByRole('complementary', { name: 'Inspector' });
    this.beliefs = this.inspector.getByRole('table', { name: 'Who believes what' });
  }

  /** Its name says its status. */
  member(name: string): Locator {
    return this.map.getByRole('button', { name: new RegExp(`^${name}, `) });
  }

  link(a: string, b: string): Locator {
    return this.map.getByRole('button', { name: new RegExp(`^Link ${a} to ${b}, `) });
  }

  /** The menu of the member on the map, at rest. */
  async openMenu(name: string): Promise<Locator> {
    await this.member(name).click({ button: 'right' });
    const menu = this.page.getByRole('menu', { name: `Faults for ${name}` });
    await menu.evaluate((element) => Promise.all(element.getAnimations().map(({ finished }) => finished)));
    return menu;
  }

  /** From the menu of the member on the map. */
  async act(name: string, act: MemberAct): Promise<void> {
    const menu = await this.openMenu(name);
    await menu.getByRole('menuitem', { name: act, exact: true }).click();
  }

  /** From the menu of the link, opened with the keyboard. */
  async actOnLink(a: string, b: string, act: string): Promise<void> {
    await this.link(a, b).focus();
    await this.page.keyboard.press('f');
    await this.page
      .getByRole('menu', { name: `Faults for the link ${a} to ${b}` })
      .getByRole('menuitem', { name: act, exact: true })
      .click();
  }

  /** What `observer` believes of each member, in the order of members. */
  async believedBy(observer: string): Promise<readonly string[]> {
    const row = this.beliefs.getByRole('row').filter({ has: this.page.getByRole('rowheader', { name: observer }) });
    return row.getByRole('cell').allTextContents();
  }

  async expectBelief(observer: string, statuses: readonly string[], limitMs = 15_000): Promise<void> {
    await expect.poll(() => this.believedBy(observer), { timeout: limitMs }).toEqual(statuses);
  }
}
