import { err, ok, type Result } from '../../base/result.ts';
import { createCluster, type Cluster } from '../../cluster/cluster.ts';
import { ownVersionRanges } from '../../cluster/versions.ts';
import type { Member, MemberOptions } from './member.ts';
import type { MemberPorts } from './ports.ts';
import { RunningMember } from './running-member.ts';

/**
 * Starts a member on its ports. Nothing is sent before the stored state was read. An error is a line for the log: what
 * of the stored or configured state stops the start; nothing was written then.
 */
export function startMember(options: MemberOptions, ports: MemberPorts): Result<Member, string> {
  const cluster = createClusterOf(options, ports);
  if (!cluster.ok) return err(`cannot start this member: ${cluster.error}`);
  const member = new RunningMember(cluster.value, options, ports);
  member.start();
  return ok(member);
}

function createClusterOf(options: MemberOptions, ports: MemberPorts): Result<Cluster, string> {
  return createCluster({
    addresses: options.addresses,
    roles: options.roles,
    redundancy: options.redundancy,
    delayPerMemberMs: options.delayPerMemberMs,
    fullSyncIntervalMs: options.fullSyncIntervalMs,
    joinSecret: options.joinSecret,
    isReachableFromOutside: options.isReachableFromOutside,
    clusteringRefusal: options.clusteringRefusal,
    importedIds: options.importedIds,
    versions: options.versions ?? ownVersionRanges,
    random: ports.random,
    rows: (table) => ports.store.rows(table),
  });
}
