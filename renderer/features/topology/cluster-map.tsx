/** The map: members on a circle, gossip between them, data from the left, alerts to the right (design.md, section 4). */
import {
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
  type ReactElement,
} from 'react';
import { MapLabel } from '../../app/map/map-labels.tsx';
import { PulseLayer } from '../../app/map/pulse-layer.tsx';
import { useFrame } from '../../app/frame-context.tsx';
import { useWorld } from '../../app/lab-context.tsx';
import { select, useSession } from '../../app/session.ts';
import { cutFault, useActions } from '../../app/use-actions.tsx';
import type { LinkFacts } from '../../state/links.ts';
import { PictureDefs } from '../../ui/glyphs.tsx';
import type { MenuPoint } from '../../ui/menu.tsx';
import type { Size } from '../../ui/use-size.ts';
import { DataCard, InboxCard, LonelyNote, WaitChip } from './map-cards.tsx';
import { LinkFaultMenu, MemberFaultMenu } from './fault-menus.tsx';
import { FeedLines, InboxLines, inboxPaths } from './map-lines.tsx';
import { MapLegend, ZoomButtons } from './map-legend.tsx';
import { MapLinks } from './map-links.tsx';
import { DragHint, DragMarks } from './drag-marks.tsx';
import { MapMember } from './map-member.tsx';
import { useMapDrag } from './use-map-drag.ts';
import { useMapFocus } from './use-map-focus.ts';
import { useMapModel } from './use-map-model.ts';
import { useMapView } from './use-map-view.ts';

interface OpenMenu {
  readonly kind: 'member' | 'link';
  readonly key: string;
  readonly at: MenuPoint;
  readonly from: SVGElement | null;
}

/** From this many members on only the lanes of one member are drawn. */
const manyMembers = 8;

