/**
 * The member's HTTP API on `node:http`: what every request meets on its way to a route and back (http-api.md 1 and 2).
 * Order: unclean paths, Host and Origin (D26), CORS and OPTIONS, credentials, route, body, answer, access log.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { err, ok, type Result } from '../../base/result.ts';
import type { Logger } from '../log/log.ts';
import { cleanPath, decodePath } from './clean-path.ts';
import { authenticate, nameForLog } from './credentials.ts';
import { failure, type Exchange, type PlainReply } from './exchange.ts';
import { compactJson, prettyJson } from './go-json.ts';
import { refusal, type GuardSettings } from './guard.ts';
import { formatHostPort, listenFailure, type ListenAddress } from './listen-address.ts';
import { splitConnections, type LaneSplitter } from './lane-splitter.ts';
import { parseQuery, type Query } from './query.ts';
import { BodyError, readBody } from './read-body.ts';
import { createRequestIds } from './request-id.ts';
import type { Route, Router } from './router.ts';
import type { LaneOutcome } from './write-lane.ts';

export const basePath = '/kapacitor/v1';
export const previewPath = '/kapacitor/v1preview';

export interface ApiServerOptions {
  /** Asked per request: the routes are made after the port is bound. */
  readonly router: () => Router;
  /** Requests that come earlier wait: the port is taken before the member is ready. */
  readonly ready: Promise<void>;
  readonly version: string;
  readonly logger: Logger;
  readonly now: () => number;
  readonly isAccessLogged: boolean;
  readonly isAuthEnabled: boolean;
  readonly isPprofEnabled: boolean;
  readonly sharedSecret: string;
  /** What a plain write means; the short way of writes is open only where nothing else is asked of a request. */
  readonly takeWrite?: (query: Query, body: Buffer) => LaneOutcome;
  /** The host names of the guard hold once the port is known. */
  readonly guard: GuardSettings;
  readonly tls?: {
    readonly cert: Buffer;
    readonly key: Buffer;
    readonly ciphers?: string;
    readonly minVersion?: 'TLSv1.2' | 'TLSv1.3';
  };
}

export interface ApiServer {
  readonly address: { readonly host: string; readonly port: number };
  /** Stops accepting, waits for requests in flight up to the limit, then cuts what is left (log sessions, streams). */
  close(limitMs: number): Promise<void>;
}

const corsMethods = 'DELETE, GET, OPTIONS, POST, PATCH';
const corsHeaders =
  'Accept, Accept-Encoding, Authorization, Content-Length, Content-Type, X-CSRF-Token, X-HTTP-Method-Override';
const jsonType = 'application/json; charset=utf-8';

export async function openApiServer(
  address: ListenAddress,
  options: ApiServerOptions,
): Promise<Result<ApiServer, string>> {
  const requestId = createRequestIds(options.now);
  let port = address.port;
  let isReady = false;
  const streams = new Set<ServerResponse>();
  void options.ready.then(() => {
    isReady = true;
  });
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const served = (): Promise<void> => serve(request, response, { requestId: requestId(), port, streams, options });
    (isReady ? served() : options.ready.then(served)).catch((error: unknown) =>
      answerFailure(error, request, response, options),
    );
  };
  const server = options.tls === undefined ? createServer(listener) : await secureServer(options.tls, listener);
  // As the original: idle connections are kept, long uploads and log sessions are not cut.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  server.on('clientError', (_error, socket) => {
    if (socket.writable)
      socket.end(
        'HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request',
      );
  });

  const lane = openLane(server, options, { requestId, port: () => port, isReady: () => isReady });
  const failed = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    server.once('error', resolve);
    const ready = (): void => {
      server.off('error', resolve);
      resolve(undefined);
    };
    if (address.host === '') server.listen(address.port, ready);
    else server.listen(address.port, address.host, ready);
  });
  if (failed !== undefined) return err(listenFailure(failed, 'tcp', formatHostPort(address.host, address.port)));
  const bound = server.address() as AddressInfo;
  port = bound.port;
  return ok({
    address: { host: bound.address, port: bound.port },
    close(limitMs) {
      lane?.close();
      return closeServer(server, streams, limitMs);
    },
  });
}

/** Requests that are logged or ask for credentials, and encrypted ones, all go the full way. */
function openLane(
  server: Server,
  options: ApiServerOptions,
  state: { readonly requestId: () => string; readonly port: () => number; readonly isReady: () => boolean },
): LaneSplitter | undefined {
  const { takeWrite } = options;
  if (takeWrite === undefined || options.isAccessLogged || options.isAuthEnabled || options.tls !== undefined)
    return undefined;
  const rest = createAnswerRest(options);
  return splitConnections(server, {
    take(queryText, host, body) {
      const isRefused = refusal(options.guard, state.port(), host, undefined) !== undefined;
      return isRefused || !state.isReady() ? 'declined' : takeWrite(parseQuery(queryText), body);
    },
    answer: () => `HTTP/1.1 204 No Content\r\nRequest-Id: ${state.requestId()}${rest()}`,
  });
}

