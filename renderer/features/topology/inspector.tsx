/** The pane beside the map: what is selected, in words and figures. A drawer over the canvas in a narrow window. */
import type { ReactElement } from 'react';
import { useFrame } from '../../app/frame-context.tsx';
import { useHost } from '../../app/lab-context.tsx';
import { useSession } from '../../app/session.ts';
import { classes } from '../../ui/class-names.ts';
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
