import { screen, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { renderLab } from '../../testing/render-lab.tsx';

const palette = () => screen.getByRole('dialog', { name: 'Command palette' });
const titles = () =>
  within(palette())
    .getAllByRole('option')
    .map((option) => option.querySelector('span')?.textContent);

test('three letters find the faults, with the command that does the same', async () => {
  const { user } = await renderLab('topology');
  await user.keyboard('{Control>}k{/Control}');
  await user.keyboard('cra');
  expect(titles()).toEqual(['Crash kapacitor-1', 'Crash kapacitor-2', 'Crash kapacitor-3']);
  expect(palette().textContent).toContain('kapacitor-lab fault crash kapacitor-1');
});

test('arrows choose and Enter runs', async () => {
  const { user, pass, host } = await renderLab('topology');
  await user.keyboard('{Control>}k{/Control}');
  await user.keyboard('cra{ArrowDown}{Enter}');
  await pass(100);
  expect(host.cluster.member('kapacitor-2').process).toBe('crashed');
  expect(screen.queryByRole('dialog')).toBeNull();
});

test('it goes to screens, members and alerts', async () => {
  const { user, pass } = await renderLab('topology');
  await user.keyboard('{Control>}k{/Control}');
  await user.keyboard('alerts{Enter}');
  await pass(100);
  expect(screen.getByRole('main', { name: 'Alerts' })).toBeTruthy();
});

test('actions on the selection come first', async () => {
  const { user } = await renderLab('topology', { selection: { kind: 'member', name: 'kapacitor-3' } });
  await user.click(screen.getByRole('button', { name: 'Command palette' }));
  expect(titles()[0]).toBe('Crash kapacitor-3');
});

test('nothing found says what to try', async () => {
  const { user } = await renderLab('topology');
  await user.keyboard('{Control>}k{/Control}');
  await user.keyboard('zzz');
  expect(palette().textContent).toContain('Nothing matches');
});

test('before a lab runs it starts one', async () => {
  const { user, pass } = await renderLab('plain');
  await user.keyboard('{Control>}k{/Control}');
  await user.keyboard('start{Enter}');
  await pass(300);
  expect(screen.getByRole('heading', { name: 'Starting your lab' })).toBeTruthy();
});

test('? opens the table of keys', async () => {
  const { user } = await renderLab('topology');
  await user.keyboard('?');
  expect(screen.getByRole('dialog', { name: 'Keys' }).textContent).toContain('undo the last fault');
});
