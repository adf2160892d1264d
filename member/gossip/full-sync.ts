/** The whole state to one member and back: what gossip missed is repaired, and how a newcomer gets to know everybody. */
import type { MemberStatus } from '../base/observation.ts';
import { endpointOf } from './dissemination.ts';
import { formatIp } from './ip-address.ts';
import { handleAlive, handleDead, handleSuspect } from './membership.ts';
import type { OfferedMember } from './options.ts';
import { emitEvent, observeRejection, type GossipState } from './state.ts';
import type { Endpoint } from './input.ts';
import { dialStream } from './streams.ts';
import { findIncompatibility, parseVersions, versionBytes, type VersionedRecord } from './versions.ts';
import type { FullSync, SyncRecord } from './wire/message.ts';
import { writeStreamMessage } from './wire/message-writer.ts';

/** In the order of their numbers on the wire. */
const statuses: readonly MemberStatus[] = ['alive', 'suspect', 'dead', 'left'];

const rangeByteCount = 5;

/** With one random member that is alive, while no other such exchange runs. */
export function syncWithSomebody(state: GossipState): void {
  for (const session of state.streams.values())
    if (session.kind === 'dialled' && session.purpose.kind === 'full-sync') return;
  const [partner] = state.members.pick(1, (record) => record.name !== state.name && record.status === 'alive');
  if (partner !== undefined) dialStream(state, endpointOf(partner), { kind: 'full-sync' }, ourState(state, false));
}

/** Everything we hold, ourselves included, as a message. */
export function ourState(state: GossipState, isJoin: boolean): Uint8Array {
  const records = state.members.all().map((record): SyncRecord => {
    const { name, address, port, meta, incarnation } = record;
    return {
      name,
      address,
      port,
      meta,
      incarnation,
      state: statuses.indexOf(record.status),
      versions: versionBytes(record.versions),
    };
  });
  return writeStreamMessage({ kind: 'full-sync', isJoin, records, userState: state.userState });
}

/** Takes over what another member holds. Null, or why nothing of it was taken. */
export function mergeState(state: GossipState, from: Endpoint, sync: FullSync): string | null {
  const remote = sync.records.map((record) => versioned(record.name, record.state === 0, record.versions));
  const local = state.members
    .all()
    .map((record) => versioned(record.name, record.status === 'alive', versionBytes(record.versions)));
  const refusal = findIncompatibility(remote, local) ?? (sync.isJoin ? mergeVeto(state, sync) : null);
  if (refusal !== null) return refusal;
  for (const record of sync.records) {
    const flaw = mergeRecord(state, record);
    if (flaw !== null) observeRejection(state, from, flaw);
  }
  if (sync.userState.length > 0) emitEvent(state, { kind: 'user-state', state: sync.userState, isJoin: sync.isJoin });
  return null;
}

/** Dead there is only suspect here, so that the member can refute. */
function mergeRecord(state: GossipState, record: SyncRecord): string | null {
  const { name: node, incarnation, address, port, meta, versions } = record;
  const status = statuses[record.state];
  switch (status) {
    case 'alive':
      return handleAlive(state, { kind: 'alive', incarnation, node, address, port, meta, versions });
    case 'left':
      handleDead(state, { kind: 'dead', incarnation, node, from: node });
      return null;
    case 'suspect':
    case 'dead':
      handleSuspect(state, { kind: 'suspect', incarnation, node, from: state.name });
      return null;
    default:
      return `state ${record.state} of a member`;
  }
}

function mergeVeto(state: GossipState, sync: FullSync): string | null {
  const offered = sync.records.flatMap((record): OfferedMember[] => {
    const status = statuses[record.state];
    const { name, port, meta, incarnation } = record;
    if (status === undefined) return [];
    const host = record.address.length === 4 || record.address.length === 16 ? formatIp(record.address) : '';
    return [{ name, host, port, meta, incarnation, status, versions: parseVersions(record.versions) }];
  });
  return state.options.mergeVeto?.(offered) ?? null;
}

function versioned(name: string, isAlive: boolean, versions: Uint8Array): VersionedRecord {
  return { name, isAlive, versions: parseVersions(versions), hasRange: versions.length >= rangeByteCount };
}
