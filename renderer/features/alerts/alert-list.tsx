import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowUp } from 'lucide-react';
import { useRef, type KeyboardEvent, type ReactElement } from 'react';
import type { AlertRecord, HostState } from '../../../electron/contract/state.ts';
import { handledBy, outcomeText } from '../../state/alerts.ts';
import { clock } from '../../state/words.ts';
import { classes } from '../../ui/class-names.ts';
import { SeverityGlyph } from '../../ui/glyphs.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Spoken } from '../../ui/spoken.tsx';

const rowPx = 57;

interface AlertListProps {
  readonly host: HostState;
  readonly alerts: readonly AlertRecord[];
  readonly chosen: string | null;
  readonly onChoose: (key: string) => void;
  /** Events that came while one reads further down. */
  readonly unseen: number;
  readonly onShowNew: () => void;
  readonly onScrolled: (isAtTop: boolean) => void;
}

/** Newest first; the place one reads holds still, new events wait behind a button. */
export function AlertList({
  host,
  alerts,
  chosen,
  onChoose,
  unseen,
  onShowNew,
  onScrolled,
}: AlertListProps): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: alerts.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowPx,
    overscan: 8,
    getItemKey: (index) => alerts[index]?.key ?? index,
    initialRect: { width: 372, height: 800 },
  });
  const move = (event: KeyboardEvent): void => {
    const at = alerts.findIndex((alert) => alert.key === chosen);
    const to = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: alerts.length - 1,
      PageDown: at + 10,
      PageUp: at - 10,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = alerts[Math.min(alerts.length - 1, Math.max(0, to))];
    if (next === undefined) return;
    onChoose(next.key);
    rows.scrollToIndex(alerts.indexOf(next));
  };
  return (
    <div className="relative min-h-0 flex-1">
      {unseen > 0 && (
        <button
          type="button"
          onClick={() => {
            onShowNew();
            rows.scrollToIndex(0);
          }}
          className={classes(
            'absolute top-2 left-1/2 z-10 flex h-7 -translate-x-1/2 items-center gap-1.5 rounded-full',
            'bg-overlay px-3 text-xs font-medium shadow-menu',
          )}
        >
          <Icon of={ArrowUp} size={13} /> {unseen} new
        </button>
      )}
      <div
        ref={box}
        role="listbox"
        aria-label="Alert events"
        tabIndex={0}
        aria-activedescendant={
          chosen === null ? undefined : `alert-${alerts.findIndex((alert) => alert.key === chosen)}`
        }
        onKeyDown={move}
        onScroll={(event) => onScrolled(event.currentTarget.scrollTop < rowPx)}
        className="h-full overflow-y-auto"
      >
        <div className="relative" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((item) => {
            const alert = alerts[item.index];
            return alert === undefined ? null : (
              <Row
                key={item.key}
                host={host}
                alert={alert}
                index={item.index}
                top={item.start}
                isChosen={alert.key === chosen}
                onChoose={() => onChoose(alert.key)}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

interface RowProps {
  readonly host: HostState;
  readonly alert: AlertRecord;
  readonly index: number;
  readonly top: number;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

function Row({ host, alert, index, top, isChosen, onChoose }: RowProps): ReactElement {
  const by = handledBy(host, alert);
  const isOdd = alert.outcome === 'inline' || alert.outcome === 'duplicate';
  const quiet = isChosen ? 'text-ink-2' : 'text-ink-3';
  return (
    <div
      role="option"
      id={`alert-${index}`}
      aria-selected={isChosen}
      onClick={onChoose}
      style={{ transform: `translateY(${top}px)`, height: rowPx }}
      className={classes(
        'absolute inset-x-0 grid grid-cols-[22px_1fr_auto] content-center gap-y-0.5 border-b border-line-1 pr-4 pl-5',
        isChosen ? 'bg-focus-soft shadow-[inset_2px_0_0_var(--kl-focus)]' : 'hover:bg-hover',
      )}
    >
      <Spoken layout="through" name={`${alert.level} ${alert.event}, ${clock(alert.at, 1)}`}>
        <span className="pt-[3px]">
          <SeverityGlyph of={alert.level} size={14} />
        </span>
        <span className="overflow-hidden font-[550] text-ellipsis whitespace-nowrap">{alert.event}</span>
        <span className="num pl-2 text-xs leading-5 text-ink-2">{clock(alert.at, 1)}</span>
        <span />
        <span className="overflow-hidden text-xs text-ellipsis whitespace-nowrap text-ink-2">
          {by.member !== null && <span className="font-[550]">{by.member} </span>}
          {by.text}
        </span>
        <span
          className={classes(
            'pl-2 text-xs',
            isOdd ? 'font-[550] text-warning' : alert.outcome === 'lost' ? 'font-[550] text-dead' : quiet,
          )}
        >
          {outcomeText(alert)}
        </span>
      </Spoken>
    </div>
  );
}
