/** Feeds from the data source to each member, and the ways of owners to the inbox. */
import type { ReactElement } from 'react';
import { feedPath, inboxPath, type InboxPath } from '../../state/map-geometry.ts';
import type { MemberFacts } from '../../state/members.ts';
import type { Waiting } from '../../state/topics.ts';
import { inWords } from '../../state/words.ts';
import type { MapModel } from './use-map-model.ts';

/** Above this many members one arrow stands for all feeds, and one for the owner that handles. */
const singleFeeds = 3;
const singleOwners = 5;

export function FeedLines({ model }: { readonly model: MapModel }): ReactElement {
  const { members, places, spots } = model;
  if (members.length > singleFeeds) return <BundledFeed model={model} />;
  const order = [...members].sort((a, b) => (spots.get(a.name)?.y ?? 0) - (spots.get(b.name)?.y ?? 0));
  return (
    <g aria-hidden="true">
      {order.map((member, index) => {
        const at = spots.get(member.name) ?? places.center;
        const isOff = member.process !== 'running';
        return (
          <g key={member.name}>
            <path
              d={feedPath(places.data, index, order.length, at, places.radius)}
              fill="none"
              stroke={isOff ? 'var(--kl-line-2)' : 'var(--kl-link-soft)'}
              strokeWidth="1.5"
              strokeDasharray={isOff ? '2 6' : undefined}
            />
            {!isOff && (
              <circle
                cx={at.x - places.radius - 40}
                cy={at.y + (index === 0 ? 1 : index === order.length - 1 && order.length > 1 ? -1 : 0)}
                r="2.2"
                fill="var(--kl-ink-3)"
              />
            )}
          </g>
        );
      })}
    </g>
  );
}

function BundledFeed({ model: { places, members } }: { readonly model: MapModel }): ReactElement {
  const from = places.data.x + places.cardWidth + 8;
  const left = Math.min(...places.members.map((point) => point.x)) - places.radius - 14;
  return (
    <g aria-hidden="true">
      <path
        d={`M${from} ${places.data.y}H${left}`}
        stroke="var(--kl-link)"
        strokeWidth="1.5"
        markerEnd="url(#map-arrow)"
      />
      <text
        x={(from + left) / 2}
        y={places.data.y - 8}
        textAnchor="middle"
        fontSize="11.5"
        className="halo"
        fill="var(--kl-ink-3)"
      >
        to all {inWords(members.length)}
      </text>
    </g>
  );
}

export interface OwnerPath extends InboxPath {
  readonly member: string;
  readonly rank: number;
  readonly facts: MemberFacts;
  readonly wait: Waiting | null;
}

export function inboxPaths({ members, ranks, places, spots, waits }: MapModel): readonly OwnerPath[] {
  const owners = members
    .filter((member) => ranks[member.name] !== undefined)
    .toSorted((a, b) => (ranks[a.name] ?? 0) - (ranks[b.name] ?? 0));
  const shown = members.length > singleOwners ? [] : owners;
  return shown.map((facts) => {
    const at = spots.get(facts.name) ?? places.center;
    const isBelow = at.y > places.inbox.y;
    const before = shown
      .slice(0, shown.indexOf(facts))
      .filter((other) => (spots.get(other.name) ?? places.center).y > places.inbox.y === isBelow && other !== facts);
    const level = before.filter(
      (other) => Math.abs((spots.get(other.name) ?? places.center).y - places.inbox.y) > 29,
    ).length;
    const path = inboxPath(at, places.inbox, places.radius, level);
    return {
      ...path,
      member: facts.name,
      rank: ranks[facts.name] ?? 0,
      facts,
      wait: waits.find((wait) => wait.member === facts.name) ?? null,
    };
  });
}

export function InboxLines({
  model,
  paths,
}: {
  readonly model: MapModel;
  readonly paths: readonly OwnerPath[];
}): ReactElement {
  return (
    <g aria-hidden="true">
      {paths.map((path) => (
        <InboxLine
          key={path.member}
          path={path}
          hasWord={path.rank > 0 && path.wait === null && model.members.length <= singleFeeds}
        />
      ))}
    </g>
  );
}

function InboxLine({ path, hasWord }: { readonly path: OwnerPath; readonly hasWord: boolean }): ReactElement {
  const isUp = path.facts.process === 'running' && path.facts.status !== 'dead';
  const isFirst = path.rank === 0;
  const isActive = isUp && (isFirst || path.wait !== null);
  const dash = !isUp ? '2 5' : isFirst ? undefined : '5 5';
  const stroke = isActive ? 'var(--kl-ink-2)' : isUp ? 'var(--kl-link-soft)' : 'var(--kl-line-2)';
  return (
    <>
      <path
        d={path.d}
        fill="none"
        stroke={stroke}
        strokeWidth="1.6"
        strokeDasharray={dash}
        markerEnd={isActive ? 'url(#map-arrow)' : undefined}
      />
      {hasWord && isUp && (
        <text
          x={path.chip.x}
          y={path.chip.y + 18}
          textAnchor="middle"
          fontSize="11.5"
          className="halo"
          fill="var(--kl-ink-3)"
        >
          standby
        </text>
      )}
    </>
  );
}