/** What follows the request's id in the lane's answers: the same for a second, as long as the `Date` is. */
function createAnswerRest({ version, now }: ApiServerOptions): () => string {
  let second = -1;
  let text = '';
  return () => {
    const current = Math.floor(now() / 1000);
    if (current !== second) {
      second = current;
      const date = new Date(current * 1000).toUTCString();
      text =
        `\r\nX-Kapacitor-Version: ${version}\r\nContent-Type: ${jsonType}\r\nDate: ${date}\r\n` +
        'Connection: keep-alive\r\n\r\n';
    }
    return text;
  };
}

/** A body that cannot be read is the client's doing; anything else is ours and goes to the log. */
function answerFailure(
  error: unknown,
  request: IncomingMessage,
  response: ServerResponse,
  options: ApiServerOptions,
): void {
  const isClients = error instanceof BodyError;
  if (!isClients) options.logger.error('request failed', ['uri', request.url ?? ''], ['err', describe(error)]);
  if (response.headersSent || response.destroyed) response.destroy();
  else send(response, [], failure(isClients ? error.status : 500, describe(error)), false);
}

async function secureServer(
  tls: NonNullable<ApiServerOptions['tls']>,
  listener: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Server> {
  const { createServer: createSecureServer } = await import('node:https');
  return createSecureServer(
    {
      cert: tls.cert,
      key: tls.key,
      ...(tls.ciphers === undefined ? {} : { ciphers: tls.ciphers }),
      minVersion: tls.minVersion ?? 'TLSv1.2',
    },
    listener,
  );
}

/** How often connections that have become idle are looked for while the server closes. */
const idlePollMs = 10;

function closeServer(server: Server, streams: ReadonlySet<ServerResponse>, limitMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), limitMs);
    const poll = setInterval(() => server.closeIdleConnections(), idlePollMs);
    server.close(() => {
      clearTimeout(cut);
      clearInterval(poll);
      resolve();
    });
    // Log sessions and observations never end by themselves.
    for (const response of streams) response.end();
    server.closeIdleConnections();
  });
}

/** What a request is served in. */
interface Serving {
  readonly requestId: string;
  readonly port: number;
  /** Answers that stream, for the end of the server. */
  readonly streams: Set<ServerResponse>;
  readonly options: ApiServerOptions;
}

async function serve(request: IncomingMessage, response: ServerResponse, serving: Serving): Promise<void> {
  const { requestId, options } = serving;
  const uri = request.url ?? '/';
  const mark = uri.indexOf('?');
  const rawPath = decodePath(mark < 0 ? uri : uri.slice(0, mark));
  const queryText = mark < 0 ? '' : uri.slice(mark + 1);
  const clean = cleanPath(rawPath);
  if (clean !== rawPath) {
    redirect(request, response, encodeURI(clean) + (mark < 0 ? '' : `?${queryText}`));
    return;
  }
  const method = request.method ?? 'GET';
  const query = parseQuery(queryText);
  const startedAt = options.isAccessLogged ? options.now() : 0;
  const begunAt = options.isAccessLogged ? performance.now() : 0;
  if (options.isAccessLogged) logWhenDone(request, response, { requestId, startedAt, begunAt, query, uri, options });

  const headers: string[] = ['Request-Id', requestId];
  const origin = request.headers.origin;
  const refused = refusal(options.guard, serving.port, request.headers.host, origin);
  if (refused !== undefined) {
    request.resume();
    send(response, [...headers, 'X-Kapacitor-Version', options.version], failure(403, refused), false);
    return;
  }
  if (origin !== undefined) {
    headers.push(
      'Access-Control-Allow-Origin',
      origin,
      'Access-Control-Allow-Methods',
      corsMethods,
      'Access-Control-Allow-Headers',
      corsHeaders,
    );
  }
  if (method === 'OPTIONS') {
    request.resume();
    response.writeHead(200, [...headers, 'Content-Length', '0']).end();
    return;
  }
  await answer(request, response, { serving, method, path: clean, uri, query, headers });
}

interface Arrival {
  readonly serving: Serving;
  readonly method: string;
  readonly path: string;
  readonly uri: string;
  readonly query: Query;
  readonly headers: string[];
}

