import { ChevronRight, CircleX } from 'lucide-react';
import type { ReactElement } from 'react';
import type { CommandLine } from '../../../electron/contract/state.ts';
import { useHost } from '../../app/lab-context.tsx';
import { clock } from '../../state/words.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { StatusGlyph } from '../../ui/glyphs.tsx';
import { Icon } from '../../ui/icon.tsx';
import { EmptyPanel } from '../../ui/panels.tsx';

/** The window is a command line: every change it made, as the line that does the same, oldest first. */
export function CommandsPane(): ReactElement {
  const commands = useHost((host) => host.commands);
  if (commands.length === 0) {
    return (
      <EmptyPanel icon={ChevronRight} title="Nothing was changed yet">
        Each change you make here appears with its command line, ready to copy.
      </EmptyPanel>
    );
  }
  return (
    <ol aria-label="Commands" className="h-full overflow-y-auto py-1" tabIndex={0}>
      {commands.map((command, index) => (
        <CommandRow key={`${command.at}-${index}`} command={command} />
      ))}
      <li key={commands.length} ref={bringIntoView} aria-hidden="true" />
    </ol>
  );
}

/** The end is a new element after each command, so that it comes into view once per command. */
function bringIntoView(element: HTMLElement | null): void {
  element?.scrollIntoView?.({ block: 'nearest' });
}

function CommandRow({ command }: { readonly command: CommandLine }): ReactElement {
  return (
    <li className="flex min-h-7 items-center gap-3 px-5 hover:bg-hover">
      <span className="num text-2xs text-ink-3">{clock(command.at)}</span>
      <span className="grid w-4 shrink-0 place-items-center">{mark(command.outcome)}</span>
      <span className="min-w-0 font-mono text-xs break-words [font-variant-ligatures:none]">
        {command.line}
        {command.error !== null && <span className="block text-dead">{command.error}</span>}
      </span>
      <CopyButton label={`Copy command ${command.line}`} text={command.line} className="ml-auto" />
    </li>
  );
}

function mark(outcome: CommandLine['outcome']): ReactElement {
  if (outcome === 'running') return <StatusGlyph of="starting" size={12} />;
  if (outcome === 'failed') return <Icon of={CircleX} size={13} className="text-dead" />;
  return <Icon of={ChevronRight} size={13} className="text-ink-3" />;
}
