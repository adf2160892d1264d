import type { ReactElement } from 'react';
import { AlertsScreen } from '../features/alerts/alerts-screen.tsx';
import { CommandsPane } from '../features/commands/commands-pane.tsx';
import { LogsPane, LogsTools } from '../features/logs/logs-pane.tsx';
import { ScenariosScreen } from '../features/scenarios/scenarios-screen.tsx';
import { SettingsScreen } from '../features/settings/settings-screen.tsx';
import { TerminalsPane, TerminalsTools } from '../features/terminals/terminals-pane.tsx';
import { TimelinePane, TimelineTools } from '../features/timeline/timeline-pane.tsx';
import { TopologyScreen } from '../features/topology/topology-screen.tsx';
import { Dock, type DockPane } from './dock.tsx';
import { LostBanner } from './lost-banner.tsx';
import { useSession, type Screen } from './session.ts';
import { screenNames } from './sidebar.tsx';
import { Overlays } from '../ui/overlays.tsx';

const panes: readonly DockPane[] = [
  { tab: 'timeline', tools: <TimelineTools />, body: <TimelinePane /> },
  { tab: 'terminals', tools: <TerminalsTools />, body: <TerminalsPane /> },
  { tab: 'logs', tools: <LogsTools />, body: <LogsPane /> },
  { tab: 'commands', body: <CommandsPane /> },
];

const screens: Readonly<Record<Screen, ReactElement>> = {
  topology: <TopologyScreen />,
  alerts: <AlertsScreen />,
  scenarios: <ScenariosScreen />,
  settings: <SettingsScreen />,
};

/** A screen of the running lab over the dock. A maximised dock hides the screen, which keeps its state. */
export function LabFrame(): ReactElement {
  const screen = useSession((state) => state.screen);
  const isHidden = useSession((state) => state.isDockMaximised && state.panes[state.screen].isDockOpen);
  return (
    <main
      data-region="main"
      aria-label={screenNames[screen]}
      className="flex min-h-0 min-w-0 flex-col border-l border-line-1 bg-canvas"
    >
      {screen !== 'topology' && <LostBanner />}
      <div className={isHidden ? 'hidden' : 'flex min-h-0 flex-1 flex-col'}>{screens[screen]}</div>
      <Dock panes={panes} />
      <Overlays />
    </main>
  );
}
