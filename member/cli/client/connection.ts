/**
 * One member's HTTP API as the command lines see it: where it is, how to authenticate, and a call whose failure is
 * the server's own error text. Tables and files are the commands' matter.
 */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { exit, failed, Failure } from './failure.ts';

export interface ConnectionOptions {
  /** Any `KAPACITOR_URL` form: userinfo, or `u` and `p` parameters, carry credentials. */
  readonly url: string;
  readonly skipVerify: boolean;
  readonly userAgent: string;
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Below the base URL, for example `/kapacitor/v1/tasks`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  readonly json?: unknown;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
}

const base = '/kapacitor/v1';

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #url: URL;

  /** @throws Failure with exit code 4 for a URL that cannot be used. */
  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#url = parseUrl(options.url);
  }

  /** A call below `/kapacitor/v1`, its JSON answer. @throws Failure with the server's text, or why it was not reached. */
  async json(method: Call['method'], path: string, more: Pick<Call, 'query' | 'json'> = {}): Promise<unknown> {
    const reply = await this.call({ method, path: `${base}${path}`, ...more });
    refuse(reply);
    if (reply.body.length === 0) return null;
    try {
      return JSON.parse(reply.body.toString('utf8'));
    } catch {
      throw failed(
        `the answer of ${this.#url.host} to ${method} ${path} is not JSON: is this the API of a Kapacitor member?`,
      );
    }
  }

  async call(call: Call): Promise<Reply> {
    const response = await this.open(call);
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of response) chunks.push(Buffer.from(chunk));
    } catch (error) {
      throw failed(
        `the answer of ${this.#url.host} broke off: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) };
  }

  /** Sends a call and answers when its head is there; the body is read by the caller. */
  open(call: Call, signal?: AbortSignal): Promise<IncomingMessage> {
    const url = this.#target(call);
    const body = call.json === undefined ? null : Buffer.from(JSON.stringify(call.json));
    const headers: Record<string, string> = { 'user-agent': this.#options.userAgent };
    if (body !== null)
      Object.assign(headers, { 'content-type': 'application/json', 'content-length': String(body.length) });
    const { username, password } = this.#url;
    const credentials =
      username === '' ? {} : { auth: `${decodeURIComponent(username)}:${decodeURIComponent(password)}` };
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const request = send(
        url,
        {
          method: call.method,
          headers,
          ...credentials,
          rejectUnauthorized: !this.#options.skipVerify,
          ...(signal === undefined ? {} : { signal }),
        },
        resolve,
      );
      request.on('error', (error) => {
        if (signal?.aborted !== true)
          reject(failed(`cannot reach ${this.#url.protocol}//${this.#url.host}: ${reason(error)}`));
      });
      request.end(body ?? undefined);
    });
  }

  #target(call: Call): URL {
    const url = new URL(this.#url);
    url.username = '';
    url.password = '';
    url.pathname = `${this.#url.pathname.replace(/\/$/, '')}${call.path}`;
    for (const [name, values] of Object.entries(call.query ?? {})) {
      for (const value of typeof values === 'string' ? [values] : values) url.searchParams.append(name, value);
    }
    return url;
  }
}

/** @throws Failure when the server said no. */
export function refuse(reply: Reply): void {
  if (reply.status >= 200 && reply.status < 300) return;
  throw failed(errorText(reply));
}

function errorText(reply: Reply): string {
  const text = reply.body.toString('utf8').trim();
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && 'error' in parsed && typeof parsed.error === 'string')
      return parsed.error;
  } catch {
    // Errors of /write and of things in between are plain text, shown as they are.
    return text === '' ? `the server answered with status ${reply.status}` : text;
  }
  return text === '' ? `the server answered with status ${reply.status}` : text;
}

function parseUrl(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new Failure(exit.badUrl, `malformed URL ${JSON.stringify(text)}: it must look like http://host:9092`);
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new Failure(
      exit.badUrl,
      `unsupported URL scheme ${JSON.stringify(url.protocol.slice(0, -1))}: it must be http or https`,
    );
  }
  return url;
}

/** Node puts the causes of a failed dial to several addresses into an AggregateError without a message. */
function reason(error: Error): string {
  if (error instanceof AggregateError) {
    return [
      ...new Set(error.errors.map((cause: unknown) => (cause instanceof Error ? cause.message : String(cause)))),
    ].join('; ');
  }
  return error.message;
}
