import { useEffect, useRef, useState, type MouseEvent, type PointerEvent, type ReactElement } from 'react';
import { LinkLanes } from '../../app/map/link-lanes.tsx';
import { select } from '../../app/session.ts';
import type { LinkFacts } from '../../state/links.ts';
import type { MapModel } from './use-map-model.ts';
import type { Drag, MapDrag } from './use-map-drag.ts';

interface MapLinksProps {
  readonly model: MapModel;
  readonly drag: MapDrag;
  readonly hovered: string | null;
  readonly selected: { readonly a: string; readonly b: string } | null;
  readonly isLit: (link: LinkFacts) => boolean;
  readonly tabStop: string | null;
  readonly onHover: (key: string | null) => void;
  readonly onContext: (kind: 'link', key: string) => (event: MouseEvent<SVGGElement>) => void;
  readonly onFocusKey: (key: string) => void;
  readonly onGrip: (link: LinkFacts, event: PointerEvent<SVGGElement> | MouseEvent<SVGGElement>) => void;
}

/** A grip appears once the pointer has rested on a link for this long. */
const hoverDelayMs = 80;

export function MapLinks({
  model,
  drag,
  hovered,
  selected,
  isLit,
  tabStop,
  onHover,
  onContext,
  onFocusKey,
  onGrip,
}: MapLinksProps): ReactElement {
  const rested = useRested(hovered);
  const { spots, places } = model;
  return (
    <>
      {model.links.filter(isLit).map((link) => {
        const isHovered = rested === `link:${link.key}`;
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
            isSelected={selected?.a === link.a && selected.b === link.b}
            isFaint={false}
            tabIndex={tabStop === `link:${link.key}` ? 0 : -1}
            draft={draftOf(drag.drag, link)}
            onClick={(event) => {
              if (drag.wasDragged()) return;
              if (event.target instanceof Element && event.target.closest('[data-grip]') !== null) onGrip(link, event);
              else select({ kind: 'link', a: link.a, b: link.b });
            }}
            onContextMenu={onContext('link', link.key)}
            onGripDown={(event) => {
              if (event.button !== 0) return;
              event.stopPropagation();
              drag.beginAlong(link, event.clientX, event.clientY);
            }}
            onPointerEnter={() => onHover(`link:${link.key}`)}
            onPointerLeave={() => onHover(null)}
            onFocus={() => onFocusKey(`link:${link.key}`)}
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

function useRested(key: string | null): string | null {
  const [rested, setRested] = useState<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  useEffect(() => {
    if (timer.current !== null) clearTimeout(timer.current);
    if (key === null) {
      setRested(null);
      return undefined;
    }
    timer.current = setTimeout(() => setRested(key), hoverDelayMs);
    return () => {
      if (timer.current !== null) clearTimeout(timer.current);
    };
  }, [key]);
  return rested;
}
