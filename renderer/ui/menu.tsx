/** Menus: a list of actions with icons and letters, opened by a control or at a point. Radix carries focus and keys. */
import { Check, Copy, type LucideIcon } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { useState, type KeyboardEvent, type ReactElement, type ReactNode } from 'react';
import { classes } from './class-names.ts';
import { copyText } from './clipboard.ts';
import { Kbd } from './chip.tsx';
import { Icon } from './icon.tsx';
import { overlayPlace } from './overlays.tsx';
import { Spoken } from './spoken.tsx';

export interface MenuItem {
  readonly name: string;
  readonly icon?: LucideIcon;
  /** A letter or key that runs it while the menu is open. */
  readonly key?: string;
  readonly keyLabel?: string;
  readonly detail?: string;
  readonly isOff?: boolean;
  readonly isFault?: boolean;
  readonly isChecked?: boolean;
  /** The command line that does the same, shown below while the item is pointed at. */
  readonly command?: string;
  readonly run: () => void;
}

export interface MenuPoint {
  readonly x: number;
  readonly y: number;
}

interface MenuProps {
  readonly label: string;
  readonly groups: readonly (readonly MenuItem[])[];
  readonly head?: ReactNode;
  readonly width?: number;
  /** Takes the focus when the menu closes; without it the trigger does. */
  readonly returnFocus?: HTMLElement | SVGElement | null;
}

const panel = 'rezoomed appear z-50 rounded-md bg-overlay p-[5px] text-sm shadow-menu outline-none';

/** A menu at a point of the page (context menu, letter F). */
export function PointMenu({
  at,
  onClose,
  ...menu
}: MenuProps & { readonly at: MenuPoint | null; readonly onClose: () => void }): ReactElement {
  return (
    <DropdownMenu.Root modal={false} open={at !== null} onOpenChange={(isOpen) => !isOpen && onClose()}>
      <DropdownMenu.Trigger asChild>
        <span
          aria-hidden="true"
          className="unzoomed pointer-events-none fixed size-0"
          style={{ left: at?.x ?? 0, top: at?.y ?? 0 }}
        />
      </DropdownMenu.Trigger>
      <MenuContent {...menu} onClose={onClose} />
    </DropdownMenu.Root>
  );
}

/** A menu under its button. */
export function ButtonMenu({
  trigger,
  isOpen,
  onOpenChange,
  ...menu
}: MenuProps & {
  readonly trigger: ReactElement;
  readonly isOpen?: boolean;
  readonly onOpenChange?: (isOpen: boolean) => void;
}): ReactElement {
  const control = isOpen === undefined || onOpenChange === undefined ? {} : { open: isOpen, onOpenChange };
  return (
    <DropdownMenu.Root modal={false} {...control}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <MenuContent {...menu} onClose={() => onOpenChange?.(false)} />
    </DropdownMenu.Root>
  );
}

function MenuContent({
  label,
  groups,
  head,
  width = 216,
  returnFocus,
  onClose,
}: MenuProps & { readonly onClose: () => void }): ReactElement {
  const byKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const item = groups.flat().find((candidate) => candidate.key?.toLowerCase() === event.key.toLowerCase());
    if (item === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (item.isOff === true) return;
    onClose();
    item.run();
  };
  const giveBack = (event: Event): void => {
    if (returnFocus === undefined || returnFocus === null) return;
    event.preventDefault();
    returnFocus.focus({ preventScroll: true });
  };
  return (
    <DropdownMenu.Portal container={overlayPlace()}>
      <DropdownMenu.Content
        aria-label={label}
        aria-labelledby={undefined}
        align="start"
        sideOffset={4}
        collisionPadding={8}
        loop
        onKeyDown={byKey}
        onCloseAutoFocus={giveBack}
        className={panel}
        style={{ width }}
      >
        {head !== undefined && (
          <>
            <div className="px-2 pt-1 pb-[7px]">{head}</div>
            <Line />
          </>
        )}
        <MenuList groups={groups} />
      </DropdownMenu.Content>
    </DropdownMenu.Portal>
  );
}

