/** Bodies of the `/kapacitor/v1/cluster` routes (interfaces.md). */
import type { MemberStatus } from '../base/observation.ts';

export type ClusterState = 'uninitialized' | 'initialized';

export interface ClusterMemberView {
  readonly id: string;
  readonly gossip: string;
  readonly rpc: string;
  readonly api: string;
  readonly roles: readonly string[];
  readonly status: MemberStatus;
  readonly incarnation: number;
  /** RFC3339: when this member's view of that status began. */
  readonly since: string;
}

/** `GET /cluster`, and the answer of `POST /cluster/members`. */
export interface ClusterView {
  readonly state: ClusterState;
  readonly 'cluster-id': string;
  readonly 'member-id': string;
  readonly members: readonly ClusterMemberView[];
}

export interface TopicOwnerView {
  readonly id: string;
  readonly rank: number;
  readonly status: MemberStatus;
}

/** `GET /cluster/topics`. */
export interface ClusterTopics {
  readonly topics: readonly {
    readonly topic: string;
    readonly level: string;
    readonly owners: readonly TopicOwnerView[];
    readonly pending: number;
  }[];
}
