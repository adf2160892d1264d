/**
 * What the window itself remembers: screen, selection, panes, appearance. Kept by the host's settings across
 * restarts; never mixed with the state of the lab.
 */
import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';

export type Screen = 'topology' | 'alerts' | 'scenarios' | 'settings';
export type DockTab = 'timeline' | 'terminals' | 'logs' | 'commands';
export type ThemeChoice = 'system' | 'dark' | 'light';
export type MotionChoice = 'system' | 'on' | 'off';
export type TextSize = 90 | 100 | 115 | 130;

export type Selection =
  | { readonly kind: 'cluster' }
  | { readonly kind: 'member'; readonly name: string }
  | { readonly kind: 'link'; readonly a: string; readonly b: string };

export interface Panes {
  readonly isInspectorOpen: boolean;
  readonly isDockOpen: boolean;
}

export interface Session {
  readonly screen: Screen;
  readonly selection: Selection;
  readonly alertKey: string | null;
  readonly topic: string | null;
  readonly dockTab: DockTab;
  /** Height of the open dock by tab; terminals take all the map leaves them. */
  readonly dockHeights: Readonly<Record<DockTab, number>>;
  readonly isDockMaximised: boolean;
  readonly panes: Readonly<Record<Screen, Panes>>;
  /** In a narrow window the inspector is a drawer over the screen, and starts closed. */
  readonly isDrawerOpen: boolean;
  readonly isGossipShown: boolean;
  readonly theme: ThemeChoice;
  readonly textSize: TextSize;
  readonly reduceMotion: MotionChoice;
  readonly isPresenting: boolean;
  readonly isPaletteOpen: boolean;
  readonly isKeyTableOpen: boolean;
  /** Member whose terminal should take the focus next. */
  readonly wantedTerminal: string | null;
  /** Member whose lines the log tab shows; null shows all. */
  readonly logMember: string | null;
  /** Screens visited before and after this one, for Alt Left and Alt Right. */
  readonly back: readonly Screen[];
  readonly forward: readonly Screen[];
}

export const dockLimits = { closed: 37, smallest: 120, largest: 4_000 } as const;

export const freshSession: Session = {
  screen: 'topology',
  selection: { kind: 'cluster' },
  alertKey: null,
  topic: null,
  dockTab: 'timeline',
  dockHeights: { timeline: 213, terminals: dockLimits.largest, logs: 300, commands: 213 },
  isDockMaximised: false,
  panes: {
    topology: { isInspectorOpen: true, isDockOpen: true },
    alerts: { isInspectorOpen: false, isDockOpen: false },
    scenarios: { isInspectorOpen: false, isDockOpen: false },
    settings: { isInspectorOpen: false, isDockOpen: false },
  },
  isDrawerOpen: false,
  isGossipShown: true,
  theme: 'system',
  textSize: 100,
  reduceMotion: 'system',
  isPresenting: false,
  isPaletteOpen: false,
  isKeyTableOpen: false,
  wantedTerminal: null,
  logMember: null,
  back: [],
  forward: [],
};

export const session = createStore<Session>(() => freshSession);

export function useSession<T>(select: (session: Session) => T): T {
  return useStore(session, select);
}

export function goTo(screen: Screen): void {
  const now = session.getState();
  if (now.screen === screen) return;
  session.setState({
    screen,
    back: [...now.back, now.screen].slice(-50),
    forward: [],
    isDockMaximised: false,
    isDrawerOpen: false,
  });
}

export function goBack(): void {
  const { back, forward, screen } = session.getState();
  const previous = back.at(-1);
  if (previous !== undefined)
    session.setState({ screen: previous, back: back.slice(0, -1), forward: [...forward, screen] });
}

export function goForward(): void {
  const { back, forward, screen } = session.getState();
  const next = forward.at(-1);
  if (next !== undefined) session.setState({ screen: next, forward: forward.slice(0, -1), back: [...back, screen] });
}

export function setPane(part: Partial<Panes>): void {
  const { panes, screen } = session.getState();
  session.setState({ panes: { ...panes, [screen]: { ...panes[screen], ...part } } });
}

export function select(selection: Selection): void {
  session.setState({ selection });
  if (session.getState().screen === 'topology') setPane({ isInspectorOpen: true });
}

/** Opens the dock on a tab, wherever one is. */
export function openDock(dockTab: DockTab): void {
  session.setState({ dockTab });
  setPane({ isDockOpen: true });
}

export function openTerminal(member: string): void {
  session.setState({ wantedTerminal: member });
  openDock('terminals');
}

export function openLog(member: string | null): void {
  session.setState({ logMember: member });
  openDock('logs');
}

export function openAlert(alertKey: string): void {
  session.setState({ alertKey });
  goTo('alerts');
}

/** What survives a restart. */
const keptKeys = [
  'screen',
  'topic',
  'dockTab',
  'dockHeights',
  'panes',
  'isGossipShown',
  'theme',
  'textSize',
  'reduceMotion',
] as const;

export function keptPart(state: Session): Readonly<Record<string, unknown>> {
  return Object.fromEntries(keptKeys.map((key) => [key, state[key]]));
}
