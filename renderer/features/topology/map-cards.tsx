import { Activity, Inbox, Plus } from 'lucide-react';
import type { ReactElement } from 'react';
import { useHost } from '../../app/lab-context.tsx';
import { useActions } from '../../app/use-actions.tsx';
import { goTo } from '../../app/session.ts';
import type { Waiting } from '../../state/topics.ts';
import { shortEvent } from '../../state/topics.ts';
import { coarseAge, countdown, counted, figure } from '../../state/words.ts';
import { cardWidth, type Point } from '../../state/map-geometry.ts';
import { Button } from '../../ui/button.tsx';
import { classes } from '../../ui/class-names.ts';
import { SeverityGlyph } from '../../ui/glyphs.tsx';
import { Icon } from '../../ui/icon.tsx';
import { useNow } from '../../ui/use-now.ts';

const card = 'absolute rounded-md bg-raised px-3 py-2.5 shadow-line -translate-y-1/2';

export function DataCard({ left, top }: { readonly left: number; readonly top: number }): ReactElement {
  const data = useHost((host) => host.data);
  const hot = data.hosts.filter((host) => host.incident !== null);
  const line =
    data.state === 'failed'
      ? 'failed'
      : data.state === 'starting'
        ? 'starting'
        : data.kind === 'none'
          ? 'no data'
          : `${figure(data.pointsPerSecond)} points/s`;
  return (
    <div role="group" aria-label="Data source" className={card} style={{ left, top, width: cardWidth }}>
      <div className="flex items-center gap-[5px] font-semibold">
        <Icon of={Activity} />
        Data
      </div>
      <div className="mt-[3px] overflow-hidden text-xs text-ellipsis whitespace-nowrap text-ink-2">
        {hot[0] === undefined
          ? data.title
          : `${hot[0].host} ${hot[0].incident === 'hot' ? 'runs hot' : (hot[0].incident ?? '')}`}
      </div>
      <div className="num text-xs text-ink-3">{line}</div>
    </div>
  );
}

export function InboxCard({ left, top }: { readonly left: number; readonly top: number }): ReactElement {
  const deliveries = useHost((host) => host.lab.deliveries);
  const last = useHost((host) => lastDelivery(host.alerts));
  const now = useNow(1000);
  return (
    <button
      type="button"
      onClick={() => goTo('alerts')}
      className={`${card} hover:bg-overlay`}
      style={{ left, top, width: cardWidth }}
    >
      <span className="flex items-center gap-[5px] font-semibold">
        <Icon of={Inbox} />
        Inbox
      </span>
      <span className="num mt-[3px] block text-xs text-ink-2">{counted(deliveries, 'delivery', 'deliveries')}</span>
      <span className="num block text-xs text-ink-3">
        {last === 0 ? 'nothing yet' : `last ${coarseAge(now - last)} ago`}
      </span>
    </button>
  );
}

function lastDelivery(alerts: readonly { readonly deliveries: readonly { readonly at: number }[] }[]): number {
  return alerts
    .slice(0, 20)
    .reduce((latest, alert) => Math.max(latest, ...alert.deliveries.map((delivery) => delivery.at)), 0);
}

/** The event an owner holds, on the line it will take: it empties with the arc of the owner. */
export function WaitChip({ wait, at }: { readonly wait: Waiting; readonly at: Point }): ReactElement {
  const now = useNow(100);
  return (
    <div
      className={classes(
        'num absolute flex h-6 -translate-x-1/2 -translate-y-1/2 items-center gap-1.5 rounded-sm border border-current',
        'bg-canvas px-2 text-2xs font-[550] whitespace-nowrap',
        chipInk[wait.level],
      )}
      style={{ left: at.x, top: at.y }}
    >
      <SeverityGlyph of={wait.level} size={12} />
      {shortEvent(wait.event)} waits {countdown(wait.until - now)}
    </div>
  );
}

const chipInk: Readonly<Record<Waiting['level'], string>> = {
  OK: 'text-ok',
  INFO: 'text-info',
  WARNING: 'text-warning',
  CRITICAL: 'text-critical',
};

/** With one member, the places of two more and the way to fill them. */
export function LonelyNote({ at }: { readonly at: Point }): ReactElement {
  const actions = useActions();
  return (
    <div className="absolute -translate-x-1/2 text-center" style={{ left: at.x, top: at.y }}>
      <div className="mb-2 text-xs text-ink-2">One member has nobody to ask.</div>
      <Button icon={Plus} onClick={() => void actions.addMember()}>
        Add member
      </Button>
    </div>
  );
}
