import { afterEach, expect, test, vi } from 'vitest';
import { FakeHost } from '../testing/fake-host.ts';
import { keepSettings, readKept, takeKept } from './kept-settings.ts';
import { freshSession, session } from './session.ts';

afterEach(() => {
  session.setState(freshSession, true);
  vi.useRealTimers();
});

test('what a file says is checked: unknown words and wrong types fall back', () => {
  expect(
    readKept({
      theme: 'pink',
      textSize: 7,
      screen: 'tasks',
      dockTab: 3,
      panes: 'none',
      dockHeights: { logs: -4 },
      topic: {},
      isGossipShown: 'no',
    }),
  ).toEqual({
    theme: 'system',
    textSize: 100,
    screen: 'topology',
    dockTab: 'timeline',
    panes: freshSession.panes,
    dockHeights: freshSession.dockHeights,
    topic: null,
    isGossipShown: true,
    reduceMotion: 'system',
  });
});

test('what was chosen comes back', () => {
  const kept = readKept({
    theme: 'light',
    textSize: 130,
    screen: 'alerts',
    panes: { topology: { isDockOpen: false } },
  });
  expect([kept.theme, kept.textSize, kept.screen, kept.panes?.topology]).toEqual([
    'light',
    130,
    'alerts',
    { isInspectorOpen: true, isDockOpen: false },
  ]);
});

test('in a low window the dock starts closed, unless it was opened or closed before', () => {
  takeKept({}, 700);
  expect(session.getState().panes.topology.isDockOpen).toBe(false);
  takeKept({ panes: { topology: { isDockOpen: true } } }, 700);
  expect(session.getState().panes.topology.isDockOpen).toBe(true);
});

test('a change is written once it rests, and passing things are not', async () => {
  vi.useFakeTimers();
  const host = new FakeHost({ settings: { theme: 'light' } });
  const stop = await keepSettings(host.bridge);
  expect(session.getState().theme).toBe('light');
  session.setState({ isPaletteOpen: true });
  session.setState({ theme: 'dark' });
  session.setState({ textSize: 115 });
  await vi.advanceTimersByTimeAsync(1_000);
  const written = host.asked.filter((each) => each.name === 'settings.write');
  expect(written).toHaveLength(1);
  expect(written[0]?.input).toMatchObject({ theme: 'dark', textSize: 115 });
  stop();
});
