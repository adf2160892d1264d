/**
 * The port through which members call each other. The cores decide what is said and who may say it; an adapter only
 * carries it, with a deadline, and hands back what came.
 */
import type { Millis } from '../base/deadline.ts';
import type { Result } from '../base/result.ts';
import type { Credentials, Refusal } from './credentials.ts';

export interface RpcCall<Request> {
  /** `host:port` of the callee's RPC service. */
  readonly address: string;
  readonly request: Request;
  /** Null where the callee need not know the caller yet: before it is a member. */
  readonly credentials: Credentials | null;
  readonly timeoutMs: Millis;
}

export type RpcFailure =
  /** No answer: refused, reset, no such host, or a message that cannot be read. What was asked may have been done all the same. */
  | { readonly kind: 'unreachable'; readonly reason: string }
  | { readonly kind: 'timeout' }
  /** The callee answered that it does not talk to us. */
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export interface IncomingCall<Request> {
  readonly request: Request;
  readonly credentials: Credentials | null;
  /** Host and port the call came from, for messages. */
  readonly from: string;
}

export type RpcAnswer<Response> = Result<Response, Refusal>;

export interface RpcPort<Request, Response> {
  /** `done` is called exactly once, at the latest after the time-out, and never before `call` has returned. */
  call(call: RpcCall<Request>, done: (result: Result<Response, RpcFailure>) => void): void;
  /** From now on calls of others go to `handler`; each must be answered exactly once. */
  serve(handler: (call: IncomingCall<Request>, answer: (answer: RpcAnswer<Response>) => void) => void): void;
  /** No further calls in or out; those under way fail. */
  close(done: () => void): void;
}
