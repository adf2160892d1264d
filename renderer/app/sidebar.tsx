import {
  Bell,
  ChevronsUpDown,
  Clapperboard,
  Copy,
  Plus,
  Settings,
  Square,
  Waypoints,
  type LucideIcon,
} from 'lucide-react';
import { Tooltip } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';
import type { AlertRecord } from '../../electron/contract/state.ts';
import { allMembers, type MemberFacts } from '../state/members.ts';
import { countdown } from '../state/words.ts';
import { classes } from '../ui/class-names.ts';
import { copyText } from '../ui/clipboard.ts';
import { StatusGlyph } from '../ui/glyphs.tsx';
import { Icon } from '../ui/icon.tsx';
import { ButtonMenu } from '../ui/menu.tsx';
import { overlayPlace } from '../ui/overlays.tsx';
import { Spoken } from '../ui/spoken.tsx';
import { useNow } from '../ui/use-now.ts';
import { useFrame } from './frame-context.tsx';
import { useHost, useWorld } from './lab-context.tsx';
import { goTo, select, useSession, type Screen } from './session.ts';
import { useActions } from './use-actions.tsx';

export const screenNames: Readonly<Record<Screen, string>> = {
  topology: 'Topology',
  alerts: 'Alerts',
  scenarios: 'Scenarios',
  settings: 'Settings',
};
const screenIcons: Readonly<Record<Screen, LucideIcon>> = {
  topology: Waypoints,
  alerts: Bell,
  scenarios: Clapperboard,
  settings: Settings,
};
/** In sidebar order: Ctrl 1 … 3. */
export const mainScreens: readonly Screen[] = ['topology', 'alerts', 'scenarios'];

export function Sidebar(): ReactElement {
  const { isNarrow } = useFrame();
  const open = useHost((host) => openEvents(host.alerts));
  return (
    <nav
      data-region="sidebar"
      aria-label="Main"
      className={classes(
        'flex min-h-0 flex-col overflow-x-hidden overflow-y-auto px-2 pt-3 pb-2',
        isNarrow && 'items-center pt-2.5',
      )}
    >
      {!isNarrow && <LabHead />}
      {mainScreens.map((screen) => (
        <ScreenLink key={screen} screen={screen} count={screen === 'alerts' && open > 0 ? open : null} />
      ))}
      {isNarrow ? (
        <div className="my-2.5 h-px w-6 shrink-0 bg-line-2" />
      ) : (
        <h3 className="px-2 pt-3.5 pb-[5px] text-2xs font-medium text-ink-3">Members</h3>
      )}
      <MemberLinks />
      <AddMember />
      <div className="mt-auto pt-2" />
      <ScreenLink screen="settings" count={null} />
    </nav>
  );
}

/** Events whose newest state is not OK. */
function openEvents(alerts: readonly AlertRecord[]): number {
  const seen = new Set<string>();
  let open = 0;
  for (const alert of alerts) {
    const id = `${alert.topic}\n${alert.event}`;
    if (seen.has(id)) continue;
    seen.add(id);
    if (alert.level !== 'OK') open += 1;
  }
  return open;
}

function LabHead(): ReactElement {
  const plan = useHost((host) => host.lab.plan);
  const state = useHost(
    (host) => host.members.find((member) => member.clusterState !== null)?.clusterState ?? 'not started',
  );
  const actions = useActions();
  return (
    <ButtonMenu
      label={`Lab ${plan.name}`}
      width={192}
      groups={[
        [{ name: 'Copy folder of the lab', icon: Copy, run: () => void copyText(plan.dir) }],
        [{ name: 'Stop lab', icon: Square, run: () => void actions.stopLab() }],
      ]}
      trigger={
        <button type="button" className="mb-1.5 w-full rounded-sm px-2 pb-1.5 hover:bg-hover">
          <Spoken layout="through" name={`Lab ${plan.name}`}>
            <span className="flex items-center gap-2">
              <span className="overflow-hidden font-semibold text-ellipsis">{plan.name}</span>
              <Icon of={ChevronsUpDown} size={14} className="ml-auto text-ink-3" />
            </span>
            <span className="block overflow-hidden text-xs text-ellipsis text-ink-3">
              {state} · redundancy {plan.redundancy}
            </span>
          </Spoken>
        </button>
      }
    />
  );
}

const link = 'flex h-7 w-full shrink-0 items-center gap-[9px] rounded-sm px-2 text-ink-2 hover:bg-hover';
const railLink =
  'relative flex h-[34px] w-9 shrink-0 items-center justify-center gap-1 rounded-sm text-ink-2 hover:bg-hover';

