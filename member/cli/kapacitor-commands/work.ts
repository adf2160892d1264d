import type { CommandContext } from '../client/context.ts';
import { failed } from '../client/failure.ts';
import { objectOf, selfOf, textOf, type JsonObject } from '../client/shape.ts';

const pollMs = 500;

/**
 * Starts a recording or replay and, unless told not to wait, follows it to its end. Prints its ID alone on a line;
 * a failed one prints the ID, then its error.
 */
export async function startWork(context: CommandContext, path: string, body: JsonObject, wait: boolean): Promise<void> {
  const started = objectOf(await context.connection.json('POST', path, { json: body }));
  const id = textOf(started, 'id');
  const finished = wait ? await followed(context, selfOf(started), started) : started;
  context.out(`${id}\n`);
  if (textOf(finished, 'status') === 'failed') throw failed(textOf(finished, 'error'));
}

async function followed(context: CommandContext, path: string, started: JsonObject): Promise<JsonObject> {
  let state = started;
  while (textOf(state, 'status') === 'running' && !context.interrupted.aborted) {
    await context.wait(pollMs);
    state = objectOf(await context.connection.json('GET', path));
  }
  return state;
}

/** An RFC3339 time, as it is sent. @throws Failure (3) for anything else. */
export function rfc3339(text: string, flag: string): string {
  const valid =
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/.test(text) &&
    !Number.isNaN(Date.parse(text));
  if (!valid) throw failed(`invalid -${flag} ${JSON.stringify(text)}: it must be a time such as 2026-01-31T06:00:00Z`);
  return text;
}

const unitMs: Readonly<Record<string, number>> = {
  u: 0.001,
  µ: 0.001,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** An InfluxQL duration (`1h30m`, `2d`) in milliseconds. @throws Failure (3) for anything else. */
export function influxDurationMs(text: string, flag: string): number {
  if (!/^(?:\d+(?:ms|[uµsmhdw]))+$/.test(text)) {
    throw failed(`invalid -${flag} ${JSON.stringify(text)}: it must be a duration such as 90s, 15m or 1h30m`);
  }
  let total = 0;
  for (const [, count = '', unit = ''] of text.matchAll(/(\d+)(ms|[uµsmhdw])/g))
    total += Number(count) * (unitMs[unit] ?? 0);
  return total;
}

export interface Range {
  readonly start: string;
  readonly stop: string;
}

/** `-start` or `-past` (one of them), `-stop` defaulting to now. */
export function rangeOf(
  context: CommandContext,
  start: string | undefined,
  past: string | undefined,
  stop: string | undefined,
): Range {
  if (start !== undefined && past !== undefined)
    throw failed('-start and -past are both given: only one of the two is allowed');
  const end = stop === undefined ? new Date(context.nowMs()).toISOString() : rfc3339(stop, 'stop');
  if (start !== undefined) return { start: rfc3339(start, 'start'), stop: end };
  if (past === undefined) throw failed('one of -start and -past must be given');
  return { start: new Date(Date.parse(end) - influxDurationMs(past, 'past')).toISOString(), stop: end };
}
