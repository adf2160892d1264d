import { act, screen, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { renderLab } from '../../testing/render-lab.tsx';

const player = () => screen.getByRole('application', { name: 'Scenario player' });
const next = () => within(player()).getByRole('button', { name: 'Next step' });

test('the list says what each scenario does, how long it takes and its command', async () => {
  await renderLab('topology', { screen: 'scenarios' });
  const card = screen.getByRole('heading', { name: 'Failover' }).closest('li');
  expect(card?.textContent).toContain('6 steps, about 40 s');
  expect(card?.textContent).toContain('kapacitor-lab scenario failover');
});

test('a scenario acts, waits, and lets the trainer go on: from three that agree to exactly one delivery', async () => {
  const { user, pass } = await renderLab('topology', { screen: 'scenarios' });
  await user.click(screen.getByRole('button', { name: 'Run Failover' }));
  await pass(200);
  expect(screen.getByRole('main', { name: 'Topology' })).toBeTruthy();
  const headings: string[] = [];
  for (let step = 0; step < 5; step++) {
    await pass(3_000);
    headings.push(within(player()).getByRole('heading').textContent ?? '');
    expect(next().getAttribute('aria-disabled')).toBeNull();
    await user.click(next());
  }
  expect(headings).toEqual([
    'Three members agree.',
    'Crash the first owner.',
    'web-03 runs hot.',
    'The second owner waits its turn.',
    'Exactly one delivery.',
  ]);
});

test('while it waits Next is off and the wait is shown; pausing stops the script, not the lab', async () => {
  const { user, pass, host } = await renderLab('topology');
  void host.bridge.request('scenario.start', { name: 'failover' });
  await pass(100);
  for (let step = 0; step < 3; step++) {
    await pass(300);
    await user.click(next());
  }
  expect(next().getAttribute('aria-disabled')).toBe('true');
  expect(within(player()).getByRole('progressbar', { name: 'Wait' })).toBeTruthy();
  expect(player().textContent).toContain('Waiting for kapacitor-3 to take over');
  await user.click(within(player()).getByRole('button', { name: 'Pause scenario' }));
  await pass(3_000);
  expect(host.cluster.state.scenario?.paused).toBe(true);
  expect(host.cluster.state.alerts[0]?.outcome).toBe('once');
});

test('leaving asks whether to heal what was broken', async () => {
  const { user, pass, asked } = await renderLab('topology');
  await user.click(screen.getByRole('button', { name: 'Run scenario' }));
  await user.click(screen.getByRole('menuitem', { name: 'Failover' }));
  await pass(300);
  await user.click(next());
  await pass(300);
  await user.click(within(player()).getByRole('button', { name: 'Leave scenario' }));
  await user.click(
    within(screen.getByRole('dialog', { name: 'Leave the scenario' })).getByRole('button', {
      name: 'Leave and heal all',
    }),
  );
  await pass(2_000);
  expect(asked()).toContain('scenario.leave');
  expect(screen.queryByRole('application', { name: 'Scenario player' })).toBeNull();
  expect(screen.queryByRole('button', { name: 'Heal all faults' })).toBeNull();
});

test('presenter mode: large, with the steps as a list and the keys of the trainer', async () => {
  const { user, pass } = await renderLab('topology');
  await user.click(screen.getByRole('button', { name: 'Presenter mode' }));
  expect(screen.getByRole('main', { name: 'Presenter' }).textContent).toContain('All three members agree.');
  await user.click(screen.getByRole('button', { name: 'Failover' }));
  await pass(300);
  expect(within(within(player()).getByRole('list', { name: 'Steps' })).getAllByRole('listitem')).toHaveLength(6);
  act(() => document.querySelector<HTMLElement>(':focus')?.blur());
  await user.keyboard(' ');
  await pass(200);
  expect(within(player()).getByRole('heading', { level: 1 }).textContent).toBe('Crash the first owner.');
});
