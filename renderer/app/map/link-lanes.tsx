/** A link: two lanes, the sign or label in their middle, and the grip under the pointer. */
import { CircleDotDashed, Timer, Unlink, type LucideIcon } from 'lucide-react';
import type { PointerEventHandler, ReactElement } from 'react';
import { laneBetween, midpoint, type Point } from '../../state/map-geometry.ts';
import type { Lane, LinkFacts, LinkSign } from '../../state/links.ts';
import { Icon } from '../../ui/icon.tsx';
import type { RingHandlers } from './member-ring.tsx';

interface LinkLanesProps extends RingHandlers {
  readonly link: LinkFacts;
  readonly a: Point;
  readonly b: Point;
  readonly radius: number;
  readonly label: string;
  readonly isThick: boolean;
  readonly isSelected: boolean;
  readonly hasGrip: boolean;
  /** Only the faint ring of many members: no lanes, still reachable. */
  readonly isFaint: boolean;
  readonly tabIndex: number;
  readonly onGripDown?: PointerEventHandler<SVGGElement>;
  /** Direction that a drag is about to cut. */
  readonly draft: 'both' | 'there' | 'back' | null;
}

export function LinkLanes(props: LinkLanesProps): ReactElement {
  const { link, a, b, radius, label, isThick, isSelected, hasGrip, isFaint, tabIndex, onGripDown, draft, ...handlers } =
    props;
  const middle = midpoint(a, b);
  const there = laneBetween(a, b, radius);
  const back = laneBetween(b, a, radius);
  const cutThere = draft === 'both' || draft === 'there';
  const cutBack = draft === 'both' || draft === 'back';
  const isShort = Math.hypot(b.x - a.x, b.y - a.y) < 2 * radius + 90;
  const line = `M${there.from.x} ${there.from.y}L${there.to.x} ${there.to.y}`;
  return (
    <>
      <g
        role="button"
        aria-label={label}
        tabIndex={tabIndex}
        data-link={link.key}
        className="map-focusable"
        {...handlers}
      >
        <path d={line} stroke="transparent" strokeWidth="24" />
        <path className="focus-mark" d={line} stroke="var(--kl-focus-soft)" strokeWidth="22" />
        {isSelected && <path d={line} stroke="var(--kl-focus-soft)" strokeWidth="20" strokeLinecap="round" />}
        {isFaint ? (
          <path d={line} stroke="var(--kl-link-soft)" strokeWidth="1" opacity=".35" />
        ) : (
          <>
            <LaneLine lane={link.there} ends={there} isThick={isThick} isDrafted={cutThere} />
            <LaneLine lane={link.back} ends={back} isThick={isThick} isDrafted={cutBack} />
            {hasGrip && <Grip at={middle} onPointerDown={onGripDown} />}
          </>
        )}
      </g>
      {!isFaint && !hasGrip && <Middle link={link} at={middle} isShort={isShort} />}
    </>
  );
}

interface Ends {
  readonly from: Point;
  readonly to: Point;
}

function LaneLine({
  lane,
  ends,
  isThick,
  isDrafted,
}: {
  readonly lane: Lane;
  readonly ends: Ends;
  readonly isThick: boolean;
  readonly isDrafted: boolean;
}): ReactElement {
  if (lane.state === 'cut' || isDrafted) return <CutLane ends={ends} />;
  const look = laneLooks[lane.state];
  const width = isThick && lane.state === 'healthy' ? 2.2 : 1.5;
  return (
    <path
      d={`M${ends.from.x} ${ends.from.y}L${ends.to.x} ${ends.to.y}`}
      stroke={look.stroke}
      strokeWidth={width}
      strokeDasharray={look.dash}
      strokeLinecap={look.cap}
      fill="none"
    />
  );
}

interface LaneLook {
  readonly stroke: string;
  readonly dash?: string;
  readonly cap?: 'round';
}

const laneLooks: Readonly<Record<Exclude<Lane['state'], 'cut'>, LaneLook>> = {
  healthy: { stroke: 'var(--kl-link)' },
  slow: { stroke: 'var(--kl-fault)', dash: '14 4' },
  lossy: { stroke: 'var(--kl-fault)', dash: '2 5' },
  unanswered: { stroke: 'var(--kl-suspect-fill)', dash: '5 5' },
  down: { stroke: 'var(--kl-line-2)', dash: '2 5' },
  'not-yet': { stroke: 'var(--kl-line-3)', dash: '3 6' },
};

/** Open in the middle, with end bars. */
function CutLane({ ends: { from, to } }: { readonly ends: Ends }): ReactElement {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const [ux, uy] = [(to.x - from.x) / length, (to.y - from.y) / length];
  const half = Math.min(16, length / 4);
  const end = { x: from.x + ux * (length / 2 - half), y: from.y + uy * (length / 2 - half) };
  const begin = { x: from.x + ux * (length / 2 + half), y: from.y + uy * (length / 2 + half) };
  const bar = (at: Point): string => `M${at.x - uy * 3.4} ${at.y + ux * 3.4}L${at.x + uy * 3.4} ${at.y - ux * 3.4}`;
  return (
    <path
      d={`M${from.x} ${from.y}L${end.x} ${end.y}M${begin.x} ${begin.y}L${to.x} ${to.y}${bar(end)}${bar(begin)}`}
      stroke="var(--kl-fault)"
      strokeWidth="1.8"
      fill="none"
    />
  );
}

const signIcons: Readonly<Record<LinkSign, LucideIcon>> = { cut: Unlink, slow: Timer, lossy: CircleDotDashed };

function Middle({
  link,
  at,
  isShort,
}: {
  readonly link: LinkFacts;
  readonly at: Point;
  readonly isShort: boolean;
}): ReactElement | null {
  if (link.sign !== null) {
    return (
      <g
        aria-hidden="true"
        pointerEvents="none"
        transform={`translate(${at.x} ${at.y})`}
        style={{ color: 'var(--kl-fault)' }}
      >
        <circle r="12" fill="var(--kl-canvas)" stroke="currentColor" strokeWidth="1.5" />
        <g transform="translate(-6.5 -6.5)">
          <Icon of={signIcons[link.sign]} size={13} />
        </g>
      </g>
    );
  }
  if (link.label === null || isShort) return null;
  const width = link.label.length * 6.2 + 16;
  return (
    <g aria-hidden="true" pointerEvents="none" transform={`translate(${at.x} ${at.y})`}>
      <rect x={-width / 2} y="-10" width={width} height="20" rx="10" fill="var(--kl-canvas)" />
      <text textAnchor="middle" y="4" fontSize="11.5" fill="var(--kl-ink-2)" className="num">
        {link.label}
      </text>
    </g>
  );
}

function Grip({
  at,
  onPointerDown,
}: {
  readonly at: Point;
  readonly onPointerDown: PointerEventHandler<SVGGElement> | undefined;
}): ReactElement {
  return (
    <g
      transform={`translate(${at.x} ${at.y})`}
      style={{ color: 'var(--kl-fault)', cursor: 'grab' }}
      data-grip
      onPointerDown={onPointerDown}
    >
      <circle r="13" fill="var(--kl-canvas)" stroke="currentColor" strokeWidth="1.6" />
      <g transform="translate(-7 -7)">
        <Icon of={Unlink} size={14} />
      </g>
    </g>
  );
}
