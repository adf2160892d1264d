/** The map for a room: three large members, their links, what waits, and the inbox. */
import { Inbox } from 'lucide-react';
import { useMemo, useRef, type ReactElement } from 'react';
import { allLinks } from '../../state/links.ts';
import type { Point } from '../../state/map-geometry.ts';
import { memberLabel, memberWord } from '../../state/member-words.ts';
import { allMembers, type MemberFacts } from '../../state/members.ts';
import { allWaits, ranksOf, shortEvent, shownTopic, type Waiting } from '../../state/topics.ts';
import { countdown, counted } from '../../state/words.ts';
import { PictureDefs, SeverityGlyph, severityInk, statusInk } from '../../ui/glyphs.tsx';
import { Icon } from '../../ui/icon.tsx';
import { useNow } from '../../ui/use-now.ts';
import { useSize, type Size } from '../../ui/use-size.ts';
import { LinkLanes } from '../map/link-lanes.tsx';
import { MemberRing } from '../map/member-ring.tsx';
import { PulseLayer } from '../map/pulse-layer.tsx';
import { useWorld } from '../lab-context.tsx';
import { useSession } from '../session.ts';

export function StageMap(): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const size = useSize(box);
  return (
    <div ref={box} className="relative min-h-0 min-w-0 flex-1">
      {size !== null && size.width > 200 && <Drawn size={size} />}
    </div>
  );
}

function Drawn({ size }: { readonly size: Size }): ReactElement | null {
  const host = useWorld((world) => world.host);
  const facts = useWorld((world) => world.facts);
  const wanted = useSession((state) => state.topic);
  const members = useMemo(() => (host === null ? [] : allMembers(host)), [host]);
  const links = useMemo(() => (host === null ? [] : allLinks(host, facts)), [host, facts]);
  const radius =
    members.length <= 3 ? Math.min(70, size.height / 9) : members.length <= 5 ? 52 : members.length <= 9 ? 36 : 26;
  const places = useMemo(() => placeStage(members.length, size, radius), [members.length, size, radius]);
  const spots = useMemo(
    () => new Map(members.map((member, index) => [member.name, places[index] ?? { x: 0, y: 0 }] as const)),
    [members, places],
  );
  if (host === null) return null;
  const ranks = ranksOf(host, shownTopic(host, wanted));
  const waits = allWaits(host);
  const inbox: Point = { x: size.width - 80, y: places.length === 3 ? (places[1]?.y ?? 0) : size.height / 2 };
  const spot = (name: string): Point => spots.get(name) ?? inbox;
  return (
    <>
      <svg width={size.width} height={size.height} className="absolute inset-0 overflow-visible font-sans">
        <PictureDefs id="stage" />
        {links.map((link) => (
          <LinkLanes
            key={link.key}
            link={{ ...link, label: null }}
            a={spot(link.a)}
            b={spot(link.b)}
            radius={radius}
            label={`Link ${link.a} to ${link.b}, ${link.words}`}
            isThick
            isSelected={false}
            hasGrip={false}
            isFaint={members.length > 7 && !link.hasFault}
            tabIndex={-1}
            draft={null}
          />
        ))}
        {waits.map((wait) => (
          <path
            key={wait.key}
            d={wayToInbox(spot(wait.member), inbox, radius)}
            fill="none"
            stroke="var(--kl-ink-2)"
            strokeWidth="2.4"
            strokeDasharray="8 7"
            markerEnd="url(#stage-arrow)"
          />
        ))}
        {members.map((member) => (
          <StageMember
            key={member.name}
            facts={member}
            at={spot(member.name)}
            center={{ x: size.width / 2, y: size.height / 2 - 6 }}
            radius={radius}
            rank={ranks[member.name] ?? null}
            wait={waits.find((wait) => wait.member === member.name) ?? null}
          />
        ))}
        <InboxBox at={inbox} deliveries={host.lab.deliveries} />
        {waits.map((wait) => (
          <StageChip
            key={wait.key}
            wait={wait}
            at={{ x: (spot(wait.member).x + radius + inbox.x) / 2, y: spot(wait.member).y }}
          />
        ))}
      </svg>
      <PulseLayer spots={spots} radius={radius} width={size.width} height={size.height} />
    </>
  );
}