async function answer(request: IncomingMessage, response: ServerResponse, arrival: Arrival): Promise<void> {
  const { method, query, headers, serving } = arrival;
  const { options } = serving;
  headers.push('X-Kapacitor-Version', options.version);
  let path = arrival.path;
  let route = options.router().find(method, path);
  if (route === undefined && path.startsWith(`${previewPath}/`)) {
    // The rewritten request passes the same filters again, as in 1.5.4.
    headers.push('X-Kapacitor-Version', options.version);
    path = basePath + path.slice(previewPath.length);
    route = options.router().find(method, path);
  }
  let user: string | undefined;
  if (options.isAuthEnabled && !(route?.isDebug === true && options.isPprofEnabled)) {
    const identity = authenticate(request.headers.authorization, query, {
      sharedSecret: options.sharedSecret,
      nowMs: options.now,
    });
    if (!identity.ok) {
      request.resume();
      send(
        response,
        headers,
        { kind: 'json', status: 401, value: { error: identity.error }, style: 'compact' },
        acceptsGzip(request, route),
        method,
      );
      return;
    }
    user = identity.value;
  }
  if (route === undefined) {
    request.resume();
    send(response, headers, failure(404, 'Not Found'), acceptsGzip(request, route), method);
    return;
  }
  const exchange: Exchange = {
    method,
    path,
    uri: arrival.uri,
    query,
    user,
    header: (name) => {
      const value = request.headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
    body: () => readBody(request),
  };
  const handled = route.handle(exchange);
  const reply = handled instanceof Promise ? await handled : handled;
  if (!request.complete) request.resume();
  if (reply.kind === 'stream') {
    for (let i = 0; i < headers.length; i += 2) response.setHeader(headers[i] ?? '', headers[i + 1] ?? '');
    serving.streams.add(response);
    try {
      await reply.write(response);
    } finally {
      serving.streams.delete(response);
    }
    return;
  }
  send(response, headers, reply, acceptsGzip(request, route), method);
}

function acceptsGzip(request: IncomingMessage, route: Route | undefined): boolean {
  const accepted = request.headers['accept-encoding'];
  return route?.isPlain !== true && accepted !== undefined && accepted.includes('gzip');
}

function send(
  response: ServerResponse,
  headers: readonly string[],
  reply: PlainReply,
  isGzipped: boolean,
  method = 'GET',
): void {
  if (reply.kind === 'empty') {
    response.writeHead(reply.status, [...headers, 'Content-Type', jsonType]).end();
    return;
  }
  let body: string | Uint8Array;
  let contentType = jsonType;
  switch (reply.kind) {
    case 'json':
      body = reply.style === 'pretty' ? prettyJson(reply.value) : `${compactJson(reply.value)}\n`;
      break;
    case 'text':
      body = reply.text;
      contentType = reply.contentType ?? jsonType;
      break;
    case 'bytes':
      body = reply.bytes;
      contentType = reply.contentType;
      break;
  }
  const head = [...headers, 'Content-Type', contentType];
  if (isGzipped) {
    body = gzipSync(body);
    head.push('Content-Encoding', 'gzip');
  }
  head.push('Content-Length', String(typeof body === 'string' ? Buffer.byteLength(body) : body.length));
  response.writeHead(reply.status, head);
  response.end(method === 'HEAD' ? undefined : body);
}

function redirect(request: IncomingMessage, response: ServerResponse, location: string): void {
  request.resume();
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(301, ['Location', location, 'Content-Length', '0']).end();
    return;
  }
  const body = `<a href="${location.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&#34;')}">Moved Permanently</a>.\n\n`;
  response.writeHead(301, [
    'Location',
    location,
    'Content-Type',
    'text/html; charset=utf-8',
    'Content-Length',
    String(Buffer.byteLength(body)),
  ]);
  response.end(request.method === 'HEAD' ? undefined : body);
}

interface AccessEntry {
  readonly requestId: string;
  /** Wall clock and monotonic clock, milliseconds. */
  readonly startedAt: number;
  readonly begunAt: number;
  readonly query: Query;
  readonly uri: string;
  readonly options: ApiServerOptions;
}

/** One info line per request when its answer is over; passwords in the query are blotted out. */
function logWhenDone(request: IncomingMessage, response: ServerResponse, entry: AccessEntry): void {
  const host = request.socket.remoteAddress ?? '';
  response.once('close', () => {
    const { logger } = entry.options;
    if (!logger.isHeard('info')) return;
    const password = entry.query.get('p');
    logger.info(
      'http request',
      ['host', host.startsWith('::ffff:') ? host.slice(7) : host],
      ['username', nameForLog(request.headers.authorization, entry.query)],
      ['start', { timeNs: BigInt(Math.trunc(entry.startedAt)) * 1_000_000n }],
      ['method', request.method ?? ''],
      ['uri', password === '' ? entry.uri : redacted(entry.uri)],
      ['protocol', `HTTP/${request.httpVersion}`],
      ['status', response.statusCode],
      ['referer', request.headers.referer ?? '-'],
      ['user-agent', request.headers['user-agent'] ?? '-'],
      ['request-id', entry.requestId],
      ['duration', { durationNs: BigInt(Math.round((performance.now() - entry.begunAt) * 1_000_000)) }],
    );
  });
}

function redacted(uri: string): string {
  return uri.replace(/([?&]p=)[^&]*/g, '$1[REDACTED]');
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
