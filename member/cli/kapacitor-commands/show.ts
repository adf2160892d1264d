import { formatGoDuration } from '../../base/duration.ts';
import type { Command } from '../client/context.ts';
import { badArguments } from '../client/failure.ts';
import { parseFlags } from '../client/flags.ts';
import { dbrpList, localDate, row, sentDate, widest } from '../client/format.ts';
import { numberOf, objectOf, objectsOf, textOf, type JsonObject } from '../client/shape.ts';
import { handlersOf } from './pages.ts';

export const show: Command = {
  usage: 'show [-replay REPLAY-ID] ID',
  help: 'Prints a task: its state, script, variables and graph.\n\n  -replay ID   the task as it runs inside that replay',
  async run(context, args) {
    const flags = parseFlags(args, { replay: 'text' }, { interleaved: false });
    const id = onlyWord(flags.words, 'task ID');
    const replay = flags.text.get('replay');
    const query = replay === undefined ? {} : { query: { 'replay-id': replay } };
    const task = objectOf(await context.connection.json('GET', `/tasks/${encodeURIComponent(id)}`, query));
    context.out(taskText(task));
  },
};

function taskText(task: JsonObject): string {
  const dbrps = objectsOf(task['dbrps']).map((dbrp) => ({ db: textOf(dbrp, 'db'), rp: textOf(dbrp, 'rp') }));
  const vars = objectOf(task['vars']);
  return [
    labelled('ID', textOf(task, 'id')),
    labelled('Error', textOf(task, 'error')),
    labelled('Template', textOf(task, 'template-id')),
    labelled('Type', textOf(task, 'type')),
    labelled('Status', textOf(task, 'status')),
    labelled('Executing', String(task['executing'] === true)),
    labelled('Created', sentDate(textOf(task, 'created'))),
    labelled('Modified', sentDate(textOf(task, 'modified'))),
    labelled('LastEnabled', sentDate(textOf(task, 'last-enabled'))),
    labelled('Databases Retention Policies', dbrpList(dbrps)),
    `TICKscript:\n${textOf(task, 'script')}\n`,
    Object.keys(vars).length === 0 ? '' : `Vars:\n${varsTable(vars)}`,
    `DOT:\n${textOf(task, 'dot')}\n`,
  ].join('');
}

function labelled(label: string, value: string): string {
  return `${label}: ${value}\n`;
}

function varsTable(vars: JsonObject): string {
  const widths = [30, 10, 40];
  const rows = Object.keys(vars)
    .sort()
    .map((name) => {
      const variable = objectOf(vars[name]);
      return row([name, textOf(variable, 'type'), varText(variable), ''], widths);
    });
  return row(['Name', 'Type', 'Value', ''], widths) + rows.join('');
}

/** One variable's value: durations as Go prints them, lists in brackets, `*` for a star. */
export function varText(variable: JsonObject): string {
  const { value } = variable;
  switch (textOf(variable, 'type')) {
    case 'duration':
      return typeof value === 'number' ? formatGoDuration(BigInt(Math.trunc(value))) : String(value);
    case 'list':
      return `[${objectsOf(value)
        .map((item) => (textOf(item, 'type') === 'star' ? '*' : varText(item)))
        .join(', ')}]`;
    case 'star':
      return '*';
    default:
      return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
        ? String(value)
        : JSON.stringify(value ?? null);
  }
}

export const showTemplate: Command = {
  usage: 'show-template ID',
  help: 'Prints a template: its script, variables with defaults and descriptions, and graph.',
  async run(context, args) {
    const id = onlyWord(args, 'template ID');
    const template = objectOf(await context.connection.json('GET', `/templates/${encodeURIComponent(id)}`));
    const vars = objectOf(template['vars']);
    const widths = [30, 10, 40, 40];
    const rows = Object.keys(vars)
      .sort()
      .map((name) => {
        const variable = objectOf(vars[name]);
        const required = (variable['value'] ?? null) === null;
        return row(
          [
            name,
            textOf(variable, 'type'),
            required ? '<required>' : varText(variable),
            textOf(variable, 'description'),
          ],
          widths,
        );
      });
    context.out(
      [
        labelled('ID', textOf(template, 'id')),
        labelled('Error', textOf(template, 'error')),
        labelled('Type', textOf(template, 'type')),
        labelled('Created', sentDate(textOf(template, 'created'))),
        labelled('Modified', sentDate(textOf(template, 'modified'))),
        `TICKscript:\n${textOf(template, 'script')}\n`,
        'Vars:\n',
        row(['Name', 'Type', 'Default Value', 'Description'], widths),
        ...rows,
        `DOT:\n${textOf(template, 'dot')}\n`,
      ].join(''),
    );
  },
};

export const showTopicHandler: Command = {
  usage: 'show-topic-handler TOPIC ID',
  help: 'Prints a handler of a topic.',
  async run(context, args) {
    const [topic, id, ...surplus] = args;
    if (topic === undefined || id === undefined) throw badArguments('a topic and a handler ID are needed');
    if (surplus.length > 0) throw badArguments(`too many arguments: ${surplus.join(' ')}`);
    const path = `/alerts/topics/${encodeURIComponent(topic)}/handlers/${encodeURIComponent(id)}`;
    const handler = objectOf(await context.connection.json('GET', path));
    const { options } = handler;
    context.out(
      [
        labelled('ID', textOf(handler, 'id')),
        labelled('Topic', topic),
        labelled('Kind', textOf(handler, 'kind')),
        labelled('Match', textOf(handler, 'match')),
        labelled('Options', options === null || options === undefined ? 'null' : JSON.stringify(sortedKeys(options))),
      ].join(''),
    );
  },
};

function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sortedKeys(item)]),
  );
}

export const showTopic: Command = {
  usage: 'show-topic TOPIC',
  help: 'Prints a topic: its level, handlers and events.',
  async run(context, args) {
    const id = onlyWord(args, 'topic');
    const path = `/alerts/topics/${encodeURIComponent(id)}`;
    const topic = objectOf(await context.connection.json('GET', path));
    const events = objectsOf(
      objectOf(await context.connection.json('GET', `${path}/events`, { query: { 'min-level': 'OK' } }))['events'],
    );
    const handlers = await handlersOf(context, id, '');
    context.out(
      [
        labelled('ID', textOf(topic, 'id')),
        labelled('Level', textOf(topic, 'level')),
        labelled('Collected', String(numberOf(topic, 'collected'))),
        labelled('Handlers', `[${handlers.map((handler) => textOf(handler, 'id')).join(', ')}]`),
        'Events:\n',
        eventsTable(events),
      ].join(''),
    );
  },
};

function eventsTable(events: readonly JsonObject[]): string {
  const sorted = [...events].sort((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1));
  const message = (event: JsonObject): string => textOf(objectOf(event['state']), 'message');
  const widths = [
    widest(
      'Event',
      sorted.map((event) => textOf(event, 'id')),
    ),
    9,
    widest('Message', sorted.map(message)),
    23,
  ];
  const rows = sorted.map((event) =>
    row(
      [textOf(event, 'id'), textOf(objectOf(event['state']), 'level'), message(event), localDate(timeOf(event))],
      widths,
    ),
  );
  return row(['Event', 'Level', 'Message', 'Date'], widths) + rows.join('');
}

function timeOf(event: JsonObject): string {
  return textOf(objectOf(event['state']), 'time');
}

function onlyWord(words: readonly string[], what: string): string {
  const [word, ...surplus] = words;
  if (word === undefined) throw badArguments(`no ${what} given`);
  if (surplus.length > 0) throw badArguments(`too many arguments: ${surplus.join(' ')}`);
  return word;
}
