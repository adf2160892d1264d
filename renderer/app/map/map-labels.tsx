import type { ReactElement } from 'react';
import { isLabelAbove, type Point } from '../../state/map-geometry.ts';
import { memberWord } from '../../state/member-words.ts';
import type { MemberFacts } from '../../state/members.ts';
import { age } from '../../state/words.ts';
import { StatusGlyph, statusInk } from '../../ui/glyphs.tsx';
import { useNow } from '../../ui/use-now.ts';

interface MapLabelProps {
  readonly facts: MemberFacts;
  readonly at: Point;
  readonly center: Point;
  readonly radius: number;
  readonly isWaiting: boolean;
  readonly staleMs: number | null;
}

/** Name and status beside a ring, outside the circle of members. Spoken by the ring itself. */
export function MapLabel({ facts, at, center, radius, isWaiting, staleMs }: MapLabelProps): ReactElement {
  const outer = radius + (facts.status === 'suspect' ? 10 : isWaiting ? 6 : 0);
  const isAbove = isLabelAbove(at, center);
  const place = isAbove
    ? { top: at.y - outer - 18, transform: 'translate(-50%, -100%)' }
    : { top: at.y + outer + 12, transform: 'translateX(-50%)' };
  return (
    <div
      aria-hidden="true"
      className="pointer-events-none absolute text-center whitespace-nowrap"
      style={{ left: at.x, ...place }}
    >
      <div className={`text-md font-semibold tracking-[-.01em] ${facts.status === 'ghost' ? 'text-ink-2' : ''}`}>
        {facts.name}
      </div>
      {facts.status !== 'ghost' && <Word facts={facts} />}
      {staleMs !== null && <div className="text-2xs text-ink-3">as of {age(staleMs)} ago</div>}
    </div>
  );
}

function Word({ facts }: { readonly facts: MemberFacts }): ReactElement {
  const now = useNow(facts.deadAt === null ? 1000 : 100);
  const ink = facts.status === 'suspect' || facts.status === 'dead' ? statusInk(facts.status) : 'text-ink-2';
  return (
    <div className={`num flex items-center justify-center gap-[5px] text-xs ${ink}`}>
      <StatusGlyph of={facts.status} size={10} />
      {memberWord(facts, now)}
    </div>
  );
}
