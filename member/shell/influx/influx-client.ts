/** Queries and writes to one InfluxDB 1.x, over the first of its URLs that answers. */
import type { InfluxFailure } from '../../pipeline/environment.ts';
import { streamAnswer } from './answer-stream.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { ClientTls, HttpSender, OutgoingOutcome, OutgoingRequest } from '../outgoing/http-sender.ts';
import { readTls, type TlsPaths } from '../outgoing/read-tls.ts';

export interface InfluxSettings {
  readonly name: string;
  readonly urls: readonly string[];
  readonly username: string;
  readonly password: string;
  /** Null: none. */
  readonly timeoutMs: number | null;
  readonly tls: TlsPaths;
}

/** Rows of the first result, by series. Values are JSON as InfluxDB sent them. */
export interface InfluxSeries {
  readonly name: string;
  readonly columns: readonly string[];
  readonly values: readonly (readonly unknown[])[];
}

export interface AnswerLines {
  line(text: string): void;
  /** Once, behind the last line; not after a cancellation. */
  done(error: string | null): void;
  /** False: the rest of the answer is read later. */
  hasRoom?(): boolean;
}

export interface InfluxClient {
  /** A query whose answer comes in chunks, one JSON document in each line. Returns its cancellation. */
  select(statement: string, lines: AnswerLines): () => void;
  query(statement: string, database?: string): Promise<Result<readonly InfluxSeries[], string>>;
  /** A statement without an answer. */
  execute(statement: string, done: (failure: InfluxFailure | null) => void): void;
  write(
    parameters: Readonly<Record<string, string>>,
    lines: string,
    done: (failure: InfluxFailure | null) => void,
  ): void;
  /** The version of the server. */
  ping(timeoutMs: number): Promise<Result<string, string>>;
}

export function createInfluxClient(settings: InfluxSettings, sender: HttpSender): Result<InfluxClient, string> {
  const tls = readTls(settings.tls);
  if (!tls.ok) return tls;
  let current = 0;
  const requestOf = (request: Asked): OutgoingRequest => outgoing(settings, tls.value, current, request);
  const request = async (asked: Asked): Promise<OutgoingOutcome> => {
    let outcome: OutgoingOutcome = { kind: 'failed', reason: 'no URL is configured' };
    for (let attempt = 0; attempt < settings.urls.length; attempt++) {
      outcome = await sender.exchange(requestOf(asked));
      if (outcome.kind === 'answer') return outcome;
      current++;
    }
    return outcome;
  };

  return ok({
    select(statement, lines) {
      const body = new URLSearchParams({ q: statement, chunked: 'true' }).toString();
      const next = (): OutgoingRequest => requestOf({ method: 'POST', path: '/query', contentType: formType, body });
      return streamAnswer({
        sender,
        attempts: settings.urls.length,
        request: next,
        nextUrl: () => current++,
        lines,
        errorOf,
      });
    },
    execute(statement, done) {
      const body = new URLSearchParams({ q: statement }).toString();
      void request({ method: 'POST', path: '/query', contentType: formType, body }).then((outcome) => {
        if (outcome.kind === 'failed') return done({ message: outcome.reason, isTransient: true });
        const answer = readAnswer(outcome.status, outcome.body);
        done(answer.ok ? null : { message: answer.error, isTransient: isUnable(outcome.status) });
      });
    },
    async query(statement, database) {
      const form = new URLSearchParams({ q: statement, ...(database === undefined ? {} : { db: database }) });
      const outcome = await request({ method: 'POST', path: '/query', contentType: formType, body: form.toString() });
      return outcome.kind === 'failed' ? err(outcome.reason) : readAnswer(outcome.status, outcome.body);
    },
    write(parameters, lines, done) {
      const path = `/write?${new URLSearchParams(parameters).toString()}`;
      const contentType = 'text/plain; charset=utf-8';
      void request({ method: 'POST', path, contentType, body: lines }).then((outcome) => {
        if (outcome.kind === 'failed') return done({ message: outcome.reason, isTransient: true });
        const { status, body } = outcome;
        const isDone = status === 204 || status === 200;
        done(isDone ? null : { message: errorOf(status, body), isTransient: isUnable(status) });
      });
    },
    async ping(timeoutMs) {
      const outcome = await request({ method: 'GET', path: '/ping', body: '', timeoutMs });
      if (outcome.kind === 'failed') return err(outcome.reason);
      if (outcome.status !== 204 && outcome.status !== 200) return err(errorOf(outcome.status, outcome.body));
      return ok(outcome.headers['x-influxdb-version'] ?? 'unknown');
    },
  });
}

/** Busy, starting, behind a proxy that cannot reach it: not what is asked is at fault. */
function isUnable(status: number): boolean {
  return status >= 500 || status === 429;
}

const formType = 'application/x-www-form-urlencoded';

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly contentType?: string;
  readonly body: string;
  /** Another than the configured one. */
  readonly timeoutMs?: number;
}

function outgoing(
  { urls, username, password, timeoutMs }: InfluxSettings,
  tls: ClientTls | undefined,
  current: number,
  { method, path, contentType, body, timeoutMs: ownTimeoutMs }: Asked,
): OutgoingRequest {
  const headers: Record<string, string> = { 'User-Agent': 'KapacitorInfluxDBClient' };
  if (username !== '') headers['Authorization'] = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  if (contentType !== undefined) headers['Content-Type'] = contentType;
  return {
    method,
    url: (urls[current % urls.length] ?? '').replace(/\/$/, '') + path,
    headers,
    body,
    timeoutMs: ownTimeoutMs ?? timeoutMs,
    ...(tls === undefined ? {} : { tls }),
  };
}

function readAnswer(status: number, body: string): Result<readonly InfluxSeries[], string> {
  const answer = parse(body);
  if (status !== 200 || answer === undefined) return err(errorOf(status, body));
  if (typeof answer['error'] === 'string') return err(answer['error']);
  const series: InfluxSeries[] = [];
  for (const result of listOf(answer['results'])) {
    if (typeof result['error'] === 'string') return err(result['error']);
    for (const item of listOf(result['series'])) {
      const { name, columns, values } = item;
      series.push({
        name: typeof name === 'string' ? name : '',
        columns: Array.isArray(columns) ? columns.map(String) : [],
        values: Array.isArray(values) ? values.filter((row): row is readonly unknown[] => Array.isArray(row)) : [],
      });
    }
  }
  return ok(series);
}

function errorOf(status: number, body: string): string {
  const error = parse(body)?.['error'];
  return typeof error === 'string' ? error : `invalid response: code ${status}: body: ${body.slice(0, 200).trim()}`;
}

function parse(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function listOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value)
    ? value.filter((item): item is Record<string, unknown> => typeof item === 'object' && item !== null)
    : [];
}

/** An identifier in InfluxQL. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

/** A text in InfluxQL. */
export function quoteText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
}
