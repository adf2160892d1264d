/**
 * One TCP connection of gossip. What it is to do next waits in line while its link is cut or slow, as bytes on a
 * bad link would; and when the machine has closed it, it still delivers what was written, for a while.
 */
import type { Socket } from 'node:net';
import type { Endpoint } from '../../gossip/input.ts';
import type { LinkFaults } from './link-faults.ts';

/** How long a closed stream may take to get rid of its last bytes. */
const lingerMs = 10_000;

export class GossipStream {
  readonly #faults: LinkFaults;
  readonly #onGone: (stream: GossipStream) => void;
  readonly #waiting: { readonly dueMs: number; readonly run: () => void }[] = [];
  /** The other side's gossip address, once it is known. */
  #peer: Endpoint | null;
  #socket: Socket | null = null;
  #timer: NodeJS.Timeout | null = null;
  #linger: NodeJS.Timeout | null = null;
  #isGone = false;

  constructor(peer: Endpoint | null, faults: LinkFaults, onGone: (stream: GossipStream) => void) {
    this.#peer = peer;
    this.#faults = faults;
    this.#onGone = onGone;
  }

  adopt(socket: Socket): void {
    this.#socket = socket;
    socket.once('close', () => this.destroy());
  }

  /** Runs `connect`, which is to call `adopt`, as soon as the link lets a connection through. */
  dial(connect: () => void): void {
    this.#enqueue(connect, this.#delayMs());
  }

  write(to: Endpoint | null, bytes: Uint8Array): void {
    this.#peer ??= to;
    this.#enqueue(() => this.#socket?.write(bytes), this.#delayMs());
  }

  /** Hands in what arrived, as soon as the link lets it through. */
  take(deliver: () => void): void {
    this.#enqueue(deliver, 0);
  }

  /** Sends what waits, then the end. The bytes of the other side no longer matter, but are taken in, lest ours be lost to a reset. */
  end(): void {
    this.#socket?.removeAllListeners('data').removeAllListeners('end').resume();
    this.#linger = setTimeout(() => this.destroy(), lingerMs).unref();
    this.#enqueue(() => (this.#socket === null ? this.destroy() : this.#socket.end()), this.#delayMs());
  }

  destroy(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#waiting.length = 0;
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#linger !== null) clearTimeout(this.#linger);
    this.#socket?.destroy();
    this.#onGone(this);
  }

  /** To be called when faults have changed. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    for (
      let next = this.#waiting[0];
      next !== undefined && !this.#faults.isStalled(this.#peer);
      next = this.#waiting[0]
    ) {
      const leftMs = next.dueMs - performance.now();
      if (leftMs > 0) {
        this.#timer = setTimeout(() => this.flush(), leftMs);
        return;
      }
      this.#waiting.shift();
      next.run();
    }
  }

  #enqueue(run: () => void, delayMs: number): void {
    if (this.#isGone) return;
    this.#waiting.push({ dueMs: performance.now() + delayMs, run });
    this.flush();
  }

  #delayMs(): number {
    return this.#faults.streamDelayMs(this.#peer);
  }
}