function ScreenLink({ screen, count }: { readonly screen: Screen; readonly count: number | null }): ReactElement {
  const { isNarrow } = useFrame();
  const isOn = useSession((state) => state.screen === screen);
  return (
    <RailTip label={screenNames[screen]}>
      <a
        href={`#${screen}`}
        aria-current={isOn ? 'page' : undefined}
        onClick={(event) => {
          event.preventDefault();
          goTo(screen);
        }}
        className={classes(isNarrow ? railLink : link, isOn && 'bg-press font-medium text-ink-1 hover:bg-press')}
      >
        <Icon of={screenIcons[screen]} size={isNarrow ? 18 : 16} className={isOn ? 'text-ink-1' : 'text-ink-3'} />
        <span className={isNarrow ? 'sr-only' : undefined}>{screenNames[screen]}</span>
        {count !== null && !isNarrow && (
          <span aria-hidden="true" className="num ml-auto text-2xs font-normal text-ink-3">
            {count}
          </span>
        )}
        {count !== null && isNarrow && (
          <span className="absolute top-[5px] right-[5px] size-[7px] rounded-full bg-critical shadow-[0_0_0_2px_var(--kl-backdrop)]" />
        )}
      </a>
    </RailTip>
  );
}

function MemberLinks(): ReactElement {
  const host = useWorld((world) => world.host);
  const members = host === null ? [] : allMembers(host);
  return (
    <>
      {members.map((member) => (
        <MemberLink key={member.name} member={member} />
      ))}
    </>
  );
}

function MemberLink({ member }: { readonly member: MemberFacts }): ReactElement {
  const { isNarrow } = useFrame();
  const isOn = useSession(
    (state) => state.screen === 'topology' && state.selection.kind === 'member' && state.selection.name === member.name,
  );
  return (
    <RailTip label={`${member.name}, ${member.status}`}>
      <a
        href={`#member=${member.name}`}
        onClick={(event) => {
          event.preventDefault();
          select({ kind: 'member', name: member.name });
        }}
        onDoubleClick={() => {
          goTo('topology');
          select({ kind: 'member', name: member.name });
        }}
        className={classes(isNarrow ? railLink : link, isNarrow && 'h-[30px]', isOn && 'text-ink-1')}
      >
        <Spoken layout="through" name={`${member.name}, ${member.status}`}>
          {isNarrow ? (
            <span aria-hidden="true" className="text-xs font-[550]">
              {member.number}
            </span>
          ) : null}
          <span className={classes('grid place-items-center', !isNarrow && 'w-4')}>
            <StatusGlyph of={member.status} size={isNarrow ? 10 : 12} />
          </span>
          {!isNarrow && <span className="overflow-hidden text-ellipsis">{member.name}</span>}
          {!isNarrow && <MemberNote member={member} />}
        </Spoken>
      </a>
    </RailTip>
  );
}

function MemberNote({ member }: { readonly member: MemberFacts }): ReactElement | null {
  if (member.deadAt !== null) return <SecondsLeft until={member.deadAt} />;
  return member.badge === null ? null : (
    <span aria-hidden="true" className="ml-auto text-2xs text-ink-3">
      {member.badge}
    </span>
  );
}

function SecondsLeft({ until }: { readonly until: number }): ReactElement {
  const now = useNow(100);
  return (
    <span aria-hidden="true" className="num ml-auto text-2xs text-ink-3">
      {countdown(until - now)}
    </span>
  );
}

function AddMember(): ReactElement {
  const { isNarrow } = useFrame();
  const actions = useActions();
  return (
    <RailTip label="Add member">
      <a
        href="#add-member"
        onClick={(event) => {
          event.preventDefault();
          void actions.addMember();
        }}
        className={isNarrow ? railLink : link}
      >
        <Icon of={Plus} size={16} />
        <span className={isNarrow ? 'sr-only' : undefined}>Add member</span>
      </a>
    </RailTip>
  );
}

/** On the rail the names are tooltips; in the wide sidebar they stand beside the icon. */
function RailTip({ label, children }: { readonly label: string; readonly children: ReactNode }): ReactElement {
  const { isNarrow } = useFrame();
  if (!isNarrow) return <>{children}</>;
  return (
    <Tooltip.Root delayDuration={200}>
      <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
      <Tooltip.Portal container={overlayPlace()}>
        <Tooltip.Content
          side="right"
          sideOffset={8}
          className="rezoomed z-50 rounded-sm bg-overlay px-2 py-1 text-xs shadow-menu"
        >
          {label}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
