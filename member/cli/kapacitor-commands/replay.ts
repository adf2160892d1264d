import type { Command, CommandContext } from '../client/context.ts';
import { badArguments, failed } from '../client/failure.ts';
import { parseFlags, type FlagSpec, type ParsedFlags } from '../client/flags.ts';
import { rangeOf, startWork } from './work.ts';

const shared = {
  'real-clock': 'bool',
  'rec-time': 'bool',
  'no-wait': 'bool',
  'replay-id': 'text',
  task: 'text',
} as const;

export const replay: Command = {
  usage: 'replay -recording ID -task ID [-real-clock] [-rec-time] [-no-wait] [-replay-id ID]',
  help: [
    'Plays a recording into a private copy of a task, and prints the ID of the replay.',
    '',
    '  -real-clock   at the pace of the recording, else as fast as possible',
    '  -rec-time     with the times of the recording, else shifted so that the first point is now',
  ].join('\n'),
  async run(context, args) {
    const flags = flagsOf(args, { recording: 'text' });
    await start(context, '/replays', { ...common(flags), recording: needed(flags, 'recording') }, flags);
  },
};

export const replayLive: Command = {
  usage: 'replay-live batch|query FLAGS',
  help: [
    'Plays data straight from InfluxDB into a private copy of a task, without a recording.',
    '',
    '  replay-live batch -task ID -start T|-past D [-stop T]   the queries of the task over a range',
    '  replay-live query -task ID -query Q [-cluster NAME]     the answer of one query',
  ].join('\n'),
  async run(context, args) {
    const [kind, ...rest] = args;
    if (kind === undefined) throw badArguments('no kind given: it must be batch or query');
    if (kind === 'batch') return batch(context, rest);
    if (kind === 'query') return query(context, rest);
    throw failed(`cannot replay ${JSON.stringify(kind)} live: it must be batch or query`);
  },
};

async function batch(context: CommandContext, args: readonly string[]): Promise<void> {
  const flags = flagsOf(args, { start: 'text', past: 'text', stop: 'text' });
  const body = common(flags);
  const range = rangeOf(context, flags.text.get('start'), flags.text.get('past'), flags.text.get('stop'));
  await start(context, '/replays/batch', { ...body, ...range }, flags);
}

async function query(context: CommandContext, args: readonly string[]): Promise<void> {
  const flags = flagsOf(args, { query: 'text', cluster: 'text' });
  const cluster = flags.text.get('cluster');
  const body = { ...common(flags), query: needed(flags, 'query'), ...(cluster === undefined ? {} : { cluster }) };
  await start(context, '/replays/query', body, flags);
}

function flagsOf(args: readonly string[], more: FlagSpec): ParsedFlags {
  return parseFlags(args, { ...shared, ...more }, { interleaved: false });
}

function common(flags: ParsedFlags): Readonly<Record<string, unknown>> {
  const id = flags.text.get('replay-id');
  return {
    ...(id === undefined ? {} : { id }),
    task: needed(flags, 'task'),
    'recording-time': flags.bool.has('rec-time'),
    clock: flags.bool.has('real-clock') ? 'real' : 'fast',
  };
}

function start(
  context: CommandContext,
  path: string,
  body: Readonly<Record<string, unknown>>,
  flags: ParsedFlags,
): Promise<void> {
  return startWork(context, path, body, !flags.bool.has('no-wait'));
}

function needed(flags: ParsedFlags, name: string): string {
  const value = flags.text.get(name);
  if (value === undefined || value === '') throw failed(`-${name} must be given`);
  return value;
}