/** Along to under or above the inbox, then into it. */
function wayToInbox(from: Point, inbox: Point, radius: number): string {
  const side = from.y > inbox.y ? 1 : -1;
  const along = `M${from.x + radius + 22} ${from.y}H${inbox.x - 16}`;
  return `${along}Q${inbox.x} ${from.y} ${inbox.x} ${from.y - 16 * side}V${inbox.y + 49 * side}`;
}

/** Three as in the design; more on an ellipse in what is left of the inbox. */
function placeStage(count: number, { width, height }: Size, radius: number): readonly Point[] {
  const left = radius + 60;
  const right = width - 190 - radius;
  const [cx, cy] = [(left + right) / 2, height / 2 - 6];
  if (count === 1) return [{ x: cx, y: cy }];
  const rx = Math.max(60, Math.min((right - left) / 2, height * 0.34));
  const ry = height / 2 - radius - 78;
  return Array.from({ length: count }, (_, index) => {
    const angle = ((180 + 180 / count + (360 * index) / count) * Math.PI) / 180;
    return { x: cx + rx * Math.cos(angle), y: cy + ry * Math.sin(angle) };
  });
}

interface StageMemberProps {
  readonly facts: MemberFacts;
  readonly at: Point;
  readonly center: Point;
  readonly radius: number;
  readonly rank: number | null;
  readonly wait: Waiting | null;
}

function StageMember({ facts, at, center, radius, rank, wait }: StageMemberProps): ReactElement {
  const now = useNow(facts.deadAt === null ? 1000 : 100);
  const outer = radius + (facts.status === 'suspect' ? 18 : wait === null ? 6 : 14);
  const name = wait === null ? facts.name : `${facts.name} holds the alert`;
  const word = facts.status === 'alive' ? 'alive' : memberWord(facts, now);
  // Outside the circle: both words above in the upper half, below in the lower, around in the middle.
  const isLower = at.y > center.y + 20;
  const isMiddle = !isLower && at.y > center.y - 20;
  const nameY = isLower ? at.y + outer + 26 : isMiddle ? at.y - outer - 10 : at.y - outer - 32;
  const wordY = isLower ? at.y + outer + 50 : isMiddle ? at.y + outer + 22 : at.y - outer - 8;
  return (
    <>
      <MemberRing
        facts={facts}
        at={at}
        radius={radius}
        rank={rank}
        wait={wait}
        label={memberLabel(facts, now)}
        patternId="stage"
      />
      {radius >= 44 && (
        <g aria-hidden="true" textAnchor="middle">
          <text x={at.x} y={nameY} fontSize="22" fontWeight="600" className="halo" fill="var(--kl-ink-1)">
            {name}
          </text>
          <text
            x={at.x}
            y={wordY}
            fontSize="17"
            fontWeight={facts.status === 'alive' ? 400 : 550}
            className={`halo num ${statusInk(facts.status)}`}
            fill="currentColor"
          >
            {word}
          </text>
        </g>
      )}
    </>
  );
}

function StageChip({ wait, at }: { readonly wait: Waiting; readonly at: Point }): ReactElement {
  const now = useNow(100);
  const text = `${shortEvent(wait.event)}, in ${countdown(wait.until - now)}`;
  const width = text.length * 9.6 + 64;
  return (
    <g transform={`translate(${at.x - width / 2} ${at.y - 24})`} className={severityInk(wait.level)}>
      <rect width={width} height="48" rx="10" fill="var(--kl-backdrop)" stroke="currentColor" strokeWidth="1.6" />
      <SeverityGlyph of={wait.level} size={22} x={17} y={13} />
      <text x="50" y="31" fontSize="19" fontWeight="600" fill="var(--kl-ink-1)" className="num">
        {text}
      </text>
    </g>
  );
}

function InboxBox({ at, deliveries }: { readonly at: Point; readonly deliveries: number }): ReactElement {
  return (
    <g transform={`translate(${at.x} ${at.y})`}>
      <rect x="-72" y="-38" width="152" height="70" rx="10" fill="var(--kl-raised)" stroke="var(--kl-line-3)" />
      <g transform="translate(-58 -15)" style={{ color: 'var(--kl-ink-2)' }}>
        <Icon of={Inbox} size={24} />
      </g>
      <text x="-24" y="-8" fontSize="18" fontWeight="600" fill="var(--kl-ink-1)">
        Inbox
      </text>
      <text x="-24" y="16" fontSize="15" fill="var(--kl-ink-2)" className="num">
        {deliveries === 0 ? 'nothing yet' : counted(deliveries, 'delivery', 'deliveries')}
      </text>
    </g>
  );
}
