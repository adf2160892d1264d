/** The bundled scenario, as a trainer plays it: step by step, on real processes, with one delivery at its end. */
import { expect, test } from '../fixtures/window-test.ts';
import { inboxOf } from '../fixtures/running-lab.ts';
import type { InboxRecord } from '../fixtures/member-api.ts';

const steps = [
  ['Three members agree', 60_000],
  ['web-03 runs hot', 40_000],
  ['Crash the first owner', 10_000],
  ['The second owner waits', 50_000],
  ['Exactly one delivery', 20_000],
  [/^kapacitor-\d comes back$/, 90_000],
] as const;

test('the failover scenario: every step is fulfilled, and the second owner delivers once', async ({ lab }) => {
  test.setTimeout(240_000);
  await lab.page.getByRole('button', { name: 'Run scenario' }).click();
  for (const [title, limitMs] of steps) {
    await lab.player.expectFulfilled(title, limitMs);
    await lab.player.next.click();
  }
  await expect(lab.player.card).toBeHidden();
  await expect(lab.page.getByRole('button', { name: 'Heal all faults' })).toBeHidden();

  await lab.goTo('Alerts');
  const list = lab.alerts.events('CRITICAL', 'cpu_high:web-03');
  await expect(list.first()).toContainText(/kapacitor-\d took over, [23][.]\d+ s/);
  await expect(list.first()).toContainText('delivered once');
  await list.first().click();
  await expect(lab.alerts.outcome).toContainText(
    /Delivered once, by kapacitor-\d, .* The first owner, kapacitor-\d, was silent: you had crashed it/,
  );
  const rows = await lab.alerts.rows();
  expect(rows.map((row) => row.at(-1))).toEqual(
    expect.arrayContaining(['held', 'silent, crashed', 'took over', 'handled']),
  );

  const answer = await fetch(`${await inboxOf(lab.home)}/deliveries`);
  const { deliveries }: { deliveries: readonly InboxRecord[] } = await answer.json();
  // Other journeys of the same lab deliver through inline handlers, once per member.
  const shared = deliveries.filter(({ topic }) => topic === 'cpu-alerts');
  expect(shared.filter(({ count }) => count !== 1)).toEqual([]);
});
