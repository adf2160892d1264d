import type { Cluster } from '../../cluster/cluster.ts';
import type {
  ClusterCommand,
  ClusterError,
  ClusterEvent,
  ClusterOutput,
  ClusterReply,
} from '../../cluster/cluster-io.ts';
import type { Credentials, Refusal } from '../../cluster/credentials.ts';
import type { ClusterRequest, ClusterResponse } from '../../cluster/messages.ts';
import type { ClusterObservation } from '../../base/observation.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { CoreTimer } from './core-timer.ts';
import { OutputQueue } from './output-queue.ts';
import type { ClockPort, MemberRpc } from './ports.ts';
import type { StoreLink } from './store-link.ts';

export interface ClusterLinkOptions {
  readonly clock: ClockPort;
  readonly store: StoreLink;
  readonly rpc: MemberRpc;
  /** `join-gossip`, `update-metadata` and `restart-gossip`. */
  readonly onGossip: (
    output: Extract<ClusterOutput, { kind: 'join-gossip' | 'update-metadata' | 'restart-gossip' }>,
  ) => void;
  readonly onMembersChanged: () => void;
  readonly onHandlersChanged: () => void;
  readonly onObservation: (observation: ClusterObservation) => void;
}

type Reply = (result: Result<ClusterReply, ClusterError>) => void;

/** The cluster core on its ports. What stands after a synced `persist` waits for the disk, in this step and in later ones. */
export class ClusterLink {
  readonly core: Cluster;
  readonly #options: ClusterLinkOptions;
  readonly #timer: CoreTimer;
  readonly #queue: OutputQueue<ClusterOutput>;
  readonly #replies = new Map<number, Reply>();
  readonly #answers = new Map<number, (answer: Result<ClusterResponse, Refusal>) => void>();
  #nextNumber = 1;
  #isStopped = false;

  constructor(core: Cluster, options: ClusterLinkOptions) {
    this.core = core;
    this.#options = options;
    this.#timer = new CoreTimer(options.clock, () => this.step({ kind: 'wake' }));
    this.#queue = new OutputQueue((output, hold) => this.#perform(output, hold));
  }

  step(event: ClusterEvent): void {
    if (this.#isStopped) return;
    const { clock } = this.#options;
    const outputs = this.core.step({ ...event, nowMs: clock.nowMs(), wallMs: clock.wallMs() });
    this.#timer.set(this.core.nextDeadline());
    this.#queue.push(outputs);
  }

  command(command: ClusterCommand, done: Reply): void {
    if (this.#isStopped) {
      done(err({ code: 'failed', message: 'this member is stopping' }));
      return;
    }
    const request = this.#nextNumber++;
    this.#replies.set(request, done);
    this.step({ kind: 'command', request, command });
  }

  called(
    credentials: Credentials | null,
    request: ClusterRequest,
    answer: (answer: Result<ClusterResponse, Refusal>) => void,
  ): void {
    if (this.#isStopped) {
      answer(err({ kind: 'failed', reason: 'this member is stopping' }));
      return;
    }
    const token = this.#nextNumber++;
    this.#answers.set(token, answer);
    this.step({ kind: 'call', token, credentials, request });
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer.stop();
    for (const done of this.#replies.values()) done(err({ code: 'failed', message: 'this member is stopping' }));
    this.#replies.clear();
  }

  #perform(output: ClusterOutput, hold: () => () => void): void {
    const { store, onGossip, onMembersChanged, onHandlersChanged, onObservation } = this.#options;
    switch (output.kind) {
      case 'persist':
        return store.commit(output.batch, output.batch.durability === 'sync' ? hold() : undefined);
      case 'set-aside':
        return store.setAside(output.name, output.content);
      case 'call':
        return this.#call(output);
      case 'answer-call': {
        const answer = this.#answers.get(output.token);
        this.#answers.delete(output.token);
        return answer?.(output.answer);
      }
      case 'reply': {
        const done = this.#replies.get(output.request);
        this.#replies.delete(output.request);
        return done?.(output.result);
      }
      case 'join-gossip':
      case 'update-metadata':
      case 'restart-gossip':
        return onGossip(output);
      case 'members-changed':
        return onMembersChanged();
      case 'handlers-changed':
        return onHandlersChanged();
      case 'observe':
        return onObservation(output.observation);
    }
  }

  #call({ call, address, request, credentials, timeoutMs }: Extract<ClusterOutput, { kind: 'call' }>): void {
    this.#options.rpc.call(
      { address, request: { service: 'cluster', message: request }, credentials, timeoutMs },
      (result) => {
        if (!result.ok) return this.step({ kind: 'called', call, result });
        const response = result.value;
        const fits = response.service === 'cluster';
        this.step({
          kind: 'called',
          call,
          result: fits
            ? ok(response.message)
            : err({ kind: 'unreachable', reason: 'it gave an answer of another service' }),
        });
      },
    );
  }
}
