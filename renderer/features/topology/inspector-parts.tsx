import { PanelRightClose } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import { useFrame } from '../../app/frame-context.tsx';
import { setInspector } from '../../app/use-inspector.ts';
import { Button } from '../../ui/button.tsx';
import { classes } from '../../ui/class-names.ts';
import { CopyButton } from '../../ui/copy-button.tsx';

export function InspectorHead({
  title,
  chips,
  id,
}: {
  readonly title: string;
  readonly chips?: ReactNode;
  readonly id?: string | null;
}): ReactElement {
  const { isNarrow } = useFrame();
  return (
    <div className="border-b border-line-1 px-4 pt-2.5 pb-[9px]">
      <div className="flex items-center gap-2">
        <h2 className="min-w-0 overflow-hidden text-md font-semibold text-ellipsis whitespace-nowrap">{title}</h2>
        {chips}
        <Button
          look="ghost"
          bare
          icon={PanelRightClose}
          iconSize={16}
          aria-label="Close inspector"
          onClick={() => setInspector(false, isNarrow)}
          className="ml-auto"
        />
      </div>
      {id !== undefined && id !== null && (
        <div className="mt-0.5 flex items-center gap-1 text-xs text-ink-3">
          <span className="mono overflow-hidden text-ellipsis whitespace-nowrap">{id}</span>
          <CopyButton label="Copy ID" text={id} className="size-5" />
        </div>
      )}
    </div>
  );
}

export function Section({
  title,
  note,
  children,
  className,
}: {
  readonly title?: ReactNode;
  readonly note?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string;
}): ReactElement {
  return (
    <section className={classes('border-b border-line-1 px-4 pt-2.5 pb-[11px] last:border-b-0', className)}>
      {title !== undefined && (
        <h3 className="mb-1.5 flex items-center gap-1.5 text-xs font-medium text-ink-3">
          {title}
          {note !== undefined && <span className="num ml-auto">{note}</span>}
        </h3>
      )}
      {children}
    </section>
  );
}
