/** What the palette offers, in the order of its groups; each row carries the command that does the same. */
import {
  Bell,
  Clapperboard,
  Flame,
  Keyboard,
  LogOut,
  Play,
  Plus,
  ScrollText,
  Settings,
  Snowflake,
  Split,
  Square,
  SquareTerminal,
  SunMoon,
  Undo2,
  Unlink,
  Waypoints,
  Zap,
  type LucideIcon,
} from 'lucide-react';
import type { HostState } from '../../../electron/contract/state.ts';
import {
  healAllCommand,
  linkCommand,
  processCommand,
  removeCommand,
  scenarioCommand,
  showTopicCommand,
  startCommand,
} from '../../state/commands.ts';
import { allMembers, type MemberFacts } from '../../state/members.ts';
import { ranksOf, shownTopic } from '../../state/topics.ts';
import { shortLink } from '../../state/links.ts';
import { clock, counted, duration } from '../../state/words.ts';
import {
  goTo,
  openAlert,
  openDock,
  openLog,
  openTerminal,
  select,
  session,
  type Selection,
  type Session,
} from '../session.ts';
import { cutFault, type Actions } from '../use-actions.tsx';

export type PaletteGroup =
  'Selection' | 'Lab' | 'Members' | 'Faults' | 'Screens' | 'Topics' | 'Alerts' | 'Scenarios' | 'Settings';

export const groupOrder: readonly PaletteGroup[] = [
  'Selection',
  'Lab',
  'Members',
  'Faults',
  'Screens',
  'Topics',
  'Alerts',
  'Scenarios',
  'Settings',
];

export interface PaletteEntry {
  readonly id: string;
  readonly group: PaletteGroup;
  readonly icon: LucideIcon;
  readonly title: string;
  readonly detail?: string;
  readonly isFault?: boolean;
  /** Command line that does the same, when there is one. */
  readonly command?: string;
  readonly run: () => void;
}

interface Sources {
  readonly host: HostState;
  readonly selection: Selection;
  readonly topic: string | null;
  readonly actions: Actions;
}

/** Rows of alerts in the palette: the newest; the Alerts screen has the rest. */
const alertRows = 20;

export function paletteEntries(sources: Sources): readonly PaletteEntry[] {
  if (sources.host.lab.status !== 'running') return [...startEntries(sources), ...settingEntries()];
  return [
    ...selectionEntries(sources),
    ...labEntries(sources),
    ...memberEntries(sources),
    ...faultEntries(sources),
    ...screenEntries(),
    ...topicEntries(sources),
    ...alertEntries(sources),
    ...scenarioEntries(sources),
    ...settingEntries(),
  ];
}

/** Three letters are enough: every word of the query stands in the title, or, where no title has them, in its detail. */
export function matchEntries(entries: readonly PaletteEntry[], query: string): readonly PaletteEntry[] {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const having = (text: (entry: PaletteEntry) => string): readonly PaletteEntry[] =>
    entries.filter((entry) => words.every((word) => text(entry).toLowerCase().includes(word)));
  const byTitle = having((entry) => entry.title);
  return byTitle.length > 0 ? byTitle : having((entry) => `${entry.title} ${entry.detail ?? ''}`);
}

function startEntries({ host, actions }: Sources): readonly PaletteEntry[] {
  if (host.lab.status !== 'planned' && host.lab.status !== 'stopped') return [];
  return [
    {
      id: 'lab.start',
      group: 'Lab',
      icon: Play,
      title: 'Start lab',
      detail: counted(host.lab.plan.members.length, 'member'),
      command: startCommand(host.lab),
      run: () => void actions.startLab(),
    },
  ];
}

function selectionEntries(sources: Sources): readonly PaletteEntry[] {
  const { selection, host } = sources;
  if (selection.kind !== 'member') return [];
  const facts = allMembers(host).find((member) => member.name === selection.name);
  return facts === undefined
    ? []
    : memberActions(facts, sources).map((entry) => ({ ...entry, id: `selected.${entry.id}`, group: 'Selection' }));
}

