import type { Command, CommandContext } from '../client/context.ts';
import { badArguments, failed } from '../client/failure.ts';
import { dbrpList, decimalSize, localDate, row, widest } from '../client/format.ts';
import { numberOf, objectOf, objectsOf, textOf, type JsonObject } from '../client/shape.ts';
import { allOf, handlersOf, topicsOf } from './pages.ts';

type Lister = (context: CommandContext, patterns: readonly string[]) => Promise<string>;

const kinds: Readonly<Record<string, Lister>> = {
  tasks: (context, patterns) =>
    listed(context, 'tasks', patterns, ['link', 'type', 'status', 'executing', 'dbrps'], tasksTable),
  templates: (context, patterns) => listed(context, 'templates', patterns, ['link', 'type', 'vars'], templatesTable),
  recordings: (context, patterns) =>
    listed(context, 'recordings', patterns, ['link', 'type', 'size', 'date', 'status'], recordingsTable),
  replays: (context, patterns) =>
    listed(context, 'replays', patterns, ['link', 'task', 'recording', 'status', 'clock', 'date'], replaysTable),
  topics: topicsList,
  'topic-handlers': handlersList,
  'service-tests': serviceTestsList,
};

export const list: Command = {
  usage: 'list KIND [PATTERN]...',
  help: `Lists what matches the patterns. KIND: ${Object.keys(kinds).join(', ')}. For topic-handlers the first pattern is of topics.`,
  async run(context, args) {
    const [kind, ...patterns] = args;
    if (kind === undefined) throw badArguments(`no kind given: it must be one of ${Object.keys(kinds).join(', ')}`);
    const lister = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
    if (lister === undefined)
      throw failed(`cannot list ${JSON.stringify(kind)}: it must be one of ${Object.keys(kinds).join(', ')}`);
    context.out(await lister(context, patterns));
  },
};

async function listed(
  context: CommandContext,
  kind: 'tasks' | 'templates' | 'recordings' | 'replays',
  patterns: readonly string[],
  fields: readonly string[],
  table: (objects: readonly JsonObject[]) => string,
): Promise<string> {
  const objects: JsonObject[] = [];
  for (const pattern of patterns.length === 0 ? [''] : patterns)
    objects.push(...(await allOf(context, kind, pattern, fields)));
  // Tasks and templates are sorted by ID over all patterns; recordings and replays stay as sent, newest first.
  if (kind === 'tasks' || kind === 'templates') objects.sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  return table(objects);
}

const idOf = (object: JsonObject): string => textOf(object, 'id');

function tasksTable(tasks: readonly JsonObject[]): string {
  const widths = [widest('ID', tasks.map(idOf)), 10, 10, 10];
  return table(widths, ['ID', 'Type', 'Status', 'Executing', 'Databases and Retention Policies'], tasks, (task) => [
    idOf(task),
    textOf(task, 'type'),
    textOf(task, 'status'),
    String(task['executing'] === true),
    dbrpList(objectsOf(task['dbrps']).map((dbrp) => ({ db: textOf(dbrp, 'db'), rp: textOf(dbrp, 'rp') }))),
  ]);
}

function templatesTable(templates: readonly JsonObject[]): string {
  return table([widest('ID', templates.map(idOf)), 10, 40], ['ID', 'Type', 'Vars'], templates, (template) => [
    idOf(template),
    textOf(template, 'type'),
    Object.keys(objectOf(template['vars'])).sort().join(','),
  ]);
}

function recordingsTable(recordings: readonly JsonObject[]): string {
  return table(
    [widest('ID', recordings.map(idOf)), 8, 10, 10, 23],
    ['ID', 'Type', 'Status', 'Size', 'Date'],
    recordings,
    (recording) => [
      idOf(recording),
      textOf(recording, 'type'),
      textOf(recording, 'status'),
      decimalSize(numberOf(recording, 'size')),
      localDate(textOf(recording, 'date')),
    ],
  );
}

function replaysTable(replays: readonly JsonObject[]): string {
  const column = (heading: string, key: string): number =>
    widest(
      heading,
      replays.map((replay) => textOf(replay, key)),
    );
  const widths = [column('ID', 'id'), column('Task', 'task'), column('Recording', 'recording'), 9, 8, 23];
  return table(widths, ['ID', 'Task', 'Recording', 'Status', 'Clock', 'Date'], replays, (replay) => [
    idOf(replay),
    textOf(replay, 'task'),
    textOf(replay, 'recording'),
    textOf(replay, 'status'),
    textOf(replay, 'clock'),
    localDate(textOf(replay, 'date')),
  ]);
}

async function topicsList(context: CommandContext, patterns: readonly string[]): Promise<string> {
  const topics: JsonObject[] = [];
  for (const pattern of patterns.length === 0 ? [''] : patterns) topics.push(...(await topicsOf(context, pattern)));
  topics.sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  const widths = [
    widest('ID', topics.map(idOf)),
    Math.max(
      9,
      widest(
        'Level',
        topics.map((topic) => textOf(topic, 'level')),
      ),
    ),
  ];
  const line = (id: string, level: string, collected: string): string =>
    row([id, level, collected.padStart(10)], widths);
  return (
    line('ID', 'Level', 'Collected') +
    topics.map((topic) => line(idOf(topic), textOf(topic, 'level'), String(numberOf(topic, 'collected')))).join('')
  );
}

async function handlersList(context: CommandContext, patterns: readonly string[]): Promise<string> {
  const [topicPattern = '', ...handlerPatterns] = patterns;
  const rows: string[][] = [];
  for (const topic of await topicsOf(context, topicPattern)) {
    for (const pattern of handlerPatterns.length === 0 ? [''] : handlerPatterns) {
      for (const handler of await handlersOf(context, idOf(topic), pattern))
        rows.push([idOf(topic), idOf(handler), textOf(handler, 'kind')]);
    }
  }
  rows.sort(([topicA = '', idA = ''], [topicB = '', idB = '']) =>
    topicA === topicB ? (idA < idB ? -1 : 1) : topicA < topicB ? -1 : 1,
  );
  const column = (heading: string, i: number): number =>
    Math.max(
      11,
      widest(
        heading,
        rows.map((cells) => cells[i] ?? ''),
      ),
    );
  const widths = [column('Topic', 0), column('ID', 1), column('Kind', 2)];
  return row(['Topic', 'ID', 'Kind'], widths) + rows.map((cells) => row(cells, widths)).join('');
}

async function serviceTestsList(context: CommandContext, patterns: readonly string[]): Promise<string> {
  const names: string[] = [];
  for (const pattern of patterns.length === 0 ? [''] : patterns) {
    const services = objectsOf(
      objectOf(await context.connection.json('GET', '/service-tests', { query: { pattern } }))['services'],
    );
    names.push(...services.map((service) => textOf(service, 'name')));
  }
  return ['Service Name', ...names].map((name) => `${name}\n`).join('');
}

function table(
  widths: readonly number[],
  headings: readonly string[],
  objects: readonly JsonObject[],
  cells: (object: JsonObject) => readonly string[],
): string {
  return row(headings, widths) + objects.map((object) => row(cells(object), widths)).join('');
}
