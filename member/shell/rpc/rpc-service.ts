/**
 * gRPC between members: the adapter behind the cores' RPC port. It carries checked messages, shows the caller's
 * credentials, keeps deadlines, and applies the faults of links; whom to listen to is the cores' business.
 */
import {
  logVerbosity,
  Server,
  ServerCredentials,
  setLogVerbosity,
  status,
  type sendUnaryData,
  type ServerUnaryCall,
} from '@grpc/grpc-js';
import type { LinkFault } from '../../api/private-channel.ts';
import type { Random } from '../../base/random.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { IncomingCall, RpcAnswer, RpcPort } from '../../cluster/rpc-port.ts';
import { callerAddress, credentialsOf, refusedStatus } from './credentials-header.ts';
import { LinkGate } from './link-gate.ts';
import { RpcClient } from './rpc-client.ts';
import { allMethods, definitionOf, type MemberRequest, type MemberResponse, type RpcMethod } from './rpc-methods.ts';
import { serverOptions } from './rpc-options.ts';

export type MemberCalls = RpcPort<MemberRequest, MemberResponse>;

export interface RpcServiceOptions {
  /** Draws the jitter of slow links. */
  readonly random: Random;
  /** A mistake that concerns no single call's caller: an answer that cannot be written. */
  readonly onError?: (text: string) => void;
  /** `[rpc] enable-grpc-logging`: gRPC's own messages go to stderr. */
  readonly isLogging?: boolean;
}

export interface RpcService {
  /** The bound one. */
  readonly port: number;
  readonly calls: MemberCalls;
  /** D30, on what this member sends: requests and answers. */
  setLinkFaults(faults: readonly LinkFault[]): void;
}

/** How long calls under way may take to end when the member stops. */
const shutdownMs = 500;

/** Binds the address; port 0 picks one. The error is the system's. */
export async function openRpc(
  bind: { readonly host: string; readonly port: number },
  options: RpcServiceOptions,
): Promise<Result<RpcService, string>> {
  setLogVerbosity(options.isLogging === true ? logVerbosity.INFO : logVerbosity.NONE);
  const server = new Server(serverOptions);
  const service = new GrpcService(server, options);
  const host = bind.host === '' ? '0.0.0.0' : bind.host;
  const address = `${host.includes(':') ? `[${host}]` : host}:${bind.port}`;
  try {
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync(address, ServerCredentials.createInsecure(), (error, bound) => {
        if (error === null) resolve(bound);
        else reject(error);
      });
    });
    service.bound(bind.host, port);
    return ok(service);
  } catch (error) {
    server.forceShutdown();
    return err(error instanceof Error ? error.message : String(error));
  }
}

type Serve = (call: IncomingCall<MemberRequest>, answer: (answer: RpcAnswer<MemberResponse>) => void) => void;

class GrpcService implements RpcService {
  readonly calls: MemberCalls;
  readonly #server: Server;
  readonly #gate: LinkGate;
  readonly #client: RpcClient;
  readonly #onError: (text: string) => void;
  #serve: Serve | undefined;
  #port = 0;
  #address = '';
  #closing: Promise<void> | undefined;

  constructor(server: Server, { random, onError }: RpcServiceOptions) {
    this.#server = server;
    this.#onError = onError ?? ((): void => {});
    this.#gate = new LinkGate(random);
    this.#client = new RpcClient(this.#gate, () => this.#address);
    this.calls = {
      call: (call, done) => this.#client.call(call, done),
      serve: (handler) => {
        this.#serve = handler;
      },
      close: (done) => {
        this.#closing ??= this.#close();
        void this.#closing.then(done);
      },
    };
    for (const method of allMethods) {
      const definition = definitionOf(method);
      server.addService(
        { [method.path]: definition },
        { [method.path]: (call: Unary, answer: sendUnaryData<Buffer>) => this.#called(method, call, answer) },
      );
    }
  }

  get port(): number {
    return this.#port;
  }

  bound(host: string, port: number): void {
    this.#port = port;
    this.#address = `${host}:${port}`;
  }

  setLinkFaults(faults: readonly LinkFault[]): void {
    this.#gate.replace(faults);
  }

  #called(method: RpcMethod, call: Unary, answer: sendUnaryData<Buffer>): void {
    const request = method.readRequest(call.request);
    if (!request.ok) return answer({ code: status.INVALID_ARGUMENT, details: request.error });
    if (this.#serve === undefined) return answer({ code: status.UNAVAILABLE, details: 'this member is starting' });
    const incoming = { request: request.value, credentials: credentialsOf(call.metadata), from: call.getPeer() };
    const from = callerAddress(call.metadata);
    this.#serve(incoming, (result) => {
      this.#gate.pass(from, () => {
        if (result.ok) this.#answer(method, result.value, answer);
        else answer(refusedStatus(result.error));
      });
    });
  }

  #answer(method: RpcMethod, response: MemberResponse, answer: sendUnaryData<Buffer>): void {
    let bytes: Buffer;
    try {
      bytes = method.writeResponse(response);
    } catch (error) {
      const details = `the answer to ${method.path} cannot be written: ${error instanceof Error ? error.message : String(error)}`;
      this.#onError(details);
      return answer({ code: status.INTERNAL, details });
    }
    answer(null, bytes);
  }

  async #close(): Promise<void> {
    this.#client.close();
    this.#gate.close();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        this.#server.forceShutdown();
        resolve();
      }, shutdownMs);
      this.#server.tryShutdown(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

type Unary = ServerUnaryCall<Buffer, Buffer>;
