import { useCallback, useState, type MouseEvent, type ReactElement } from 'react';
import type { MenuPoint } from '../../ui/menu.tsx';
import { LinkFaultMenu, MemberFaultMenu } from './fault-menus.tsx';
import type { MapModel } from './use-map-model.ts';

type Kind = 'member' | 'link';

/** Opens the fault menu of a member or link where the pointer is. */
export type OpenAt = (kind: Kind, key: string, event: MouseEvent<SVGGElement>) => void;

interface Opened {
  readonly kind: Kind;
  readonly key: string;
  readonly at: MenuPoint;
  readonly from: SVGElement;
}

export interface MapMenu {
  readonly menu: ReactElement | null;
  readonly openMenu: (kind: Kind, key: string, at: MenuPoint, from: SVGElement) => void;
  readonly openAt: OpenAt;
}

/** The one fault menu of the map; closing it gives the focus back to what it was opened for. */
export function useMapMenu({ members, links, ranks, topic }: MapModel): MapMenu {
  const [opened, setOpened] = useState<Opened | null>(null);
  const openMenu = useCallback(
    (kind: Kind, key: string, at: MenuPoint, from: SVGElement) => setOpened({ kind, key, at, from }),
    [],
  );
  const openAt: OpenAt = useCallback((kind, key, event) => {
    event.preventDefault();
    setOpened({ kind, key, at: { x: event.clientX, y: event.clientY }, from: event.currentTarget });
  }, []);
  const shared = { at: opened?.at ?? null, returnFocus: opened?.from ?? null, onClose: () => setOpened(null) };
  const member = opened?.kind === 'member' ? members.find((each) => each.name === opened.key) : undefined;
  const link = opened?.kind === 'link' ? links.find((each) => each.key === opened.key) : undefined;
  const menu =
    member !== undefined ? (
      <MemberFaultMenu facts={member} rank={ranks[member.name] ?? null} topic={topic} {...shared} />
    ) : link !== undefined ? (
      <LinkFaultMenu link={link} {...shared} />
    ) : null;
  return { menu, openMenu, openAt };
}
