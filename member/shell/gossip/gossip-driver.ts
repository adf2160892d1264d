/** Runs a gossip machine on its sockets: one clock, one timer. */
import type { Millis } from '../../base/deadline.ts';
import type { GossipObservation } from '../../base/observation.ts';
import type { Result } from '../../base/result.ts';
import type { Gossip } from '../../gossip/gossip.ts';
import type { GossipCommand, GossipInput } from '../../gossip/input.ts';
import type { GossipEvent, GossipOutput, GossipReply } from '../../gossip/output.ts';
import type { GossipSockets, NetworkInput, NetworkOutput } from './gossip-sockets.ts';

export interface GossipDriverOptions {
  readonly gossip: Gossip;
  readonly sockets: GossipSockets;
  readonly onEvent: (event: GossipEvent) => void;
  readonly onObservation?: (observation: GossipObservation) => void;
  /** Sees what goes to the network and comes from there, just before it does. */
  readonly onNetworkOutput?: (output: NetworkOutput) => void;
  readonly onNetworkInput?: (input: NetworkInput) => void;
}

type Happening = GossipInput extends infer Input ? (Input extends GossipInput ? Omit<Input, 'atMs'> : never) : never;

/** The longest delay that Node's timers take. */
const longestTimerMs = 2 ** 31 - 1;

export class GossipDriver {
  readonly #options: GossipDriverOptions;
  readonly #replies = new Map<number, (result: Result<GossipReply, string>) => void>();
  #requests = 0;
  #timer: NodeJS.Timeout | null = null;
  #timerMs: Millis = Number.POSITIVE_INFINITY;
  #isDraining = false;
  #isStopped = false;

  constructor(options: GossipDriverOptions) {
    this.#options = options;
    options.sockets.attach((input) => {
      options.onNetworkInput?.(input);
      this.#step(input);
    });
    this.#step({ kind: 'start' });
  }

  /** `done` is called once, perhaps before this returns. */
  command(command: GossipCommand, done: (result: Result<GossipReply, string>) => void): void {
    const request = ++this.#requests;
    this.#replies.set(request, done);
    this.#step({ kind: 'command', request, command });
  }

  /** Without a word to others. The sockets stay as they are; replies that are due never come. */
  stop(): void {
    this.#isStopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #step(happening: Happening): void {
    if (this.#isStopped) return;
    const { gossip } = this.#options;
    for (const output of gossip.step({ ...happening, atMs: nowMs() })) this.#carryOut(output);
    this.#arm(gossip.nextDeadline());
  }

  #carryOut(output: GossipOutput): void {
    switch (output.kind) {
      case 'event':
        this.#options.onEvent(output.event);
        return;
      case 'observation':
        this.#options.onObservation?.(output.observation);
        return;
      case 'reply': {
        const done = this.#replies.get(output.request);
        this.#replies.delete(output.request);
        done?.(output.result);
        return;
      }
      default:
        this.#options.onNetworkOutput?.(output);
        this.#options.sockets.perform(output);
    }
  }

  #arm(deadlineMs: Millis): void {
    if (this.#isStopped || this.#isDraining || deadlineMs === this.#timerMs) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timerMs = deadlineMs;
    if (deadlineMs === Number.POSITIVE_INFINITY) return;
    const delayMs = Math.min(Math.max(0, deadlineMs - nowMs()), longestTimerMs);
    this.#timer = setTimeout(() => this.#wake(), delayMs);
  }

  #wake(): void {
    this.#timerMs = Number.POSITIVE_INFINITY;
    this.#isDraining = true;
    this.#options.sockets.afterPendingPackets(() => {
      this.#isDraining = false;
      this.#step({ kind: 'wake' });
    });
  }
}

/** Monotonic, in whole milliseconds; goes on while the process is stopped. */
function nowMs(): Millis {
  return Math.floor(performance.now());
}
