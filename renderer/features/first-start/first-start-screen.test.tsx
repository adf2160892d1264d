import { screen, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { renderLab } from '../../testing/render-lab.tsx';

test('given a plan, it shows what will run and names what is in the way', async () => {
  await renderLab('first-start');
  const rows = within(screen.getByRole('table', { name: 'What will run' })).getAllByRole('row');
  expect(rows.map((row) => row.textContent)).toEqual([
    'MemberGossipRPCAPI',
    'kapacitor-1190901909119092',
    'kapacitor-2190931909419095',
    'kapacitor-3190961909719098',
  ]);
  expect(screen.getByText('Port 9092 is taken')).toBeTruthy();
});

test('one button starts it; each step has its line, and Topology follows by itself', async () => {
  const { user, pass } = await renderLab('plain');
  await user.click(screen.getByRole('button', { name: 'Start lab' }));
  await pass(1_200);
  const steps = within(screen.getByRole('list', { name: 'Steps of the start' })).getAllByRole('listitem');
  expect(steps.map((step) => step.textContent)).toEqual([
    'Ports chosen9 free, 19090 to 19098',
    'kapacitor-1 runspid 482070.6 s',
    'kapacitor-2 opens its storepid 48213',
    'kapacitor-3 startswaits',
    'Sample data, six hostswaits for kapacitor-3',
  ]);
  await pass(3_000);
  expect(screen.getByRole('main', { name: 'Topology' })).toBeTruthy();
});

test('Enter starts it as well', async () => {
  const { user, pass } = await renderLab('plain');
  await user.keyboard('{Enter}');
  await pass(300);
  expect(screen.getByRole('heading', { name: 'Starting your lab' })).toBeTruthy();
});

test('Cancel goes back to the plan', async () => {
  const { user, pass } = await renderLab('plain');
  await user.click(screen.getByRole('button', { name: 'Start lab' }));
  await pass(500);
  await user.click(screen.getByRole('button', { name: 'Cancel' }));
  await pass(100);
  expect(screen.getByRole('button', { name: 'Start lab' })).toBeTruthy();
});

test('when a member does not start: which step, the cause, its last lines, and what to do', async () => {
  const { user, pass, asked } = await renderLab('broken');
  await user.click(screen.getByRole('button', { name: 'Start lab' }));
  await pass(4_000);
  expect(screen.getByRole('heading', { name: 'The lab did not start' })).toBeTruthy();
  expect(screen.getByText('Port 19098 is taken by java (pid 2114)')).toBeTruthy();
  expect(screen.getByRole('region', { name: 'Last lines of kapacitor-3' }).textContent).toContain(
    'address already in use',
  );
  await user.click(screen.getByRole('button', { name: 'Choose other ports' }));
  await pass(100);
  expect(asked()).toContain('lab.plan');
  expect(screen.getByRole('button', { name: 'Start lab' })).toBeTruthy();
});
