import type { Command, CommandContext } from '../client/context.ts';
import { badArguments, failed } from '../client/failure.ts';
import { selfOf } from '../client/shape.ts';
import { allOf, handlersOf, topicsOf } from './pages.ts';

type Finder = (context: CommandContext, patterns: readonly string[]) => Promise<string[]>;

const paged =
  (kind: 'tasks' | 'templates' | 'recordings' | 'replays'): Finder =>
  async (context, patterns) => {
    const paths: string[] = [];
    for (const pattern of patterns) paths.push(...(await allOf(context, kind, pattern, ['link'])).map(selfOf));
    return paths;
  };

const finders: Readonly<Record<string, Finder>> = {
  tasks: paged('tasks'),
  templates: paged('templates'),
  recordings: paged('recordings'),
  replays: paged('replays'),
  async topics(context, patterns) {
    const paths: string[] = [];
    for (const pattern of patterns) paths.push(...(await topicsOf(context, pattern)).map(selfOf));
    return paths;
  },
  async 'topic-handlers'(context, [topic = '', ...patterns]) {
    const paths: string[] = [];
    for (const pattern of patterns) paths.push(...(await handlersOf(context, topic, pattern)).map(selfOf));
    return paths;
  },
};

export const deleteCommand: Command = {
  usage: 'delete KIND PATTERN...',
  help: [
    'Deletes what matches the patterns.',
    '',
    `KIND: ${Object.keys(finders).join(', ')}. For topic-handlers the topic, no pattern, comes first.`,
  ].join('\n'),
  async run(context, args) {
    const [kind, ...patterns] = args;
    if (kind === undefined) throw badArguments(`no kind given: it must be one of ${Object.keys(finders).join(', ')}`);
    const find = Object.hasOwn(finders, kind) ? finders[kind] : undefined;
    if (find === undefined)
      throw failed(`cannot delete ${JSON.stringify(kind)}: it must be one of ${Object.keys(finders).join(', ')}`);
    if (patterns.length === 0) throw badArguments('no ID or pattern given');
    for (const path of await find(context, patterns)) await context.connection.json('DELETE', path);
  },
};
