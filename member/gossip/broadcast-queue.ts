/**
 * Messages that ride on outgoing packets, each a limited number of times. Fresh ones go first; among equals the
 * longest, so that packets fill well; among equals of these the newest.
 */
import { assert } from '../base/assert.ts';

/** Names who waits for a broadcast to be through: sent as often as the limit says, or replaced by a newer one. */
export type BroadcastToken = number;

interface Entry {
  readonly name: string | null;
  readonly message: Uint8Array;
  readonly token: BroadcastToken | null;
  readonly serial: number;
  transmits: number;
}

export interface FilledPacket {
  readonly messages: readonly Uint8Array[];
  /** Broadcasts that are through. */
  readonly finished: readonly BroadcastToken[];
}

export class BroadcastQueue {
  #entries: Entry[] = [];
  #isSorted = true;
  #serial = 0;

  get length(): number {
    return this.#entries.length;
  }

  /** An entry of the same name is replaced; those without a name never are. Answers who waited for the replaced one. */
  enqueue(name: string | null, message: Uint8Array, token: BroadcastToken | null = null): readonly BroadcastToken[] {
    const replaced = name === null ? [] : this.#entries.filter((entry) => entry.name === name);
    if (replaced.length > 0) this.#entries = this.#entries.filter((entry) => entry.name !== name);
    this.#entries.push({ name, message, token, serial: ++this.#serial, transmits: 0 });
    this.#isSorted = false;
    return tokensOf(replaced);
  }

  /**
   * Messages for one packet of `limit` bytes, each costing its length and `overhead`. Each counts as sent once;
   * those that reach `transmitLimit` leave the queue.
   */
  fill(overhead: number, limit: number, transmitLimit: number): FilledPacket {
    this.#sort();
    const taken: Entry[] = [];
    let free = limit - overhead;
    for (const entry of this.#entries) {
      if (free <= 0) break;
      if (entry.message.length > free) continue;
      taken.push(entry);
      free -= entry.message.length + overhead;
    }
    for (const entry of taken) entry.transmits++;
    const finished = taken.filter((entry) => entry.transmits >= transmitLimit);
    if (finished.length > 0)
      this.#entries = this.#entries.filter((entry) => entry.transmits < transmitLimit || !finished.includes(entry));
    if (taken.length > 0) this.#isSorted = false;
    return { messages: taken.map((entry) => entry.message), finished: tokensOf(finished) };
  }

  /** Drops what was sent most often, and of that the shortest and oldest, until `retained` entries are left. */
  prune(retained: number): readonly BroadcastToken[] {
    assert(retained >= 0, 'a queue cannot retain less than nothing');
    this.#sort();
    return tokensOf(this.#entries.splice(retained));
  }

  #sort(): void {
    if (this.#isSorted) return;
    this.#entries.sort(
      (a, b) => a.transmits - b.transmits || b.message.length - a.message.length || b.serial - a.serial,
    );
    this.#isSorted = true;
  }
}

function tokensOf(entries: readonly Entry[]): BroadcastToken[] {
  return entries.flatMap((entry) => (entry.token === null ? [] : [entry.token]));
}
