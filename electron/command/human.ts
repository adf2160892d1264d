/** The same events for people. Pure. */
import type { HostState } from '../contract/state.ts';
import { spanText } from '../lab/instant.ts';
import type { EventLine } from './event-lines.ts';

/** Null for events that would only be noise on a terminal. */
export function humanLine(line: EventLine): string | null {
  const text = (name: string): string => {
    const value = line[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  switch (line.event) {
    case 'member': {
      const pid = line['pid'] === null || line['pid'] === undefined ? '' : `, pid ${text('pid')}`;
      const reason = line['reason'] === null || line['reason'] === undefined ? '' : `: ${text('reason')}`;
      return `${text('name')} ${text('state')}${pid}${reason}`;
    }
    case 'view':
      return line['status'] === 'alive' ? null : `${text('observer')} says ${text('member')} is ${text('status')}`;
    case 'alert': {
      const by = Array.isArray(line['handledBy'])
        ? line['handledBy'].map((name) => String(name ?? 'an unnamed member'))
        : [];
      const late = typeof line['latencyMs'] === 'number' ? ` after ${spanText(line['latencyMs'])}` : '';
      return `${text('level')} ${text('id')}: delivery ${text('deliveries')}, by ${by.at(-1) ?? ''}${late}`;
    }
    default:
      return null;
  }
}

export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function membersTable(state: HostState): string {
  const rows = state.members.map(({ name, process, pid, api, rpc, gossip, clusterState, views }) => [
    name,
    process,
    pid === null ? '-' : String(pid),
    api,
    rpc,
    gossip,
    clusterState ?? '-',
    `${views.filter(({ status }) => status === 'alive').length} alive`,
  ]);
  return table([['Member', 'Process', 'PID', 'API', 'RPC', 'Gossip', 'State', 'Lists'], ...rows]);
}

export function planText(state: HostState): string {
  const { plan } = state.lab;
  const rows = plan.members.map(({ name, gossip, rpc, api }) => [name, String(gossip), String(rpc), String(api)]);
  const notes = plan.portNotes.map(
    ({ port, holder, instead }) => `Port ${port} is taken by ${holder}; the lab uses ${instead}.`,
  );
  return [
    `Lab ${plan.name} in ${plan.dir}`,
    `redundancy ${plan.redundancy}, delay-per-member ${spanText(plan.delayPerMemberMs)}, data: ${plan.data}, inbox on port ${plan.inboxPort}`,
    table([['Member', 'Gossip', 'RPC', 'API'], ...rows]),
    ...notes,
  ].join('\n');
}
