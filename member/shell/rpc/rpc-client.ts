/** Calls to other members: one channel per address, kept and made anew as it breaks. */
import { Client, credentials as channelCredentials, status, type ServiceError } from '@grpc/grpc-js';
import { err, type Result } from '../../base/result.ts';
import type { RpcCall, RpcFailure } from '../../cluster/rpc-port.ts';
import { callHeaders, refusalOf } from './credentials-header.ts';
import type { LinkGate } from './link-gate.ts';
import { definitionOf, methodOf, type MemberRequest, type MemberResponse } from './rpc-methods.ts';
import { channelOptions } from './rpc-options.ts';

type Done = (result: Result<MemberResponse, RpcFailure>) => void;

/** Channels to more addresses than this are closed, the longest unused first. */
const channelLimit = 64;

export class RpcClient {
  readonly #gate: LinkGate;
  readonly #from: () => string;
  /** In the order of their last use. */
  readonly #channels = new Map<string, Client>();
  readonly #pending = new Set<(failure: RpcFailure) => void>();
  #isClosed = false;

  constructor(gate: LinkGate, from: () => string) {
    this.#gate = gate;
    this.#from = from;
  }

  call(call: RpcCall<MemberRequest>, done: Done): void {
    let isDone = false;
    const end = (result: Result<MemberResponse, RpcFailure>): void => {
      if (isDone) return;
      isDone = true;
      clearTimeout(timer);
      this.#pending.delete(fail);
      done(result);
    };
    const fail = (failure: RpcFailure): void => end(err(failure));
    // A call that is held back by a cut has no deadline of gRPC's yet.
    const timer = setTimeout(() => fail({ kind: 'timeout' }), call.timeoutMs);
    this.#pending.add(fail);
    if (this.#isClosed) {
      setImmediate(() => fail({ kind: 'unreachable', reason: 'this member is stopping' }));
      return;
    }
    const deadline = Date.now() + call.timeoutMs;
    this.#gate.pass(call.address, () => {
      if (!isDone && !this.#isClosed) this.#send(call, deadline, end);
    });
  }

  close(): void {
    this.#isClosed = true;
    for (const fail of this.#pending) fail({ kind: 'unreachable', reason: 'this member is stopping' });
    for (const channel of this.#channels.values()) channel.close();
    this.#channels.clear();
  }

  #send(call: RpcCall<MemberRequest>, deadline: number, done: Done): void {
    const method = methodOf(call.request);
    const { path, requestSerialize, responseDeserialize } = definitionOf(method);
    const answered = (error: ServiceError | null, bytes?: Buffer): void => {
      if (error !== null) return done(err(failureOf(error)));
      const response = method.readResponse(bytes ?? Buffer.alloc(0));
      done(
        response.ok ? response : err({ kind: 'unreachable', reason: `its answer cannot be read: ${response.error}` }),
      );
    };
    let bytes: Buffer;
    try {
      bytes = method.writeRequest(call.request);
    } catch (error) {
      const reason = `the call cannot be written: ${describe(error)}`;
      setImmediate(() => done(err({ kind: 'unreachable', reason })));
      return;
    }
    this.#channel(call.address).makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      bytes,
      callHeaders(call.credentials, this.#from()),
      { deadline },
      answered,
    );
  }

  #channel(address: string): Client {
    const known = this.#channels.get(address);
    const channel = known ?? new Client(address, channelCredentials.createInsecure(), channelOptions);
    this.#channels.delete(address);
    this.#channels.set(address, channel);
    const [oldest] = this.#channels;
    if (this.#channels.size > channelLimit && oldest !== undefined) {
      this.#channels.delete(oldest[0]);
      oldest[1].close();
    }
    return channel;
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function failureOf(error: ServiceError): RpcFailure {
  const refusal = refusalOf(error.metadata);
  if (refusal !== undefined) return { kind: 'refused', refusal };
  if (error.code === status.DEADLINE_EXCEEDED) return { kind: 'timeout' };
  return { kind: 'unreachable', reason: reasonOf(error) };
}

/** What the system said, where gRPC tells more around it. */
function reasonOf({ details, code }: ServiceError): string {
  const ofSystem = /Last error: (?:Error: )?(.+?)\. Resolution note:/.exec(details)?.[1];
  return ofSystem ?? (details === '' ? (status[code] ?? 'failed') : details);
}