function labEntries({ host, actions }: Sources): readonly PaletteEntry[] {
  const faults = host.faults.length;
  const heal: readonly PaletteEntry[] =
    faults === 0
      ? []
      : [
          { id: 'undo', group: 'Lab', icon: Undo2, title: 'Undo last fault', run: () => void actions.undo() },
          {
            id: 'heal',
            group: 'Lab',
            icon: Undo2,
            title: 'Heal all faults',
            detail: counted(faults, 'fault'),
            command: healAllCommand,
            run: () => void actions.healAll(),
          },
        ];
  return [
    ...heal,
    {
      id: 'add',
      group: 'Lab',
      icon: Plus,
      title: 'Add member',
      detail: 'starts a process and joins it',
      run: () => void actions.addMember(),
    },
    ...host.data.hosts.map((each): PaletteEntry =>
      each.incident === null
        ? {
            id: `hot.${each.host}`,
            group: 'Lab',
            icon: Flame,
            title: `Make ${each.host} run hot`,
            detail: 'raises its CPU above the thresholds',
            run: () => void actions.incident(each.host, 'hot'),
          }
        : {
            id: `cool.${each.host}`,
            group: 'Lab',
            icon: Flame,
            title: `Let ${each.host} cool down`,
            detail: each.incident,
            run: () => void actions.incident(each.host, null),
          },
    ),
    {
      id: 'stop',
      group: 'Lab',
      icon: Square,
      title: 'Stop lab',
      command: 'kapacitor-lab down',
      run: () => void actions.stopLab(),
    },
  ];
}

function memberEntries({ host }: Sources): readonly PaletteEntry[] {
  return allMembers(host).flatMap((member): readonly PaletteEntry[] => [
    {
      id: `show.${member.name}`,
      group: 'Members',
      icon: Waypoints,
      title: member.name,
      detail: member.status,
      run: () => {
        goTo('topology');
        select({ kind: 'member', name: member.name });
      },
    },
    {
      id: `term.${member.name}`,
      group: 'Members',
      icon: SquareTerminal,
      title: `Terminal of ${member.name}`,
      run: () => openTerminal(member.name),
    },
    {
      id: `log.${member.name}`,
      group: 'Members',
      icon: ScrollText,
      title: `Log of ${member.name}`,
      run: () => openLog(member.name),
    },
  ]);
}

function memberActions(facts: MemberFacts, { host, topic, actions }: Sources): readonly PaletteEntry[] {
  const { name } = facts;
  const rank = ranksOf(host, shownTopic(host, topic))[name];
  const part = rank === undefined ? 'publishes only' : `rank ${rank} of ${shownTopic(host, topic)?.topic ?? ''}`;
  const member = host.members.find((each) => each.name === name);
  const row = (
    action: 'crash' | 'freeze' | 'thaw' | 'stop' | 'start',
    title: string,
    icon: LucideIcon,
    detail: string,
  ): PaletteEntry => ({
    id: `${action}.${name}`,
    group: 'Faults',
    icon,
    title: `${title} ${name}`,
    detail,
    isFault: action !== 'start' && action !== 'thaw',
    command: processCommand(action, name),
    run: () => void actions.process(action, name),
  });
  const isUp = facts.process === 'running';
  return [
    ...(isUp
      ? [
          row('crash', 'Crash', Zap, part),
          row('freeze', 'Freeze', Snowflake, part),
          row('stop', 'Stop', Square, 'leaves the cluster cleanly'),
        ]
      : []),
    ...(facts.process === 'frozen' ? [row('thaw', 'Thaw', Play, 'it goes on where it was')] : []),
    ...(facts.badge !== null && facts.process !== 'frozen' ? [row('start', 'Start', Play, 'with its own data')] : []),
    {
      id: `isolate.${name}`,
      group: 'Faults',
      icon: Unlink,
      title: `Isolate ${name}`,
      detail: 'cuts all its links',
      isFault: true,
      run: () => void actions.isolate(name),
    },
    ...(member === undefined || host.members.length < 2
      ? []
      : [
          {
            id: `remove.${name}`,
            group: 'Faults' as const,
            icon: LogOut,
            title: `Remove ${name} from cluster`,
            command: removeCommand(
              member,
              host.members.find((other) => other.name !== name && other.process === 'running'),
            ),
            run: () => void actions.removeMember(name),
          },
        ]),
  ];
}

function faultEntries(sources: Sources): readonly PaletteEntry[] {
  const { host, actions } = sources;
  const members = allMembers(host);
  const cuts = members.flatMap((a, index) =>
    members.slice(index + 1).map((b): PaletteEntry => ({
      id: `cut.${a.name}.${b.name}`,
      group: 'Faults',
      icon: Unlink,
      title: `Cut ${a.name} and ${b.name}`,
      detail: `both ways, ${shortLink(a.name, b.name)}`,
      isFault: true,
      command: linkCommand({ change: 'cut', from: a.name, to: b.name }),
      run: () => void actions.faultLink(a.name, b.name, cutFault),
    })),
  );
  const each = members.flatMap((member) => memberActions(member, sources));
  const order = ['crash', 'freeze', 'stop', 'thaw', 'start', 'isolate', 'remove'];
  return [
    ...each.toSorted((a, b) => order.indexOf(a.id.split('.')[0] ?? '') - order.indexOf(b.id.split('.')[0] ?? '')),
    ...cuts,
  ];
}

