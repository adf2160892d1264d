/** The faults of this member's links that are in force (D30): what becomes of what is sent to whom. */
import type { LinkFault } from '../../api/private-channel.ts';
import { randomFloat, type Random } from '../../base/random.ts';
import type { Endpoint } from '../../gossip/input.ts';
import { formatEndpoint } from '../../gossip/ip-address.ts';

export type PacketFate = { readonly kind: 'sent'; readonly delayMs: number } | { readonly kind: 'lost' };

export class LinkFaults {
  readonly #random: Random;
  #outgoing = new Map<string, LinkFault>();
  #incomingCuts: ReadonlySet<string> = new Set();

  constructor(random: Random) {
    this.#random = random;
  }

  /** Replaces all faults. `incomingCuts`: addresses from which nothing is to arrive. */
  replace(outgoing: readonly LinkFault[], incomingCuts: readonly string[] = []): void {
    this.#outgoing = new Map(
      outgoing.flatMap((fault) => fault.peerAddresses.map((address) => [address, fault] as const)),
    );
    this.#incomingCuts = new Set(incomingCuts);
  }

  packetFate(to: Endpoint): PacketFate {
    const fault = this.#faultOf(to);
    if (fault === undefined) return { kind: 'sent', delayMs: 0 };
    if (fault.cut || randomFloat(this.#random) < fault.loss) return { kind: 'lost' };
    return { kind: 'sent', delayMs: this.#delay(fault) };
  }

  isCutFrom(from: Endpoint): boolean {
    return this.#incomingCuts.size > 0 && this.#incomingCuts.has(formatEndpoint(from));
  }

  /** A stream needs both directions: cut in either one, it stands still. */
  isStalled(peer: Endpoint | null): boolean {
    return peer !== null && (this.#faultOf(peer)?.cut === true || this.isCutFrom(peer));
  }

  streamDelayMs(to: Endpoint | null): number {
    const fault = to === null ? undefined : this.#faultOf(to);
    return fault === undefined ? 0 : this.#delay(fault);
  }

  #faultOf(endpoint: Endpoint): LinkFault | undefined {
    return this.#outgoing.size === 0 ? undefined : this.#outgoing.get(formatEndpoint(endpoint));
  }

  #delay(fault: LinkFault): number {
    return fault.delayMs + fault.jitterMs * randomFloat(this.#random);
  }
}