export function ClusterMap({ size }: { readonly size: Size }): ReactElement {
  const stage = useRef<HTMLDivElement>(null);
  const layer = useRef<HTMLDivElement>(null);
  const model = useMapModel(size);
  const { isNarrow } = useFrame();
  const { view, zoom, fit } = useMapView(stage);
  const actions = useActions();
  const selection = useSession((state) => state.selection);
  const isGossipShown = useSession((state) => state.isGossipShown);
  const isConnected = useWorld((world) => world.connection !== 'lost');
  const [hovered, setHovered] = useState<string | null>(null);
  const [menu, setMenu] = useState<OpenMenu | null>(null);
  const { members, links, places, spots, waits, ranks, topic } = model;

  const toMap = (x: number, y: number) => {
    const box = layer.current?.getBoundingClientRect();
    if (box === undefined) return { x, y };
    return { x: ((x - box.left) * size.width) / box.width, y: ((y - box.top) * size.height) / box.height };
  };
  const drag = useMapDrag(
    { spots, links, center: places.center, toMap },
    {
      onCutAcross: (crossed) =>
        void actions.faultLinks(
          crossed.map((link) => [link.a, link.b] as const),
          cutFault,
        ),
      onCutAlong: (link, towards) =>
        void (towards === 'there'
          ? actions.faultLink(link.a, link.b, cutFault, true)
          : actions.faultLink(link.b, link.a, cutFault, true)),
      onIsolate: (name) => void actions.isolate(name),
    },
  );
  const openMenu = (kind: OpenMenu['kind'], key: string, at: MenuPoint, from: SVGElement): void =>
    setMenu({ kind, key, at, from });
  const focus = useMapFocus({ model, stage, onMenu: openMenu });
  const context = (kind: OpenMenu['kind'], key: string) => (event: MouseEvent<SVGGElement>) => {
    event.preventDefault();
    openMenu(kind, key, { x: event.clientX, y: event.clientY }, event.currentTarget);
  };
  const isMany = members.length >= manyMembers;
  const lit = hovered ?? (selection.kind === 'member' ? selection.name : null);
  const isLit = (link: LinkFacts): boolean =>
    !isMany ||
    link.hasFault ||
    link.a === lit ||
    link.b === lit ||
    (selection.kind === 'link' && selection.a === link.a && selection.b === link.b);
  const paths = useMemo(() => inboxPaths(model), [model]);

  const onStageDown = (event: PointerEvent<HTMLDivElement>): void => {
    if (
      event.button !== 0 ||
      !(event.target instanceof Element) ||
      event.target.closest('[data-member], button, [data-grip]') !== null
    )
      return;
    drag.beginAcross(event.clientX, event.clientY);
  };
  const onStageKey = (event: KeyboardEvent<HTMLDivElement>): void => focus.onKey(event);
  const menuMember = menu?.kind === 'member' ? members.find((member) => member.name === menu.key) : undefined;
  const menuLink = menu?.kind === 'link' ? links.find((link) => link.key === menu.key) : undefined;

  return (
    <div
      ref={stage}
      role="application"
      aria-label="Cluster map"
      data-region="canvas"
      tabIndex={-1}
      onPointerDown={onStageDown}
      onKeyDown={onStageKey}
      className={`dotted-canvas relative min-h-0 min-w-0 flex-1 touch-none overflow-hidden select-none ${isConnected ? '' : 'opacity-50'}`}
    >
      <div
        ref={layer}
        className="absolute inset-0 origin-top-left"
        style={{ transform: `translate(${view.x}px, ${view.y}px) scale(${view.scale})` }}
      >
        <svg width={size.width} height={size.height} className="absolute inset-0 overflow-visible">
          <PictureDefs id="map" />
          <FeedLines model={model} />
          <InboxLines model={model} paths={paths} />
          <MapLinks
            model={model}
            drag={drag}
            hovered={hovered}
            selected={selection.kind === 'link' ? selection : null}
            isLit={isLit}
            tabStop={focus.tabStop}
            onHover={setHovered}
            onContext={context}
            onFocusKey={focus.setKey}
            onGrip={(link, event) =>
              openMenu('link', link.key, { x: event.clientX, y: event.clientY }, event.currentTarget)
            }
          />
          {members.map((member) => (
            <MapMember
              key={member.name}
              facts={member}
              at={
                drag.drag?.kind === 'member' && drag.drag.name === member.name
                  ? drag.drag.at
                  : (spots.get(member.name) ?? places.center)
              }
              radius={places.radius}
              rank={ranks[member.name] ?? null}
              wait={waits.find((wait) => wait.member === member.name) ?? null}
              isSelected={selection.kind === 'member' && selection.name === member.name}
              tabIndex={focus.tabStop === `member:${member.name}` ? 0 : -1}
              onClick={() => {
                if (!drag.wasDragged()) select({ kind: 'member', name: member.name });
              }}
              onContextMenu={context('member', member.name)}
              onPointerDown={(event) => {
                if (event.button === 0 && members.length > 1)
                  drag.beginMember(member.name, event.clientX, event.clientY);
              }}
              onPointerEnter={() => setHovered(member.name)}
              onPointerLeave={() => setHovered(null)}
              onFocus={() => focus.setKey(`member:${member.name}`)}
            />
          ))}
          {drag.drag !== null && (
            <DragMarks
              drag={drag.drag}
              home={drag.drag.kind === 'member' ? (spots.get(drag.drag.name) ?? null) : null}
              radius={places.radius}
            />
          )}
        </svg>
        {isGossipShown && <PulseLayer spots={spots} radius={places.radius} width={size.width} height={size.height} />}
        {members.map((member) => {
          const isNamed = members.length <= 9 || member.name === lit;
          return (
            isNamed && (
              <MapLabel
                key={member.name}
                facts={member}
                at={spots.get(member.name) ?? places.center}
                center={places.center}
                radius={places.radius}
                isWaiting={waits.some((wait) => wait.member === member.name)}
                staleMs={null}
              />
            )
          );
        })}
        <DataCard left={places.data.x} top={places.data.y} />
        <InboxCard left={places.inbox.x} top={places.inbox.y} />
        {paths.map((path) => path.wait !== null && <WaitChip key={path.member} wait={path.wait} at={path.chip} />)}
        {members.length === 1 && <LonelyNote at={{ x: places.center.x, y: places.center.y + 130 }} />}
      </div>
      {!isNarrow && <MapLegend />}
      <ZoomButtons onZoom={zoom} onFit={fit} />
      {drag.drag !== null && <DragHint drag={drag.drag} links={links} />}
      {menuMember !== undefined && (
        <MemberFaultMenu
          facts={menuMember}
          rank={ranks[menuMember.name] ?? null}
          topic={topic}
          at={menu?.at ?? null}
          returnFocus={menu?.from ?? null}
          onClose={() => setMenu(null)}
        />
      )}
      {menuLink !== undefined && (
        <LinkFaultMenu
          link={menuLink}
          at={menu?.at ?? null}
          returnFocus={menu?.from ?? null}
          onClose={() => setMenu(null)}
        />
      )}
    </div>
  );
}
