/** Who calls, and why a call is refused, as gRPC metadata. */
import { Metadata, status } from '@grpc/grpc-js';
import type { Credentials, Refusal } from '../../cluster/credentials.ts';
import { readCredentials, readRefusal } from '../../cluster/message-reader.ts';
import { Refusal as RefusalMessage } from './gen/member.ts';

const names = {
  clusterId: 'kapacitor-cluster',
  key: 'kapacitor-key',
  member: 'kapacitor-member',
  epoch: 'kapacitor-epoch',
  /** Where the caller is called back: faults of that link hold the answer. */
  from: 'kapacitor-from',
} as const;
const refusalHeader = 'kapacitor-refusal-bin';

export function callHeaders(credentials: Credentials | null, from: string): Metadata {
  const headers = new Metadata();
  headers.set(names.from, from);
  if (credentials === null) return headers;
  headers.set(names.clusterId, credentials.clusterId);
  headers.set(names.key, credentials.key);
  headers.set(names.member, credentials.member);
  headers.set(names.epoch, String(credentials.epoch));
  return headers;
}

/** Null when the caller shows none, or none that can be read. */
export function credentialsOf(headers: Metadata): Credentials | null {
  const read = readCredentials({
    clusterId: text(headers, names.clusterId),
    key: text(headers, names.key),
    member: text(headers, names.member),
    epoch: Number(text(headers, names.epoch)),
  });
  return read.ok ? read.value : null;
}

export function callerAddress(headers: Metadata): string {
  return text(headers, names.from);
}

export interface RefusedStatus {
  readonly code: status;
  readonly details: string;
  readonly metadata: Metadata;
}

export function refusedStatus(refusal: Refusal): RefusedStatus {
  const metadata = new Metadata();
  const bytes = RefusalMessage.encode(RefusalMessage.fromJSON(refusal)).finish();
  metadata.set(refusalHeader, Buffer.from(bytes));
  return { code: statuses[refusal.kind], details: refusal.kind, metadata };
}

export function refusalOf(metadata: Metadata | undefined): Refusal | undefined {
  const [bytes] = metadata?.get(refusalHeader) ?? [];
  if (!(bytes instanceof Uint8Array)) return undefined;
  try {
    const read = readRefusal(RefusalMessage.decode(bytes));
    return read.ok ? read.value : undefined;
  } catch {
    // Not of ours; the status alone then says that the call failed.
    return undefined;
  }
}

const statuses: Readonly<Record<Refusal['kind'], status>> = {
  unauthenticated: status.UNAUTHENTICATED,
  removed: status.PERMISSION_DENIED,
  departed: status.PERMISSION_DENIED,
  versions: status.FAILED_PRECONDITION,
  failed: status.ABORTED,
};

function text(headers: Metadata, name: string): string {
  const [value] = headers.get(name);
  return typeof value === 'string' ? value : '';
}
