/** All records, and the order in which they are probed. */
import type { Millis } from '../base/deadline.ts';
import type { MemberStatus } from '../base/observation.ts';
import { randomBelow, shuffle, type Random } from '../base/random.ts';
import { formatIp } from './ip-address.ts';
import type { GossipMember } from './output.ts';
import type { ProtocolVersions } from './versions.ts';

export interface MemberRecord {
  readonly name: string;
  address: Uint8Array;
  port: number;
  meta: Uint8Array;
  versions: ProtocolVersions;
  incarnation: number;
  status: MemberStatus;
  /** When the status last changed. */
  sinceMs: Millis;
}

export function isDeadOrLeft(record: { readonly status: MemberStatus }): boolean {
  return record.status === 'dead' || record.status === 'left';
}

export function viewOf(record: MemberRecord): GossipMember {
  const { name, port, meta, versions, incarnation, status, sinceMs } = record;
  return { name, host: formatIp(record.address), port, meta, versions, incarnation, status, sinceMs };
}

export class MemberTable {
  readonly #byName = new Map<string, MemberRecord>();
  #probeOrder: MemberRecord[] = [];
  #probeIndex = 0;
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  get size(): number {
    return this.#byName.size;
  }

  get(name: string): MemberRecord | undefined {
    return this.#byName.get(name);
  }

  all(): readonly MemberRecord[] {
    return this.#probeOrder;
  }

  /** At a random place of the probe order: were all appended, a new member would be probed late by everybody. */
  add(record: MemberRecord): void {
    this.#byName.set(record.name, record);
    const place = this.#probeOrder.length === 0 ? 0 : randomBelow(this.#random, this.#probeOrder.length);
    const displaced = this.#probeOrder[place];
    this.#probeOrder[place] = record;
    if (displaced !== undefined) this.#probeOrder.push(displaced);
  }

  /**
   * The next record that `isProbed`. At the end of a round `onRoundEnd` may forget records, then the order is
   * shuffled. Null when as many were passed over as there are; the end of a round counts as one.
   */
  nextToProbe(isProbed: (record: MemberRecord) => boolean, onRoundEnd: () => void): MemberRecord | null {
    for (let skips = 0; skips < this.#probeOrder.length; skips++) {
      const record = this.#probeOrder[this.#probeIndex];
      if (record === undefined) {
        onRoundEnd();
        shuffle(this.#random, this.#probeOrder);
        this.#probeIndex = 0;
        continue;
      }
      this.#probeIndex++;
      if (isProbed(record)) return record;
    }
    return null;
  }

  /** Drops every record that `isForgotten`; answers their names. */
  forget(isForgotten: (record: MemberRecord) => boolean): readonly string[] {
    const forgotten = this.#probeOrder.filter(isForgotten);
    if (forgotten.length === 0) return [];
    for (const record of forgotten) this.#byName.delete(record.name);
    this.#probeOrder = this.#probeOrder.filter((record) => this.#byName.has(record.name));
    return forgotten.map((record) => record.name);
  }

  /** Up to `count` different ones among the eligible, all equally likely. */
  pick(count: number, isEligible: (record: MemberRecord) => boolean): readonly MemberRecord[] {
    const eligible = this.#probeOrder.filter(isEligible);
    const picked: MemberRecord[] = [];
    while (picked.length < count && eligible.length > 0) {
      picked.push(...eligible.splice(randomBelow(this.#random, eligible.length), 1));
    }
    return picked;
  }
}
