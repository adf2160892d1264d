import { uuidBytes, type MemberId } from '../base/ids.ts';
import { murmur3 } from './murmur3.ts';

export interface RankedOwner {
  readonly id: MemberId;
  readonly rank: number;
  /** The hash of topic and member that the rank comes from. */
  readonly hash: number;
}

const encoder = new TextEncoder();

/** Rendezvous hash of a topic and a member (D14): topic in UTF-8, a zero byte, the 16 bytes of the member ID. */
export function ownerHash(topic: string, member: MemberId): number {
  const name = encoder.encode(topic);
  const bytes = new Uint8Array(name.length + 17);
  bytes.set(name);
  bytes.set(uuidBytes(member), name.length + 1);
  return murmur3(bytes);
}

/**
 * The owners of a topic, rank 0 first (D14): highest hash first, ties by member ID. `redundancy` 0, or more than
 * there are members, means all.
 */
export function ownersOf(topic: string, members: readonly MemberId[], redundancy: number): readonly RankedOwner[] {
  const hashed = members.map((id) => ({ id, hash: ownerHash(topic, id) }));
  hashed.sort((a, b) => b.hash - a.hash || (a.id < b.id ? -1 : 1));
  const count = redundancy === 0 ? hashed.length : Math.min(redundancy, hashed.length);
  return hashed.slice(0, count).map(({ id, hash }, rank) => ({ id, rank, hash }));
}
