/** Short notes at the bottom of the window: what was just done, with its undo; what was not done, with why. */
import { X } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import { Toaster, toast } from 'sonner';
import { Button } from './button.tsx';
import { classes } from './class-names.ts';
import { Icon } from './icon.tsx';

export interface Note {
  readonly title: string;
  readonly text?: string | undefined;
  /** Original text of an error, in mono. */
  readonly original?: string | undefined;
  readonly icon?: LucideIcon;
  readonly tone?: 'plain' | 'fault' | 'bad';
  readonly actions?: readonly {
    readonly label: string;
    readonly hint?: ReactNode;
    readonly look?: 'ghost' | 'fault' | 'plain';
    readonly run: () => void;
  }[];
  /** Infinity keeps it until it is closed. */
  readonly durationMs?: number;
}

const inks = { plain: 'text-ink-2', fault: 'text-fault', bad: 'text-dead' } as const;

export function showNote(note: Note): void {
  toast.custom((id) => <NoteCard note={note} onClose={() => toast.dismiss(id)} />, {
    duration: note.durationMs ?? 10_000,
  });
}

export function clearNotes(): void {
  toast.dismiss();
}

export function Notes(): ReactElement {
  return (
    <Toaster
      position="bottom-center"
      visibleToasts={3}
      offset={40}
      gap={8}
      expand
      toastOptions={{
        unstyled: true,
        style: { width: 'auto', left: 0, right: 0, display: 'flex', justifyContent: 'center' },
      }}
      style={{ width: 'min(720px, 92vw)' }}
    />
  );
}

function NoteCard({ note, onClose }: { readonly note: Note; readonly onClose: () => void }): ReactElement {
  const { title, text, original, icon, tone = 'plain', actions = [] } = note;
  return (
    <div
      role={tone === 'bad' ? 'alert' : 'status'}
      className={classes(
        'flex min-h-11 max-w-full items-center gap-2.5 rounded-md bg-overlay py-2 pr-2 pl-3.5',
        'font-sans text-sm text-ink-1 shadow-menu',
      )}
    >
      {icon !== undefined && <Icon of={icon} size={16} className={inks[tone]} />}
      <div className="min-w-0">
        <span>
          <b className="font-semibold">{title}</b> {text !== undefined && <span className="text-ink-2">{text}</span>}
        </span>
        {original !== undefined && (
          <div className="max-h-24 overflow-auto font-mono text-2xs break-words text-ink-2">{original}</div>
        )}
      </div>
      <span className="ml-auto flex items-center gap-2 pl-3">
        {actions.map((action) => (
          <Button
            key={action.label}
            look={action.look ?? 'ghost'}
            onClick={() => {
              onClose();
              action.run();
            }}
          >
            {action.label}
            {action.hint}
          </Button>
        ))}
        <Button
          look="ghost"
          bare
          icon={X}
          aria-label="Close this note"
          onClick={onClose}
          className={classes(actions.length > 0 && '-ml-1')}
        />
      </span>
    </div>
  );
}
