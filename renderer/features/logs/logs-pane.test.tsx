import { screen, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import type { LogLine } from '../../../electron/contract/notices.ts';
import { renderLab } from '../../testing/render-lab.tsx';
import { filterLines } from './logs-pane.tsx';

const line = (member: string, level: LogLine['level'], text: string): LogLine => ({
  member,
  level,
  text,
  seq: 1,
  at: 0,
});
const lines = [
  line('kapacitor-1', 'info', 'opened store'),
  line('kapacitor-2', 'warn', 'suspect kapacitor-3'),
  line('kapacitor-1', 'error', 'bind: in use'),
];

test('lines are filtered by member, by level and above, and by text', () => {
  expect(filterLines(lines, null, null, '')).toBe(lines);
  expect(filterLines(lines, 'kapacitor-1', null, '').length).toBe(2);
  expect(filterLines(lines, null, 'warn', '').map((each) => each.level)).toEqual(['warn', 'error']);
  expect(filterLines(lines, null, null, ' SUSPECT ').map((each) => each.text)).toEqual(['suspect kapacitor-3']);
});

test('the log follows what members write, and says when no line matches', async () => {
  const { user, pass } = await renderLab('topology');
  await user.click(within(screen.getByRole('region', { name: 'Dock' })).getByRole('tab', { name: 'Logs' }));
  await user.keyboard('{Control>}k{/Control}');
  await user.keyboard('crash kapacitor-2{Enter}');
  await pass(500);
  expect(screen.getByRole('log', { name: 'Log lines' }).textContent).toContain('process is crashed');
  await user.type(screen.getByRole('searchbox', { name: 'Filter lines' }), 'nothing like it');
  expect(screen.getByText('No lines match')).toBeTruthy();
  await user.click(screen.getByRole('button', { name: 'Clear filter' }));
  expect(screen.getByRole('log', { name: 'Log lines' })).toBeTruthy();
});
