import { act, screen, within } from '@testing-library/react';
import { describe, expect, test, vi } from 'vitest';
import { renderLab } from '../../testing/render-lab.tsx';

const list = () => screen.getByRole('listbox', { name: 'Alert events' });
const options = () =>
  within(list())
    .getAllByRole('option')
    .map((option) => option.querySelector('.sr-only')?.textContent?.replace(/, .*/, ''));
const table = () =>
  within(screen.getByRole('table', { name: 'What each member did' }))
    .getAllByRole('row')
    .slice(1)
    .map((row) =>
      within(row)
        .getAllByRole('cell')
        .map((cell) => cell.textContent),
    );

describe('given ten events of a quarter of an hour', () => {
  test('the header counts deliveries, duplicates and losses', async () => {
    await renderLab('topology', { screen: 'alerts' });
    const banner = screen.getByRole('heading', { name: 'Alerts' }).parentElement;
    for (const fact of ['10 events', '9 delivered once', '1 inline', '1 taken over', '0 duplicates', '0 lost'])
      expect(banner?.textContent).toContain(fact);
  });

  test('the newest is chosen, its sentence, picture and table say the same', async () => {
    await renderLab('topology', { screen: 'alerts' });
    expect(options()[0]).toBe('OK cpu_high:web-03');
    expect(screen.getByRole('status', { name: 'What became of it' }).textContent).toBe(
      'Delivered once, by kapacitor-2, 38 ms after the event. ',
    );
    expect(screen.getByRole('img', { name: 'Life of the alert cpu_high:web-03' })).toBeTruthy();
    expect(table()).toEqual([
      ['12 ms', 'kapacitor-1', '–', 'Published the event', 'published'],
      ['14 ms', 'kapacitor-3', 'rank 1', 'Published the event, started to wait 2 s', 'held'],
      ['14 ms', 'kapacitor-2', 'rank 0', 'Received the event', 'held'],
      ['15 ms', 'kapacitor-2', 'rank 0', 'Handled the event', 'handled'],
      ['38 ms', 'kapacitor-2', 'rank 0', 'Ran handler pager: POST /t/cpu-alerts, 200 in 21 ms', 'delivered'],
      ['40 ms', 'kapacitor-3', 'rank 1', 'Was told that it is handled, by kapacitor-2', 'told'],
      ['41 ms', 'kapacitor-3', 'rank 1', 'Dropped its copy: already complete', 'dropped as duplicate'],
    ]);
  });

  test('one that was taken over names the silent owner', async () => {
    const { user } = await renderLab('topology', { screen: 'alerts' });
    await user.click(within(list()).getByRole('option', { name: /^CRITICAL cpu_high:web-03/ }));
    expect(screen.getByRole('status', { name: 'What became of it' }).textContent).toBe(
      'Delivered once, by kapacitor-3, 2.03 s after the event. The first owner, kapacitor-2, was silent.',
    );
    expect(table().map((row) => row.at(-1))).toEqual(['held', 'same event', 'silent', 'took over', 'delivered']);
  });

  test('inline handlers went out once per member', async () => {
    const { user } = await renderLab('topology', { screen: 'alerts' });
    const option = within(list()).getByRole('option', { name: /^CRITICAL cpu_inline:web-05/ });
    expect(option.textContent).toContain('delivered 3 times');
    await user.click(option);
    expect(screen.getByRole('status', { name: 'What became of it' }).textContent).toMatch(
      /^Delivered three times, by kapacitor-1, kapacitor-2 and kapacitor-3\./,
    );
  });

  test('arrows move in the list', async () => {
    const { user } = await renderLab('topology', { screen: 'alerts' });
    act(() => list().focus());
    await user.keyboard('{ArrowDown}');
    expect(within(list()).getByRole('option', { selected: true }).textContent).toContain('took over');
    await user.keyboard('{End}');
    expect(within(list()).getByRole('option', { selected: true }).textContent).toContain('web-06');
  });

  test('severity, topic and text filter it; nothing left says so and clears', async () => {
    const { user } = await renderLab('topology', { screen: 'alerts' });
    await user.click(screen.getByRole('radio', { name: 'CRITICAL' }));
    expect(options()).toEqual(['CRITICAL cpu_high:web-03', 'CRITICAL cpu_inline:web-05']);
    await user.type(screen.getByRole('searchbox', { name: 'Filter by ID or member' }), 'no such thing');
    expect(screen.getByText('No event matches')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Clear the filter' }));
    expect(options()).toHaveLength(10);
  });

  test('Copy as text copies the sentence and the table', async () => {
    const { user, pass } = await renderLab('topology', { screen: 'alerts' });
    const written = vi.fn<(text: string) => Promise<void>>(async () => undefined);
    vi.stubGlobal('navigator', { userAgent: '', clipboard: { writeText: written } });
    await user.click(screen.getByRole('button', { name: 'Copy as text' }));
    await pass(50);
    const text = written.mock.calls[0]?.[0] ?? '';
    expect(text.split('\n').slice(0, 5)).toEqual([
      expect.stringMatching(/^OK cpu_high:web-03, topic cpu-alerts, \d\d:\d\d:\d\d\.000$/),
      'Delivered once, by kapacitor-2, 38 ms after the event.',
      '1 delivery: /t/cpu-alerts by kapacitor-2 +38 ms',
      '',
      'After  Member       Part    What it did                                          Outcome',
    ]);
  });
});

test('an event under way names who holds it and becomes a delivery', async () => {
  const { pass } = await renderLab('failover', { screen: 'alerts' });
  expect(screen.getByRole('status', { name: 'What became of it' }).textContent).toBe(
    'Not delivered yet. The first owner, kapacitor-2, was silent: you had crashed it two seconds before.',
  );
  await pass(1_500);
  expect(screen.getByRole('status', { name: 'What became of it' }).textContent).toMatch(
    /^Delivered once, by kapacitor-3, 2\.0\d s after the event\./,
  );
});

test('without alerts there is a way to make one', async () => {
  const { user, pass } = await renderLab('empty', { screen: 'alerts' });
  expect(screen.getByText('No alerts yet')).toBeTruthy();
  await user.click(screen.getByRole('button', { name: 'Make web-03 run hot' }));
  await pass(2_000);
  expect(options()).toEqual(['CRITICAL cpu_high:web-03']);
});

test('a test alert goes from the member one chooses', async () => {
  const { user, pass, host } = await renderLab('topology', { screen: 'alerts' });
  await user.click(screen.getByRole('button', { name: 'Send test alert' }));
  await user.click(screen.getByRole('menuitem', { name: 'From kapacitor-3' }));
  await pass(300);
  expect(host.asked.at(-1)).toEqual({ name: 'alerts.test', input: { topic: 'cpu-alerts', member: 'kapacitor-3' } });
  expect(options()[0]).toBe('INFO test:cpu-alerts');
});
