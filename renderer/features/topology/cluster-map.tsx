/** The map: members on a circle, gossip between them, data from the left, alerts to the right (design.md, section 4). */
import { useLayoutEffect, useMemo, useRef, useState, type PointerEvent, type ReactElement } from 'react';
import { useFrame } from '../../app/frame-context.tsx';
import { glideFromPlaces } from '../../app/map/glide.ts';
import { PulseLayer } from '../../app/map/pulse-layer.tsx';
import { useSession } from '../../app/session.ts';
import { cutFault, useActions } from '../../app/use-actions.tsx';
import type { LinkFacts } from '../../state/links.ts';
import type { Point } from '../../state/map-geometry.ts';
import { PictureDefs } from '../../ui/glyphs.tsx';
import type { Size } from '../../ui/use-size.ts';
import { DragHint, DragMarks } from './drag-marks.tsx';
import { MapLegend, ZoomButtons } from './map-legend.tsx';
import { FeedLines, InboxLines, inboxPaths } from './map-lines.tsx';
import { MapLinks } from './map-links.tsx';
import { MapMembers } from './map-members.tsx';
import { MapOverlay } from './map-overlay.tsx';
import { useMapDrag, type MapDrag } from './use-map-drag.ts';
import { useMapFocus } from './use-map-focus.ts';
import { useMapMenu } from './map-menu.tsx';
import { useMapModel, type MapModel } from './use-map-model.ts';
import { useMapView } from './use-map-view.ts';

/** From this many members on only the lanes of one member are drawn. */
const manyMembers = 8;

/** In less room than this the map is drawn smaller, not closer. */
const leastRoom: Size = { width: 880, height: 520 };

export function ClusterMap({ size: room }: { readonly size: Size }): ReactElement {
  const fitScale = Math.min(1, room.width / leastRoom.width, room.height / leastRoom.height);
  const size = useMemo(() => ({ width: room.width / fitScale, height: room.height / fitScale }), [room, fitScale]);
  const stage = useRef<HTMLDivElement>(null);
  const layer = useRef<HTMLDivElement>(null);
  const model = useMapModel(size);
  useLayoutEffect(() => {
    if (stage.current !== null) glideFromPlaces(stage.current);
  }, []);
  const { isNarrow } = useFrame();
  const { view, zoom, fit } = useMapView(stage);
  const selection = useSession((state) => state.selection);
  const isGossipShown = useSession((state) => state.isGossipShown);
  const [hovered, setHovered] = useState<string | null>(null);
  const { menu, openMenu, openAt } = useMapMenu(model);
  const drag = useBreaking(model, (x, y) => toMap(layer.current, size, x, y));
  const focus = useMapFocus({ model, stage, onMenu: openMenu });
  const paths = useMemo(() => inboxPaths(model), [model]);
  const lit = hovered ?? (selection.kind === 'member' ? selection.name : null);
  const isSelected = (link: LinkFacts): boolean =>
    selection.kind === 'link' && selection.a === link.a && selection.b === link.b;
  const isLit = (link: LinkFacts): boolean =>
    model.members.length < manyMembers || link.hasFault || link.a === lit || link.b === lit || isSelected(link);

  return (
    <div
      ref={stage}
      role="application"
      aria-label="Cluster map"
      data-region="canvas"
      tabIndex={-1}
      onPointerDown={(event) => isFreeGround(event) && drag.beginAcross(event.clientX, event.clientY)}
      onKeyDown={focus.onKey}
      className="dotted-canvas relative min-h-0 min-w-0 flex-1 touch-none overflow-hidden outline-none select-none"
    >
      <div
        ref={layer}
        className="absolute top-0 left-0 origin-top-left"
        style={{ ...size, transform: `translate(${view.x}px, ${view.y}px) scale(${view.scale * fitScale})` }}
      >
        <svg width={size.width} height={size.height} className="absolute inset-0 overflow-visible">
          <PictureDefs id="map" />
          <FeedLines model={model} />
          <InboxLines model={model} paths={paths} />
          <MapLinks
            model={model}
            drag={drag}
            hovered={hovered}
            isLit={isLit}
            isSelected={isSelected}
            tabStop={focus.tabStop}
            onHover={setHovered}
            onMenu={openAt}
            onFocusKey={focus.setKey}
          />
          <MapMembers model={model} drag={drag} focus={focus} onHover={setHovered} onMenu={openAt} />
          {drag.drag !== null && <DragMarks drag={drag.drag} model={model} />}
        </svg>
        {isGossipShown && (
          <PulseLayer
            spots={model.spots}
            radius={model.places.radius}
            width={size.width}
            height={size.height}
            holes={model.middles}
          />
        )}
        <MapOverlay model={model} paths={paths} lit={lit} />
      </div>
      {!isNarrow && <MapLegend />}
      <ZoomButtons onZoom={zoom} onFit={fit} />
      {drag.drag !== null && <DragHint drag={drag.drag} links={model.links} />}
      {menu}
    </div>
  );
}

/** What a drag does once it is let go. */
function useBreaking(model: MapModel, at: (x: number, y: number) => Point): MapDrag {
  const actions = useActions();
  return useMapDrag(
    { spots: model.spots, links: model.links, center: model.places.center, toMap: at },
    {
      onCutAcross: (crossed) =>
        void actions.faultLinks(
          crossed.map((link) => [link.a, link.b] as const),
          cutFault,
        ),
      onCutAlong: ({ a, b }, towards) => {
        const [from, to] = towards === 'there' ? [a, b] : [b, a];
        void actions.faultLink(from, to, cutFault, true);
      },
      onIsolate: (name) => void actions.isolate(name),
    },
  );
}

/** From the page into the map's own pixels, whatever its zoom and the text size. */
function toMap(layer: HTMLElement | null, size: Size, x: number, y: number): Point {
  const box = layer?.getBoundingClientRect();
  if (box === undefined || box.width === 0) return { x, y };
  return { x: ((x - box.left) * size.width) / box.width, y: ((y - box.top) * size.height) / box.height };
}

function isFreeGround(event: PointerEvent<HTMLDivElement>): boolean {
  return (
    event.button === 0 &&
    event.target instanceof Element &&
    event.target.closest('[data-member], [data-grip], button') === null
  );
}
