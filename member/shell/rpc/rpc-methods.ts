/** The methods of `member.proto` and how the cores' messages become theirs and back. */
import type { MethodDefinition } from '@grpc/grpc-js';
import { readPeerAnswer, readPeerRequest } from '../../alerts/message-reader.ts';
import type { PeerAnswer, PeerRequest } from '../../alerts/messages.ts';
import { ok, type Result } from '../../base/result.ts';
import { readClusterRequest, readClusterResponse } from '../../cluster/message-reader.ts';
import type { ClusterRequest, ClusterResponse } from '../../cluster/messages.ts';
import * as proto from './gen/member.ts';

/** Everything members say to each other; the same shape as the composition's. */
export type MemberRequest =
  | { readonly service: 'cluster'; readonly message: ClusterRequest }
  | { readonly service: 'alerts'; readonly message: PeerRequest };

export type MemberResponse =
  | { readonly service: 'cluster'; readonly message: ClusterResponse }
  | { readonly service: 'alerts'; readonly message: PeerAnswer };

/** One method as both ends use it: bytes on the wire, checked messages of the cores on either side. */
export interface RpcMethod {
  readonly path: string;
  writeRequest(request: MemberRequest): Buffer;
  /** The error says what is wrong with the message. */
  readRequest(bytes: Buffer): Result<MemberRequest, string>;
  writeResponse(response: MemberResponse): Buffer;
  readResponse(bytes: Buffer): Result<MemberResponse, string>;
}

interface Codec<Message> {
  encode(message: Message): { finish(): Uint8Array };
  decode(bytes: Uint8Array): Message;
  fromJSON(object: unknown): Message;
}

const clusterMethods: Readonly<Record<ClusterRequest['kind'], RpcMethod>> = {
  hello: clusterMethod('hello', proto.ClusterService.hello, proto.HelloRequest, proto.HelloReply),
  invite: clusterMethod('invite', proto.ClusterService.invite, proto.InviteRequest, proto.InviteReply),
  'settle-invitation': clusterMethod(
    'settle-invitation',
    proto.ClusterService.settleInvitation,
    proto.SettleInvitationRequest,
    proto.SettleInvitationReply,
  ),
  'sync-members': clusterMethod(
    'sync-members',
    proto.ClusterService.syncMembers,
    proto.SyncMembersRequest,
    proto.SyncMembersReply,
  ),
  'sync-handlers': clusterMethod(
    'sync-handlers',
    proto.ClusterService.syncHandlers,
    proto.SyncHandlersRequest,
    proto.SyncHandlersReply,
  ),
  'push-handlers': clusterMethod(
    'push-handlers',
    proto.ClusterService.pushHandlers,
    proto.PushHandlersRequest,
    proto.PushHandlersReply,
  ),
  'tell-removed': clusterMethod(
    'tell-removed',
    proto.ClusterService.tellRemoved,
    proto.TellRemovedRequest,
    proto.TellRemovedReply,
  ),
  probe: clusterMethod('probe', proto.ClusterService.probe, proto.ProbeRequest, proto.ProbeReply),
};

const alertsMethods: Readonly<Record<PeerRequest['kind'], RpcMethod>> = {
  publications: alertsMethod('publications', proto.AlertsService.publish, proto.PublicationsRequest),
  completions: alertsMethod('completions', proto.AlertsService.complete, proto.CompletionsRequest),
  ask: alertsMethod('ask', proto.AlertsService.ask, proto.AskRequest),
  deletion: alertsMethod('deletion', proto.AlertsService.deleteTopic, proto.DeletionRequest),
  sync: alertsMethod('sync', proto.AlertsService.sync, proto.SyncRequest),
};

export function methodOf(request: MemberRequest): RpcMethod {
  return request.service === 'cluster' ? clusterMethods[request.message.kind] : alertsMethods[request.message.kind];
}

export const allMethods: readonly RpcMethod[] = [...Object.values(clusterMethods), ...Object.values(alertsMethods)];

/** The method as grpc-js wants it: bytes in, bytes out; reading and checking is ours. */
export function definitionOf({ path }: RpcMethod): MethodDefinition<Buffer, Buffer> {
  const asItIs = (bytes: Buffer): Buffer => bytes;
  return {
    path,
    requestStream: false,
    responseStream: false,
    requestSerialize: asItIs,
    requestDeserialize: asItIs,
    responseSerialize: asItIs,
    responseDeserialize: asItIs,
  };
}

function clusterMethod<Request, Reply>(
  kind: ClusterRequest['kind'],
  { path }: { readonly path: string },
  request: Codec<Request>,
  reply: Codec<Reply>,
): RpcMethod {
  return {
    path,
    writeRequest: ({ message }) => write(request, message),
    readRequest: (bytes) => inService('cluster', readClusterRequest({ ...read(request, bytes), kind })),
    writeResponse: ({ message }) => write(reply, message),
    readResponse: (bytes) => inService('cluster', readClusterResponse({ ...read(reply, bytes), kind })),
  };
}

function alertsMethod<Request>(
  kind: PeerRequest['kind'],
  { path }: { readonly path: string },
  request: Codec<Request>,
): RpcMethod {
  return {
    path,
    writeRequest: ({ message }) => write(request, message),
    readRequest: (bytes) => inService('alerts', readPeerRequest({ ...read(request, bytes), kind })),
    writeResponse: ({ message }) => write(proto.AlertsAnswer, message),
    readResponse: (bytes) => inService('alerts', readPeerAnswer(read(proto.AlertsAnswer, bytes))),
  };
}

function inService<Service extends string, Message>(
  service: Service,
  read: Result<Message, string>,
): Result<{ readonly service: Service; readonly message: Message }, string> {
  return read.ok ? ok({ service, message: read.value }) : read;
}

function write<Message>(codec: Codec<Message>, message: unknown): Buffer {
  return Buffer.from(codec.encode(codec.fromJSON(wireValue(message))).finish());
}

/** The message as plain JSON, the way the cores write theirs; bytes that are none at all become an empty message. */
function read<Message>(codec: Codec<Message>, bytes: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const plain = plainValue(codec.decode(bytes));
    return isObject(plain) ? plain : {};
  } catch {
    return {};
  }
}

/**
 * Names of tags and fields are anybody's, and the generated code assigns them to plain objects, where a `__proto__` is
 * lost. So it travels with an underscore more in front, and so do the names that would then be taken for it.
 */
const protoName = /^__+proto__$/;

function wireValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(wireValue);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]) => [protoName.test(name) ? `_${name}` : name, wireValue(entry)]),
  );
}

/** 64-bit integers as decimal text, what is not there as null, names as they were before they travelled. */
function plainValue(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value === undefined) return null;
  if (Array.isArray(value)) return value.map(plainValue);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]) => [protoName.test(name) ? name.slice(1) : name, plainValue(entry)]),
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
