/** Panels for what is not there: nothing yet, still reading, failed. */
import type { LucideIcon } from 'lucide-react';
import { CircleX } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import { classes } from './class-names.ts';
import { StatusGlyph } from './glyphs.tsx';
import { Icon } from './icon.tsx';

export function EmptyPanel({
  icon,
  title,
  children,
  action,
}: {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}): ReactElement {
  return (
    <div className="flex h-full flex-col items-center justify-center gap-1 p-6 text-center">
      <Icon of={icon} size={26} className="mb-2 text-ink-3" />
      <span className="font-[550]">{title}</span>
      {children !== undefined && <span className="max-w-[260px] text-xs text-balance text-ink-2">{children}</span>}
      {action !== undefined && <div className="mt-2.5">{action}</div>}
    </div>
  );
}

export function LoadingPanel({ what, note }: { readonly what: string; readonly note?: string }): ReactElement {
  return (
    <div role="status" className="px-[18px] py-4">
      <div className="mb-3.5 flex items-center gap-2">
        <StatusGlyph of="starting" size={14} />
        <span className="font-[550]">{what}</span>
      </div>
      {['88%', '64%', '76%', '52%'].map((width) => (
        <div key={width} className="mb-[13px] h-2.5 rounded-[4px] bg-press" style={{ width }} />
      ))}
      {note !== undefined && <div className="text-xs text-ink-3">{note}</div>}
    </div>
  );
}

/** Three parts: what was not done, the original text, the next step. */
export function ErrorPanel({
  title,
  original,
  next,
  actions,
  className,
}: {
  readonly title: string;
  readonly original: string;
  readonly next?: string | undefined;
  readonly actions?: ReactNode;
  readonly className?: string;
}): ReactElement {
  return (
    <div role="alert" className={classes('px-[18px] py-4', className)}>
      <div className="flex items-start gap-2">
        <Icon of={CircleX} size={17} className="mt-px text-dead" />
        <span className="font-[550]">{title}</span>
      </div>
      <div className="my-2.5 font-mono text-xs leading-[17px] break-words whitespace-pre-wrap text-ink-2 [font-variant-ligatures:none]">
        {original}
      </div>
      {next !== undefined && <div className="text-xs text-ink-2">{next}</div>}
      {actions !== undefined && <div className="mt-3 flex gap-1.5">{actions}</div>}
    </div>
  );
}
