/** Simulated gRPC between members behind the composition's port. */
import { err, ok, type Result } from '../base/result.ts';
import type { IncomingCall, RpcAnswer, RpcCall, RpcFailure } from '../cluster/rpc-port.ts';
import type { MemberRequest, MemberResponse, MemberRpc } from '../daemon/compose.ts';
import type { SimNetwork } from './sim-network.ts';
import type { SimProcess } from './sim-process.ts';

type Serve = (call: IncomingCall<MemberRequest>, answer: (answer: RpcAnswer<MemberResponse>) => void) => void;
type Done = (result: Result<MemberResponse, RpcFailure>) => void;

interface Host {
  readonly host: string;
  readonly process: SimProcess;
  serve: Serve | undefined;
  /** Calls that came and are not answered: they break when the process ends. */
  readonly underWay: Set<() => void>;
}

/** An answer as it leaves a member, for checkers. */
export interface LeavingAnswer {
  readonly member: string;
  readonly call: IncomingCall<MemberRequest>;
  readonly answer: RpcAnswer<MemberResponse>;
}

export class SimRpc {
  readonly #network: SimNetwork;
  readonly #hosts = new Map<string, Host>();
  readonly #onAnswer: (leaving: LeavingAnswer) => void;

  constructor(network: SimNetwork, onAnswer: (leaving: LeavingAnswer) => void) {
    this.#network = network;
    this.#onAnswer = onAnswer;
  }

  addHost(host: string, process: SimProcess): void {
    this.#hosts.set(host, { host, process, serve: undefined, underWay: new Set() });
  }

  port(host: string): MemberRpc {
    const own = this.#host(host);
    let isClosed = false;
    return {
      call: (call, done) => {
        if (isClosed) own.process.later(0, () => done(err({ kind: 'unreachable', reason: 'this member is stopping' })));
        else this.#call(own, call, done);
      },
      serve: (handler) => {
        own.serve = handler;
      },
      close: (done) => {
        isClosed = true;
        this.gone(host);
        own.process.later(0, done);
      },
    };
  }

  gone(host: string): void {
    const own = this.#host(host);
    own.serve = undefined;
    const broken = [...own.underWay];
    own.underWay.clear();
    for (const fail of broken) fail();
  }

  #call(own: Host, call: RpcCall<MemberRequest>, done: Done): void {
    const { incarnation } = own.process;
    let isDone = false;
    const end = (result: Result<MemberResponse, RpcFailure>): void => {
      if (isDone) return;
      isDone = true;
      timer.cancel();
      done(result);
    };
    const timer = own.process.clock().startTimer(call.timeoutMs, () => end(err({ kind: 'timeout' })));
    const to = call.address.slice(0, call.address.lastIndexOf(':'));
    const back = (result: Result<MemberResponse, RpcFailure>): void => {
      this.#network.inOrder(to, own.host, () => own.process.deliver(incarnation, () => end(result)));
    };
    const broken = (): void => back(err({ kind: 'unreachable', reason: 'connection reset' }));
    const target = this.#hosts.get(to);
    this.#network.inOrder(own.host, to, () => {
      if (isDone) return;
      if (target?.serve === undefined) return back(err({ kind: 'unreachable', reason: 'connection refused' }));
      if (this.#network.breaks()) return broken();
      this.#arrive(target, { request: call.request, credentials: call.credentials, from: own.host }, back, broken);
    });
  }

  #arrive(target: Host, call: IncomingCall<MemberRequest>, back: Done, broken: () => void): void {
    target.underWay.add(broken);
    target.process.deliver(target.process.incarnation, () => {
      target.serve?.(call, (answer) => {
        if (!target.underWay.delete(broken)) return;
        this.#onAnswer({ member: target.host, call, answer });
        if (this.#network.breaks()) return broken();
        back(answer.ok ? ok(answer.value) : err({ kind: 'refused', refusal: answer.error }));
      });
    });
  }

  #host(host: string): Host {
    const found = this.#hosts.get(host);
    if (found === undefined) throw new Error(`no such host: ${host}`);
    return found;
  }
}
