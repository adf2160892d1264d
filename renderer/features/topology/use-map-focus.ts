import { useMemo, useState, type KeyboardEvent, type RefObject } from 'react';
import { select } from '../../app/session.ts';
import { midpoint, nearestTowards, type Point } from '../../state/map-geometry.ts';
import type { MenuPoint } from '../../ui/menu.tsx';
import type { MapModel } from './use-map-model.ts';

interface FocusOptions {
  readonly model: MapModel;
  readonly stage: RefObject<HTMLElement | null>;
  readonly onMenu: (kind: 'member' | 'link', key: string, at: MenuPoint, from: SVGElement) => void;
}

export interface MapFocus {
  /** The one item that Tab reaches; arrows go from it to the nearest. */
  readonly tabStop: string | null;
  readonly setKey: (key: string) => void;
  readonly onKey: (event: KeyboardEvent) => void;
}

interface Spot extends Point {
  readonly key: string;
}

const arrows: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/** Keys on the map: arrows to the nearest member or link, Enter inspects, F opens the fault menu, Escape lets go. */
export function useMapFocus({ model, stage, onMenu }: FocusOptions): MapFocus {
  const [wanted, setKey] = useState<string | null>(null);
  const items = useMemo(() => spotsOf(model), [model]);
  const tabStop = items.some((item) => item.key === wanted) ? wanted : (items[0]?.key ?? null);

  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      select({ kind: 'cluster' });
      return;
    }
    const focused = event.target instanceof SVGElement ? event.target : null;
    const item = focused === null ? undefined : items.find((each) => each.key === keyOf(focused));
    if (focused === null || item === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const [kind, key] = [
      item.key.startsWith('member:') ? ('member' as const) : ('link' as const),
      item.key.slice(item.key.indexOf(':') + 1),
    ];
    const towards = arrows[event.key];
    if (towards !== undefined) {
      event.preventDefault();
      const next = nearestTowards(
        item,
        towards,
        items.filter((each) => each !== item),
      );
      if (next !== null) elementOf(stage.current, next.key)?.focus();
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      choose(kind, key);
    } else if (event.key === 'f' || event.key === 'F' || event.key === 'ContextMenu') {
      event.preventDefault();
      const box = focused.getBoundingClientRect();
      onMenu(kind, key, { x: box.left + box.width / 2, y: box.top + box.height / 2 }, focused);
    }
  };
  return { tabStop, setKey, onKey };
}

function choose(kind: 'member' | 'link', key: string): void {
  if (kind === 'member') select({ kind: 'member', name: key });
  else {
    const [a = '', b = ''] = key.split('~');
    select({ kind: 'link', a, b });
  }
}

function spotsOf({ members, links, spots, places }: MapModel): readonly Spot[] {
  const place = (name: string): Point => spots.get(name) ?? places.center;
  return [
    ...members.map((member) => ({ key: `member:${member.name}`, ...place(member.name) })),
    ...links.map((link) => ({ key: `link:${link.key}`, ...midpoint(place(link.a), place(link.b)) })),
  ];
}

function keyOf(element: SVGElement): string {
  return element.dataset['member'] === undefined
    ? `link:${element.dataset['link'] ?? ''}`
    : `member:${element.dataset['member']}`;
}

function elementOf(stage: HTMLElement | null, key: string): SVGElement | null {
  const focusable = stage?.querySelectorAll<SVGElement>('[data-member], [data-link]') ?? [];
  return [...focusable].find((element) => keyOf(element) === key) ?? null;
}
