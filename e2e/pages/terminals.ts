/** The shells in the dock, read as a person reads them: the rows that xterm shows. */
import { expect, type Locator, type Page } from '@playwright/test';

export class Terminals {
  readonly page: Page;
  private lineCount = 0;

  constructor(page: Page) {
    this.page = page;
  }

  pane(member: string): Locator {
    return this.page.getByRole('group', { name: `Terminal ${member}` });
  }

  /** One pane with all the room, or one per member. */
  async layOut(layout: 'One' | 'All'): Promise<void> {
    await this.page.getByRole('radiogroup', { name: 'Layout' }).getByRole('radio', { name: layout }).click();
  }

  async front(member: string): Promise<void> {
    await this.page.getByRole('tablist', { name: 'Terminals by member' }).getByRole('tab', { name: member }).click();
  }

  /** The rows on display, without the empty ones. */
  async rows(member: string): Promise<readonly string[]> {
    const rows = await this.pane(member).locator('.xterm-rows > div').allTextContents();
    // xterm draws blanks as no-break spaces where it keeps their place.
    return rows.map((row) => row.replaceAll('\u00a0', ' ').trimEnd()).filter((row) => row !== '');
  }

  async expectPrompt(member: string): Promise<void> {
    await expect.poll(async () => (await this.rows(member)).at(-1), { timeout: 15_000 }).toBe(`${member}$`);
  }

  /** Types a line and gives what it printed, once the prompt is back. */
  async type(member: string, line: string): Promise<readonly string[]> {
    const mark = await this.send(member, line);
    let printed: readonly string[] = [];
    await expect
      .poll(
        async () => {
          printed = await this.rows(member);
          return printed[0] === mark && printed.at(-1) === `${member}$`;
        },
        { message: `${line} in the terminal of ${member}`, timeout: 20_000 },
      )
      .toBe(true);
    return printed.slice(1, -1);
  }

  /** On an empty screen, under a mark of its own: what stood there before is never taken for what the line prints. */
  private async send(member: string, line: string): Promise<string> {
    const mark = `line ${++this.lineCount}`;
    await this.pane(member).locator('.xterm').click();
    await this.page.keyboard.type(`clear; echo ${mark}; ${line}`);
    await this.page.keyboard.press('Enter');
    return mark;
  }

  /** Types a line under what is there, for a reader to see. */
  async say(member: string, line: string): Promise<void> {
    const before = (await this.rows(member)).length;
    await this.pane(member).locator('.xterm').click();
    await this.page.keyboard.type(line);
    await this.page.keyboard.press('Enter');
    await expect.poll(async () => (await this.rows(member)).length, { timeout: 20_000 }).toBeGreaterThan(before);
    await this.expectPrompt(member);
  }

  /** One line for all shells, which must each print nothing but come back to their prompts. */
  async typeToAll(line: string, members: readonly string[]): Promise<void> {
    const toAll = this.page.getByRole('button', { name: 'Type to all' });
    await toAll.click();
    await expect(toAll).toHaveAttribute('aria-pressed', 'true');
    const mark = await this.send(members[0] ?? '', line);
    for (const member of members) await expect.poll(() => this.rows(member)).toEqual([mark, `${member}$`]);
    await toAll.click();
  }
}
