import type { ReactElement } from 'react';
import { PulseLayer } from '../../app/map/pulse-layer.tsx';
import { select, useSession } from '../../app/session.ts';
import { laneBetween, placeStrip, type Point } from '../../state/map-geometry.ts';
import { inWords } from '../../state/words.ts';
import { PictureDefs, StatusGlyph } from '../../ui/glyphs.tsx';
import { DataCard, InboxCard } from './map-cards.tsx';
import { MapMember } from './map-member.tsx';
import { useMapModel, type MapModel } from './use-map-model.ts';
import { classes } from '../../ui/class-names.ts';

const height = 124;
const radius = 24;

/** The map when there is no room for one: members in a row, what flows in and out (design.md, section 2). */
export function MapStrip({ width }: { readonly width: number }): ReactElement {
  const model = useMapModel({ width, height });
  const isGossipShown = useSession((state) => state.isGossipShown);
  const selection = useSession((state) => state.selection);
  const { members, ranks, waits } = model;
  const strip = placeStrip(members.length, width);
  const spots = new Map(members.map((member, index) => [member.name, strip.members[index] ?? { x: 0, y: 0 }] as const));
  const first = members.find((member) => ranks[member.name] === 0);
  const [left, right] = [(strip.members[0]?.x ?? 0) - radius - 72, (strip.members.at(-1)?.x ?? 0) + radius + 76];
  return (
    <div
      role="application"
      aria-label="Cluster map, strip"
      data-region="canvas"
      tabIndex={-1}
      className="dotted-canvas relative h-31 flex-1 overflow-hidden"
    >
      <svg width={width} height={height} className="absolute inset-0">
        <PictureDefs id="strip" />
        <Flow from={strip.data + 136} to={left} word={`to all ${inWords(members.length)}`} isQuiet />
        <StripLanes model={model} spots={spots} />
        {first !== undefined && <Flow from={right} to={strip.inbox - 6} word={`from ${first.name}`} isQuiet={false} />}
        {members.map((member) => (
          <MapMember
            key={member.name}
            facts={member}
            at={spots.get(member.name) ?? { x: 0, y: 0 }}
            radius={radius}
            rank={null}
            wait={waits.find((wait) => wait.member === member.name) ?? null}
            isSelected={selection.kind === 'member' && selection.name === member.name}
            tabIndex={0}
            onClick={() => select({ kind: 'member', name: member.name })}
          />
        ))}
      </svg>
      {isGossipShown && <PulseLayer spots={spots} radius={radius} width={width} height={height} />}
      {members.length <= 6 &&
        members.map((member) => (
          <div
            key={member.name}
            aria-hidden="true"
            className={classes(
              'pointer-events-none absolute top-[94px] flex -translate-x-1/2 items-center gap-1.5 text-sm',
              'font-semibold whitespace-nowrap',
            )}
            style={{ left: spots.get(member.name)?.x }}
          >
            {member.status !== 'alive' && <StatusGlyph of={member.status} size={10} />}
            {member.name}
            {ranks[member.name] !== undefined && (
              <span className="font-normal text-ink-3">rank {ranks[member.name]}</span>
            )}
          </div>
        ))}
      <DataCard left={strip.data} top={62} />
      <InboxCard left={strip.inbox} top={62} />
    </div>
  );
}

function Flow({
  from,
  to,
  word,
  isQuiet,
}: {
  readonly from: number;
  readonly to: number;
  readonly word: string;
  readonly isQuiet: boolean;
}): ReactElement | null {
  if (to - from < 40) return null;
  const hasRoom = to - from > word.length * 5.8;
  return (
    <g aria-hidden="true">
      <path
        d={`M${from} 62H${to}`}
        stroke={isQuiet ? 'var(--kl-link)' : 'var(--kl-ink-2)'}
        strokeWidth="1.6"
        markerEnd="url(#strip-arrow)"
      />
      {hasRoom && (
        <text x={(from + to) / 2} y="54" textAnchor="middle" fontSize="11.5" className="halo" fill="var(--kl-ink-3)">
          {word}
        </text>
      )}
    </g>
  );
}

/** Neighbours are joined; three close the circle with an arc above. */
function StripLanes({
  model,
  spots,
}: {
  readonly model: MapModel;
  readonly spots: ReadonlyMap<string, Point>;
}): ReactElement {
  const { members, links } = model;
  const isNear = (a: string, b: string): boolean =>
    Math.abs(members.findIndex((member) => member.name === a) - members.findIndex((member) => member.name === b)) === 1;
  const [one, , three] = members.map((member) => spots.get(member.name));
  return (
    <g aria-hidden="true">
      {links
        .filter((link) => isNear(link.a, link.b))
        .flatMap((link) => [link.there, link.back])
        .map((lane) => {
          const [a, b] = [spots.get(lane.from), spots.get(lane.to)];
          if (a === undefined || b === undefined) return null;
          const { from, to } = laneBetween(a, b, radius);
          const isFault = lane.fault !== null;
          return (
            <path
              key={`${lane.from}>${lane.to}`}
              d={`M${from.x} ${from.y}H${to.x}`}
              stroke={
                isFault ? 'var(--kl-fault)' : lane.state === 'unanswered' ? 'var(--kl-suspect-fill)' : 'var(--kl-link)'
              }
              strokeWidth="1.5"
              strokeDasharray={lane.state === 'healthy' ? undefined : '5 5'}
            />
          );
        })}
      {members.length === 3 &&
        one !== undefined &&
        three !== undefined &&
        [-3, 3].map((shift) => (
          <path
            key={shift}
            d={`M${one.x + 4} ${37 + shift}Q${(one.x + three.x) / 2} ${-8 + shift} ${three.x - 4} ${37 + shift}`}
            fill="none"
            stroke="var(--kl-link)"
            strokeWidth="1.5"
          />
        ))}
    </g>
  );
}
