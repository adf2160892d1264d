import { Check, Copy } from 'lucide-react';
import { useEffect, useState, type ReactElement } from 'react';
import { classes } from './class-names.ts';
import { copyText } from './clipboard.ts';
import { Icon } from './icon.tsx';

/** Copies and shows a tick for a moment. */
export function CopyButton({
  label,
  text,
  size = 13,
  className,
}: {
  readonly label: string;
  readonly text: string;
  readonly size?: number;
  readonly className?: string;
}): ReactElement {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setCopied(false), 1200);
    return () => clearTimeout(timer);
  }, [isCopied]);
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      onClick={() => void copyText(text).then(setCopied)}
      className={classes(
        'grid size-6 shrink-0 place-items-center rounded-sm text-ink-3 hover:bg-hover hover:text-ink-1',
        className,
      )}
    >
      <Icon of={isCopied ? Check : Copy} size={size} />
    </button>
  );
}

/** A command line with its copy button, as menus and panels end with. */
export function CommandLine({ line }: { readonly line: string }): ReactElement {
  return (
    <div className="flex items-start gap-2 rounded-sm bg-sunken py-1 pr-1 pl-2 shadow-line-1">
      <span className="min-w-0 flex-1 py-1 font-mono text-2xs break-words text-ink-2 [font-variant-ligatures:none]">
        {line}
      </span>
      <CopyButton label="Copy command" text={line} />
    </div>
  );
}
