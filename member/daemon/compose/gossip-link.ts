import type { GossipObservation } from '../../base/observation.ts';
import type { Random } from '../../base/random.ts';
import type { Result } from '../../base/result.ts';
import { createGossip, type Gossip } from '../../gossip/gossip.ts';
import type { GossipCommand, GossipInput } from '../../gossip/input.ts';
import type { GossipOptions, OfferedMember } from '../../gossip/options.ts';
import type { GossipEvent, GossipMember, GossipOutput, GossipReply } from '../../gossip/output.ts';
import { CoreTimer } from './core-timer.ts';
import type { MemberOptions } from './member.ts';
import { OutputQueue } from './output-queue.ts';
import type { ClockPort, GossipNetworkInput, GossipNetworkPort } from './ports.ts';

export interface GossipLinkOptions {
  readonly name: string;
  readonly member: Pick<MemberOptions, 'gossipSettings' | 'gossipLabel' | 'gossipEncryption'>;
  readonly clock: ClockPort;
  readonly network: GossipNetworkPort;
  readonly random: Random;
  readonly metadata: () => Uint8Array;
  readonly veto: (offered: OfferedMember) => string | null;
  readonly onEvent: (event: GossipEvent) => void;
  readonly onObservation: (observation: GossipObservation) => void;
}

type Reply = (result: Result<GossipReply, string>) => void;

/** The gossip machine on its sockets: one instance, and after a removal another one. */
export class GossipLink {
  readonly #options: GossipLinkOptions;
  readonly #timer: CoreTimer;
  readonly #queue: OutputQueue<GossipOutput>;
  readonly #replies = new Map<number, Reply>();
  /** Commands for the next instance while the one before says good-bye. */
  #postponed: { readonly command: GossipCommand; readonly done: Reply }[] | undefined;
  #gossip: Gossip;
  #nextRequest = 1;
  #isStopped = false;

  constructor(options: GossipLinkOptions) {
    this.#options = options;
    this.#gossip = this.#instance();
    this.#timer = new CoreTimer(options.clock, () => this.#step({ kind: 'wake' }));
    this.#queue = new OutputQueue((output) => this.#perform(output));
  }

  start(): void {
    const gossip = this.#gossip;
    this.#options.network.attach((input) => {
      if (gossip === this.#gossip) this.#step(input);
    });
    this.#step({ kind: 'start' });
  }

  members(): readonly GossipMember[] {
    return this.#gossip.members();
  }

  command(command: GossipCommand, done: Reply): void {
    if (this.#postponed !== undefined) {
      this.#postponed.push({ command, done });
      return;
    }
    this.#send(command, done);
  }

  /** Leaves, and begins again as one who knows nobody. Commands wait for the new instance. */
  restart(leaveTimeoutMs: number): void {
    if (this.#postponed !== undefined) return;
    this.#postponed = [];
    // Who is alone has left at once, before this returns.
    this.#send({ kind: 'leave', timeoutMs: leaveTimeoutMs }, () => this.#replace());
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer.stop();
  }

  #send(command: GossipCommand, done: Reply): void {
    const request = this.#nextRequest++;
    this.#replies.set(request, done);
    this.#step({ kind: 'command', request, command });
  }

  #replace(): void {
    if (this.#isStopped) return;
    const unanswered = [...this.#replies.values()];
    const postponed = this.#postponed ?? [];
    this.#replies.clear();
    this.#gossip = this.#instance();
    this.#postponed = undefined;
    this.start();
    for (const done of unanswered) done({ ok: false, error: 'gossip began again' });
    for (const { command, done } of postponed) this.command(command, done);
  }

  #instance(): Gossip {
    const { name, member, network, random, metadata, veto } = this.#options;
    const options: GossipOptions = {
      name,
      advertise: network.advertise,
      bindPort: network.bindPort,
      meta: metadata(),
      settings: member.gossipSettings,
      random,
      aliveVeto: veto,
      ...(member.gossipLabel === undefined ? {} : { label: member.gossipLabel }),
      ...(member.gossipEncryption === undefined ? {} : { encryption: member.gossipEncryption }),
    };
    return createGossip(options);
  }

  #step(
    input:
      | GossipNetworkInput
      | { readonly kind: 'start' | 'wake' }
      | { readonly kind: 'command'; readonly request: number; readonly command: GossipCommand },
  ): void {
    if (this.#isStopped) return;
    // A union without its time gets it back; the spread loses which of them it is.
    const timed = { ...input, atMs: this.#options.clock.nowMs() } as GossipInput;
    const outputs = this.#gossip.step(timed);
    this.#timer.set(this.#gossip.nextDeadline());
    this.#queue.push(outputs);
  }

  #perform(output: GossipOutput): void {
    switch (output.kind) {
      case 'event':
        return this.#options.onEvent(output.event);
      case 'observation':
        return this.#options.onObservation(output.observation);
      case 'reply': {
        const done = this.#replies.get(output.request);
        this.#replies.delete(output.request);
        return done?.(output.result);
      }
      case 'send-packet':
      case 'dial-stream':
      case 'write-stream':
      case 'close-stream':
      case 'abort-stream':
      case 'resolve-host':
        return this.#options.network.perform(output);
    }
  }
}