/** Mounted anew at each opening, so what was pointed at last time is forgotten. */
function MenuList({ groups }: Pick<MenuProps, 'groups'>): ReactElement {
  const [pointedAt, setPointedAt] = useState<string | null>(null);
  const items = groups.flat();
  const lines = items.flatMap(({ command }) => (command === undefined ? [] : [command]));
  const shown = items.find((item) => item.name === pointedAt) ?? items.find((item) => item.isOff !== true);
  return (
    <>
      {groups.map((group, index) => (
        <MenuGroup
          key={group[0]?.name ?? index}
          items={group}
          hasLine={index > 0}
          onHover={(item) => setPointedAt(item.name)}
        />
      ))}
      {lines.length > 0 && (
        <>
          <Line />
          <CommandItem line={shown?.command ?? ''} lines={lines} />
        </>
      )}
    </>
  );
}

function MenuGroup({
  items,
  hasLine,
  onHover,
}: {
  readonly items: readonly MenuItem[];
  readonly hasLine: boolean;
  readonly onHover: (item: MenuItem) => void;
}): ReactElement {
  return (
    <>
      {hasLine && <Line />}
      {items.map((item) => (
        <Item key={item.name} item={item} onHover={onHover} />
      ))}
    </>
  );
}

function Item({
  item,
  onHover,
}: {
  readonly item: MenuItem;
  readonly onHover: (item: MenuItem) => void;
}): ReactElement {
  const look =
    item.isFault === true
      ? 'data-[highlighted]:bg-fault-soft data-[highlighted]:text-fault data-[highlighted]:[&_svg]:text-fault'
      : 'data-[highlighted]:bg-press';
  return (
    <DropdownMenu.Item
      disabled={item.isOff === true}
      onSelect={() => item.run()}
      onFocus={() => onHover(item)}
      onPointerMove={() => onHover(item)}
      className={classes(
        'flex h-7 w-full items-center gap-[9px] rounded-sm px-2 whitespace-nowrap outline-none',
        'data-[disabled]:opacity-55 [&_svg]:text-ink-2',
        look,
      )}
    >
      {item.icon !== undefined && <Icon of={item.icon} />}
      <span className="overflow-hidden text-ellipsis">{item.name}</span>
      <span aria-hidden="true" className="ml-auto flex items-center gap-2 pl-3">
        {item.detail !== undefined && <span className="text-xs text-ink-3">{item.detail}</span>}
        {item.isChecked === true && <Icon of={Check} size={14} />}
        {(item.keyLabel ?? item.key) !== undefined && <Kbd isHint>{item.keyLabel ?? item.key?.toUpperCase()}</Kbd>}
      </span>
    </DropdownMenu.Item>
  );
}

const commandPlace = 'col-start-1 row-start-1 min-w-0 break-words';

/**
 * The command that does the same; choosing it copies it and leaves the menu open. As tall as the longest of `lines`: a
 * menu above its point would otherwise move while it is pointed at, and the click would hit another item.
 */
function CommandItem({ line, lines }: { readonly line: string; readonly lines: readonly string[] }): ReactElement {
  const [isCopied, setCopied] = useState(false);
  return (
    <DropdownMenu.Item
      onSelect={(event) => {
        event.preventDefault();
        void copyText(line).then(setCopied);
      }}
      className="flex items-start gap-2 rounded-sm bg-sunken px-2 py-1.5 shadow-line-1 outline-none data-[highlighted]:shadow-line-ctl"
    >
      <Spoken layout="through" name="Copy command">
        <span className="grid min-w-0 flex-1 font-mono text-2xs text-ink-2 [font-variant-ligatures:none]">
          {lines.map((each, index) => (
            <span key={index} className={classes(commandPlace, 'invisible')}>
              {each}
            </span>
          ))}
          <span className={commandPlace}>{line}</span>
        </span>
        <Icon of={isCopied ? Check : Copy} size={13} className="mt-0.5 text-ink-3" />
      </Spoken>
    </DropdownMenu.Item>
  );
}

function Line(): ReactElement {
  return <DropdownMenu.Separator className="-mx-[5px] my-[5px] border-t border-line-2" />;
}
