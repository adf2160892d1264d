import type { ReactElement } from 'react';
import { openAlert } from '../../app/session.ts';
import type { SpanLook, TimelineMark } from '../../state/timeline.ts';
import { SeverityGlyph } from '../../ui/glyphs.tsx';

interface Look {
  readonly height: number;
  readonly fill: string;
  readonly stroke?: string;
  readonly opacity?: number;
  readonly dash?: string;
}

const looks: Readonly<Record<SpanLook, Look>> = {
  alive: { height: 2, fill: 'var(--kl-alive)', opacity: 0.6 },
  suspect: { height: 11, fill: 'var(--kl-suspect-fill)' },
  dead: { height: 11, fill: 'url(#tl-hatchdead)', stroke: 'var(--kl-dead)' },
  left: { height: 0, fill: 'none', stroke: 'var(--kl-left)', dash: '2 4' },
  starting: { height: 3, fill: 'var(--kl-starting)', opacity: 0.45 },
  unknown: { height: 11, fill: 'url(#tl-hatchgrey)' },
  ghost: { height: 0, fill: 'none', stroke: 'var(--kl-line-3)', dash: '2 4' },
  unrecorded: { height: 11, fill: 'url(#tl-hatchgrey)', opacity: 0.6 },
  fault: { height: 17, fill: 'url(#tl-hatch)', stroke: 'var(--kl-fault)' },
  waiting: { height: 11, fill: 'url(#tl-wait)', stroke: 'var(--kl-ink-3)' },
  'suspect-ahead': { height: 10, fill: 'none', stroke: 'var(--kl-suspect)', dash: '3 3' },
};

/** Bars are cut off at now; points and words are not, so they are drawn in a second layer. */
export function Marks({
  marks,
  layer,
}: {
  readonly marks: readonly TimelineMark[];
  readonly layer: 'bars' | 'points';
}): ReactElement {
  return (
    <>
      {marks.map((mark, index) =>
        layer === 'bars' ? mark.kind === 'span' && <Span key={index} mark={mark} /> : <Point key={index} mark={mark} />,
      )}
    </>
  );
}

function Span({ mark }: { readonly mark: Extract<TimelineMark, { kind: 'span' }> }): ReactElement {
  const look = looks[mark.look];
  if (look.height === 0)
    return <path d={`M${mark.x1} ${mark.y}H${mark.x2}`} stroke={look.stroke} strokeDasharray={look.dash} />;
  const width = Math.max(mark.x2 - mark.x1, 2);
  const radius = look.height > 12 ? 3 : look.height > 4 ? 2 : 0;
  return (
    <rect
      x={mark.x1}
      y={mark.y - look.height / 2}
      width={width}
      height={look.height}
      rx={radius}
      fill={look.fill}
      stroke={look.stroke}
      strokeDasharray={look.dash}
      opacity={look.opacity}
    />
  );
}

/** A bar that is wide enough carries its words inside; a narrower fault beside it, on the side where nothing is. */
function SpanWords({ mark }: { readonly mark: Extract<TimelineMark, { kind: 'span' }> }): ReactElement | null {
  if (mark.label === null) return null;
  const words = mark.label.length * 6.3 + 12;
  const end = mark.seenTo ?? mark.x2;
  if (end - mark.x1 <= words + 14) {
    if (mark.look !== 'fault') return null;
    const isLasting = mark.seenTo !== undefined;
    return <Words x={isLasting ? mark.x1 - 6 : mark.x2 + 6} y={mark.y} text={mark.label} isBefore={isLasting} />;
  }
  const left = mark.look === 'fault' ? mark.x1 + 6 : (mark.x1 + mark.x2 - words) / 2;
  return (
    <>
      <rect x={left} y={mark.y - 7} width={words} height="14" rx="3" fill="var(--kl-canvas)" />
      <text x={left + 6} y={mark.y + 4} fontWeight="550" fill="var(--kl-ink-1)">
        {mark.label}
      </text>
    </>
  );
}

interface WordsProps {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly isBefore?: boolean;
}

function Words({ x, y, text, isBefore = false }: WordsProps): ReactElement {
  return (
    <text
      x={x}
      y={y + 4}
      textAnchor={isBefore ? 'end' : 'start'}
      className="halo num"
      fontWeight="550"
      fill="var(--kl-ink-1)"
    >
      {text}
    </text>
  );
}

function Point({ mark }: { readonly mark: TimelineMark }): ReactElement | null {
  const { y } = mark;
  switch (mark.kind) {
    case 'span':
      return <SpanWords mark={mark} />;
    case 'alert':
      return (
        <g onClick={() => openAlert(mark.alertKey)} style={{ cursor: 'pointer' }}>
          <rect
            x={mark.x - 9}
            y={y - 10}
            width={mark.label === null ? 18 : mark.label.length * 6.6 + 24}
            height="20"
            fill="transparent"
          />
          <SeverityGlyph of={mark.level} size={14} x={mark.x - 7} y={y - 7} />
          {mark.label !== null && <Words x={mark.x + 12} y={y} text={mark.label} />}
        </g>
      );
    case 'takeover':
      return (
        <>
          <path
            d={`M${mark.x} ${y - 7}l7 7-7 7-7-7Z`}
            fill="var(--kl-ink-1)"
            stroke="var(--kl-canvas)"
            strokeWidth="1.5"
          />
          {mark.label !== null && <Words x={mark.x + 12} y={y} text={mark.label} />}
        </>
      );
    case 'back':
      return <circle cx={mark.x} cy={y} r="4.5" fill="var(--kl-canvas)" stroke="var(--kl-alive)" strokeWidth="2" />;
    case 'takeover-ahead':
      return (
        <>
          <path
            d={`M${mark.x} ${y - 7}l7 7-7 7-7-7Z`}
            fill="var(--kl-canvas)"
            stroke="var(--kl-ink-1)"
            strokeDasharray="2.5 2"
          />
          {mark.label !== null && <Words x={mark.x + 12} y={y} text={mark.label} />}
        </>
      );
    case 'dead-ahead':
      return (
        <>
          <path
            d={`M${mark.x - 4} ${y - 4}l8 8m0-8l-8 8`}
            stroke="var(--kl-dead)"
            strokeWidth="2"
            strokeLinecap="round"
          />
          {mark.label !== null && <Words x={mark.x + 12} y={y} text={mark.label} />}
        </>
      );
  }
}
