import type { ReactElement } from 'react';
import type { LinkFacts } from '../../state/links.ts';
import { counted, numberOf } from '../../state/words.ts';
import { Kbd } from '../../ui/chip.tsx';
import type { Drag } from './use-map-drag.ts';
import type { MapModel } from './use-map-model.ts';
import { classes } from '../../ui/class-names.ts';

/** What a drag is about to do, drawn in the fault colour at once. */
export function DragMarks({ drag, model }: { readonly drag: Drag; readonly model: MapModel }): ReactElement | null {
  const home = drag.kind === 'member' ? model.spots.get(drag.name) : undefined;
  const { radius } = model.places;
  if (drag.kind === 'across') {
    return (
      <path
        d={`M${drag.from.x} ${drag.from.y}L${drag.to.x} ${drag.to.y}`}
        stroke="var(--kl-fault)"
        strokeWidth="1.6"
        strokeDasharray="3 4"
        strokeLinecap="round"
      />
    );
  }
  if (drag.kind !== 'member' || home === undefined) return null;
  return (
    <g pointerEvents="none">
      <circle cx={home.x} cy={home.y} r={radius} fill="none" stroke="var(--kl-line-3)" strokeDasharray="4 5" />
      <path
        d={`M${home.x} ${home.y}L${drag.at.x} ${drag.at.y}`}
        stroke="var(--kl-fault)"
        strokeWidth="1.4"
        strokeDasharray="2 3"
      />
      {drag.isFar && (
        <circle
          cx={drag.at.x}
          cy={drag.at.y}
          r={radius + 9}
          fill="var(--kl-fault-soft)"
          stroke="var(--kl-fault)"
          strokeWidth="2"
        />
      )}
    </g>
  );
}

/** Names the effect before the pointer is let go. */
export function DragHint({ drag, links }: { readonly drag: Drag; readonly links: readonly LinkFacts[] }): ReactElement {
  return (
    <div
      role="status"
      className={classes(
        'pointer-events-none absolute bottom-10 left-5 flex h-8 items-center gap-3',
        'rounded-md bg-overlay px-3 whitespace-nowrap shadow-menu',
      )}
    >
      <span className="font-medium text-fault">{hintOf(drag, links)}</span>
      <span className="flex items-center gap-1.5 text-xs text-ink-3">
        <Kbd>Esc</Kbd> lets go
      </span>
    </div>
  );
}

function hintOf(drag: Drag, links: readonly LinkFacts[]): string {
  if (drag.kind === 'across') {
    const first = links.find((link) => link.key === drag.crossed[0]);
    if (first === undefined) return 'Draw over a link to cut it';
    return drag.crossed.length === 1
      ? `Cut ${numberOf(first.a)} and ${numberOf(first.b)} both ways`
      : `Cut ${counted(drag.crossed.length, 'link')} both ways`;
  }
  if (drag.kind === 'along') {
    const link = links.find((each) => each.key === drag.link);
    if (link === undefined || drag.towards === null) return 'Pull towards a member to cut that direction';
    return `Cut towards ${numberOf(drag.towards === 'there' ? link.b : link.a)}`;
  }
  return drag.isFar ? `Isolate ${drag.name} from all others` : `Pull ${drag.name} outward to isolate it`;
}
