/**
 * Breaking by drag (design.md, section 8): across lanes cuts both ways, along a link from its grip cuts that
 * direction, a member pulled out of the circle loses all its links. Nothing happens before the pointer is let go.
 */
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { crosses, type Point } from '../../state/map-geometry.ts';
import type { LinkFacts } from '../../state/links.ts';

export type Drag =
  | { readonly kind: 'across'; readonly from: Point; readonly to: Point; readonly crossed: readonly string[] }
  | { readonly kind: 'along'; readonly link: string; readonly towards: 'there' | 'back' | null }
  | { readonly kind: 'member'; readonly name: string; readonly at: Point; readonly isFar: boolean };

/** A grip must be pulled this far, a member this far out of its place. */
const alongPx = 24;
const outwardPx = 60;
const strokePx = 6;

export interface DragTargets {
  readonly spots: ReadonlyMap<string, Point>;
  readonly links: readonly LinkFacts[];
  readonly center: Point;
  /** From the page into the map's own pixels. */
  readonly toMap: (x: number, y: number) => Point;
}

export interface DragEffects {
  readonly onCutAcross: (links: readonly LinkFacts[]) => void;
  readonly onCutAlong: (link: LinkFacts, towards: 'there' | 'back') => void;
  readonly onIsolate: (name: string) => void;
}

export interface MapDrag {
  readonly drag: Drag | null;
  readonly beginAcross: (x: number, y: number) => void;
  readonly beginAlong: (link: LinkFacts, x: number, y: number) => void;
  readonly beginMember: (name: string, x: number, y: number) => void;
  /** True right after a drag that did something, so that the click it ends in is not one. */
  readonly wasDragged: () => boolean;
}

export function useMapDrag(targets: DragTargets, effects: DragEffects): MapDrag {
  const [drag, setDrag] = useState<Drag | null>(null);
  const latest = useRef({ targets, effects, drag });
  useLayoutEffect(() => {
    latest.current = { targets, effects, drag };
  });
  const dragged = useRef(false);
  const stop = useRef<(() => void) | null>(null);
  useEffect(() => () => stop.current?.(), []);

  const follow = useCallback((next: (at: Point) => Drag | null) => {
    dragged.current = false;
    const move = (event: PointerEvent): void => {
      const moved = next(latest.current.targets.toMap(event.clientX, event.clientY));
      if (moved !== null) dragged.current = true;
      latest.current.drag = moved;
      setDrag(moved);
    };
    const end = (isDone: boolean): void => {
      const { drag: last, effects: now, targets: where } = latest.current;
      stop.current?.();
      setDrag(null);
      if (isDone && last !== null) settle(last, now, where);
    };
    const up = (): void => end(true);
    const escape = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') end(false);
    };
    window.addEventListener('pointermove', move);
    window.addEventListener('pointerup', up);
    window.addEventListener('keydown', escape, true);
    stop.current = () => {
      window.removeEventListener('pointermove', move);
      window.removeEventListener('pointerup', up);
      window.removeEventListener('keydown', escape, true);
      stop.current = null;
    };
  }, []);

  const beginAcross = useCallback(
    (x: number, y: number) => {
      const from = latest.current.targets.toMap(x, y);
      follow((to) =>
        Math.hypot(to.x - from.x, to.y - from.y) < strokePx
          ? null
          : { kind: 'across', from, to, crossed: crossedLinks(latest.current.targets, from, to) },
      );
    },
    [follow],
  );
  const beginAlong = useCallback(
    (link: LinkFacts, x: number, y: number) => {
      const from = latest.current.targets.toMap(x, y);
      follow((to) => ({
        kind: 'along',
        link: link.key,
        towards: pulledTowards(latest.current.targets, link, from, to),
      }));
    },
    [follow],
  );
  const beginMember = useCallback(
    (name: string, x: number, y: number) => {
      const from = latest.current.targets.toMap(x, y);
      follow((to) => pulledMember(latest.current.targets, name, from, to));
    },
    [follow],
  );
  return { drag, beginAcross, beginAlong, beginMember, wasDragged: () => dragged.current };
}

function settle(drag: Drag, effects: DragEffects, { links }: DragTargets): void {
  if (drag.kind === 'across') {
    const crossed = links.filter((link) => drag.crossed.includes(link.key));
    if (crossed.length > 0) effects.onCutAcross(crossed);
  } else if (drag.kind === 'along') {
    const link = links.find((each) => each.key === drag.link);
    if (link !== undefined && drag.towards !== null) effects.onCutAlong(link, drag.towards);
  } else if (drag.isFar) effects.onIsolate(drag.name);
}

function crossedLinks(
  { links, spots }: Pick<DragTargets, 'links' | 'spots'>,
  from: Point,
  to: Point,
): readonly string[] {
  return links
    .filter((link) => {
      const [a, b] = [spots.get(link.a), spots.get(link.b)];
      return a !== undefined && b !== undefined && crosses(from, to, a, b);
    })
    .map((link) => link.key);
}

function pulledTowards({ spots }: DragTargets, link: LinkFacts, from: Point, to: Point): 'there' | 'back' | null {
  const [a, b] = [spots.get(link.a), spots.get(link.b)];
  if (a === undefined || b === undefined) return null;
  const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
  const along = ((to.x - from.x) * (b.x - a.x) + (to.y - from.y) * (b.y - a.y)) / length;
  if (Math.abs(along) < alongPx) return null;
  return along > 0 ? 'there' : 'back';
}

function pulledMember({ spots, center }: DragTargets, name: string, from: Point, to: Point): Drag | null {
  const home = spots.get(name);
  if (home === undefined || Math.hypot(to.x - from.x, to.y - from.y) < strokePx) return null;
  const at = { x: home.x + to.x - from.x, y: home.y + to.y - from.y };
  const outward = Math.hypot(at.x - center.x, at.y - center.y) - Math.hypot(home.x - center.x, home.y - center.y);
  return { kind: 'member', name, at, isFar: outward > outwardPx };
}
