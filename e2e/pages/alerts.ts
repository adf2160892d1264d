/** The list of alert events, and the life of the one that is chosen. */
import { expect, type Locator, type Page } from '@playwright/test';

export class Alerts {
  readonly page: Page;
  readonly list: Locator;
  readonly detail: Locator;
  readonly outcome: Locator;
  readonly table: Locator;

  constructor(page: Page) {
    this.page = page;
    this.list = page.getByRole('listbox', { name: 'Alert events' });
    this.detail = page.getByRole('region', { name: 'Alert detail' });
    this.outcome = this.detail.getByRole('status', { name: 'What became of it' });
    this.table = this.detail.getByRole('table', { name: 'What each member did' });
  }

  /** Events of that level and ID, newest first. */
  events(level: string, event: string): Locator {
    return this.list.getByRole('option', { name: new RegExp(`^${level} ${event}, `) });
  }

  async choose(level: string, event: string): Promise<Locator> {
    const option = this.events(level, event).first();
    await option.click({ timeout: 30_000 });
    await expect(option).toHaveAttribute('aria-selected', 'true');
    return option;
  }

  picture(event: string): Locator {
    return this.detail.getByRole('img', { name: `Life of the alert ${event}` });
  }

  /** The table of one moment as rows of cells: after, member, part, what it did, outcome. */
  rows(): Promise<readonly (readonly string[])[]> {
    return this.table.evaluate((table) =>
      Array.from(table.querySelectorAll('tbody tr'), (row) =>
        Array.from(row.querySelectorAll('td'), ({ textContent }) => textContent),
      ),
    );
  }
}
