/**
 * What a member tells about itself in gossip: at most 512 bytes (memberlist's limit), so in binary. After the magic
 * come cluster ID, epoch and revision, then the profile. Numbers are LEB128, texts are prefixed with their length;
 * an RPC or API host equal to the gossip host is left out.
 */
import { clusterId, uuidBytes, type ClusterId } from '../base/ids.ts';
import { err, ok, type Result } from '../base/result.ts';
import { decodeUtf8 } from '../base/utf8.ts';
import type { MemberProfile } from './member-record.ts';
import type { VersionRange } from './versions.ts';

export interface Metadata {
  readonly clusterId: ClusterId;
  readonly epoch: number;
  readonly revision: number;
  readonly profile: MemberProfile;
}

export const metadataLimitBytes = 512;

/** "KL" and the version of this layout. */
const magic = Uint8Array.of(0x4b, 0x4c, 0x01);

/** An error names what does not fit; it stops the start of the member (D29). */
export function encodeMetadata({ clusterId, epoch, revision, profile }: Metadata): Result<Uint8Array, string> {
  const writer = new MetadataWriter();
  writer.bytes(magic);
  writer.bytes(uuidBytes(clusterId));
  writer.number(epoch);
  writer.number(revision);
  for (const range of [profile.versions.rpc, profile.versions.metadata, profile.versions.store]) {
    writer.number(range.min);
    writer.number(range.max);
  }
  writer.number(profile.redundancy);
  writer.number(profile.delayPerMemberMs);
  writer.number(profile.mayOwn ? 1 : 0);
  const gossipHost = hostOf(profile.gossip);
  writer.text(profile.gossip);
  for (const address of [profile.rpc, profile.api]) {
    writer.text(hostOf(address) === gossipHost ? address.slice(gossipHost.length) : address);
  }
  writer.number(profile.roles.length);
  for (const role of profile.roles) writer.text(role);
  const encoded = writer.done();
  if (encoded.length <= metadataLimitBytes) return ok(encoded);
  const addresses = [profile.gossip, profile.rpc, profile.api].join(', ');
  const size = `the metadata of this member takes ${encoded.length} bytes, ${metadataLimitBytes} are allowed`;
  return err(`${size}: shorten the advertised addresses (${addresses}) or the roles`);
}

/** Undefined when the bytes are not metadata of ours, in any version that we read. */
export function decodeMetadata(bytes: Uint8Array): Metadata | undefined {
  const reader = new MetadataReader(bytes);
  if (!magic.every((byte) => reader.byte() === byte)) return undefined;
  const id = reader.uuid();
  const epoch = reader.number();
  const revision = reader.number();
  const range = (): VersionRange => ({ min: reader.number(), max: reader.number() });
  const versions = { rpc: range(), metadata: range(), store: range() };
  const redundancy = reader.number();
  const delayPerMemberMs = reader.number();
  const mayOwn = reader.number() === 1;
  const gossip = reader.text();
  const address = (text: string): string => (text.startsWith(':') ? hostOf(gossip) + text : text);
  const rpc = address(reader.text());
  const api = address(reader.text());
  const roles: string[] = [];
  for (let left = reader.number(); left > 0 && reader.isIntact(); left--) roles.push(reader.text());
  if (!reader.isIntact()) return undefined;
  return {
    clusterId: clusterId(id),
    epoch,
    revision,
    profile: { gossip, rpc, api, roles, versions, redundancy, delayPerMemberMs, mayOwn },
  };
}

function hostOf(address: string): string {
  return address.slice(0, Math.max(0, address.lastIndexOf(':')));
}

class MetadataWriter {
  readonly #bytes: number[] = [];

  bytes(values: Uint8Array): void {
    for (const value of values) this.#bytes.push(value);
  }

  number(value: number): void {
    let rest = Math.max(0, Math.floor(value));
    while (rest >= 0x80) {
      this.#bytes.push((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes.push(rest);
  }

  text(value: string): void {
    const encoded = new TextEncoder().encode(value);
    this.number(encoded.length);
    this.bytes(encoded);
  }

  done(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}

/** Reads past the end as zeros and remembers that it did. */
class MetadataReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #isBroken = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  isIntact(): boolean {
    return !this.#isBroken;
  }

  byte(): number {
    const value = this.#bytes[this.#at];
    if (value === undefined) {
      this.#isBroken = true;
      return 0;
    }
    this.#at++;
    return value;
  }

  number(): number {
    let value = 0;
    // Seven groups of seven bits stay below 2^53.
    for (let group = 0; group < 7; group++) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** (7 * group);
      if (byte < 0x80) return value;
    }
    this.#isBroken = true;
    return 0;
  }

  text(): string {
    const length = this.number();
    if (this.#at + length > this.#bytes.length) {
      this.#isBroken = true;
      return '';
    }
    const slice = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return decodeUtf8(slice);
  }

  uuid(): string {
    const hex = Array.from({ length: 16 }, () => this.byte().toString(16).padStart(2, '0')).join('');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }
}
