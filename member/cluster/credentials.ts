import type { ClusterId, MemberId } from '../base/ids.ts';
import type { VersionRange } from './versions.ts';

/** What a member shows with every call to another (D28). */
export interface Credentials {
  readonly clusterId: ClusterId;
  /** The cluster's secret, 64 hexadecimal digits. */
  readonly key: string;
  readonly member: MemberId;
  /** Epoch of the caller's membership: a removed pair (member, epoch) is turned away (D10). */
  readonly epoch: number;
}

/** Why a member does not talk to a caller. */
export type Refusal =
  /** Wrong key, or a cluster that this member has never been part of. */
  | { readonly kind: 'unauthenticated'; readonly clusterId: ClusterId }
  /** The caller was removed from the cluster; `by` did it. */
  | {
      readonly kind: 'removed';
      readonly clusterId: ClusterId;
      readonly member: MemberId;
      readonly epoch: number;
      readonly by: MemberId;
    }
  /** The callee itself has left that cluster, with this epoch. */
  | { readonly kind: 'departed'; readonly clusterId: ClusterId; readonly member: MemberId; readonly epoch: number }
  | {
      readonly kind: 'versions';
      readonly service: 'rpc' | 'metadata' | 'store';
      readonly ours: VersionRange;
      readonly theirs: VersionRange;
    }
  /** The callee is stopping, or cannot carry out the call. */
  | { readonly kind: 'failed'; readonly reason: string };

/** Compares two secrets in a time that depends on their lengths only. */
export function isSameSecret(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(b.length === 0 ? 0 : i % b.length);
  return difference === 0;
}
