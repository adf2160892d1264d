import { useLayoutEffect, useMemo, useRef, type ReactElement } from 'react';
import { leavePlaces } from '../../app/map/glide.ts';
import { LinkLanes } from '../../app/map/link-lanes.tsx';
import { MapLabel } from '../../app/map/map-labels.tsx';
import { MemberRing } from '../../app/map/member-ring.tsx';
import { PulseLayer } from '../../app/map/pulse-layer.tsx';
import { useFrame } from '../../app/frame-context.tsx';
import { useWorld } from '../../app/lab-context.tsx';
import { allLinks, type Lane, type LinkFacts } from '../../state/links.ts';
import { ringRadius, type Point } from '../../state/map-geometry.ts';
import { memberLabel } from '../../state/member-words.ts';
import { memberFacts, type MemberFacts } from '../../state/members.ts';
import { numberOf } from '../../state/words.ts';
import type { World } from '../../state/world.ts';
import { PictureDefs } from '../../ui/glyphs.tsx';

const width = 560;
const height = 520;
const center: Point = { x: 283.3, y: 240 };

/** The map of what is planned; it fills as members report. */
export function GhostMap(): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const map = box.current;
    return () => {
      if (map !== null) leavePlaces(map);
    };
  }, []);
  const world = useWorld((each) => each);
  const { isNarrow } = useFrame();
  const { members, links } = useMemo(() => ghosts(world), [world]);
  const radius = members.length <= 5 ? 52 : ringRadius(members.length);
  const spots = useMemo(
    () => new Map(members.map((member, index) => [member.name, placeOf(index, members.length)] as const)),
    [members],
  );
  const spot = (name: string): Point => spots.get(name) ?? center;
  return (
    <div
      ref={box}
      role="group"
      aria-label="Planned members"
      className="relative -mt-2 shrink-0 origin-top-left"
      style={{ width, height, zoom: isNarrow ? 0.72 : 1 }}
    >
      <div className="dotted-glow absolute -inset-x-15 -inset-y-10" />
      <svg width={width} height={height} className="relative overflow-visible">
        <PictureDefs id="ghost" />
        {links.map((link) => (
          <LinkLanes
            key={link.key}
            link={link}
            a={spot(link.a)}
            b={spot(link.b)}
            radius={radius}
            label={`Link ${link.a} to ${link.b}, ${link.words}`}
            isThick={false}
            isSelected={false}
            hasGrip={false}
            isFaint={members.length > 9}
            tabIndex={-1}
            draft={null}
          />
        ))}
        {members.map((member) => (
          <MemberRing
            key={member.name}
            facts={member}
            at={spot(member.name)}
            radius={radius}
            label={memberLabel(member, 0)}
            rank={null}
            patternId="ghost"
          />
        ))}
      </svg>
      <PulseLayer spots={spots} radius={radius} width={width} height={height} />
      {members.length <= 9 &&
        members.map((member) => (
          <MapLabel
            key={member.name}
            facts={member}
            at={spot(member.name)}
            center={center}
            radius={radius}
            isWaiting={false}
            staleMs={null}
          />
        ))}
    </div>
  );
}

function placeOf(index: number, count: number): Point {
  if (count === 1) return center;
  const angle = ((180 + 180 / count + (360 * index) / count) * Math.PI) / 180;
  const [rx, ry] = count <= 3 ? [146.7, 150.1] : [190, 170];
  return { x: center.x + rx * Math.cos(angle), y: center.y + ry * Math.sin(angle) };
}

function ghosts({ host, facts }: World): {
  readonly members: readonly MemberFacts[];
  readonly links: readonly LinkFacts[];
} {
  if (host === null) return { members: [], links: [] };
  const names = host.lab.plan.members.map((member) => member.name);
  const members = names.map((name) => {
    const known = host.members.find((member) => member.name === name);
    return known === undefined ? ghost(name) : memberFacts(host, known);
  });
  const known = new Map(allLinks(host, facts).map((link) => [link.key, link] as const));
  const links = names.flatMap((a, index) =>
    names.slice(index + 1).map((b) => known.get(`${a}~${b}`) ?? ghostLink(a, b)),
  );
  return { members, links };
}

function ghost(name: string): MemberFacts {
  return {
    name,
    number: numberOf(name),
    id: null,
    status: 'ghost',
    process: 'stopped',
    badge: null,
    byFault: false,
    believedBy: [],
    since: 0,
    deadAt: null,
    suspectSince: null,
  };
}

function ghostLink(a: string, b: string): LinkFacts {
  const lane = (from: string, to: string): Lane => ({ from, to, state: 'not-yet', fault: null, roundTripMs: null });
  return {
    key: `${a}~${b}`,
    a,
    b,
    there: lane(a, b),
    back: lane(b, a),
    sign: null,
    label: null,
    words: 'not yet',
    hasFault: false,
  };
}
