import type { ClusterId, MemberId } from '../base/ids.ts';
import type { VersionRanges } from './versions.ts';

/** What a member says of itself; part of its record and of its gossip metadata. */
export interface MemberProfile {
  /** Advertised `host:port` of each service. */
  readonly gossip: string;
  readonly rpc: string;
  readonly api: string;
  readonly roles: readonly string[];
  readonly versions: VersionRanges;
  /** Its own settings (D6); what holds is agreed over all members. */
  readonly redundancy: number;
  readonly delayPerMemberMs: number;
  /** It has synced the topics it will own (D20). */
  readonly mayOwn: boolean;
}

/** A durable membership. Of two records of one member the greater (epoch, revision) holds. */
export interface MemberRecord extends MemberProfile {
  readonly id: MemberId;
  /** Grows with each membership that this member ever had, in any cluster. */
  readonly epoch: number;
  /** Grows with each change of the profile, which only the member itself makes. */
  readonly revision: number;
  readonly addedBy: MemberId;
}

/** Remembered for ever (D10): this membership, and all before it, are over. */
export interface RemovedRecord {
  readonly id: MemberId;
  readonly epoch: number;
  readonly clusterId: ClusterId;
  readonly by: MemberId;
  /** Where the removed one can be told. */
  readonly rpc: string;
  /** It knows. */
  readonly isTold: boolean;
}

/** Everything members agree on about who is a member. */
export interface MembershipState {
  readonly members: readonly MemberRecord[];
  readonly removed: readonly RemovedRecord[];
}

export function isNewerRecord(record: MemberRecord, than: MemberRecord): boolean {
  return record.epoch === than.epoch ? record.revision > than.revision : record.epoch > than.epoch;
}
