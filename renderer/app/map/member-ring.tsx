/** One member on the map: ring by status, number, rank, badge of what was done to it, arcs that run out. */
import { CircleX, Snowflake, Square, Zap, type LucideIcon } from 'lucide-react';
import {
  useRef,
  type FocusEventHandler,
  type KeyboardEventHandler,
  type MouseEventHandler,
  type PointerEventHandler,
  type ReactElement,
} from 'react';
import type { Badge, MemberFacts } from '../../state/members.ts';
import type { Point } from '../../state/map-geometry.ts';
import { Icon } from '../../ui/icon.tsx';
import { useRunOut } from './use-run-out.ts';

export interface RingHandlers {
  readonly onClick?: MouseEventHandler<SVGGElement>;
  readonly onDoubleClick?: MouseEventHandler<SVGGElement>;
  readonly onContextMenu?: MouseEventHandler<SVGGElement>;
  readonly onKeyDown?: KeyboardEventHandler<SVGGElement>;
  readonly onPointerDown?: PointerEventHandler<SVGGElement>;
  readonly onPointerEnter?: PointerEventHandler<SVGGElement>;
  readonly onPointerLeave?: PointerEventHandler<SVGGElement>;
  readonly onFocus?: FocusEventHandler<SVGGElement>;
}

interface WaitArc {
  readonly from: number;
  readonly until: number;
}

interface MemberRingProps extends RingHandlers {
  readonly facts: MemberFacts;
  readonly at: Point;
  readonly radius: number;
  readonly label: string;
  readonly rank: number | null;
  readonly isSelected?: boolean;
  readonly isStale?: boolean;
  readonly wait?: WaitArc | null;
  readonly tabIndex?: number;
  readonly patternId: string;
  /** It follows the pointer at once instead of gliding. */
  readonly isHeld?: boolean;
}

export function MemberRing(props: MemberRingProps): ReactElement {
  const {
    facts,
    at,
    radius,
    label,
    rank,
    isSelected = false,
    isStale = false,
    wait = null,
    tabIndex = -1,
    patternId,
    isHeld = false,
    ...handlers
  } = props;
  const outer = wait === null ? radius : radius + 8;
  const place = { transform: `translate(${at.x}px, ${at.y}px)`, opacity: isStale ? 0.5 : 1 };
  return (
    <g className={isHeld ? undefined : 'map-member'} style={place}>
      <g
        role="button"
        aria-label={label}
        tabIndex={tabIndex}
        data-member={facts.name}
        className="map-focusable"
        {...handlers}
      >
        <circle r={radius + 12} fill="transparent" />
        {isSelected && (
          <circle
            r={Math.max(outer + 7, facts.status === 'suspect' ? radius + 15 : 0)}
            fill="none"
            stroke="var(--kl-focus)"
            strokeWidth="1.5"
          />
        )}
        <circle className="focus-mark" r={outer + 7} fill="none" stroke="var(--kl-focus)" strokeWidth="2" />
        <Ring facts={facts} radius={radius} />
        {wait !== null && <WaitingArc radius={radius + 8} wait={wait} />}
      </g>
      <g aria-hidden="true" pointerEvents="none" textAnchor="middle">
        <Figures facts={facts} radius={radius} rank={rank} />
        {facts.badge !== null && (
          <BadgeMark
            badge={facts.badge}
            byFault={facts.byFault}
            at={{ x: -radius * 0.74, y: -radius * 0.78 }}
            patternId={patternId}
          />
        )}
      </g>
    </g>
  );
}

interface FiguresProps {
  readonly facts: MemberFacts;
  readonly radius: number;
  readonly rank: number | null;
}

/** Number and rank in the ring. For eyes: the ring itself has its name. */
function Figures({ facts, radius, rank }: FiguresProps): ReactElement {
  const isQuiet =
    facts.status === 'suspect' ||
    facts.status === 'dead' ||
    facts.status === 'ghost' ||
    facts.status === 'unknown' ||
    facts.badge !== null;
  const hasRank = rank !== null && radius >= 34;
  const size = radius >= 44 ? radius * 0.64 : radius * 0.7;
  return (
    <>
      <text
        y={hasRank ? size * 0.124 : size * 0.36}
        fontSize={size}
        fontWeight="600"
        letterSpacing="-.5"
        fill={isQuiet ? 'var(--kl-ink-3)' : 'var(--kl-ink-1)'}
      >
        {facts.number}
      </text>
      {hasRank && (
        <text y={radius * 0.52} fontSize={Math.max(11, radius * 0.25)} fontWeight="500" fill="var(--kl-ink-2)">
          rank {rank}
        </text>
      )}
    </>
  );
}

