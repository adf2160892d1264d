/**
 * Draws the whole window over the fake host, on a time of its own: nothing happens until the test lets it pass. What
 * jsdom lacks (layout, observers of size) is given a plain stand-in.
 */
import { giveLayout } from './layout-stand-in.ts';
import { act, cleanup, configure, render } from '@testing-library/react';
import userEvent, { type UserEvent } from '@testing-library/user-event';
import { afterEach, vi } from 'vitest';
import { App } from '../app/app.tsx';
import { freshSession, session, type Session } from '../app/session.ts';
import { feedWorld, type Feed } from '../state/store.ts';
import { clearNotes } from '../ui/toasts.tsx';
import { wallNow } from '../ui/clock.ts';
import type { FakeHost } from './fake-host.ts';
import { openScene } from './scenes.ts';

// The whole document says nothing that the message and the names found do not say.
configure({ getElementError: (message) => new Error((message ?? '').slice(0, 2_000)) });

const stepMs = 50;

export interface RenderedLab {
  readonly host: FakeHost;
  readonly feed: Feed;
  readonly user: UserEvent;
  /** Lets time pass for the lab, the window and what waits in it. */
  readonly pass: (ms: number) => Promise<void>;
  readonly asked: () => readonly string[];
}

export async function renderLab(scene: string, part: Partial<Session> = {}): Promise<RenderedLab> {
  giveLayout();
  // Testing Library asks for this name when it lets held time pass between two events.
  vi.stubGlobal('jest', { advanceTimersByTime: (ms: number) => vi.advanceTimersByTime(ms) });
  vi.useFakeTimers({ now: new Date(2026, 10, 25, 14, 36, 4) });
  session.setState({ ...freshSession, theme: 'dark', ...part }, true);
  const host = openScene(scene, wallNow());
  const feed = feedWorld(host.bridge, wallNow);
  feed.setConnected(true);
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= stepMs) {
      // Each step is its own turn, so that what it starts has begun before the next.
      await act(async () => {
        await vi.advanceTimersByTimeAsync(Math.min(stepMs, left));
        host.advanceTo(wallNow());
      });
    }
  };
  render(<App handle={{ bridge: host.bridge, feed }} />);
  await pass(stepMs);
  return {
    host,
    feed,
    pass,
    user: userEvent.setup({ delay: null, advanceTimers: (ms) => vi.advanceTimersByTime(ms) }),
    asked: () => host.asked.map((each) => each.name),
  };
}

afterEach(() => {
  cleanup();
  clearNotes();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});
