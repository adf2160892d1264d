import type { LinkFault } from '../../api/private-channel.ts';
import type { Random } from '../../base/random.ts';
import type { Endpoint } from '../../gossip/input.ts';
import { LinkFaults } from '../gossip/link-faults.ts';

/**
 * Faults of this member's links (D30) on messages of calls: over a cut link nothing goes out, neither a request nor an
 * answer, until the cut is healed; over a slow one it goes out later. Nothing is refused.
 */
export class LinkGate {
  readonly #faults: LinkFaults;
  readonly #timers = new Set<NodeJS.Timeout>();
  #held: { readonly to: string; readonly run: () => void }[] = [];

  constructor(random: Random) {
    this.#faults = new LinkFaults(random);
  }

  replace(faults: readonly LinkFault[]): void {
    this.#faults.replace(faults);
    const held = this.#held;
    this.#held = [];
    for (const { to, run } of held) this.pass(to, run);
  }

  /** Runs at once where the link is well. */
  pass(to: string, run: () => void): void {
    const peer = endpointOf(to);
    if (this.#faults.isStalled(peer)) {
      this.#held.push({ to, run });
      return;
    }
    const delayMs = this.#faults.streamDelayMs(peer);
    if (delayMs === 0) {
      run();
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, delayMs);
    this.#timers.add(timer);
  }

  close(): void {
    this.#held = [];
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}

function endpointOf(address: string): Endpoint | null {
  const colon = address.lastIndexOf(':');
  const port = Number(address.slice(colon + 1));
  if (colon < 1 || !Number.isInteger(port)) return null;
  return { host: address.slice(0, colon).replace(/^\[|\]$/g, ''), port };
}
