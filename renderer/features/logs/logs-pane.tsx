import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ChevronDown, ScrollText, SearchX } from 'lucide-react';
import { useEffect, useMemo, useRef, useState, type ReactElement } from 'react';
import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';
import type { LogLine } from '../../../electron/contract/notices.ts';
import { useHost, useLab } from '../../app/lab-context.tsx';
import { session, useSession } from '../../app/session.ts';
import { clock, figure, numberOf } from '../../state/words.ts';
import { Button } from '../../ui/button.tsx';
import { RoundFigure } from '../../ui/chip.tsx';
import { classes } from '../../ui/class-names.ts';
import { Icon } from '../../ui/icon.tsx';
import { ButtonMenu } from '../../ui/menu.tsx';
import { EmptyPanel } from '../../ui/panels.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { Spoken } from '../../ui/spoken.tsx';
import { followLogs, useLogs } from './log-store.ts';

interface LogFilter {
  readonly text: string;
  readonly level: LogLine['level'] | null;
}

const filterStore = createStore<LogFilter>(() => ({ text: '', level: null }));
const levels: readonly LogLine['level'][] = ['debug', 'info', 'warn', 'error'];
const rowPx = 20;

export function LogsTools(): ReactElement {
  const filter = useStore(filterStore);
  const member = useSession((state) => state.logMember);
  const names = useHost((host) => host.members.map((each) => each.name).join('\n'));
  return (
    <>
      <Choice
        label="Member of the log"
        value={member ?? 'All members'}
        items={[
          { name: 'All members', isChecked: member === null, run: () => session.setState({ logMember: null }) },
          ...names
            .split('\n')
            .map((name) => ({ name, isChecked: name === member, run: () => session.setState({ logMember: name }) })),
        ]}
      />
      <Choice
        label="Level of the log"
        value={filter.level === null ? 'All levels' : `${filter.level} and above`}
        items={[
          { name: 'All levels', isChecked: filter.level === null, run: () => filterStore.setState({ level: null }) },
          ...levels.slice(1).map((level) => ({
            name: `${level} and above`,
            isChecked: filter.level === level,
            run: () => filterStore.setState({ level }),
          })),
        ]}
      />
      <SearchField
        label="Filter lines"
        value={filter.text}
        onChange={(text) => filterStore.setState({ text })}
        className="h-[26px] w-44"
      />
    </>
  );
}

function Choice({
  label,
  value,
  items,
}: {
  readonly label: string;
  readonly value: string;
  readonly items: readonly { readonly name: string; readonly isChecked: boolean; readonly run: () => void }[];
}): ReactElement {
  return (
    <ButtonMenu
      label={label}
      groups={[items]}
      trigger={
        <button
          type="button"
          className="flex h-[26px] items-center gap-1.5 rounded-sm bg-sunken px-2 text-xs shadow-line hover:bg-overlay"
        >
          <Spoken name={label}>
            {value}
            <Icon of={ChevronDown} size={13} />
          </Spoken>
        </button>
      }
    />
  );
}

export function LogsPane(): ReactElement {
  const { bridge } = useLab();
  useEffect(() => followLogs(bridge), [bridge]);
  const { text, level } = useStore(filterStore);
  const member = useSession((state) => state.logMember);
  const lines = useLogs((state) => state.lines);
  const isRead = useLogs((state) => state.isRead);
  const shown = useMemo(() => filterLines(lines, member, level, text), [lines, member, level, text]);
  if (lines.length === 0) {
    return (
      <EmptyPanel icon={ScrollText} title={isRead ? 'No line yet' : 'Reading the logs'}>
        {isRead ? 'Members write here as they work.' : 'The first lines come at once.'}
      </EmptyPanel>
    );
  }
  if (shown.length === 0) {
    return (
      <EmptyPanel
        icon={SearchX}
        title="No lines match"
        action={
          <Button
            onClick={() => {
              filterStore.setState({ text: '', level: null });
              session.setState({ logMember: null });
            }}
          >
            Clear filter
          </Button>
        }
      />
    );
  }
  return <Lines lines={shown} />;
}

export function filterLines(
  lines: readonly LogLine[],
  member: string | null,
  level: LogLine['level'] | null,
  text: string,
): readonly LogLine[] {
  const wanted = text.trim().toLowerCase();
  if (member === null && level === null && wanted === '') return lines;
  const least = level === null ? 0 : levels.indexOf(level);
  return lines.filter(
    (line) =>
      (member === null || line.member === member) &&
      levels.indexOf(line.level) >= least &&
      (wanted === '' || line.text.toLowerCase().includes(wanted)),
  );
}

/** Follows the end; scrolling up pauses that and says how many lines came since. */
function Lines({ lines }: { readonly lines: readonly LogLine[] }): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const [isFollowing, setFollowing] = useState(true);
  const [pausedAt, setPausedAt] = useState(0);
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowPx,
    overscan: 20,
    initialRect: { width: 1000, height: 400 },
  });
  useEffect(() => {
    const element = box.current;
    if (isFollowing && element !== null) element.scrollTop = element.scrollHeight;
  }, [isFollowing, lines.length]);
  const onScroll = (): void => {
    const element = box.current;
    if (element === null) return;
    const isAtEnd = element.scrollHeight - element.scrollTop - element.clientHeight < rowPx;
    if (isAtEnd !== isFollowing) {
      setFollowing(isAtEnd);
      setPausedAt(lines.length);
    }
  };
  return (
    <div className="relative h-full">
      <div
        ref={box}
        role="log"
        aria-label="Log lines"
        aria-live="off"
        tabIndex={0}
        onScroll={onScroll}
        className="h-full overflow-auto py-1 font-mono text-xs leading-5 [font-variant-ligatures:none]"
      >
        <div className="relative min-w-max" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((item) => {
            const line = lines[item.index];
            return line === undefined ? null : <Line key={item.key} line={line} top={item.start} />;
          })}
        </div>
      </div>
      {!isFollowing && (
        <div className="absolute inset-x-0 bottom-0 flex h-8 items-center gap-3 border-t border-line-1 bg-overlay px-5 text-xs">
          <span className="num text-ink-2">
            Following paused, {figure(Math.max(0, lines.length - pausedAt))} new lines.
          </span>
          <Button icon={ArrowDown} className="h-6" onClick={() => setFollowing(true)}>
            Follow again
          </Button>
        </div>
      )}
    </div>
  );
}

const inks: Readonly<Record<LogLine['level'], string>> = {
  debug: 'text-ink-3',
  info: 'text-ink-3',
  warn: 'text-warning',
  error: 'text-dead',
};

function Line({ line, top }: { readonly line: LogLine; readonly top: number }): ReactElement {
  return (
    <div
      className="absolute left-0 flex h-5 items-center gap-2.5 pr-5 pl-5 whitespace-pre"
      style={{ transform: `translateY(${top}px)` }}
    >
      <span className="text-2xs text-ink-3">{clock(line.at, 3)}</span>
      <span className="font-sans">
        <RoundFigure>{numberOf(line.member)}</RoundFigure>
      </span>
      <span className={classes('w-10', inks[line.level])}>{line.level}</span>
      <span>{line.text}</span>
    </div>
  );
}
