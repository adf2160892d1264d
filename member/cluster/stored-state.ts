/** The rows of the cluster core in the durable store, to and fro. */
import { clusterId, isUuid, memberId, type ClusterId, type MemberId } from '../base/ids.ts';
import { err, ok, type Result } from '../base/result.ts';
import { isObject } from '../base/shape.ts';
import type { JsonValue, StoreRows, StoreWrite } from '../base/store.ts';
import type { ClusterTable } from './cluster-io.ts';
import { digest } from './digest.ts';
import type { HandlerEntry } from './handler-entry.ts';
import type { MemberRecord, RemovedRecord } from './member-record.ts';
import type { ClusterState } from './messages.ts';
import { isHandlerEntry, isMemberRecord, isRemovedRecord } from './message-reader.ts';

/** Who this member is, and in which cluster (D1). */
export interface Identity {
  readonly memberId: MemberId;
  readonly clusterId: ClusterId;
  /** Authenticates calls within the cluster (D28). */
  readonly key: string;
  readonly state: ClusterState;
  /** The highest epoch that this member ever had or turned down. */
  readonly lastEpoch: number;
}

/** An invitation that this member sent and does not know the end of (D8). */
export interface Invitation {
  readonly member: MemberId;
  readonly address: string;
  readonly epoch: number;
}

export interface StoredState {
  /** Undefined in a fresh store. */
  readonly identity: Identity | undefined;
  readonly members: readonly MemberRecord[];
  readonly removed: readonly RemovedRecord[];
  /** Epoch with which this member left a cluster for good. */
  readonly departed: ReadonlyMap<ClusterId, number>;
  readonly invitations: readonly Invitation[];
  readonly statuses: ReadonlyMap<MemberId, 'alive' | 'dead' | 'left'>;
  readonly handlers: readonly HandlerEntry[];
}

/** An error names the row that cannot be read: the member must not start on a state that it only half knows. */
export function readStoredState(rows: (table: ClusterTable) => StoreRows): Result<StoredState, string> {
  const problems: string[] = [];
  const read = <T>(table: ClusterTable, take: (key: string, value: JsonValue) => T | undefined): T[] => {
    const taken: T[] = [];
    for (const [key, value] of rows(table)) {
      const row = take(key, value);
      if (row === undefined) problems.push(`the store has an unreadable row ${table}/${key}`);
      else taken.push(row);
    }
    return taken;
  };
  const identities = read('cluster-identity', (_key, value) => readIdentity(value));
  const state: StoredState = {
    identity: identities[0],
    members: read('cluster-members', (_key, value) => (isMemberRecord(value) ? value : undefined)),
    removed: read('cluster-removed', (_key, value) => (isRemovedRecord(value) ? value : undefined)),
    departed: new Map(
      read('cluster-departed', (key, value) =>
        isUuid(key) && typeof value === 'number' ? ([clusterId(key), value] as const) : undefined,
      ),
    ),
    invitations: read('cluster-invitations', readInvitation),
    statuses: new Map(
      read('cluster-statuses', (key, value) =>
        isUuid(key) && isStoredStatus(value) ? ([memberId(key), value] as const) : undefined,
      ),
    ),
    handlers: read('cluster-handlers', (_key, value) => (isHandlerEntry(value) ? value : undefined)),
  };
  const first = problems[0];
  return first === undefined ? ok(state) : err(first);
}

export function identityWrite(identity: Identity): StoreWrite {
  return { table: 'cluster-identity', key: 'self', value: { ...identity } };
}

export function memberWrite(record: MemberRecord): StoreWrite {
  const { rpc, metadata, store } = record.versions;
  return {
    table: 'cluster-members',
    key: record.id,
    value: { ...record, versions: { rpc: { ...rpc }, metadata: { ...metadata }, store: { ...store } } },
  };
}

export function removedWrite(record: RemovedRecord): StoreWrite {
  return { table: 'cluster-removed', key: record.id, value: { ...record } };
}

export function departedWrite(cluster: ClusterId, epoch: number): StoreWrite {
  return { table: 'cluster-departed', key: cluster, value: epoch };
}

export function invitationWrite(invitation: Invitation): StoreWrite {
  return { table: 'cluster-invitations', key: invitation.member, value: { ...invitation } };
}

export function handlerWrite(entry: HandlerEntry): StoreWrite {
  return { table: 'cluster-handlers', key: handlerRowKey(entry.key), value: handlerJson(entry) };
}

export function handlerJson({ key, stamp, definition, acks }: HandlerEntry): JsonValue {
  return { key, stamp: { ...stamp }, definition: definition === null ? null : { ...definition }, acks };
}

/** Rows take keys of 1024 bytes; a longer topic and ID are told apart by their digest. */
export function handlerRowKey(key: string): string {
  return key.length <= 300 ? key : `${key.slice(0, 250)}#${digest([key])}`;
}

export function deletion(table: ClusterTable, key: string): StoreWrite {
  return { table, key, value: null };
}

function readIdentity(value: JsonValue): Identity | undefined {
  if (!isObject(value)) return undefined;
  const { memberId: member, clusterId: cluster, key, state, lastEpoch } = value;
  if (typeof member !== 'string' || !isUuid(member) || typeof cluster !== 'string' || !isUuid(cluster))
    return undefined;
  if (
    typeof key !== 'string' ||
    typeof lastEpoch !== 'number' ||
    (state !== 'initialized' && state !== 'uninitialized')
  )
    return undefined;
  return { memberId: memberId(member), clusterId: clusterId(cluster), key, state, lastEpoch };
}

function readInvitation(_key: string, value: JsonValue): Invitation | undefined {
  if (!isObject(value)) return undefined;
  const { member, address, epoch } = value;
  if (typeof member !== 'string' || !isUuid(member) || typeof address !== 'string' || typeof epoch !== 'number')
    return undefined;
  return { member: memberId(member), address, epoch };
}

function isStoredStatus(value: JsonValue): value is 'alive' | 'dead' | 'left' {
  return value === 'alive' || value === 'dead' || value === 'left';
}
