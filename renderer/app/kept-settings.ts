/** Reads and writes what the session keeps. Stored text comes from a file, so each value is checked before it counts. */
import type { LabBridge } from '../../electron/contract/bridge.ts';
import { lowBelow } from './frame-context.tsx';
import {
  dockLimits,
  freshSession,
  keptPart,
  session,
  type DockTab,
  type MotionChoice,
  type Panes,
  type Screen,
  type Session,
  type TextSize,
  type ThemeChoice,
} from './session.ts';

const writeDelayMs = 400;

const screens: readonly Screen[] = ['topology', 'alerts', 'scenarios', 'settings'];
const tabs: readonly DockTab[] = ['timeline', 'terminals', 'logs', 'commands'];
const themes: readonly ThemeChoice[] = ['system', 'dark', 'light'];
const motions: readonly MotionChoice[] = ['system', 'on', 'off'];
const sizes: readonly TextSize[] = [90, 100, 115, 130];

export function readKept(stored: Readonly<Record<string, unknown>>): Partial<Session> {
  const oneOf = <T>(list: readonly T[], key: string, fallback: T): T =>
    list.find((value) => value === stored[key]) ?? fallback;
  return {
    screen: oneOf(screens, 'screen', freshSession.screen),
    topic: typeof stored['topic'] === 'string' ? stored['topic'] : null,
    dockTab: oneOf(tabs, 'dockTab', freshSession.dockTab),
    dockHeights: readHeights(stored['dockHeights']),
    panes: readPanes(stored['panes']),
    isGossipShown: stored['isGossipShown'] !== false,
    theme: oneOf(themes, 'theme', freshSession.theme),
    textSize: oneOf(sizes, 'textSize', freshSession.textSize),
    reduceMotion: oneOf(motions, 'reduceMotion', freshSession.reduceMotion),
  };
}

function readPanes(stored: unknown): Session['panes'] {
  const fields = isRecord(stored) ? stored : {};
  const one = (screen: Screen): Panes => {
    const kept = fields[screen];
    if (!isRecord(kept)) return freshSession.panes[screen];
    const { isInspectorOpen, isDockOpen } = kept;
    return {
      isInspectorOpen:
        typeof isInspectorOpen === 'boolean' ? isInspectorOpen : freshSession.panes[screen].isInspectorOpen,
      isDockOpen: typeof isDockOpen === 'boolean' ? isDockOpen : freshSession.panes[screen].isDockOpen,
    };
  };
  return { topology: one('topology'), alerts: one('alerts'), scenarios: one('scenarios'), settings: one('settings') };
}

function readHeights(stored: unknown): Session['dockHeights'] {
  const fields = isRecord(stored) ? stored : {};
  const one = (tab: DockTab): number => {
    const height = fields[tab];
    return typeof height === 'number' && height >= dockLimits.smallest
      ? Math.min(height, dockLimits.largest)
      : freshSession.dockHeights[tab];
  };
  return { timeline: one('timeline'), terminals: one('terminals'), logs: one('logs'), commands: one('commands') };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** In a low window the dock starts closed, unless the user has opened or closed it before. */
export function takeKept(stored: Readonly<Record<string, unknown>>, windowHeight: number): void {
  session.setState(readKept(stored));
  const { panes, textSize } = session.getState();
  if (stored['panes'] !== undefined || (windowHeight * 100) / textSize >= lowBelow) return;
  session.setState({ panes: { ...panes, topology: { ...panes.topology, isDockOpen: false } } });
}

/** Takes the kept settings in, then writes every later change after a moment of rest. Returns its own undo. */
export async function keepSettings(bridge: LabBridge): Promise<() => void> {
  const answer = await bridge.request('settings.read', null);
  if (answer.ok) takeKept(answer.value, window.innerHeight);
  let timer: ReturnType<typeof setTimeout> | null = null;
  let written = JSON.stringify(keptPart(session.getState()));
  const stop = session.subscribe((state) => {
    const text = JSON.stringify(keptPart(state));
    if (text === written) return;
    written = text;
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => void bridge.request('settings.write', { ...keptPart(state) }), writeDelayMs);
  });
  return () => {
    stop();
    if (timer !== null) clearTimeout(timer);
  };
}
