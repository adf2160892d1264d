/**
 * Checks what other members send and what the store holds, so that the core never meets a value of the wrong shape.
 * A message that does not fit is refused as a whole, with the place and what is allowed there.
 */
import { isUuid } from '../base/ids.ts';
import { err, ok, type Result } from '../base/result.ts';
import { flag, integer, isObject, list, matching, nullable, oneOf, shape, type Check } from '../base/shape.ts';
import type { Credentials, Refusal } from './credentials.ts';
import type { HandlerEntry } from './handler-entry.ts';
import { isHostPort } from './host-port.ts';
import type { MemberRecord, RemovedRecord } from './member-record.ts';
import type { ClusterRequest, ClusterResponse } from './messages.ts';

/** Members and removals of one message; far above any cluster. */
const memberLimit = 16_384;
const handlerLimit = 100_000;
const maxEpoch = 2 ** 31;

const uuid = matching(isUuid, 'a UUID in lower case');
const address = matching(isHostPort, 'host:port');
const text = (limit: number): Check =>
  matching((value) => value.length <= limit, `text of at most ${limit} characters`);
const epoch = integer(0, maxEpoch);
const range = shape({ min: integer(0, 255), max: integer(0, 255) });
const versions = shape({ rpc: range, metadata: range, store: range });

const memberRecord = shape({
  id: uuid,
  epoch: integer(1, maxEpoch),
  revision: integer(0, maxEpoch),
  gossip: address,
  rpc: address,
  api: address,
  roles: list(text(64), 16),
  versions,
  redundancy: integer(0, memberLimit),
  delayPerMemberMs: integer(0, 2 ** 42),
  mayOwn: flag,
  addedBy: uuid,
});
const removedRecord = shape({
  id: uuid,
  epoch: integer(1, maxEpoch),
  clusterId: uuid,
  by: uuid,
  rpc: address,
  isTold: flag,
});
const membership = shape({ members: list(memberRecord, memberLimit), removed: list(removedRecord, memberLimit) });

const key = matching((value) => value.length <= 4096 && /^[^/]+\/[^/]+$/u.test(value), 'topic/handler');
const stamp = shape({ ms: integer(0, 2 ** 53 - 1), counter: integer(0, 2 ** 53 - 1), by: uuid });
const acks = list(text(64), memberLimit);
const definition = shape({
  id: text(2048),
  topic: text(2048),
  kind: text(256),
  options: nullable(jsonObject),
  match: text(65_536),
});
const entryShape = shape({ key, stamp, definition: nullable(definition), acks });
const handlerEntry: Check = (value, at) => entryShape(value, at) ?? keyFitsDefinition(value, at);
const summaries = list(shape({ key, stamp, isDeleted: flag, acks }), handlerLimit);
const entries = list(handlerEntry, handlerLimit);

const request = oneOf({
  hello: shape({ member: uuid, clusterId: uuid, versions }),
  invite: shape({
    adder: uuid,
    clusterId: uuid,
    key: matching((value) => /^[0-9a-f]{64}$/.test(value), '64 hexadecimal digits'),
    epoch: integer(1, maxEpoch),
    joinSecret: text(4096),
    versions,
    membership,
    handlers: entries,
  }),
  'settle-invitation': shape({ member: uuid, clusterId: uuid, epoch: integer(1, maxEpoch) }),
  'sync-members': shape({ membership, handlersDigest: text(64) }),
  'sync-handlers': shape({ summary: summaries }),
  'push-handlers': shape({ entries }),
  'tell-removed': shape({ clusterId: uuid, member: uuid, epoch: integer(1, maxEpoch), by: uuid }),
  probe: shape({}),
});

const outcome = oneOf({
  joined: shape({ record: memberRecord, handlersSetAside: list(text(4096), handlerLimit) }),
  'already-member': shape({ record: memberRecord }),
  'other-cluster': shape({ clusterId: uuid }),
  'invites-adder': shape({ clusterId: uuid }),
  busy: shape({ reason: text(1024) }),
  stale: shape({}),
  'join-secret': shape({}),
  refused: shape({ reason: text(1024) }),
});

const response = oneOf({
  hello: shape({
    member: uuid,
    clusterId: uuid,
    state: matching((value) => value === 'uninitialized' || value === 'initialized', 'uninitialized or initialized'),
    epoch,
    lastEpoch: epoch,
    departedEpoch: epoch,
    versions,
    clusteringRefusal: nullable(text(1024)),
  }),
  invite: shape({ outcome }),
  'settle-invitation': shape({ record: nullable(memberRecord) }),
  'sync-members': shape({ membership, handlersDigest: text(64) }),
  'sync-handlers': shape({
    newer: entries,
    hasMore: flag,
    wanted: list(key, handlerLimit),
    collected: list(key, handlerLimit),
    acks: list(shape({ key, stamp, acks }), handlerLimit),
  }),
  'push-handlers': shape({ refused: list(key, handlerLimit) }),
  'tell-removed': shape({ isKnown: flag }),
  probe: shape({}),
});

const refusal = oneOf({
  unauthenticated: shape({ clusterId: uuid }),
  removed: shape({ clusterId: uuid, member: uuid, epoch, by: uuid }),
  departed: shape({ clusterId: uuid, member: uuid, epoch }),
  versions: shape({
    service: matching(
      (value) => value === 'rpc' || value === 'metadata' || value === 'store',
      'rpc, metadata or store',
    ),
    ours: range,
    theirs: range,
  }),
  failed: shape({ reason: text(1024) }),
});

const credentials = shape({ clusterId: uuid, key: text(256), member: uuid, epoch });

// The checks prove the shapes property by property; the type system cannot follow them, hence the casts.

export function readClusterRequest(value: unknown): Result<ClusterRequest, string> {
  const problem = request(value, 'request');
  return problem === null ? ok(value as ClusterRequest) : err(problem);
}

export function readClusterResponse(value: unknown): Result<ClusterResponse, string> {
  const problem = response(value, 'response');
  return problem === null ? ok(value as ClusterResponse) : err(problem);
}

export function readRefusal(value: unknown): Result<Refusal, string> {
  const problem = refusal(value, 'refusal');
  return problem === null ? ok(value as Refusal) : err(problem);
}

export function readCredentials(value: unknown): Result<Credentials, string> {
  const problem = credentials(value, 'credentials');
  return problem === null ? ok(value as Credentials) : err(problem);
}

export function isMemberRecord(value: unknown): value is MemberRecord {
  return memberRecord(value, 'member') === null;
}

export function isRemovedRecord(value: unknown): value is RemovedRecord {
  return removedRecord(value, 'removed') === null;
}

export function isHandlerEntry(value: unknown): value is HandlerEntry {
  return handlerEntry(value, 'handler') === null;
}

function jsonObject(value: unknown, at: string): string | null {
  return isObject(value) ? null : `${at}: expected an object`;
}

function keyFitsDefinition(value: unknown, at: string): string | null {
  if (!isHandlerEntryShape(value) || value.definition === null) return null;
  return value.key === `${value.definition.topic}/${value.definition.id}`
    ? null
    : `${at}.key: expected the topic and ID of the definition`;
}

function isHandlerEntryShape(value: unknown): value is HandlerEntry {
  return entryShape(value, 'handler') === null;
}