function Ring({ facts, radius }: { readonly facts: MemberFacts; readonly radius: number }): ReactElement {
  const base = { r: radius, className: 'ring' };
  switch (facts.status) {
    case 'alive':
      return <circle {...base} fill="var(--kl-raised)" stroke="var(--kl-alive)" strokeWidth="3.5" />;
    case 'suspect':
      return <SuspectRing facts={facts} radius={radius} />;
    case 'dead':
      return (
        <>
          <circle r={radius} fill="var(--kl-canvas)" />
          <circle
            {...base}
            fill="var(--kl-dead-soft)"
            stroke="var(--kl-dead)"
            strokeWidth="3.5"
            strokeDasharray="9 7"
          />
        </>
      );
    case 'left':
      return <circle {...base} fill="var(--kl-raised)" stroke="var(--kl-left)" strokeWidth="2" strokeDasharray="6 6" />;
    case 'starting':
      return (
        <>
          <circle {...base} fill="var(--kl-raised)" stroke="var(--kl-line-2)" strokeWidth="3.5" />
          <circle
            className="spin"
            r={radius}
            fill="none"
            stroke="var(--kl-starting)"
            strokeWidth="3.5"
            strokeLinecap="round"
            strokeDasharray={`${radius * 1.38} ${radius * 6.3}`}
          />
        </>
      );
    case 'ghost':
    case 'unknown':
      return (
        <circle {...base} fill="var(--kl-canvas)" stroke="var(--kl-line-3)" strokeWidth="1.5" strokeDasharray="4 5" />
      );
  }
}

function SuspectRing({ facts, radius }: { readonly facts: MemberFacts; readonly radius: number }): ReactElement {
  return (
    <>
      <circle r={radius + 11} fill="var(--kl-canvas)" />
      <circle r={radius + 11} fill="var(--kl-suspect-soft)" />
      <circle r={radius} fill="var(--kl-raised)" stroke="var(--kl-line-2)" strokeWidth="5" />
      {facts.deadAt !== null && facts.suspectSince !== null && (
        <SuspicionArc radius={radius} from={facts.suspectSince} until={facts.deadAt} />
      )}
    </>
  );
}

function SuspicionArc({
  radius,
  from,
  until,
}: {
  readonly radius: number;
  readonly from: number;
  readonly until: number;
}): ReactElement {
  const arc = useRef<SVGCircleElement>(null);
  useRunOut(arc, radius, from, until);
  return (
    <circle ref={arc} r={radius} fill="none" stroke="var(--kl-suspect-fill)" strokeWidth="5" transform="rotate(-90)" />
  );
}

function WaitingArc({ radius, wait }: { readonly radius: number; readonly wait: WaitArc }): ReactElement {
  const arc = useRef<SVGCircleElement>(null);
  useRunOut(arc, radius, wait.from, wait.until);
  return (
    <>
      <circle r={radius} fill="none" stroke="var(--kl-line-2)" strokeWidth="2.5" />
      <circle ref={arc} r={radius} fill="none" stroke="var(--kl-ink-1)" strokeWidth="2.5" transform="rotate(-90)" />
    </>
  );
}

export const badgeIcons: Readonly<Record<Badge, LucideIcon>> = {
  crashed: Zap,
  frozen: Snowflake,
  stopped: Square,
  failed: CircleX,
};

function BadgeMark({
  badge,
  byFault,
  at,
  patternId,
}: {
  readonly badge: Badge;
  readonly byFault: boolean;
  readonly at: Point;
  readonly patternId: string;
}): ReactElement {
  const ink = byFault ? 'var(--kl-fault)' : 'var(--kl-dead)';
  return (
    <g transform={`translate(${at.x} ${at.y})`} style={{ color: ink }}>
      <circle r="13" fill="var(--kl-canvas)" />
      <circle
        r="12"
        fill={byFault ? `url(#${patternId}-hatch)` : 'var(--kl-dead-soft)'}
        stroke={ink}
        strokeWidth="1.5"
      />
      <g transform="translate(-6.5 -6.5)">
        <Icon of={badgeIcons[badge]} size={13} />
      </g>
    </g>
  );
}
