import type { Random } from '../base/random.ts';
import type { GossipMember } from './output.ts';
import type { GossipSettings } from './settings.ts';
import type { AesGcm } from './wire/aes-gcm.ts';

/** A record as it came over the network, before anything was done with it. */
export type OfferedMember = Pick<
  GossipMember,
  'name' | 'host' | 'port' | 'meta' | 'versions' | 'incarnation' | 'status'
>;

export interface GossipOptions {
  /** Unique in the cluster; the member ID. Not empty. */
  readonly name: string;
  /** What others are told, and compare: an IP address as text and a port. */
  readonly advertise: { readonly host: string; readonly port: number };
  /** Stands in for port 0 in what others say, and for a missing port in join addresses. Default: the advertised one. */
  readonly bindPort?: number;
  /** At most 512 bytes. */
  readonly meta: Uint8Array;
  readonly settings: GossipSettings;
  readonly random: Random;
  /** At most 255 bytes as UTF-8; empty (the default): none, as the packaged 0.2.2 wants it. */
  readonly label?: string;
  /** 16, 24 or 32 bytes each; the first one encrypts, all decrypt. */
  readonly encryption?: { readonly keys: readonly Uint8Array[]; readonly aesGcm: AesGcm };
  /** Refuses one alive record, whoever sent it: a reason, or null to accept. Pure. Not asked about our own start and updates. */
  readonly aliveVeto?: (offered: OfferedMember) => string | null;
  /** Refuses a whole state received in a join, on both sides: a reason, or null to accept. Pure. */
  readonly mergeVeto?: (offered: readonly OfferedMember[]) => string | null;
}
