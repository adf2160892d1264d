/** Menus that break and heal: what does not apply is off, so that letters never move; the command line stands below. */
import {
  ArrowLeftRight,
  ArrowLeftToLine,
  ArrowRightToLine,
  CircleDotDashed,
  LogOut,
  Play,
  Snowflake,
  Square,
  Timer,
  Undo2,
  Unlink,
  Zap,
} from 'lucide-react';
import type { ReactElement } from 'react';
import { useHost } from '../../app/lab-context.tsx';
import { cutFault, lossyFault, slowFault, useActions, type Actions } from '../../app/use-actions.tsx';
import { isolateCommand, linkCommand, processCommand, removeCommand } from '../../state/commands.ts';
import type { LinkFacts } from '../../state/links.ts';
import type { MemberFacts } from '../../state/members.ts';
import { memberOf } from '../../state/names.ts';
import { duration, numberOf, percent } from '../../state/words.ts';
import { Icon } from '../../ui/icon.tsx';
import { PointMenu, type MenuItem, type MenuPoint } from '../../ui/menu.tsx';
import type { LabMember } from '../../../electron/contract/state.ts';

/** What Slow and Lossy set when nothing else was chosen. */
export const faultDefaults = { delayMs: 200, loss: 0.2 } as const;

interface MemberMenuProps {
  readonly facts: MemberFacts;
  readonly rank: number | null;
  readonly topic: string | null;
  readonly at: MenuPoint | null;
  readonly returnFocus: SVGElement | HTMLElement | null;
  readonly onClose: () => void;
}

export function MemberFaultMenu({ facts, rank, topic, at, returnFocus, onClose }: MemberMenuProps): ReactElement {
  const members = useHost((host) => host.members);
  const hasLinkFault = useHost((host) => host.links.some((link) => link.from === facts.name || link.to === facts.name));
  const actions = useActions();
  const member = memberOf(members, facts.name);
  const groups = memberItems(facts, members, hasLinkFault, actions);
  const pid = member?.pid ?? null;
  const part = rank === null || topic === null ? 'publishes only' : `rank ${rank} of ${topic}`;
  return (
    <PointMenu
      label={`Faults for ${facts.name}`}
      width={228}
      at={at}
      returnFocus={returnFocus}
      onClose={onClose}
      groups={groups}
      head={
        <>
          <div className="font-semibold">{facts.name}</div>
          <div className="num text-xs text-ink-3">{pid === null ? part : `${part}, pid ${pid}`}</div>
        </>
      }
    />
  );
}

function memberItems(
  facts: MemberFacts,
  members: readonly LabMember[],
  hasLinkFault: boolean,
  actions: Actions,
): readonly (readonly MenuItem[])[] {
  const { name } = facts;
  const runs = facts.process === 'running';
  const isFrozen = facts.process === 'frozen';
  const isUp = runs || isFrozen || facts.process === 'starting';
  const member = memberOf(members, name);
  const others = members.filter((other) => other.name !== name);
  const back = isFrozen ? 'thaw' : 'start';
  return [
    [
      {
        name: 'Crash',
        icon: Zap,
        key: 'x',
        isFault: true,
        isOff: !isUp,
        command: processCommand('crash', name),
        run: () => void actions.process('crash', name),
      },
      {
        name: 'Freeze',
        icon: Snowflake,
        key: 'z',
        isFault: true,
        isOff: !runs,
        command: processCommand('freeze', name),
        run: () => void actions.process('freeze', name),
      },
      {
        name: 'Stop',
        icon: Square,
        key: 'p',
        isFault: true,
        isOff: !isUp,
        command: processCommand('stop', name),
        run: () => void actions.process('stop', name),
      },
      {
        name: 'Isolate',
        icon: Unlink,
        key: 'i',
        isFault: true,
        isOff: others.length === 0,
        command: isolateCommand(
          name,
          others.map((other) => other.name),
        ),
        run: () => void actions.isolate(name),
      },
    ],
    [
      {
        name: isFrozen ? 'Thaw' : 'Start',
        icon: Play,
        key: 'r',
        isOff: runs || facts.process === 'starting',
        command: processCommand(back, name),
        run: () => void actions.process(back, name),
      },
      {
        name: 'Heal this',
        icon: Undo2,
        key: 'h',
        isOff: facts.badge === null && !hasLinkFault,
        command: `kapacitor-lab fault heal ${name}`,
        run: () => void actions.healMember(name),
      },
    ],
    [
      {
        name: 'Remove from cluster',
        icon: LogOut,
        key: 'delete',
        keyLabel: 'Del',
        isOff: others.length === 0,
        command:
          member === undefined
            ? ''
            : removeCommand(
                member,
                others.find((other) => other.process === 'running'),
              ),
        run: () => void actions.removeMember(name),
      },
    ],
  ];
}

