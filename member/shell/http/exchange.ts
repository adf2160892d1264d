/** One request as a route handler sees it, and what it answers. Handlers touch no socket, except those that stream. */
import type { ServerResponse } from 'node:http';
import type { GoJson } from './go-json.ts';
import type { Query } from './query.ts';

export interface Exchange {
  readonly method: string;
  /** Decoded path; preview paths are rewritten already. */
  readonly path: string;
  /** As sent, with the query: link of some lists. */
  readonly uri: string;
  readonly query: Query;
  header(name: string): string | undefined;
  /** The whole body, unpacked when it says it is gzip. */
  body(): Promise<Buffer>;
  /** The name behind the credentials; undefined while authentication is off. */
  readonly user: string | undefined;
}

export type Reply = PlainReply | StreamReply;

export type PlainReply =
  | { readonly kind: 'empty'; readonly status: number }
  | { readonly kind: 'json'; readonly status: number; readonly value: GoJson; readonly style: 'pretty' | 'compact' }
  /** Labelled as JSON unless a type is given, as the original does for `/write`. */
  | { readonly kind: 'text'; readonly status: number; readonly text: string; readonly contentType?: string }
  | { readonly kind: 'bytes'; readonly status: number; readonly bytes: Uint8Array; readonly contentType: string };

/** Writes its own head and body; resolves when the answer is over. */
export interface StreamReply {
  readonly kind: 'stream';
  readonly write: (response: ServerResponse) => Promise<void>;
}

export type Handler = (exchange: Exchange) => Reply | Promise<Reply>;

export const noContent: PlainReply = { kind: 'empty', status: 204 };

export function json(value: GoJson, status = 200): PlainReply {
  return { kind: 'json', status, value, style: 'pretty' };
}

/** Compact and ended by a newline: config and service tests. */
export function compact(value: GoJson, status = 200): PlainReply {
  return { kind: 'json', status, value, style: 'compact' };
}

export function failure(status: number, error: string): PlainReply {
  return { kind: 'json', status, value: { error }, style: 'pretty' };
}