function screenEntries(): readonly PaletteEntry[] {
  return [
    { id: 'go.topology', group: 'Screens', icon: Waypoints, title: 'Topology', run: () => goTo('topology') },
    { id: 'go.alerts', group: 'Screens', icon: Bell, title: 'Alerts', run: () => goTo('alerts') },
    { id: 'go.scenarios', group: 'Screens', icon: Clapperboard, title: 'Scenarios', run: () => goTo('scenarios') },
    { id: 'go.settings', group: 'Screens', icon: Settings, title: 'Settings', run: () => goTo('settings') },
    {
      id: 'dock.timeline',
      group: 'Screens',
      icon: Waypoints,
      title: 'Timeline',
      detail: 'dock',
      run: () => openDock('timeline'),
    },
    {
      id: 'dock.terminals',
      group: 'Screens',
      icon: SquareTerminal,
      title: 'Terminals',
      detail: 'dock',
      run: () => openDock('terminals'),
    },
    { id: 'dock.logs', group: 'Screens', icon: ScrollText, title: 'Logs', detail: 'dock', run: () => openLog(null) },
    {
      id: 'dock.commands',
      group: 'Screens',
      icon: SquareTerminal,
      title: 'Commands',
      detail: 'dock',
      run: () => openDock('commands'),
    },
  ];
}

function topicEntries({ host }: Sources): readonly PaletteEntry[] {
  return host.topics.map((topic) => ({
    id: `topic.${topic.topic}`,
    group: 'Topics',
    icon: Split,
    title: topic.topic,
    detail: `shown on the map, ${topic.level}`,
    command: showTopicCommand(topic.topic),
    run: () => {
      session.setState({ topic: topic.topic });
      goTo('topology');
    },
  }));
}

function alertEntries({ host }: Sources): readonly PaletteEntry[] {
  return host.alerts.slice(0, alertRows).map((alert) => ({
    id: `alert.${alert.key}`,
    group: 'Alerts',
    icon: Bell,
    title: `${alert.level} ${alert.event}`,
    detail: `${clock(alert.at)}${alert.latencyMs === null ? '' : `, ${duration(alert.latencyMs)}`}`,
    run: () => openAlert(alert.key),
  }));
}

function scenarioEntries({ host, actions }: Sources): readonly PaletteEntry[] {
  return host.scenarios.map((each) => ({
    id: `scenario.${each.name}`,
    group: 'Scenarios',
    icon: Clapperboard,
    title: each.title,
    detail: `${counted(each.steps, 'step')}, ${duration(each.aboutMs)}`,
    command: scenarioCommand(each.name),
    run: () => {
      goTo('topology');
      void actions.startScenario(each.name);
    },
  }));
}

function settingEntries(): readonly PaletteEntry[] {
  const set = (part: Partial<Session>) => () => session.setState(part);
  return [
    { id: 'theme.dark', group: 'Settings', icon: SunMoon, title: 'Theme: dark', run: set({ theme: 'dark' }) },
    { id: 'theme.light', group: 'Settings', icon: SunMoon, title: 'Theme: light', run: set({ theme: 'light' }) },
    {
      id: 'theme.system',
      group: 'Settings',
      icon: SunMoon,
      title: 'Theme: as the system',
      run: set({ theme: 'system' }),
    },
    { id: 'text.100', group: 'Settings', icon: Settings, title: 'Text size: normal', run: set({ textSize: 100 }) },
    { id: 'text.115', group: 'Settings', icon: Settings, title: 'Text size: large', run: set({ textSize: 115 }) },
    { id: 'text.130', group: 'Settings', icon: Settings, title: 'Text size: huge', run: set({ textSize: 130 }) },
    { id: 'text.90', group: 'Settings', icon: Settings, title: 'Text size: small', run: set({ textSize: 90 }) },
    { id: 'keys', group: 'Settings', icon: Keyboard, title: 'Keys of this window', run: set({ isKeyTableOpen: true }) },
  ];
}
