/**
 * The network between simulated members: what a link does to packets, streams and calls. Packets are lost, delayed,
 * doubled and overtaken; bytes of streams and calls keep their order, stall while the link is cut, and may break.
 */
import { randomBelow, randomFloat, type Random } from '../base/random.ts';
import type { Scheduler } from './scheduler.ts';

/** How one direction of a link behaves. */
export interface LinkQuality {
  readonly lossRate: number;
  readonly duplicateRate: number;
  readonly minLatencyMs: number;
  /** Spread of the latency; packets overtake each other within it. */
  readonly jitterMs: number;
}

export const goodLink: LinkQuality = { lossRate: 0, duplicateRate: 0, minLatencyMs: 0.2, jitterMs: 0.8 };

export class SimNetwork {
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #cuts = new Set<string>();
  readonly #lastArrival = new Map<string, number>();
  /** What waits for a cut link to heal, in order. */
  readonly #held = new Map<string, { readonly from: string; readonly to: string; readonly waiting: (() => void)[] }>();
  quality: LinkQuality = goodLink;
  /** Share of calls and streams that break in the middle. */
  breakRate = 0;

  constructor(scheduler: Scheduler, random: Random) {
    this.#scheduler = scheduler;
    this.#random = random;
  }

  cut(from: string, to: string): void {
    this.#cuts.add(linkName(from, to));
  }

  heal(from: string, to: string): void {
    this.#cuts.delete(linkName(from, to));
    this.#release();
  }

  healAll(): void {
    this.#cuts.clear();
    this.#release();
  }

  isCut(from: string, to: string): boolean {
    return this.#cuts.has(linkName(from, to));
  }

  get hasCuts(): boolean {
    return this.#cuts.size > 0;
  }

  breaks(): boolean {
    return this.breakRate > 0 && randomFloat(this.#random) < this.breakRate;
  }

  /** A packet, perhaps never, perhaps twice. */
  packet(from: string, to: string, arrive: () => void): void {
    const { lossRate, duplicateRate } = this.quality;
    if (this.isCut(from, to) || randomFloat(this.#random) < lossRate) return;
    this.#scheduler.after(this.#latencyMs(), arrive);
    if (randomFloat(this.#random) < duplicateRate) this.#scheduler.after(this.#latencyMs() + 5, arrive);
  }

  /** Bytes of a connection: later while the link is cut, never out of order. */
  inOrder(from: string, to: string, arrive: () => void): void {
    const link = linkName(from, to);
    if (this.#cuts.has(link)) {
      const held = this.#held.get(link) ?? { from, to, waiting: [] };
      this.#held.set(link, held);
      held.waiting.push(arrive);
      return;
    }
    const atMs = Math.max(
      this.#scheduler.nowMs + this.#latencyMs() + this.#retransmission(),
      this.#lastArrival.get(link) ?? 0,
    );
    this.#lastArrival.set(link, atMs);
    this.#scheduler.at(atMs, arrive);
  }

  #release(): void {
    for (const [link, { from, to, waiting }] of this.#held) {
      if (this.#cuts.has(link)) continue;
      this.#held.delete(link);
      for (const arrive of waiting) this.inOrder(from, to, arrive);
    }
  }

  #latencyMs(): number {
    const { minLatencyMs, jitterMs } = this.quality;
    return minLatencyMs + randomFloat(this.#random) * jitterMs;
  }

  /** A lost segment costs a connection time. */
  #retransmission(): number {
    return randomFloat(this.#random) < this.quality.lossRate ? 200 + randomBelow(this.#random, 200) : 0;
  }
}

function linkName(from: string, to: string): string {
  return `${from} ${to}`;
}
