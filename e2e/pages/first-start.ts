/** The window before a lab runs: the plan with its one button, then the steps of the start. */
import { expect, type Locator, type Page } from '@playwright/test';

export class FirstStart {
  readonly page: Page;
  readonly plan: Locator;
  readonly start: Locator;
  readonly steps: Locator;
  readonly topology: Locator;

  constructor(page: Page) {
    this.page = page;
    this.plan = page.getByRole('table', { name: 'What will run' });
    this.start = page.getByRole('button', { name: 'Start lab' });
    this.steps = page.getByRole('list', { name: 'Steps of the start' });
    this.topology = page.getByRole('main', { name: 'Topology' });
  }

  /** Cancels in the page itself, in the moment it offers to: a start is soon over, and a click from here may be late. */
  async startAndCancel(): Promise<void> {
    await this.page.evaluate(() => {
      const cancel = (): HTMLButtonElement | undefined =>
        [...document.querySelectorAll('button')].find(({ textContent }) => textContent?.trim() === 'Cancel');
      const observer = new MutationObserver(() => {
        const button = cancel();
        if (button === undefined) return;
        observer.disconnect();
        button.click();
      });
      observer.observe(document.body, { subtree: true, childList: true });
    });
    await this.start.click();
    await expect(this.page.getByRole('button', { name: 'Cancel' })).toBeHidden();
  }

  async startLab(): Promise<void> {
    await this.start.click();
    await expect(this.topology).toBeVisible({ timeout: 30_000 });
  }
}
