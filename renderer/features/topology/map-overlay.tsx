import { useMemo, type ReactElement } from 'react';
import { useWorld } from '../../app/lab-context.tsx';
import { MapLabel } from '../../app/map/map-labels.tsx';
import { labelsWithRoom } from '../../state/map-geometry.ts';
import { staleness } from '../../state/member-words.ts';
import { memberOf } from '../../state/names.ts';
import { useNow } from '../../ui/use-now.ts';
import { DataCard, InboxCard, LonelyNote, WaitChip } from './map-cards.tsx';
import type { OwnerPath } from './map-lines.tsx';
import type { MapModel } from './use-map-model.ts';

interface MapOverlayProps {
  readonly model: MapModel;
  readonly paths: readonly OwnerPath[];
  /** The member whose label shows even where it has no room. */
  readonly lit: string | null;
}

/** Words and cards over the drawing. */
export function MapOverlay({ model, paths, lit }: MapOverlayProps): ReactElement {
  const { members, places, spots, waits } = model;
  const hasRoom = useMemo(() => labelsWithRoom(places), [places]);
  const ages = useStaleness();
  return (
    <>
      {members.map(
        (member, index) =>
          (hasRoom[index] === true || member.name === lit) && (
            <MapLabel
              key={member.name}
              facts={member}
              at={spots.get(member.name) ?? places.center}
              center={places.center}
              radius={places.radius}
              isWaiting={waits.some((wait) => wait.member === member.name)}
              staleMs={ages(member.name)}
            />
          ),
      )}
      <DataCard left={places.data.x} top={places.data.y} />
      <InboxCard left={places.inbox.x} top={places.inbox.y} />
      {paths.map((path) => path.wait !== null && <WaitChip key={path.member} wait={path.wait} at={path.chip} />)}
      {members.length === 1 && <LonelyNote at={{ x: places.center.x, y: places.center.y + 130 }} />}
    </>
  );
}

/** How old a member's own views are, when it runs and nothing was heard of it for long. */
function useStaleness(): (name: string) => number | null {
  const host = useWorld((world) => world.host);
  const lanes = useWorld((world) => world.facts.lanes);
  const isConnected = useWorld((world) => world.connection === 'live');
  const now = useNow(1000);
  return (name) => {
    const member = host === null ? undefined : memberOf(host.members, name);
    if (member === undefined || host === null || host.members.length < 2) return null;
    const heard = Object.entries(lanes).flatMap(([key, lane]) =>
      key.startsWith(`${name}>`) ? [lane.answeredAt, lane.failedAt ?? 0] : [],
    );
    return staleness(member.seenAt, member.process, isConnected, Math.max(0, ...heard), now);
  };
}
