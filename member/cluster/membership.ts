/**
 * Who is a member: records and removals, merged from any order of messages to one result. A removal outranks every
 * record of the same member with its epoch or a lower one, for ever (D10).
 */
import { present } from '../base/assert.ts';
import type { MemberId } from '../base/ids.ts';
import { isNewerRecord, type MemberRecord, type MembershipState, type RemovedRecord } from './member-record.ts';

/** What a merge brought. */
export interface MembershipChange {
  /** New members, and members back with a higher epoch. */
  readonly added: readonly MemberRecord[];
  readonly updated: readonly MemberRecord[];
  /** Removals that were news, whether or not a record was held. */
  readonly removed: readonly RemovedRecord[];
  /** Removed ones that are now known to know. */
  readonly told: readonly RemovedRecord[];
}

/** Weight of an epoch in the owner list's version; revisions count below it. */
const epochWeight = 65_536;

export class Membership {
  readonly #members = new Map<MemberId, MemberRecord>();
  readonly #removed = new Map<MemberId, RemovedRecord>();
  #generation = 0;

  /** Grows with every change that others must hear of; of this process only. */
  get generation(): number {
    return this.#generation;
  }

  get(id: MemberId): MemberRecord | undefined {
    return this.#members.get(id);
  }

  /** By ID. */
  members(): readonly MemberRecord[] {
    return [...this.#members.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  removed(): readonly RemovedRecord[] {
    return [...this.#removed.values()];
  }

  removedEpoch(id: MemberId): number {
    return this.#removed.get(id)?.epoch ?? 0;
  }

  removal(id: MemberId): RemovedRecord | undefined {
    return this.#removed.get(id);
  }

  state(): MembershipState {
    return { members: this.members(), removed: this.removed() };
  }

  /** D20: equal on members that agree, grows with every change of the members, also across merges. */
  ownersVersion(): number {
    let version = 0;
    for (const { epoch, revision } of this.#members.values())
      version += epoch * epochWeight + Math.min(revision, epochWeight - 2);
    for (const { id, epoch } of this.#removed.values()) {
      if (!this.#members.has(id)) version += epoch * epochWeight + epochWeight - 1;
    }
    return version;
  }

  merge(state: MembershipState): MembershipChange {
    const removed: RemovedRecord[] = [];
    const told: RemovedRecord[] = [];
    for (const removal of state.removed) {
      const known = this.#removed.get(removal.id);
      if (this.remove(removal)) removed.push(removal);
      else if (removal.isTold && known !== undefined && !known.isTold && known.epoch === removal.epoch)
        told.push(this.markTold(removal.id));
    }
    const added: MemberRecord[] = [];
    const updated: MemberRecord[] = [];
    for (const record of state.members) {
      const known = this.#members.get(record.id);
      if (!this.put(record)) continue;
      if (known === undefined || known.epoch < record.epoch) added.push(record);
      else updated.push(record);
    }
    return { added, updated, removed, told };
  }

  /** False when it is no news. */
  put(record: MemberRecord): boolean {
    if (record.epoch <= this.removedEpoch(record.id)) return false;
    const known = this.#members.get(record.id);
    if (known !== undefined && !isNewerRecord(record, known)) return false;
    this.#members.set(record.id, record);
    this.#generation++;
    return true;
  }

  /** False when it is no news. */
  remove(removal: RemovedRecord): boolean {
    if (removal.epoch <= this.removedEpoch(removal.id)) return false;
    this.#removed.set(removal.id, removal);
    const record = this.#members.get(removal.id);
    if (record !== undefined && record.epoch <= removal.epoch) this.#members.delete(removal.id);
    this.#generation++;
    return true;
  }

  markTold(id: MemberId): RemovedRecord {
    const told = { ...present(this.#removed.get(id), `removal of ${id}`), isTold: true };
    this.#removed.set(id, told);
    return told;
  }

  /** A membership of one: what is left when this member is alone again, or for the first time. Removals stay. */
  reset(self: MemberRecord): void {
    this.#members.clear();
    this.#members.set(self.id, self);
    this.#generation++;
  }
}
