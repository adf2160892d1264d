import type { Command, CommandContext } from './client/context.ts';
import { badArguments } from './client/failure.ts';
import { objectOf, objectsOf, textOf, type JsonObject } from './client/shape.ts';

/** `member list | add <rpc-address> | remove <member-id>`. */
export const memberCommand: Command = {
  usage: 'member list | member add RPC-ADDRESS | member remove MEMBER-ID',
  help: [
    'Lists, adds and removes members of the cluster.',
    '',
    '  member list                 State, cluster ID, local member ID and every member as the asked member sees them.',
    '  member add RPC-ADDRESS      Adds the member at that RPC address (host:9091) to the cluster of the asked member.',
    '  member remove MEMBER-ID     Removes it; it becomes uninitialized, with a new cluster ID, and keeps its tasks.',
  ].join('\n'),
  async run(context, args) {
    const [subcommand, operand, ...surplus] = args;
    if (surplus.length > 0) throw badArguments(`too many arguments: ${surplus.join(' ')}`);
    switch (subcommand) {
      case 'list':
        if (operand !== undefined) throw badArguments('member list takes no argument');
        context.out(memberList(objectOf(await context.connection.json('GET', '/cluster'))));
        return;
      case 'add':
        if (operand === undefined)
          throw badArguments('member add needs the RPC address of the member to add, such as host:9091');
        await context.connection.json('POST', '/cluster/members', { json: { rpc: operand } });
        return;
      case 'remove':
        if (operand === undefined) throw badArguments('member remove needs the ID of the member to remove');
        await remove(context, operand);
        return;
      default:
        throw badArguments(`unknown subcommand ${JSON.stringify(subcommand ?? '')}: it must be list, add or remove`);
    }
  },
};

async function remove(context: CommandContext, id: string): Promise<void> {
  await context.connection.json('DELETE', `/cluster/members/${encodeURIComponent(id)}`);
  context.out(
    `Removed ${id}. Its InfluxDB subscription stays, and InfluxDB goes on sending to it, until it is dropped there: ` +
      'SHOW SUBSCRIPTIONS, then DROP SUBSCRIPTION.\n',
  );
}

const columns = [
  { heading: 'Member ID', gap: 4, key: 'id' },
  { heading: 'Gossip Address', gap: 3, key: 'gossip' },
  { heading: 'RPC Address', gap: 3, key: 'rpc' },
  { heading: 'API Address', gap: 3, key: 'api' },
  { heading: 'Roles', gap: 1, key: 'roles' },
  { heading: 'Status', gap: 0, key: 'status' },
] as const;

/** Column width = the larger of heading + 1 and widest value + gap; the last column is not padded (cluster.md, 4). */
export function memberList(view: JsonObject): string {
  const members = objectsOf(view['members']);
  const cells = members.map((member) => columns.map(({ key }) => cell(member, key)));
  const widths = columns.map(({ heading, gap }, i) =>
    Math.max(heading.length + 1, ...cells.map((row) => (row[i] ?? '').length + gap)),
  );
  const line = (row: readonly string[]): string =>
    `${row.map((text, i) => (i === columns.length - 1 ? text : text.padEnd(widths[i] ?? 0))).join('')}\n`;
  return [
    `State: ${textOf(view, 'state')}\n`,
    `Cluster ID: ${textOf(view, 'cluster-id')}\n`,
    `Local Member ID: ${textOf(view, 'member-id')}\n`,
    line(columns.map(({ heading }) => heading)),
    ...cells.map(line),
  ].join('');
}

function cell(member: JsonObject, key: string): string {
  if (key !== 'roles') return textOf(member, key);
  const roles = member['roles'];
  return Array.isArray(roles) ? roles.join(',') : '';
}
