/**
 * Requests that the member makes: posts of handlers and `httpPost` nodes, writes and queries to InfluxDB. Connections
 * are kept and reused (performance.md 6.9). Every request ends with exactly one outcome.
 */
import {
  Agent as HttpAgent,
  request as httpRequest,
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest, type AgentOptions as HttpsAgentOptions } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { urlToHttpOptions } from 'node:url';

export interface OutgoingRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** Milliseconds; null: none. */
  readonly timeoutMs: number | null;
  readonly tls?: ClientTls;
  /**
   * Takes the body of an answer with status 200 in pieces; the outcome's body is empty then. No further piece is read
   * before what it gives back has resolved.
   */
  readonly onBody?: (piece: string) => Promise<void> | undefined;
  /** Gives the request up: it fails. */
  readonly signal?: AbortSignal;
}

/** Contents, not paths. */
export interface ClientTls {
  readonly isInsecure: boolean;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

export type OutgoingOutcome =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly body: string;
      readonly headers: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'failed'; readonly reason: string };

export interface HttpSender {
  send(request: OutgoingRequest, done: (outcome: OutgoingOutcome) => void): void;
  /** The same as a promise, for callers off the hot path. */
  exchange(request: OutgoingRequest): Promise<OutgoingOutcome>;
  /** Resolves when no request is open, nor one that followed from an answer; at the latest after `limitMs`. */
  drained(limitMs: number): Promise<void>;
  close(): void;
}

const keptTargets = 64;
const drainPollMs = 5;

/** Handlers post to the same addresses again and again: the last ones are kept. A text is why it is no address. */
function createTargets(): { of(url: string): RequestOptions | string } {
  let kept = new Map<string, RequestOptions>();
  return {
    of(url) {
      const known = kept.get(url);
      if (known !== undefined) return known;
      if (!URL.canParse(url)) return `parse ${url}: invalid URL`;
      const parsed = new URL(url);
      if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:')
        return `unsupported protocol scheme ${JSON.stringify(parsed.protocol.slice(0, -1))}`;
      const { protocol, hostname, port, path, auth } = urlToHttpOptions(parsed);
      const target: RequestOptions = { protocol, hostname, port, path, auth };
      if (kept.size === keptTargets) kept = new Map();
      kept.set(url, target);
      return target;
    },
  };
}

function tlsOf(tls: ClientTls | undefined): HttpsAgentOptions {
  return { rejectUnauthorized: tls?.isInsecure !== true, ca: tls?.ca, cert: tls?.cert, key: tls?.key };
}

/** Field by field: objects that are spread together outlive their request in V8's old space. */
function optionsOf(request: OutgoingRequest, target: RequestOptions, agent: HttpAgent): RequestOptions {
  const { body } = request;
  const headers: Record<string, string | number> = Object.fromEntries([
    ['User-Agent', 'Kapacitor'],
    ...Object.entries(request.headers),
    ['Content-Length', typeof body === 'string' ? Buffer.byteLength(body) : body.length],
  ]);
  const { protocol, hostname, port, path, auth } = target;
  const options: RequestOptions = { protocol, hostname, port, path, auth, method: request.method, headers, agent };
  if (request.signal !== undefined) options.signal = request.signal;
  return options;
}

/** More of an answer's body is never of use. */
const keptBodyBytes = 16 * 1024 * 1024;

export function createHttpSender(): HttpSender {
  const plain = new HttpAgent({ keepAlive: true });
  const targets = createTargets();
  const secure = new Map<string, HttpsAgent>();
  const agentOf = (tls: ClientTls | undefined): HttpsAgent => {
    const key = tls === undefined ? '' : JSON.stringify(tls);
    let agent = secure.get(key);
    if (agent === undefined) {
      agent = new HttpsAgent({ keepAlive: true, ...tlsOf(tls) });
      secure.set(key, agent);
    }
    return agent;
  };

  const send = (request: OutgoingRequest, done: (outcome: OutgoingOutcome) => void, isRetry = false): void => {
    const target = targets.of(request.url);
    if (typeof target === 'string') {
      queueMicrotask(() => done({ kind: 'failed', reason: target }));
      return;
    }
    let outgoing: ClientRequest;
    try {
      outgoing =
        target.protocol === 'http:'
          ? httpRequest(optionsOf(request, target, isRetry ? new HttpAgent() : plain))
          : httpsRequest(
              optionsOf(request, target, isRetry ? new HttpsAgent(tlsOf(request.tls)) : agentOf(request.tls)),
            );
    } catch (error) {
      // A header the runtime refuses: the request never existed.
      queueMicrotask(() => done({ kind: 'failed', reason: messageOf(error) }));
      return;
    }
    settle(outgoing, request, isRetry, done, () => send(request, done, true));
    outgoing.end(request.body);
  };

  let openCount = 0;
  const isBusy = (): boolean => openCount > 0;
  const counted: HttpSender['send'] = (request, done) => {
    openCount++;
    send(request, (outcome) => {
      openCount--;
      done(outcome);
    });
  };
  return {
    send: counted,
    exchange: (request) => new Promise((resolve) => counted(request, resolve)),
    async drained(limitMs) {
      const end = performance.now() + limitMs;
      // What follows from an answer is sent in its turn of the loop.
      await new Promise((resolve) => setImmediate(resolve));
      while (isBusy() && performance.now() < end) await sleep(drainPollMs);
    },
    close() {
      plain.destroy();
      for (const agent of secure.values()) agent.destroy();
    },
  };
}

function settle(
  outgoing: ClientRequest,
  request: OutgoingRequest,
  isRetry: boolean,
  done: (outcome: OutgoingOutcome) => void,
  retry: () => void,
): void {
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;
  const finish = (outcome: OutgoingOutcome): void => {
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    done(outcome);
  };
  if (request.timeoutMs !== null) {
    timer = setTimeout(() => {
      finish({
        kind: 'failed',
        reason: `${request.method} ${request.url}: timeout of ${request.timeoutMs} ms exceeded`,
      });
      outgoing.destroy();
    }, request.timeoutMs);
  }
  outgoing.on('error', (error: NodeJS.ErrnoException) => {
    // A kept connection that the peer had closed already: the request has not been seen, and is sent on a new one.
    // Another kept one would not do: peers end all that were idle at the same time.
    if (!isOver && !isRetry && outgoing.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE')) {
      isOver = true;
      clearTimeout(timer);
      retry();
      return;
    }
    finish({ kind: 'failed', reason: `${request.method} ${request.url}: ${error.message}` });
  });
  outgoing.on('response', (response) => collect(response, request, finish));
}

function collect(
  response: IncomingMessage,
  request: OutgoingRequest,
  finish: (outcome: OutgoingOutcome) => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  const { onBody } = request;
  if (onBody !== undefined && response.statusCode === 200) {
    response.setEncoding('utf8');
    response.on('data', (piece: string) => {
      const room = onBody(piece);
      if (room === undefined) return;
      response.pause();
      void room.then(() => response.resume());
    });
  } else
    response.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= keptBodyBytes) chunks.push(chunk);
    });
  response.on('end', () => {
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(response.headers)) if (typeof value === 'string') headers[name] = value;
    finish({ kind: 'answer', status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8'), headers });
  });
  response.on('error', (error) =>
    finish({ kind: 'failed', reason: `${request.method} ${request.url}: ${error.message}` }),
  );
  response.on('aborted', () => finish({ kind: 'failed', reason: `${request.method} ${request.url}: unexpected EOF` }));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
