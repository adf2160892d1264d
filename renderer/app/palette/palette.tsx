/** Go to or run: everything the window can do, by three letters, with the command line of the chosen row. */
import { Command } from 'cmdk';
import { Search } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { useMemo, useState, type KeyboardEvent, type ReactElement } from 'react';
import { Kbd } from '../../ui/chip.tsx';
import { classes } from '../../ui/class-names.ts';
import { copyText } from '../../ui/clipboard.ts';
import { Icon } from '../../ui/icon.tsx';
import { keyText } from '../keys.ts';
import { presentHost, useLab } from '../lab-context.tsx';
import { session, useSession } from '../session.ts';
import { makeActions } from '../use-actions.tsx';
import { groupOrder, matchEntries, paletteEntries, type PaletteEntry } from './palette-entries.ts';

export function Palette(): ReactElement {
  const isOpen = useSession((state) => state.isPaletteOpen);
  return (
    <Dialog.Root open={isOpen} onOpenChange={(open) => session.setState({ isPaletteOpen: open })}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-scrim" />
        <Dialog.Content
          aria-modal="true"
          aria-describedby={undefined}
          className={classes(
            'appear fixed top-[16.6vh] left-1/2 z-50 w-[620px] max-w-[94vw] -translate-x-1/2',
            'overflow-hidden rounded-lg bg-overlay shadow-dialog outline-none',
          )}
        >
          <Dialog.Title className="sr-only">Command palette</Dialog.Title>
          <PaletteBody />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function PaletteBody(): ReactElement {
  const lab = useLab();
  const [query, setQuery] = useState('');
  const [chosen, setChosen] = useState('');
  const actions = useMemo(() => makeActions(lab), [lab]);
  // The list holds still while it is open: what one is about to choose must not move.
  const [host] = useState(() => presentHost(lab.feed.store.getState()));
  const all = useMemo(
    () => paletteEntries({ host, selection: session.getState().selection, topic: session.getState().topic, actions }),
    [host, actions],
  );
  const found = useMemo(() => matchEntries(all, query), [all, query]);
  const entry = found.find((each) => each.id === chosen) ?? found[0];
  const run = (each: PaletteEntry): void => {
    session.setState({ isPaletteOpen: false });
    each.run();
  };
  const onKey = (event: KeyboardEvent): void => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'c' || entry?.command === undefined) return;
    if ((window.getSelection()?.toString() ?? '') !== '') return;
    event.preventDefault();
    void copyText(entry.command);
  };
  return (
    <Command
      label="Command palette"
      shouldFilter={false}
      loop
      value={entry?.id ?? ''}
      onValueChange={setChosen}
      onKeyDown={onKey}
    >
      <div className="flex h-[52px] items-center gap-3 border-b border-line-2 px-[18px]">
        <Icon of={Search} size={17} className="text-ink-3" />
        <Command.Input
          value={query}
          onValueChange={setQuery}
          autoFocus
          placeholder="Go to or run"
          className="min-w-0 flex-1 bg-transparent text-[16px] outline-none placeholder:text-ink-3"
        />
        <span className="num text-xs text-ink-3">
          {found.length} of {all.length}
        </span>
      </div>
      <Command.List className="max-h-[min(400px,52vh)] overflow-y-auto pt-1.5 pb-2">
        <Command.Empty className="px-[18px] py-6 text-center text-ink-2">
          Nothing matches. Try a member, a topic or a verb.
        </Command.Empty>
        {groupOrder.map((group) => {
          const rows = found.filter((each) => each.group === group);
          return (
            rows.length > 0 && (
              <Command.Group
                key={group}
                heading={group}
                className={classes(
                  '[&_[cmdk-group-heading]]:px-[18px] [&_[cmdk-group-heading]]:pt-2',
                  '[&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-2xs',
                  '[&_[cmdk-group-heading]]:font-[550] [&_[cmdk-group-heading]]:text-ink-3',
                )}
              >
                {rows.map((each) => (
                  <PaletteRow
                    key={each.id}
                    entry={each}
                    query={query}
                    isChosen={each.id === entry?.id}
                    onRun={() => run(each)}
                  />
                ))}
              </Command.Group>
            )
          );
        })}
      </Command.List>
      <div className="flex h-10 items-center gap-2 border-t border-line-2 px-[18px] text-xs text-ink-3">
        <span className="mono overflow-hidden text-ellipsis whitespace-nowrap">{entry?.command ?? ''}</span>
        {entry?.command !== undefined && (
          <span className="ml-auto flex shrink-0 items-center gap-[5px]">
            <Kbd>{keyText('Ctrl')}</Kbd> <Kbd>C</Kbd> copies the command
          </span>
        )}
      </div>
    </Command>
  );
}

function PaletteRow({
  entry,
  query,
  isChosen,
  onRun,
}: {
  readonly entry: PaletteEntry;
  readonly query: string;
  readonly isChosen: boolean;
  readonly onRun: () => void;
}): ReactElement {
  return (
    <Command.Item
      value={entry.id}
      onSelect={onRun}
      className={classes('mx-1.5 flex h-[38px] items-center gap-[11px] rounded-[6px] px-3', isChosen && 'bg-press')}
    >
      <Icon of={entry.icon} size={16} className={entry.isFault === true ? 'text-fault' : 'text-ink-2'} />
      <span className="whitespace-nowrap">
        <Marked text={entry.title} query={query} />
      </span>
      {entry.detail !== undefined && (
        <span
          className={classes(
            'overflow-hidden text-xs text-ellipsis whitespace-nowrap',
            isChosen ? 'text-ink-2' : 'text-ink-3',
          )}
        >
          {entry.detail}
        </span>
      )}
      {isChosen && (
        <span className="ml-auto">
          <Kbd>Enter</Kbd>
        </span>
      )}
    </Command.Item>
  );
}

/** The letters that matched, bold. */
function Marked({ text, query }: { readonly text: string; readonly query: string }): ReactElement {
  const word = query.trim().split(/\s+/)[0]?.toLowerCase() ?? '';
  const at = word === '' ? -1 : text.toLowerCase().indexOf(word);
  if (at < 0) return <>{text}</>;
  return (
    <>
      {text.slice(0, at)}
      <b className="font-semibold">{text.slice(at, at + word.length)}</b>
      {text.slice(at + word.length)}
    </>
  );
}
