import { Radio, Unplug, Zap } from 'lucide-react';
import type { ReactElement } from 'react';
import { allMembers } from '../state/members.ts';
import { shortId } from '../state/names.ts';
import { clock, counted, figure, zone } from '../state/words.ts';
import { StatusGlyph, type StatusShape } from '../ui/glyphs.tsx';
import { Icon } from '../ui/icon.tsx';
import { useNow } from '../ui/use-now.ts';
import { useFrame } from './frame-context.tsx';
import { useHost, useWorld, useWorldParts } from './lab-context.tsx';
import { useSession } from './session.ts';
import { classes } from '../ui/class-names.ts';

export function StatusBar({ isLabOpen }: { readonly isLabOpen: boolean }): ReactElement {
  return (
    <footer
      data-region="status"
      aria-label="Status"
      className={classes(
        'num col-span-full flex items-center gap-3.5 overflow-hidden border-t border-line-1 px-3',
        'text-2xs whitespace-nowrap text-ink-2',
      )}
    >
      {isLabOpen ? <LabFacts /> : <StartFacts />}
      <span className="ml-auto" />
      {isLabOpen && <Liveness />}
      {isLabOpen && <Sep />}
      <Clock />
    </footer>
  );
}

function Sep(): ReactElement {
  return <span className="h-3 w-px shrink-0 bg-line-2" />;
}

function LabFacts(): ReactElement {
  const { isNarrow } = useFrame();
  const faults = useHost((host) => host.faults.length);
  const clusterId = useHost((host) => host.lab.clusterId);
  const rate = useHost((host) => host.data.pointsPerSecond);
  const deliveries = useHost((host) => host.lab.deliveries);
  const isInTerminals = useSession((state) => state.dockTab === 'terminals' && state.panes[state.screen].isDockOpen);
  return (
    <>
      <ClusterFact isShort={isNarrow} />
      {clusterId !== null && !isNarrow && (
        <>
          <Sep />
          <span>{shortId(clusterId)}</span>
        </>
      )}
      {faults > 0 && !isNarrow && (
        <>
          <Sep />
          <span className="flex items-center gap-[5px] text-fault">
            <Icon of={Zap} size={12} />
            {counted(faults, 'fault')}
          </span>
        </>
      )}
      <Sep />
      {isInTerminals ? (
        <span className="overflow-hidden text-ellipsis">
          kapacitor, kapacitord and kapacitorctl are on the PATH of these shells
        </span>
      ) : (
        <>
          <span>{figure(rate)} points/s</span>
          <Sep />
          <span>Inbox {figure(deliveries)}</span>
        </>
      )}
    </>
  );
}

function ClusterFact({ isShort }: { readonly isShort: boolean }): ReactElement {
  const [alive, total, worst, state] = useWorldParts((world): readonly [number, number, StatusShape, string] => {
    const members = world.host === null ? [] : allMembers(world.host);
    const count = members.filter((member) => member.status === 'alive' && member.process === 'running').length;
    const bad =
      members.find((member) => member.status === 'dead') ??
      members.find((member) => member.status === 'suspect') ??
      members.find((member) => member.status !== 'alive');
    return [
      count,
      members.length,
      bad?.status ?? 'alive',
      world.host?.members.find((member) => member.clusterState !== null)?.clusterState ?? 'not started',
    ];
  });
  const ink = worst === 'suspect' ? 'text-suspect' : worst === 'dead' ? 'text-dead' : '';
  return (
    <span className={`flex items-center gap-[5px] ${ink}`}>
      <StatusGlyph of={worst} size={10} /> {isShort ? '' : `${state}, `}
      {alive} of {total} alive
    </span>
  );
}

function StartFacts(): ReactElement {
  const lab = useHost((host) => host.lab);
  const running = useHost((host) => host.members.filter((member) => member.process === 'running').length);
  if (lab.status === 'starting') {
    return (
      <span className="flex items-center gap-[5px]">
        <StatusGlyph of="starting" size={10} /> Starting {lab.plan.name}, {running} of {lab.plan.members.length} members
      </span>
    );
  }
  if (lab.status === 'failed') {
    return (
      <span className="flex items-center gap-[5px] text-dead">
        <StatusGlyph of="failed" size={10} /> {lab.plan.name} did not start
      </span>
    );
  }
  return <span>{lab.status === 'stopping' ? `Stopping ${lab.plan.name}` : 'No lab is running'}</span>;
}

function Liveness(): ReactElement {
  const isLost = useWorld((world) => world.connection === 'lost');
  return isLost ? (
    <span className="flex items-center gap-[5px] text-dead">
      <Icon of={Unplug} size={12} /> Not connected
    </span>
  ) : (
    <span className="flex items-center gap-[5px]">
      <Icon of={Radio} size={12} className="text-alive" /> Live
    </span>
  );
}

function Clock(): ReactElement {
  const now = useNow(1000);
  return (
    <span>
      {clock(now)} {zone(now)}
    </span>
  );
}
