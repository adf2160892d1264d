import type { Command, CommandContext } from '../client/context.ts';
import { badArguments, failed, Failure } from '../client/failure.ts';
import { parseFlags, type ParsedFlags } from '../client/flags.ts';
import { isObject, objectOf, selfOf, textOf, type JsonObject } from '../client/shape.ts';
import { readObjectFile } from './files.ts';

const taskFlags = {
  tick: 'text',
  type: 'text',
  dbrp: 'texts',
  template: 'text',
  vars: 'text',
  file: 'text',
  'no-reload': 'bool',
} as const;

export const define: Command = {
  usage:
    'define ID [-tick FILE] [-type stream|batch] [-dbrp DB.RP]... [-template ID] [-vars FILE] [-file FILE] [-no-reload]',
  help: [
    'Creates or updates a task.',
    '',
    '  -tick FILE      TICKscript of the task.',
    '  -dbrp DB.RP     Database and retention policy the task reads; repeat for several. Quotes allow dots: "my.db"."rp".',
    '  -template ID    Makes the task from a template instead of a script; -vars FILE gives its variables as JSON.',
    '  -file FILE      A .json or .yaml task file with id, template-id, dbrps and vars; other flags count for nothing.',
    '  -no-reload      Does not restart an enabled task; the change takes effect at its next start.',
  ].join('\n'),
  async run(context, args) {
    const [id, ...rest] = args;
    if (id === undefined || id.startsWith('-'))
      throw badArguments('no task ID given: the ID stands right behind define');
    // The original takes `-no-reload x` as well: a lone boolean word behind the flag is its value.
    const flags = parseFlags(joinedNoReload(rest), taskFlags, { interleaved: false });
    if (flags.words.length > 0)
      throw failed(`unexpected argument ${JSON.stringify(flags.words[0])}: flags stand behind the one task ID`);
    const file = flags.text.get('file');
    const wanted = file === undefined ? fromFlags(context, flags) : fromFile(context, file, id);
    const existing = await find(context, `/tasks/${encodeURIComponent(id)}`);
    if (existing === null) {
      await context.connection.json('POST', '/tasks', { json: { id, ...wanted, status: 'disabled' } });
      return;
    }
    const path = selfOf(existing);
    await context.connection.json('PATCH', path, { json: wanted });
    if (textOf(existing, 'status') !== 'enabled' || flags.bool.has('no-reload')) return;
    await context.connection.json('PATCH', path, { json: { status: 'disabled' } });
    await context.connection.json('PATCH', path, { json: { status: 'enabled' } });
  },
};

function joinedNoReload(words: readonly string[]): string[] {
  const joined: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    const next = words[i + 1];
    const takesNext =
      /^--?no-reload$/.test(word) && next !== undefined && !next.startsWith('-') && i + 2 === words.length;
    joined.push(takesNext ? `${word}=true` : word);
    if (takesNext) i++;
  }
  return joined;
}

function fromFlags(context: CommandContext, flags: ParsedFlags): JsonObject {
  const dbrps = (flags.texts.get('dbrp') ?? []).map(parseDbrp);
  const tick = flags.text.get('tick');
  const vars = flags.text.get('vars');
  const template = flags.text.get('template');
  const type = flags.text.get('type');
  return {
    ...(template === undefined ? {} : { 'template-id': template }),
    ...(type === undefined ? {} : { type }),
    ...(dbrps.length === 0 ? {} : { dbrps }),
    ...(tick === undefined ? {} : { script: context.readTextFile(tick) }),
    ...(vars === undefined ? {} : { vars: varsOf(context, vars) }),
  };
}

function varsOf(context: CommandContext, path: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(context.readTextFile(path));
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw failed(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const inner = isObject(value) ? value['vars'] : undefined;
  // `vars` may also be the name of a variable, which then has a type.
  return isObject(inner) && typeof inner['type'] !== 'string' ? inner : value;
}

function fromFile(context: CommandContext, path: string, id: string): JsonObject {
  const file = readObjectFile(context, path);
  const named = textOf(file, 'id');
  if (named !== '' && named !== id)
    throw failed(`${path}: its id ${JSON.stringify(named)} is not the given ${JSON.stringify(id)}`);
  const { 'template-id': template, dbrps, vars, script, type } = file;
  return Object.fromEntries(
    Object.entries({ 'template-id': template, dbrps, vars, script, type }).filter(
      ([, value]) => value !== undefined && value !== null,
    ),
  );
}

/** `db.rp` or `"db"."rp"`, quotes optional on either side, `\"` inside quotes. @throws Failure (2) without a dot. */
export function parseDbrp(text: string): { readonly db: string; readonly rp: string } {
  const match = /^("(?:[^"\\]|\\.)*"|[^."]+)\.("(?:[^"\\]|\\.)*"|[^"]+)$/.exec(text);
  if (match === null) throw badArguments(`invalid -dbrp ${JSON.stringify(text)}: it must be db.rp or "db"."rp"`);
  const plain = (part = ''): string => (part.startsWith('"') ? part.slice(1, -1).replaceAll('\\"', '"') : part);
  return { db: plain(match[1]), rp: plain(match[2]) };
}

/** The object at a path; null when there is none. */
async function find(context: CommandContext, path: string): Promise<JsonObject | null> {
  const reply = await context.connection.call({ method: 'GET', path: `/kapacitor/v1${path}` });
  if (reply.status === 404) return null;
  if (reply.status !== 200) return objectOf(await context.connection.json('GET', path));
  return objectOf(JSON.parse(reply.body.toString('utf8')));
}

export const defineTemplate: Command = {
  usage: 'define-template ID -tick FILE [-type stream|batch]',
  help: 'Creates or updates a template; its tasks take the change at once.',
  async run(context, args) {
    const [id, ...rest] = args;
    if (id === undefined || id.startsWith('-'))
      throw badArguments('no template ID given: the ID stands right behind define-template');
    const flags = parseFlags(rest, { tick: 'text', type: 'text' }, { interleaved: false });
    const tick = flags.text.get('tick');
    const type = flags.text.get('type');
    const wanted = {
      ...(type === undefined ? {} : { type }),
      ...(tick === undefined ? {} : { script: context.readTextFile(tick) }),
    };
    const existing = await find(context, `/templates/${encodeURIComponent(id)}`);
    if (existing === null) await context.connection.json('POST', '/templates', { json: { id, ...wanted } });
    else await context.connection.json('PATCH', selfOf(existing), { json: wanted });
  },
};

export const defineTopicHandler: Command = {
  usage: 'define-topic-handler FILE',
  help: 'Creates or replaces a handler of a topic from a .json or .yaml file with topic, id, kind, options and match.',
  async run(context, args) {
    const [path, ...surplus] = args;
    if (path === undefined) throw badArguments('no handler file given');
    if (surplus.length > 0) throw badArguments(`too many arguments: ${surplus.join(' ')}`);
    const { topic, ...handler } = readObjectFile(context, path);
    if (typeof topic !== 'string' || topic === '') throw failed(`${path}: topic must be the name of a topic`);
    if (typeof handler['id'] !== 'string' || handler['id'] === '')
      throw failed(`${path}: id must be the name of the handler`);
    const handlers = `/alerts/topics/${encodeURIComponent(topic)}/handlers`;
    const existing = await find(context, `${handlers}/${encodeURIComponent(handler['id'])}`);
    if (existing === null) await context.connection.json('POST', handlers, { json: handler });
    else await context.connection.json('PUT', `${handlers}/${encodeURIComponent(handler['id'])}`, { json: handler });
  },
};
