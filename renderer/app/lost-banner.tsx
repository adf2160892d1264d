import { Unplug } from 'lucide-react';
import type { ReactElement } from 'react';
import { age } from '../state/words.ts';
import { Icon } from '../ui/icon.tsx';
import { useNow } from '../ui/use-now.ts';
import { useWorld } from './lab-context.tsx';

/** The host does not answer: what is on screen is the last that was known, and this says how old it is. */
export function LostBanner(): ReactElement | null {
  const isLost = useWorld((world) => world.connection === 'lost');
  return isLost ? <Banner /> : null;
}

function Banner(): ReactElement {
  const since = useWorld((world) => world.connectionSince);
  const now = useNow(1000);
  return (
    <div role="alert" className="flex shrink-0 items-center gap-3 border-b border-line-1 bg-dead-soft px-5 py-2">
      <Icon of={Unplug} size={16} className="text-dead" />
      <span>
        <b className="font-semibold">The host of this lab does not answer.</b> What you see is {age(now - since)} old.
        The window connects again by itself.
      </span>
    </div>
  );
}
