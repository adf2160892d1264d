/** The pane beside the map: what is selected, in words and figures. A drawer over the canvas in a narrow window. */
import { PanelRightClose } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import { useFrame } from '../../app/frame-context.tsx';
import { useHost } from '../../app/lab-context.tsx';
import { useSession } from '../../app/session.ts';
import { setInspector } from '../../app/use-inspector.ts';
import { Button } from '../../ui/button.tsx';
import { classes } from '../../ui/class-names.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ClusterInspector } from './cluster-inspector.tsx';
import { LinkInspector } from './link-inspector.tsx';
import { MemberInspector } from './member-inspector.tsx';

export function Inspector(): ReactElement {
  const { isNarrow } = useFrame();
  const selection = useSession((state) => state.selection);
  const names = useHost((host) => host.members.map((member) => member.name).join('\n')).split('\n');
  const place = isNarrow
    ? 'absolute inset-y-0 right-0 z-20 w-(--kl-w-inspector) shadow-menu appear'
    : 'w-(--kl-w-inspector) shrink-0 border-l border-line-1';
  return (
    <aside
      data-region="inspector"
      aria-label="Inspector"
      className={classes('flex min-h-0 flex-col overflow-y-auto bg-raised', place)}
    >
      {selection.kind === 'member' && names.includes(selection.name) ? (
        <MemberInspector key={selection.name} name={selection.name} />
      ) : selection.kind === 'link' && names.includes(selection.a) && names.includes(selection.b) ? (
        <LinkInspector key={`${selection.a}~${selection.b}`} a={selection.a} b={selection.b} />
      ) : (
        <ClusterInspector />
      )}
    </aside>
  );
}

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
