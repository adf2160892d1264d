import type { ReactElement } from 'react';
import { useWorld } from '../../app/lab-context.tsx';
import type { RingHandlers } from '../../app/map/member-ring.tsx';
import { select, useSession } from '../../app/session.ts';
import type { MapFocus } from './use-map-focus.ts';
import type { MapDrag } from './use-map-drag.ts';
import type { OpenAt } from './map-menu.tsx';
import { MapMember } from './map-member.tsx';
import type { MapModel } from './use-map-model.ts';

interface MapMembersProps {
  readonly model: MapModel;
  readonly drag: MapDrag;
  readonly focus: MapFocus;
  readonly onHover: (name: string | null) => void;
  readonly onMenu: OpenAt;
}

/** Rings in their places; the one that is dragged follows the pointer and springs back. */
export function MapMembers({ model, drag, focus, onHover, onMenu }: MapMembersProps): ReactElement {
  const selection = useSession((state) => state.selection);
  const { members, places, spots, ranks, waits } = model;
  const isLost = useWorld((world) => world.connection === 'lost');
  const dragged = drag.drag?.kind === 'member' ? drag.drag : null;
  return (
    <>
      {members.map((member) => {
        const { name } = member;
        const handlers: RingHandlers = {
          onPointerEnter: () => onHover(name),
          onPointerLeave: () => onHover(null),
          onFocus: () => focus.setKey(`member:${name}`),
        };
        return (
          <MapMember
            key={name}
            facts={member}
            at={dragged?.name === name ? dragged.at : (spots.get(name) ?? places.center)}
            radius={places.radius}
            rank={ranks[name] ?? null}
            wait={waits.find((wait) => wait.member === name) ?? null}
            isSelected={selection.kind === 'member' && selection.name === name}
            isStale={isLost}
            isHeld={dragged?.name === name}
            tabIndex={focus.tabStop === `member:${name}` ? 0 : -1}
            onClick={() => {
              if (!drag.wasDragged()) select({ kind: 'member', name });
            }}
            onContextMenu={(event) => onMenu('member', name, event)}
            onPointerDown={(event) => {
              if (event.button === 0 && members.length > 1) drag.beginMember(name, event.clientX, event.clientY);
            }}
            {...handlers}
          />
        );
      })}
    </>
  );
}
