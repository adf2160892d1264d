/** Real shells, a pane per member: one large and the others beside it, or one alone; beyond four, tabs. */
import '@xterm/xterm/css/xterm.css';
import { Keyboard, LayoutPanelLeft, Square, SquareTerminal } from 'lucide-react';
import { useEffect, type ReactElement } from 'react';
import { useHost, useLab } from '../../app/lab-context.tsx';
import { session, useSession } from '../../app/session.ts';
import { useFrame } from '../../app/frame-context.tsx';
import { Button } from '../../ui/button.tsx';
import { classes } from '../../ui/class-names.ts';
import { Icon } from '../../ui/icon.tsx';
import { EmptyPanel } from '../../ui/panels.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { TerminalPane } from './terminal-pane.tsx';
import { dropShellsExcept, ensureShell, restyleShells, terminals, useTerminals } from './terminal-store.ts';

/** More than this many panes are too small to read. */
const mostPanes = 4;

export function TerminalsTools(): ReactElement {
  const layout = useTerminals((state) => state.layout);
  const isTypingToAll = useTerminals((state) => state.isTypingToAll);
  const { isNarrow } = useFrame();
  return (
    <>
      <Segmented<'one' | 'all'>
        label="Layout"
        value={layout}
        onChange={(next) => terminals.setState({ layout: next })}
        className="h-[26px]"
        segments={[
          {
            value: 'one',
            name: 'One',
            label: (
              <>
                <Icon of={Square} size={12} />
                One
              </>
            ),
          },
          {
            value: 'all',
            name: 'All',
            label: (
              <>
                <Icon of={LayoutPanelLeft} size={13} />
                All
              </>
            ),
          },
        ]}
      />
      <Button
        look={isTypingToAll ? 'fault' : 'ghost'}
        icon={Keyboard}
        bare={isNarrow}
        aria-label="Type to all"
        aria-pressed={isTypingToAll}
        className="h-[26px]"
        onClick={() => terminals.setState({ isTypingToAll: !isTypingToAll })}
      >
        {isNarrow ? null : 'Type to all'}
      </Button>
    </>
  );
}

export function TerminalsPane(): ReactElement {
  const { bridge } = useLab();
  const names = useHost((host) => host.members.map((member) => member.name).join('\n'));
  const members = names === '' ? [] : names.split('\n');
  const layout = useTerminals((state) => state.layout);
  const active = useTerminals((state) => state.active);
  const wanted = useSession((state) => state.wantedTerminal);
  const isTabbed = layout === 'one' || members.length > mostPanes;
  const front = members.find((member) => member === active) ?? members[0] ?? null;
  const shown = isTabbed ? (front === null ? [] : [front]) : members;

  useEffect(() => dropShellsExcept(names === '' ? [] : names.split('\n')), [names]);
  useEffect(() => {
    for (const member of shown) ensureShell(bridge, member);
  });
  useEffect(() => {
    if (wanted === null) return;
    terminals.setState({ active: wanted });
    const timer = setTimeout(() => {
      terminals.getState().shells[wanted]?.[0]?.terminal.focus();
      session.setState({ wantedTerminal: null });
    }, 60);
    return () => clearTimeout(timer);
  }, [wanted]);
  useEffect(() => {
    // Theme and text size are attributes of the document, set by choice or by the system.
    const observer = new MutationObserver(restyleShells);
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'style'] });
    return () => observer.disconnect();
  }, []);

  if (members.length === 0) {
    return (
      <EmptyPanel icon={SquareTerminal} title="No terminal">
        A shell starts with each member.
      </EmptyPanel>
    );
  }
  return (
    <div className="flex h-full flex-col">
      {isTabbed && members.length > 1 && <MemberTabs members={members} front={front} />}
      <div className={classes('grid min-h-0 flex-1 gap-px bg-line-1', grids[shown.length] ?? 'grid-cols-1')}>
        {shown.map((member, index) => (
          <div
            key={member}
            className={classes('flex min-h-0 min-w-0', shown.length === 3 && index === 0 && 'row-span-2')}
          >
            <TerminalPane member={member} />
          </div>
        ))}
      </div>
    </div>
  );
}

/** The first pane is wide enough for a member list, as in the design. */
const grids: Readonly<Record<number, string>> = {
  1: 'grid-cols-1',
  2: 'grid-cols-2',
  3: 'grid-cols-[minmax(0,2.05fr)_minmax(0,1fr)] grid-rows-2',
  4: 'grid-cols-2 grid-rows-2',
};

function MemberTabs({
  members,
  front,
}: {
  readonly members: readonly string[];
  readonly front: string | null;
}): ReactElement {
  return (
    <div
      role="tablist"
      aria-label="Terminals by member"
      className="flex h-8 shrink-0 items-center gap-0.5 overflow-x-auto border-b border-line-1 px-3"
    >
      {members.map((member) => (
        <button
          key={member}
          type="button"
          role="tab"
          aria-selected={member === front}
          onClick={() => terminals.setState({ active: member })}
          className={classes(
            'h-6 rounded-sm px-2 text-xs',
            member === front ? 'bg-press text-ink-1' : 'text-ink-2 hover:bg-hover',
          )}
        >
          {member}
        </button>
      ))}
    </div>
  );
}
