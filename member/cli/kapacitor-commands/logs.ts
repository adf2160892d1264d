import type { Command, CommandContext } from '../client/context.ts';
import { failed } from '../client/failure.ts';

/** Copies a log session to standard output until interrupted. */
async function follow(context: CommandContext, filters: readonly string[], task: string | null): Promise<void> {
  const query: Record<string, string> = task === null ? {} : { task };
  for (const filter of filters) {
    const at = filter.indexOf('=');
    if (at <= 0 || filter.includes('=', at + 1))
      throw failed(`invalid filter ${JSON.stringify(filter)}: it must be key=value`);
    query[filter.slice(0, at)] = filter.slice(at + 1);
  }
  const response = await context.connection.open(
    { method: 'GET', path: '/kapacitor/v1preview/logs', query },
    context.interrupted,
  );
  try {
    for await (const chunk of response) {
      const text = Buffer.from(chunk).toString('utf8');
      if (response.statusCode !== 200) throw failed(text.trim());
      context.out(text);
    }
  } catch (error) {
    if (!context.interrupted.aborted) throw error;
  }
}

export const watch: Command = {
  usage: 'watch TASK [KEY=VALUE]...',
  help: 'Follows the log of a task; each key=value must hold for a line to be shown.',
  async run(context, args) {
    const [task, ...filters] = args;
    if (task === undefined) throw failed('no task ID given');
    await follow(context, filters, task);
  },
};

export const logs: Command = {
  usage: 'logs [KEY=VALUE]...',
  help: 'Follows the log of the member; lvl=info+ shows that level and above.',
  run: (context, args) => follow(context, args, null),
};
