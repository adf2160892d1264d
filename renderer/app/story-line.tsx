/** One sentence first: what is happening now. Read aloud politely, so it is spoken when it changes, not each tenth. */
import { useMemo, type ReactElement } from 'react';
import { storyLine, type StoryPart } from '../state/story.ts';
import type { World } from '../state/world.ts';
import { classes } from '../ui/class-names.ts';
import { StatusGlyph } from '../ui/glyphs.tsx';
import { useNow } from '../ui/use-now.ts';
import { useWorld } from './lab-context.tsx';
import { LostBanner } from './lost-banner.tsx';

export function StoryLine(): ReactElement {
  const world = useWorld((each) => each);
  // Tenths only while something runs out; otherwise a look a second is enough.
  const now = useNow(useWorld(hasCountdown) ? 100 : 1000);
  const story = useMemo(() => storyLine(world, now), [world, now]);
  return (
    <>
      <LostBanner />
      <div
        role="status"
        aria-label="What is happening"
        className={classes(
          'flex min-h-11 shrink-0 items-center gap-3 border-b border-line-1 px-5 py-1.5 text-md tracking-[-.006em]',
          story.tone === 'wrong' && 'bg-linear-to-r from-suspect-soft to-transparent to-70%',
        )}
      >
        <StatusGlyph of={story.glyph} size={14} />
        <span className="min-w-0">
          <Sentence parts={story.parts} />
        </span>
      </div>
    </>
  );
}

function hasCountdown({ host }: World): boolean {
  if (host === null) return false;
  const isSuspected = host.members.some((member) => member.views.some((view) => view.deadAt !== null));
  return isSuspected || host.alerts.some((alert) => alert.outcome === 'pending');
}

/** Text with its strong parts; figures in them do not dance. */
export function Sentence({ parts }: { readonly parts: readonly StoryPart[] }): ReactElement {
  return (
    <>
      {parts.map((part, index) =>
        typeof part === 'string' ? (
          <span key={index}>{part}</span>
        ) : (
          <b key={index} className={classes('font-semibold', /^[\d.]+ (ms|s|min)/.test(part.strong) && 'num')}>
            {part.strong}
          </b>
        ),
      )}
    </>
  );
}
