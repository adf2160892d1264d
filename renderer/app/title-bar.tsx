import { FlaskConical, LayoutGrid, Presentation, Search, SunMoon } from 'lucide-react';
import type { ReactElement } from 'react';
import { Kbd } from '../ui/chip.tsx';
import { classes } from '../ui/class-names.ts';
import { Mark } from '../ui/glyphs.tsx';
import { Icon } from '../ui/icon.tsx';
import { Spoken } from '../ui/spoken.tsx';
import { themeOf } from './appearance.ts';
import { useFrame } from './frame-context.tsx';
import { isMac, keyText } from './keys.ts';
import { useHost } from './lab-context.tsx';
import { session, useSession } from './session.ts';

/** App mark, the tab of the open lab, palette, presenter, theme. Window controls belong to the system's frame. */
export function TitleBar({ isLabOpen }: { readonly isLabOpen: boolean }): ReactElement {
  const { isNarrow } = useFrame();
  const name = useHost((host) => host.lab.plan.name);
  return (
    <header data-region="title" className="col-span-full flex items-stretch border-b border-line-1 pl-3">
      <div
        className={classes(
          'flex items-center gap-[9px] font-semibold tracking-[-.01em]',
          isNarrow ? 'w-[41px]' : 'w-[196px]',
        )}
      >
        <Mark />
        {!isNarrow && <span>Kapacitor Lab</span>}
      </div>
      <div role="tablist" aria-label="Labs and connections" className="flex items-stretch">
        {isLabOpen ? <LabTab name={name} /> : <StartTab />}
      </div>
      <div className="ml-auto flex items-stretch pr-2">
        {isNarrow ? <Tool label="Command palette" icon={Search} onClick={openPalette} /> : <PaletteField />}
        {isLabOpen && (
          <Tool label="Presenter mode" icon={Presentation} onClick={() => session.setState({ isPresenting: true })} />
        )}
        <Tool
          label="Theme"
          icon={SunMoon}
          onClick={() => session.setState({ theme: themeOf(session.getState().theme) === 'dark' ? 'light' : 'dark' })}
        />
      </div>
    </header>
  );
}

function openPalette(): void {
  session.setState({ isPaletteOpen: true });
}

const tab = 'relative -mb-px flex items-center gap-2 border-x border-line-1 bg-canvas px-3.5 font-medium';

function StartTab(): ReactElement {
  return (
    <button type="button" role="tab" aria-selected="true" aria-label="All labs and connections" className={tab}>
      <Icon of={LayoutGrid} />
    </button>
  );
}

function LabTab({ name }: { readonly name: string }): ReactElement {
  return (
    <button type="button" role="tab" aria-selected="true" className={tab}>
      <Spoken layout="through" name={`${name}, lab`}>
        <span className="absolute top-0 right-[-1px] left-0 h-0.5 bg-focus" />
        <Icon of={FlaskConical} size={14} />
        <span>{name}</span>
        <span aria-hidden="true" className="text-xs font-normal text-ink-3">
          Lab
        </span>
      </Spoken>
    </button>
  );
}

function Tool({
  label,
  icon,
  onClick,
}: {
  readonly label: string;
  readonly icon: typeof Search;
  readonly onClick: () => void;
}): ReactElement {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      onClick={onClick}
      className="grid w-8 place-items-center text-ink-2 hover:text-ink-1"
    >
      <Icon of={icon} size={16} />
    </button>
  );
}

function PaletteField(): ReactElement {
  const isOpen = useSession((state) => state.isPaletteOpen);
  return (
    <button
      type="button"
      aria-expanded={isOpen}
      aria-haspopup="dialog"
      onClick={openPalette}
      className={classes(
        'mr-2 flex h-[26px] w-60 items-center gap-2 self-center rounded-sm bg-hover pr-1.5 pl-[9px]',
        'text-xs text-ink-2 shadow-line-1 hover:bg-press',
      )}
    >
      <Spoken layout="through" name="Command palette">
        <Icon of={Search} size={14} />
        <span aria-hidden="true">Go to or run</span>
        <span className="ml-auto flex items-center gap-[5px]">
          <Kbd isHint>{isMac ? '⌘' : keyText('Ctrl')}</Kbd> <Kbd isHint>K</Kbd>
        </span>
      </Spoken>
    </button>
  );
}
