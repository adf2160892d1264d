/**
 * The local view of who is alive: gossip's word where gossip knows a member, and the last word heard where it has
 * forgotten it, so that a dead or stopped member stays in the list until it is removed.
 */
import type { MemberId } from '../base/ids.ts';
import type { MemberStatus } from '../base/observation.ts';
import type { GossipMember } from '../gossip/output.ts';

export interface StatusSeen {
  readonly status: MemberStatus;
  readonly incarnation: number;
  /** Wall clock at the beginning of that status. */
  readonly sinceWallMs: number;
  /** Gossip holds a record, so it probes or gossips to the member by itself. */
  readonly isInGossip: boolean;
}

export class StatusBoard {
  readonly #seen = new Map<MemberId, StatusSeen>();

  /** A member known from the store is suspect until somebody has heard of it, unless it was dead or gone before. */
  restore(id: MemberId, stored: 'alive' | 'dead' | 'left' | undefined, wallMs: number): void {
    if (this.#seen.has(id)) return;
    const status = stored === undefined || stored === 'alive' ? 'suspect' : stored;
    this.#seen.set(id, { status, incarnation: 0, sinceWallMs: wallMs, isInGossip: false });
  }

  /** A member that was just spoken to. */
  met(id: MemberId, wallMs: number): void {
    if (!this.#seen.has(id))
      this.#seen.set(id, { status: 'alive', incarnation: 0, sinceWallMs: wallMs, isInGossip: false });
  }

  /** True when the status is another one than before. */
  heard(id: MemberId, member: GossipMember, wallMs: number): boolean {
    const before = this.#seen.get(id);
    const isChanged = before?.status !== member.status;
    const sinceWallMs = before === undefined || isChanged ? wallMs : before.sinceWallMs;
    this.#seen.set(id, { status: member.status, incarnation: member.incarnation, sinceWallMs, isInGossip: true });
    return isChanged;
  }

  forgotten(id: MemberId): void {
    const before = this.#seen.get(id);
    if (before !== undefined) this.#seen.set(id, { ...before, isInGossip: false });
  }

  /** Dialling a member that gossip does not know has failed. True when the status is another one than before. */
  unreachable(id: MemberId, wallMs: number): boolean {
    const before = this.#seen.get(id);
    if (before === undefined || before.isInGossip || before.status === 'dead' || before.status === 'left') return false;
    this.#seen.set(id, { ...before, status: 'dead', sinceWallMs: wallMs });
    return true;
  }

  of(id: MemberId): StatusSeen {
    return this.#seen.get(id) ?? { status: 'suspect', incarnation: 0, sinceWallMs: 0, isInGossip: false };
  }

  drop(id: MemberId): void {
    this.#seen.delete(id);
  }

  clear(): void {
    this.#seen.clear();
  }
}
