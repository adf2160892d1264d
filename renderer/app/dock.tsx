/** The dock under canvas and inspector: Timeline, Terminals, Logs, Commands. Its edge is dragged or moved by arrows. */
import {
  ChartNoAxesGantt,
  ChevronDown,
  ChevronRight,
  ChevronUp,
  Maximize2,
  Minimize2,
  ScrollText,
  SquareTerminal,
  type LucideIcon,
} from 'lucide-react';
import { useRef, type KeyboardEvent, type PointerEvent, type ReactElement, type ReactNode } from 'react';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/class-names.ts';
import { Icon } from '../ui/icon.tsx';
import { useHost } from './lab-context.tsx';
import { dockLimits, session, setPane, useSession, type DockTab } from './session.ts';

export interface DockPane {
  readonly tab: DockTab;
  /** Controls of the pane, right in the row of tabs. */
  readonly tools?: ReactNode;
  readonly body: ReactNode;
}

const tabs: readonly { readonly tab: DockTab; readonly name: string; readonly icon: LucideIcon }[] = [
  { tab: 'timeline', name: 'Timeline', icon: ChartNoAxesGantt },
  { tab: 'terminals', name: 'Terminals', icon: SquareTerminal },
  { tab: 'logs', name: 'Logs', icon: ScrollText },
  { tab: 'commands', name: 'Commands', icon: ChevronRight },
];

export function Dock({ panes }: { readonly panes: readonly DockPane[] }): ReactElement {
  const isOpen = useSession((state) => state.panes[state.screen].isDockOpen);
  const isMaximised = useSession((state) => state.isDockMaximised) && isOpen;
  const active = useSession((state) => state.dockTab);
  const height = useSession((state) => state.dockHeights[state.dockTab]);
  const box = useRef<HTMLElement>(null);
  const pane = panes.find((each) => each.tab === active);
  const style = !isOpen
    ? { height: dockLimits.closed }
    : isMaximised
      ? { flex: '1 1 0' }
      : { height, maxHeight: 'calc(100% - 220px)', minHeight: dockLimits.smallest };
  return (
    <section
      ref={box}
      data-region="dock"
      role="region"
      aria-label="Dock"
      style={style}
      className="relative flex min-h-0 shrink-0 flex-col border-t border-line-2 bg-canvas"
    >
      {isOpen && !isMaximised && <Edge box={box} tab={active} />}
      <div
        className={classes(
          'flex h-(--kl-h-docktabs) shrink-0 items-center gap-0.5 pr-2.5 pl-3',
          isOpen && 'border-b border-line-1',
        )}
      >
        <DockTabs isOpen={isOpen} active={active} />
        <div className="ml-auto flex min-w-0 items-center gap-1.5">
          {isOpen && pane?.tools}
          {isOpen && (
            <Button
              look="ghost"
              bare
              icon={isMaximised ? Minimize2 : Maximize2}
              iconSize={14}
              aria-label={isMaximised ? 'Restore dock' : 'Maximise dock'}
              onClick={() => session.setState({ isDockMaximised: !isMaximised })}
            />
          )}
          <Button
            look="ghost"
            bare
            icon={isOpen ? ChevronDown : ChevronUp}
            iconSize={16}
            aria-label={isOpen ? 'Close dock' : 'Open dock'}
            onClick={() => {
              session.setState({ isDockMaximised: false });
              setPane({ isDockOpen: !isOpen });
            }}
          />
        </div>
      </div>
      {isOpen && (
        <div
          role="tabpanel"
          aria-label={tabs.find((each) => each.tab === active)?.name}
          className="relative min-h-0 flex-1 overflow-hidden"
        >
          {pane?.body}
        </div>
      )}
    </section>
  );
}

function DockTabs({ isOpen, active }: { readonly isOpen: boolean; readonly active: DockTab }): ReactElement {
  const members = useHost((host) => host.members.length);
  const list = useRef<HTMLDivElement>(null);
  const open = (tab: DockTab): void => {
    session.setState({ dockTab: tab });
    setPane({ isDockOpen: true });
  };
  const move = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const next = tabs[(tabs.findIndex((each) => each.tab === active) + step + tabs.length) % tabs.length];
    if (next === undefined) return;
    open(next.tab);
    list.current?.querySelector<HTMLElement>(`[data-tab="${next.tab}"]`)?.focus();
  };
  return (
    <div ref={list} role="tablist" aria-label="Dock" onKeyDown={move} className="flex items-center gap-0.5">
      {tabs.map(({ tab, name, icon }) => {
        const isOn = isOpen && tab === active;
        return (
          <button
            key={tab}
            type="button"
            role="tab"
            data-tab={tab}
            aria-selected={isOn}
            tabIndex={tab === active ? 0 : -1}
            onClick={() => open(tab)}
            className={classes(
              'flex h-[26px] items-center gap-[7px] rounded-sm px-[9px] text-xs font-medium',
              isOn ? 'bg-press text-ink-1' : 'text-ink-2 hover:bg-hover',
            )}
          >
            <Icon of={icon} size={14} className="text-ink-3" />
            {name}
            {tab === 'terminals' && (
              <span aria-hidden="true" className="num font-normal text-ink-3">
                {members}
              </span>
            )}
          </button>
        );
      })}
    </div>
  );
}

const keyStep = 24;

function Edge({
  box,
  tab,
}: {
  readonly box: { readonly current: HTMLElement | null };
  readonly tab: DockTab;
}): ReactElement {
  const setHeight = (height: number): void => {
    const { dockHeights } = session.getState();
    session.setState({
      dockHeights: {
        ...dockHeights,
        [tab]: Math.min(dockLimits.largest, Math.max(dockLimits.smallest, Math.round(height))),
      },
    });
  };
  const down = (event: PointerEvent<HTMLDivElement>): void => {
    const dock = box.current;
    if (event.button !== 0 || dock === null) return;
    event.preventDefault();
    const [startY, startHeight] = [event.clientY, dock.offsetHeight];
    const scale = dock.getBoundingClientRect().height / Math.max(1, startHeight);
    const move = (moved: globalThis.PointerEvent): void => setHeight(startHeight + (startY - moved.clientY) / scale);
    const up = (): void => {
      window.removeEventListener('pointermove', move);
      window.removeEventListener('pointerup', up);
    };
    window.addEventListener('pointermove', move);
    window.addEventListener('pointerup', up);
  };
  const key = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowUp' ? keyStep : event.key === 'ArrowDown' ? -keyStep : 0;
    if (step === 0 || box.current === null) return;
    event.preventDefault();
    setHeight(box.current.offsetHeight + step);
  };
  return (
    <div
      role="separator"
      aria-label="Height of the dock"
      aria-orientation="horizontal"
      aria-valuenow={box.current?.offsetHeight ?? 0}
      tabIndex={0}
      onPointerDown={down}
      onKeyDown={key}
      className="absolute inset-x-0 -top-1 z-10 h-2 cursor-row-resize hover:bg-focus-soft focus-visible:bg-focus-soft"
    />
  );
}
