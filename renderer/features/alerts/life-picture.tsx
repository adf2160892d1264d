import { Zap } from 'lucide-react';
import { useMemo, useRef, type ReactElement } from 'react';
import type { AlertRecord } from '../../../electron/contract/state.ts';
import { useWorld } from '../../app/lab-context.tsx';
import { lifeOfAlert, type BarLook, type LifeMark, type LifePicture as Picture } from '../../state/life-of-alert.ts';
import { clock, offset } from '../../state/words.ts';
import { PictureDefs, SeverityGlyph } from '../../ui/glyphs.tsx';
import { Icon } from '../../ui/icon.tsx';
import { useNow } from '../../ui/use-now.ts';
import { useSize } from '../../ui/use-size.ts';

/** The life of one alert across members, to scale. The table under it says the same in words. */
export function LifePicture({ alert }: { readonly alert: AlertRecord }): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const size = useSize(box);
  return (
    <div ref={box} className="min-w-0 border-y border-line-1 bg-canvas">
      {size !== null && size.width > 200 && <Drawn alert={alert} width={size.width} />}
    </div>
  );
}

function Drawn({ alert, width }: { readonly alert: AlertRecord; readonly width: number }): ReactElement | null {
  const host = useWorld((world) => world.host);
  const history = useWorld((world) => world.history);
  const tick = useNow(alert.outcome === 'pending' ? 100 : 1000);
  // A finished life is drawn once per change of what is known about it; only an open one follows the clock.
  const now = alert.outcome === 'pending' ? tick : Math.max(alert.at + 60_000, history.since ?? 0);
  const picture = useMemo(
    () => (host === null ? null : lifeOfAlert(host, history, alert, width, now)),
    [host, history, alert, width, now],
  );
  if (picture === null) return null;
  return (
    <svg
      width={picture.width}
      height={picture.height}
      role="img"
      aria-label={`Life of the alert ${alert.event}`}
      className="block font-sans text-2xs"
    >
      <PictureDefs id="life" />
      <Axis picture={picture} at={alert.at} />
      {picture.rows.map((row) => (
        <g key={row.key}>
          <path d={`M20 ${row.top + 0.5}H${picture.width - 20}`} stroke="var(--kl-line-1)" />
          <text
            x="20"
            y={row.top + (row.sub === null ? row.height / 2 + 6 : row.height / 2 - 4)}
            fontSize="12.5"
            fontWeight="550"
            fill="var(--kl-ink-1)"
          >
            {row.title}
          </text>
          {row.sub !== null && (
            <text x="20" y={row.top + row.height / 2 + 11} fill="var(--kl-ink-3)">
              {row.sub}
            </text>
          )}
        </g>
      ))}
      {order.flatMap((kind) =>
        picture.marks
          .filter((mark) => layerOf(mark) === kind)
          .map((mark, index) => <Mark key={`${kind}-${index}`} mark={mark} />),
      )}
      {picture.breakAt !== null && <Break x={picture.breakAt} height={picture.height} />}
    </svg>
  );
}

/** Bars lie lowest, then lines, then points, then words. */
const order = ['bar', 'arrow', 'point', 'text'] as const;

function layerOf(mark: LifeMark): (typeof order)[number] {
  return mark.kind === 'bar' || mark.kind === 'arrow' || mark.kind === 'text' ? mark.kind : 'point';
}

function Axis({ picture, at }: { readonly picture: Picture; readonly at: number }): ReactElement {
  return (
    <g className="num">
      {picture.ticks.map((tick) => (
        <g key={tick.offsetMs}>
          <path
            d={`M${Math.round(tick.x) + 0.5} 28V${picture.height - 8}`}
            stroke={tick.offsetMs === 0 ? 'var(--kl-ink-3)' : 'var(--kl-line-1)'}
            strokeDasharray={tick.offsetMs === 0 ? '2 3' : undefined}
          />
          {(tick.offsetMs === 0 || Math.abs(tick.x - picture.eventX) > 66) && (
            <text
              x={tick.x}
              y="18"
              textAnchor="middle"
              fontWeight={tick.offsetMs === 0 ? 550 : 400}
              fill={tick.offsetMs === 0 ? 'var(--kl-ink-1)' : 'var(--kl-ink-3)'}
            >
              {tick.offsetMs === 0 ? clock(at, 3) : offset(tick.offsetMs)}
            </text>
          )}
        </g>
      ))}
    </g>
  );
}

function Break({ x, height }: { readonly x: number; readonly height: number }): ReactElement {
  return (
    <g>
      <rect x={x - 8} y="24" width="16" height={height - 28} fill="var(--kl-canvas)" />
      <path d={`M${x - 6} 28l4 8-4 8M${x + 2} 28l4 8-4 8`} stroke="var(--kl-line-3)" fill="none" />
      <path
        d={`M${x - 5.5} 48V${height - 8}M${x + 5.5} 48V${height - 8}`}
        stroke="var(--kl-line-3)"
        strokeDasharray="2 4"
      />
    </g>
  );
}

const bars: Readonly<
  Record<
    BarLook,
    {
      readonly height: number;
      readonly fill: string;
      readonly stroke?: string;
      readonly opacity?: number;
      readonly ink?: string;
    }
  >
