/** The scenario player, as a card over the map. */
import { expect, type Locator, type Page } from '@playwright/test';

export class Player {
  readonly page: Page;
  readonly card: Locator;
  readonly next: Locator;
  readonly steps: Locator;

  constructor(page: Page) {
    this.page = page;
    this.card = page.getByRole('application', { name: 'Scenario player' });
    this.next = this.card.getByRole('button', { name: 'Next step' });
    this.steps = this.card.getByRole('list', { name: 'Steps' }).getByRole('listitem');
  }

  /** Waits until the present step is fulfilled; a failed one shows what was expected and what was seen. */
  async expectFulfilled(title: string | RegExp, limitMs: number): Promise<void> {
    await expect(this.card.getByRole('heading', { name: title })).toBeVisible();
    await expect(this.next).not.toHaveAttribute('aria-disabled', 'true', { timeout: limitMs });
    await expect(this.card.getByRole('alert'), 'the step failed').toHaveCount(0);
  }
}
