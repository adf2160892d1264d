import { Minus, Plus, Scan } from 'lucide-react';
import type { ReactElement } from 'react';
import { Button } from '../../ui/button.tsx';
import { StatusGlyph, type StatusShape } from '../../ui/glyphs.tsx';
import { classes } from '../../ui/class-names.ts';

const shapes: readonly StatusShape[] = ['alive', 'suspect', 'dead', 'left', 'frozen', 'stopped'];

/** What the shapes mean. Spoken names stand on the members, so the legend is for eyes. */
export function MapLegend(): ReactElement {
  return (
    <div
      aria-hidden="true"
      className={classes(
        'pointer-events-none absolute bottom-3 left-5 flex items-center gap-4 text-2xs text-ink-3',
        '[&>span]:flex [&>span]:items-center [&>span]:gap-1.5 [&>span]:whitespace-nowrap',
      )}
    >
      {shapes.map((shape) => (
        <span key={shape}>
          <StatusGlyph of={shape} size={10} />
          {shape}
        </span>
      ))}
      <span className="ml-2">
        <svg width="22" height="10">
          <path d="M0 3H22M0 7H22" stroke="var(--kl-link)" strokeWidth="1.4" />
        </svg>
        gossip, one lane each way
      </span>
      <span>
        <svg width="24" height="10">
          <path d="M0 5H8M16 5H24M8 1V9M16 1V9" stroke="var(--kl-fault)" strokeWidth="1.8" />
        </svg>
        cut
      </span>
      <span>
        <svg width="24" height="10">
          <path d="M0 5H5M19 5H24" stroke="var(--kl-fault)" strokeWidth="1.8" />
          <circle cx="12" cy="5" r="4" fill="none" stroke="var(--kl-fault)" strokeWidth="1.4" />
          <path d="M12 3V5.3H13.6" fill="none" stroke="var(--kl-fault)" strokeWidth="1.2" />
        </svg>
        slow
      </span>
      <span>
        <svg width="24" height="10">
          <path d="M0 5H24" stroke="var(--kl-fault)" strokeWidth="2.2" strokeLinecap="round" strokeDasharray="0 6" />
        </svg>
        lossy
      </span>
    </div>
  );
}

export function ZoomButtons({
  onZoom,
  onFit,
}: {
  readonly onZoom: (factor: number) => void;
  readonly onFit: () => void;
}): ReactElement {
  return (
    <div className="absolute right-4 bottom-2.5 flex items-center gap-0.5">
      <Button look="ghost" bare icon={Minus} aria-label="Zoom out" onClick={() => onZoom(1 / 1.2)} />
      <Button look="ghost" bare icon={Plus} aria-label="Zoom in" onClick={() => onZoom(1.2)} />
      <Button look="ghost" bare icon={Scan} aria-label="Fit to view" onClick={onFit} />
    </div>
  );
}
