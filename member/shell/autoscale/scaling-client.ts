/** What the clients of scaling systems share: requests that end with a value or an error, and turns among servers. */
import { err, ok, type Result } from '../../base/result.ts';
import type { ScalingCluster } from '../../pipeline/node-ports.ts';
import type { ClientTls, HttpSender, OutgoingOutcome } from '../outgoing/http-sender.ts';

export interface ScalingClient extends ScalingCluster {
  /** Whether it can be reached: for a service test. */
  test(): Promise<Result<void, string>>;
}

export interface Exchange {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** With its query; beginning with a slash. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface ServersOptions {
  /** URLs, of which only scheme, host and port count, as in 1.5.4. */
  readonly servers: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: ClientTls | undefined;
  readonly sender: HttpSender;
}

/** A server that does not answer must not hold back a task for ever, as it could in 1.5.4. */
export const timeoutMs = 30_000;

export type Ask = (exchange: Exchange) => Promise<OutgoingOutcome>;

/** Each request goes to the next of the servers. */
export function askInTurn({ servers, headers, tls, sender }: ServersOptions): Ask {
  let turn = 0;
  return (exchange) => {
    turn = (turn + 1) % Math.max(1, servers.length);
    return sender.exchange({
      method: exchange.method,
      url: originOf(servers[turn] ?? '') + exchange.path,
      headers: { ...headers, ...exchange.headers },
      body: exchange.body ?? '',
      timeoutMs,
      ...(tls === undefined ? {} : { tls }),
    });
  };
}

function originOf(server: string): string {
  return /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#]*/.exec(server)?.[0] ?? server;
}

/** An object of an answer; other JSON is an error like no JSON. */
export function jsonObject(text: string): Result<Record<string, unknown>, string> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? ok(value) : err('not an object');
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
}

/** What is found below the keys, one after the other; undefined when a step leads nowhere. */
export function below(value: unknown, ...keys: readonly string[]): unknown {
  let found: unknown = value;
  for (const key of keys) found = isRecord(found) ? found[key] : undefined;
  return found;
}

export function textBelow(value: unknown, ...keys: readonly string[]): string {
  const found = below(value, ...keys);
  return typeof found === 'string' ? found : '';
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Hands the outcome of a promise to a callback. The work must answer for its own failures: it never rejects. */
export function reply<T>(work: Promise<T>, done: (outcome: T) => void): void {
  void work.then(done);
}
