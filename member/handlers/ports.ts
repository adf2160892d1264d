/**
 * What a handler may do to the outside, as requests (plain values, made by pure functions) and as the ports that
 * carry them out. The shell has the real adapters. Errors are texts for people; nothing here throws.
 */
import type { Result } from '../base/result.ts';

export type OutgoingRequest = HttpRequest | TcpRequest | AppendRequest | ExecRequest;

export interface HttpRequest {
  readonly port: 'http';
  readonly method: 'POST' | 'PUT' | 'GET';
  readonly url: string;
  /** At most one of a name; sent in this order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  /** The handler's own limit; null for none. */
  readonly timeoutMs: number | null;
  readonly skipTlsVerification: boolean;
}

export interface HttpAnswer {
  readonly status: number;
  /** At most 64 KiB are kept. */
  readonly body: string;
}

/** One connection: dial, write, close. */
export interface TcpRequest {
  readonly port: 'tcp';
  /** `host:port`. */
  readonly address: string;
  readonly body: string;
}

/** Appends to a file, made with the mode if it does not exist. */
export interface AppendRequest {
  readonly port: 'append';
  readonly path: string;
  readonly mode: number;
  readonly body: string;
}

/** Runs a program with a text on its standard input, until it ends. */
export interface ExecRequest {
  readonly port: 'exec';
  readonly program: string;
  readonly args: readonly string[];
  readonly input: string;
}

/** What a program left behind: null when it could not be started at all. */
export interface ExecAnswer {
  /** `exit status 3`, `signal: killed`; empty for success. */
  readonly failure: string;
  /** Standard output and error together, cut at 64 KiB. */
  readonly output: string;
}

/** `limitMs` ends the request from outside; null for none. Connections of `http` are kept alive. */
export interface HandlerPorts {
  http(request: HttpRequest, limitMs: number | null): Promise<Result<HttpAnswer, string>>;
  tcp(request: TcpRequest, limitMs: number | null): Promise<Result<null, string>>;
  append(request: AppendRequest): Promise<Result<null, string>>;
  exec(request: ExecRequest, limitMs: number | null): Promise<Result<ExecAnswer, string>>;
}
