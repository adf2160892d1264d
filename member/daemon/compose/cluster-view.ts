import type { MembersView } from '../../alerts/alerts-io.ts';
import { formatRfc3339 } from '../../base/rfc3339.ts';
import type { ClusterView } from '../../api/cluster-routes.ts';
import type { Cluster } from '../../cluster/cluster.ts';

/** The local view, as `GET /cluster` answers it. */
export function clusterView(cluster: Cluster): ClusterView {
  return {
    state: cluster.state,
    'cluster-id': cluster.identity.clusterId,
    'member-id': cluster.identity.memberId,
    members: cluster.members().map(({ record, seen }) => ({
      id: record.id,
      gossip: record.gossip,
      rpc: record.rpc,
      api: record.api,
      roles: record.roles,
      status: seen.status,
      incarnation: seen.incarnation,
      since: formatRfc3339(BigInt(Math.trunc(seen.sinceWallMs)) * 1_000_000n),
    })),
  };
}

/** What the alerts core needs to know of the members. */
export function membersView(cluster: Cluster, fullSyncIntervalMs: number): MembersView {
  const { redundancy, delayPerMemberMs } = cluster.settings();
  return {
    isInitialized: cluster.state === 'initialized',
    members: cluster
      .members()
      .map(({ record, seen }) => ({ id: record.id, status: seen.status, mayOwn: record.mayOwn })),
    ownersVersion: cluster.ownersVersion(),
    redundancy,
    delayPerMemberMs,
    fullSyncIntervalMs,
  };
}
