import { useEffect, useState, type ReactElement } from 'react';
import { LinkLanes } from '../../app/map/link-lanes.tsx';
import { select } from '../../app/session.ts';
import type { LinkFacts } from '../../state/links.ts';
import type { OpenAt } from './map-menu.tsx';
import type { Drag, MapDrag } from './use-map-drag.ts';
import type { MapModel } from './use-map-model.ts';

interface MapLinksProps {
  readonly model: MapModel;
  readonly drag: MapDrag;
  readonly hovered: string | null;
  readonly isLit: (link: LinkFacts) => boolean;
  readonly isSelected: (link: LinkFacts) => boolean;
  readonly tabStop: string | null;
  readonly onHover: (key: string | null) => void;
  readonly onMenu: OpenAt;
  readonly onFocusKey: (key: string) => void;
}

/** A grip appears once the pointer has rested on a link for this long. */
const hoverDelayMs = 80;

export function MapLinks(props: MapLinksProps): ReactElement {
  const { model, drag, hovered, isLit, isSelected, tabStop, onHover, onMenu, onFocusKey } = props;
  const rested = useRested(hovered);
  const { spots, places } = model;
  return (
    <>
      {model.links.filter(isLit).map((link) => {
        const key = `link:${link.key}`;
        const isHovered = rested === key;
        return (
          <LinkLanes
            key={link.key}
            link={link}
            a={spots.get(link.a) ?? places.center}
            b={spots.get(link.b) ?? places.center}
            radius={places.radius}
            label={`Link ${link.a} to ${link.b}, ${link.words}`}
            isThick={isHovered}
            hasGrip={isHovered && drag.drag?.kind !== 'across'}
            isSelected={isSelected(link)}
            isFaint={false}
            tabIndex={tabStop === key ? 0 : -1}
            draft={draftOf(drag.drag, link)}
            onClick={(event) => {
              if (drag.wasDragged()) return;
              const isOnGrip = event.target instanceof Element && event.target.closest('[data-grip]') !== null;
              if (isOnGrip) onMenu('link', link.key, event);
              else select({ kind: 'link', a: link.a, b: link.b });
            }}
            onContextMenu={(event) => onMenu('link', link.key, event)}
            onGripDown={(event) => {
              if (event.button !== 0) return;
              event.stopPropagation();
              drag.beginAlong(link, event.clientX, event.clientY);
            }}
            onPointerEnter={() => onHover(key)}
            onPointerLeave={() => onHover(null)}
            onFocus={() => onFocusKey(key)}
          />
        );
      })}
    </>
  );
}

function draftOf(drag: Drag | null, link: LinkFacts): 'both' | 'there' | 'back' | null {
  if (drag === null) return null;
  if (drag.kind === 'across') return drag.crossed.includes(link.key) ? 'both' : null;
  if (drag.kind === 'along') return drag.link === link.key ? drag.towards : null;
  return drag.isFar && (link.a === drag.name || link.b === drag.name) ? 'both' : null;
}

/** The link under the pointer, once it has rested there. */
function useRested(key: string | null): string | null {
  const [rested, setRested] = useState<string | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setRested(key), key === null ? 0 : hoverDelayMs);
    return () => clearTimeout(timer);
  }, [key]);
  return rested === key ? key : null;
}
