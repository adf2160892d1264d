/** The reducer over state notices: what one change makes of the state. The host applies it before it tells anybody. */
import type { Change } from './notices.ts';
import type { AlertRecord, HostState } from './state.ts';

export const keptAlerts = 1_000;
export const keptCommands = 500;

export function applyChange(state: HostState, change: Change): HostState {
  switch (change.part) {
    case 'lab':
      return { ...state, lab: change.value };
    case 'member':
      return { ...state, members: replacedOrAdded(state.members, change.value) };
    case 'member-gone':
      return { ...state, members: state.members.filter(({ name }) => name !== change.name) };
    case 'topics':
      return { ...state, topics: change.value };
    case 'links':
      return { ...state, links: change.value };
    case 'faults':
      return { ...state, faults: change.value };
    case 'alert':
      return { ...state, alerts: withAlert(state.alerts, change.value) };
    case 'alerts-cleared':
      return { ...state, alerts: [] };
    case 'data':
      return { ...state, data: change.value };
    case 'scenario':
      return { ...state, scenario: change.value };
    case 'command':
      return { ...state, commands: withCommand(state.commands, change.value) };
  }
}

function replacedOrAdded(members: HostState['members'], member: HostState['members'][number]): HostState['members'] {
  const index = members.findIndex(({ name }) => name === member.name);
  return index < 0 ? [...members, member] : members.with(index, member);
}

/** Newest first by event time, among equals by key: so the order is the same however changes were merged. */
function withAlert(alerts: HostState['alerts'], alert: AlertRecord): HostState['alerts'] {
  const others = alerts.filter(({ key }) => key !== alert.key);
  const place = others.findIndex(({ at, key }) => at < alert.at || (at === alert.at && key > alert.key));
  return others.toSpliced(place < 0 ? others.length : place, 0, alert).slice(0, keptAlerts);
}

/** A command that ends replaces its running line; commands are in the order of their start. */
function withCommand(commands: HostState['commands'], command: HostState['commands'][number]): HostState['commands'] {
  const index = commands.findIndex(({ at, line }) => at === command.at && line === command.line);
  return index >= 0 ? commands.with(index, command) : [...commands, command].slice(-keptCommands);
}