interface LinkMenuProps {
  readonly link: LinkFacts;
  readonly at: MenuPoint | null;
  readonly returnFocus: SVGElement | HTMLElement | null;
  readonly onClose: () => void;
}

export function LinkFaultMenu({ link, at, returnFocus, onClose }: LinkMenuProps): ReactElement {
  const actions = useActions();
  const groups = linkItems(link, actions);
  return (
    <PointMenu
      label={`Faults for the link ${link.a} to ${link.b}`}
      at={at}
      returnFocus={returnFocus}
      onClose={onClose}
      groups={groups}
      head={
        <>
          <div className="flex items-center gap-[5px] font-semibold">
            {link.a}
            <Icon of={ArrowLeftRight} size={13} />
            {link.b}
          </div>
          <div className="num text-xs text-ink-3">{linkLine(link)}</div>
        </>
      }
    />
  );
}

function linkLine(link: LinkFacts): string {
  if (link.hasFault) return `${link.words}, UDP and TCP`;
  return `${link.label ?? 'no answer yet'}, no loss, UDP and TCP`;
}

function linkItems(link: LinkFacts, actions: Actions): readonly (readonly MenuItem[])[] {
  const { a, b } = link;
  const [numberA, numberB] = [numberOf(a), numberOf(b)];
  const slow = slowFault(faultDefaults.delayMs);
  const lossy = lossyFault(faultDefaults.loss);
  return [
    [
      {
        name: 'Cut both ways',
        icon: Unlink,
        key: 'c',
        isFault: true,
        command: linkCommand({ change: 'cut', from: a, to: b }),
        run: () => void actions.faultLink(a, b, cutFault),
      },
      {
        name: `Cut towards ${numberB}`,
        icon: ArrowRightToLine,
        key: numberB,
        isFault: true,
        command: linkCommand({ change: 'cut', from: a, to: b, isOneWay: true }),
        run: () => void actions.faultLink(a, b, cutFault, true),
      },
      {
        name: `Cut towards ${numberA}`,
        icon: ArrowLeftToLine,
        key: numberA,
        isFault: true,
        command: linkCommand({ change: 'cut', from: b, to: a, isOneWay: true }),
        run: () => void actions.faultLink(b, a, cutFault, true),
      },
      {
        name: 'Slow',
        icon: Timer,
        key: 's',
        detail: duration(slow.delayMs),
        isFault: true,
        command: linkCommand({ change: 'slow', from: a, to: b, fault: slow }),
        run: () => void actions.faultLink(a, b, slow),
      },
      {
        name: 'Lossy',
        icon: CircleDotDashed,
        key: 'l',
        detail: percent(lossy.loss),
        isFault: true,
        command: linkCommand({ change: 'lossy', from: a, to: b, fault: lossy }),
        run: () => void actions.faultLink(a, b, lossy),
      },
    ],
    [
      {
        name: 'Heal this',
        icon: Undo2,
        key: 'h',
        isOff: !link.hasFault,
        command: linkCommand({ change: 'heal', from: a, to: b }),
        run: () => void actions.healLink(a, b),
      },
    ],
  ];
}
