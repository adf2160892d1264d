import type { Command, CommandContext } from '../client/context.ts';
import { badArguments } from '../client/failure.ts';
import { selfOf } from '../client/shape.ts';
import { allOf } from './pages.ts';

/** `enable`, `disable` and `reload`: patterns in, one PATCH per task; no match is not an error. */
function statusCommand(name: string, statuses: readonly ('enabled' | 'disabled')[], help: string): Command {
  return {
    usage: `${name} PATTERN...`,
    help,
    async run(context, args) {
      if (args.length === 0) throw badArguments('no task ID or pattern given');
      const tasks = await matching(context, args);
      for (const status of statuses) {
        for (const task of tasks) await context.connection.json('PATCH', task, { json: { status } });
      }
    },
  };
}

async function matching(context: CommandContext, patterns: readonly string[]): Promise<string[]> {
  const paths: string[] = [];
  for (const pattern of patterns) paths.push(...(await allOf(context, 'tasks', pattern, ['link'])).map(selfOf));
  return paths;
}

export const enable = statusCommand('enable', ['enabled'], 'Starts every task whose ID matches one of the patterns.');
export const disable = statusCommand('disable', ['disabled'], 'Stops every task whose ID matches one of the patterns.');
export const reload = statusCommand(
  'reload',
  ['disabled', 'enabled'],
  'Stops, then starts every task whose ID matches one of the patterns.',
);