> = {
  alive: { height: 2, fill: 'var(--kl-alive)', opacity: 0.55 },
  unknown: { height: 2, fill: 'var(--kl-line-3)' },
  process: { height: 2, fill: 'var(--kl-ink-3)', opacity: 0.7 },
  left: { height: 2, fill: 'var(--kl-left)', opacity: 0.5 },
  suspect: { height: 14, fill: 'var(--kl-suspect-fill)', ink: 'var(--kl-on-fill)' },
  dead: { height: 14, fill: 'url(#life-hatchdead)', stroke: 'var(--kl-dead)', ink: 'var(--kl-dead)' },
  fault: { height: 14, fill: 'url(#life-hatch)', stroke: 'var(--kl-fault)', ink: 'var(--kl-fault)' },
  wait: { height: 16, fill: 'url(#life-wait)', stroke: 'var(--kl-ink-3)', ink: 'var(--kl-ink-1)' },
};

function BarMark({ mark }: { readonly mark: Extract<LifeMark, { kind: 'bar' }> }): ReactElement | null {
  const look = bars[mark.look];
  const width = mark.x2 - mark.x1;
  if (width < 0.5) return null;
  const isThin = look.height === 2;
  const middle = mark.look === 'fault' || mark.look === 'process' ? mark.x1 + 8 : mark.x1 + width / 2;
  const labelWidth = (mark.label?.length ?? 0) * 6.1;
  const left = mark.look === 'fault' || mark.look === 'process' ? middle : middle - labelWidth / 2;
  return (
    <g>
      {mark.look === 'wait' && (
        <rect x={mark.x1} y={mark.y - 8} width={width} height="16" rx="3" fill="var(--kl-canvas)" />
      )}
      <rect
        x={mark.x1}
        y={mark.y - look.height / 2}
        width={width}
        height={look.height}
        rx={isThin ? 0 : 3}
        fill={look.fill}
        stroke={look.stroke}
        opacity={look.opacity}
      />
      {mark.label !== null && (
        <>
          {mark.look !== 'suspect' && (
            <rect
              x={left - 5}
              y={mark.y - look.height / 2 + 1}
              width={labelWidth + 10 + (mark.look === 'fault' ? 13 : 0)}
              height={Math.max(12, look.height - 2)}
              rx="2"
              fill="var(--kl-canvas)"
              transform={isThin ? 'translate(0 -6)' : undefined}
            />
          )}
          {mark.look === 'fault' && (
            <g transform={`translate(${left - 1} ${mark.y - 5})`} style={{ color: 'var(--kl-fault)' }}>
              <Icon of={Zap} size={10} />
            </g>
          )}
          <text
            x={mark.look === 'fault' ? left + 12 : mark.look === 'process' ? left : middle}
            y={mark.y + 4}
            textAnchor={mark.look === 'fault' || mark.look === 'process' ? 'start' : 'middle'}
            fontWeight="550"
            fill={look.ink ?? 'var(--kl-ink-3)'}
          >
            {mark.label}
          </text>
        </>
      )}
    </g>
  );
}

const arrows = {
  sent: { stroke: 'var(--kl-ink-2)', width: 1.5, dash: undefined, end: 'url(#life-arrow)' },
  delivered: { stroke: 'var(--kl-ink-1)', width: 1.8, dash: undefined, end: 'url(#life-arrow)' },
  unanswered: { stroke: 'var(--kl-suspect)', width: 1.5, dash: '4 3', end: undefined },
} as const;

function Mark({ mark }: { readonly mark: LifeMark }): ReactElement | null {
  switch (mark.kind) {
    case 'bar':
      return <BarMark mark={mark} />;
    case 'arrow': {
      const look = arrows[mark.look];
      return (
        <path
          d={mark.d}
          fill="none"
          stroke={look.stroke}
          strokeWidth={look.width}
          strokeDasharray={look.dash}
          markerEnd={look.end}
        />
      );
    }
    case 'event':
      return (
        <>
          <circle cx={mark.x} cy={mark.y} r="10" fill="var(--kl-canvas)" />
          <SeverityGlyph of={mark.level} size={18} x={mark.x - 9} y={mark.y - 9} />
        </>
      );
    case 'dot':
      return (
        <circle cx={mark.x} cy={mark.y} r="5" fill="var(--kl-ink-1)" stroke="var(--kl-canvas)" strokeWidth="1.5" />
      );
    case 'takeover':
      return (
        <path
          d={`M${mark.x} ${mark.y - 9}l9 9-9 9-9-9Z`}
          fill="var(--kl-ink-1)"
          stroke="var(--kl-canvas)"
          strokeWidth="2"
        />
      );
    case 'handled':
      return (
        <circle cx={mark.x} cy={mark.y} r="5" fill="var(--kl-alive)" stroke="var(--kl-canvas)" strokeWidth="1.5" />
      );
    case 'dropped':
      return (
        <circle cx={mark.x} cy={mark.y} r="4.5" fill="var(--kl-canvas)" stroke="var(--kl-ink-2)" strokeWidth="1.6" />
      );
    case 'tick':
      return (
        <>
          <circle cx={mark.x} cy={mark.y} r="6" fill="var(--kl-alive)" />
          <path d={`m${mark.x - 2.6} ${mark.y}l2 2 3.4-4`} fill="none" stroke="var(--kl-canvas)" strokeWidth="1.6" />
        </>
      );
    case 'cross':
      return (
        <path
          d={`M${mark.x - 4.5} ${mark.y - 4.5}l9 9m0-9l-9 9`}
          stroke="var(--kl-suspect)"
          strokeWidth="2"
          strokeLinecap="round"
        />
      );
    case 'text':
      return (
        <text
          x={mark.x}
          y={mark.y}
          textAnchor={mark.isEnd === true ? 'end' : 'start'}
          className="halo num"
          fontWeight={mark.isStrong ? 550 : 400}
          fill={mark.isStrong ? 'var(--kl-ink-1)' : 'var(--kl-ink-3)'}
        >
          {mark.text}
        </text>
      );
  }
}
