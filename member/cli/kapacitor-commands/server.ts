import type { Command } from '../client/context.ts';
import { badArguments, failed } from '../client/failure.ts';
import { refuse } from '../client/connection.ts';
import { row, widest } from '../client/format.ts';
import { numberOf, objectOf, objectsOf, selfOf, textOf, type JsonObject } from '../client/shape.ts';

export const level: Command = {
  usage: 'level debug|info|error',
  help: 'Sets the log level of the member.',
  async run(context, args) {
    const [word] = args;
    if (word === undefined) throw badArguments('no level given: it must be debug, info or error');
    await context.connection.json('POST', '/loglevel', { json: { level: word } });
  },
};

export const stats: Command = {
  usage: 'stats general|ingress',
  help: 'Prints figures of the member: general ones, or points received per database and measurement.',
  async run(context, args) {
    const [kind] = args;
    if (kind === undefined) throw failed('no kind given: it must be general or ingress');
    const vars = objectOf(await context.connection.json('GET', '/debug/vars'));
    if (kind === 'general') context.out(general(vars));
    if (kind === 'ingress') context.out(ingress(vars));
  },
};

function general(vars: JsonObject): string {
  const line = (label: string, value: string): string => `${label.padEnd(30)}${value}\n`;
  return [
    line('ClusterID:', textOf(vars, 'cluster_id')),
    line('ServerID:', textOf(vars, 'server_id')),
    line('Host:', textOf(vars, 'host')),
    line('Tasks:', String(numberOf(vars, 'num_tasks'))),
    line('Enabled Tasks:', String(numberOf(vars, 'num_enabled_tasks'))),
    line('Subscriptions:', String(numberOf(vars, 'num_subscriptions'))),
    line('Platform:', textOf(vars, 'platform')),
    line('Version:', textOf(vars, 'version')),
  ].join('');
}

function ingress(vars: JsonObject): string {
  const rows = Object.values(objectOf(vars['kapacitor']))
    .map(objectOf)
    .filter((stat) => textOf(stat, 'name') === 'ingress' && textOf(objectOf(stat['tags']), 'task_master') === 'main')
    .map((stat) => {
      const tags = objectOf(stat['tags']);
      const points = String(numberOf(objectOf(stat['values']), 'points_received'));
      return [textOf(tags, 'database'), textOf(tags, 'retention_policy'), textOf(tags, 'measurement'), points] as const;
    })
    .sort((a, b) => (a.join('\0') < b.join('\0') ? -1 : 1));
  const headings = ['Database', 'Retention Policy', 'Measurement', 'Points Received'] as const;
  const widths = [0, 1, 2].map((i) =>
    widest(
      headings[i] ?? '',
      rows.map((cells) => cells[i] ?? ''),
    ),
  );
  const line = (cells: readonly string[]): string => row([...cells.slice(0, 3), (cells[3] ?? '').padStart(15)], widths);
  return [headings, ...rows].map(line).join('');
}

export const vars: Command = {
  usage: 'vars',
  help: 'Prints the debug variables of the member as JSON.',
  async run(context) {
    const reply = await context.connection.call({ method: 'GET', path: '/kapacitor/v1/debug/vars' });
    refuse(reply);
    context.out(reply.body.toString('utf8'));
  },
};

export const backup: Command = {
  usage: 'backup FILE',
  help: 'Writes a consistent copy of the store of the member to a file.',
  async run(context, args) {
    const [path] = args;
    if (path === undefined) throw failed('no file given');
    const reply = await context.connection.call({ method: 'GET', path: '/kapacitor/v1/storage/backup' });
    refuse(reply);
    const announced = Number(reply.headers['content-length'] ?? reply.body.length);
    if (reply.body.length !== announced)
      throw failed(`the backup broke off after ${reply.body.length} of ${announced} bytes`);
    context.writeFile(path, reply.body);
  },
};

export const serviceTests: Command = {
  usage: 'service-tests NAME...',
  help: 'Tests services with their default options; names may be patterns.',
  async run(context, args) {
    if (args.length === 0) throw failed('no service given');
    const widths = [20, 10, 40];
    context.out(row(['Service', 'Success', 'Message'], widths));
    for (const pattern of args) {
      const services = objectsOf(
        objectOf(await context.connection.json('GET', '/service-tests', { query: { pattern } }))['services'],
      );
      for (const service of services) {
        const result = objectOf(await context.connection.json('POST', selfOf(service), { json: {} }));
        context.out(
          row([textOf(service, 'name'), String(result['success'] === true), textOf(result, 'message')], widths),
        );
      }
    }
  },
};
