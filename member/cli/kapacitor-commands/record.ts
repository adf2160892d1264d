import type { Command, CommandContext } from '../client/context.ts';
import { badArguments, failed } from '../client/failure.ts';
import { parseFlags, type ParsedFlags } from '../client/flags.ts';
import { influxDurationMs, rangeOf, startWork } from './work.ts';

type Kind = (context: CommandContext, args: readonly string[]) => Promise<void>;

const shared = { 'no-wait': 'bool', 'recording-id': 'text' } as const;

const kinds: Readonly<Record<string, Kind>> = {
  async stream(context, args) {
    const flags = parseFlags(args, { ...shared, task: 'text', duration: 'text' }, { interleaved: false });
    const task = needed(flags, 'task');
    const durationMs = influxDurationMs(needed(flags, 'duration'), 'duration');
    const stop = new Date(context.nowMs() + durationMs).toISOString();
    await startWork(context, '/recordings/stream', { ...recordingId(flags), task, stop }, !flags.bool.has('no-wait'));
  },
  async batch(context, args) {
    const flags = parseFlags(
      args,
      { ...shared, task: 'text', start: 'text', past: 'text', stop: 'text' },
      { interleaved: false },
    );
    const task = needed(flags, 'task');
    const range = rangeOf(context, flags.text.get('start'), flags.text.get('past'), flags.text.get('stop'));
    await startWork(
      context,
      '/recordings/batch',
      { ...recordingId(flags), task, ...range },
      !flags.bool.has('no-wait'),
    );
  },
  async query(context, args) {
    const flags = parseFlags(args, { ...shared, query: 'text', type: 'text', cluster: 'text' }, { interleaved: false });
    const query = needed(flags, 'query');
    const type = needed(flags, 'type');
    const cluster = flags.text.get('cluster');
    const body = { ...recordingId(flags), query, type, ...(cluster === undefined ? {} : { cluster }) };
    await startWork(context, '/recordings/query', body, !flags.bool.has('no-wait'));
  },
};

function recordingId(flags: ParsedFlags): { readonly id?: string } {
  const id = flags.text.get('recording-id');
  return id === undefined ? {} : { id };
}

function needed(flags: ParsedFlags, name: string): string {
  const value = flags.text.get(name);
  if (value === undefined || value === '') throw failed(`-${name} must be given`);
  return value;
}

export const record: Command = {
  usage: 'record stream|batch|query FLAGS',
  help: [
    'Records what a task sees, and prints the ID of the recording.',
    '',
    '  record stream -task ID -duration D                    what arrives for the task from now on',
    '  record batch  -task ID -start T|-past D [-stop T]     what its queries give over a range',
    '  record query  -query Q -type stream|batch [-cluster]  the answer of one query',
    '',
    '  -no-wait           print the ID at once',
    '  -recording-id ID   the ID to give it',
  ].join('\n'),
  async run(context, args) {
    const [kind, ...rest] = args;
    if (kind === undefined) throw badArguments('no kind given: it must be stream, batch or query');
    const start = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
    if (start === undefined) throw failed(`cannot record ${JSON.stringify(kind)}: it must be stream, batch or query`);
    await start(context, rest);
  },
};
