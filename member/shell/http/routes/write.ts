/** `POST /write`, with and without the base path (http-api.md 4): the way of every point that comes over HTTP. */
import type { LineProtocolParser } from '../../../influx/line-protocol/parse.ts';
import { precisionOf } from '../../../influx/line-protocol/scan-time.ts';
import type { WriteBody } from '../../../influx/block.ts';
import { basePath } from '../api-server.ts';
import { noContent, type Exchange, type PlainReply } from '../exchange.ts';
import { BodyError } from '../read-body.ts';
import type { Query } from '../query.ts';
import type { Route } from '../router.ts';
import type { LaneOutcome } from '../write-lane.ts';

export interface WriteApi {
  /** Undefined when every task has taken the body already; else resolves when it may be answered: back-pressure. */
  accept(body: WriteBody, database: string, retentionPolicy: string): Promise<void> | undefined;
  readonly parser: LineProtocolParser;
  readonly defaultRetentionPolicy: string;
  readonly nowNs: () => bigint;
}

export function writeRoutes(api: WriteApi): readonly Route[] {
  const handle = (exchange: Exchange): Promise<PlainReply> => write(exchange, api);
  return [
    { method: 'POST', pattern: `${basePath}/write`, handle },
    { method: 'OPTIONS', pattern: `${basePath}/write`, handle: () => noContent },
    { method: 'POST', pattern: '/write', handle },
    { method: 'OPTIONS', pattern: '/write', handle: () => noContent },
  ];
}

async function write(exchange: Exchange, api: WriteApi): Promise<PlainReply> {
  let bytes: Buffer;
  try {
    bytes = await exchange.body();
  } catch (error) {
    if (error instanceof BodyError) return refused(error.message, error.status);
    throw error;
  }
  const { query } = exchange;
  const database = query.get('db');
  const policy = query.get('rp');
  const retentionPolicy = policy === '' ? api.defaultRetentionPolicy : policy;
  // Parsing precedes the check of the database, as in 1.5.4: a bad line is what the answer names.
  const parsed = api.parser.parse(bytes, {
    database,
    retentionPolicy,
    precision: precisionOf(query.get('precision')),
    nowNs: api.nowNs(),
  });
  if (!parsed.ok) return refused(parsed.error, 400);
  if (database === '') return refused('database is required', 400);
  const pending = api.accept(parsed.value, database, retentionPolicy);
  if (pending !== undefined) await pending;
  return noContent;
}

/** The same for the short way: whatever is no success is declined, and answered on the full way. */
export function takeWrite(query: Query, body: Buffer, api: WriteApi): LaneOutcome {
  const database = query.get('db');
  if (database === '') return 'declined';
  const policy = query.get('rp');
  const retentionPolicy = policy === '' ? api.defaultRetentionPolicy : policy;
  const precision = precisionOf(query.get('precision'));
  const parsed = api.parser.parse(body, { database, retentionPolicy, precision, nowNs: api.nowNs() });
  return parsed.ok ? api.accept(parsed.value, database, retentionPolicy) : 'declined';
}

/** Plain lines, labelled as JSON like everything else. */
function refused(reason: string, status: number): PlainReply {
  return { kind: 'text', status, text: `${reason}\n` };
}
