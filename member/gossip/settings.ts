/**
 * Timings and limits of the protocol. All members of a cluster should agree on them; the LAN values are those of
 * memberlist's `DefaultLANConfig`.
 */
export interface GossipSettings {
  readonly gossipMembers: number;
  readonly gossipIntervalMs: number;
  readonly fullSyncIntervalMs: number;
  readonly probeIntervalMs: number;
  readonly probeTimeoutMs: number;
  readonly indirectChecks: number;
  readonly suspicionMult: number;
  readonly suspicionMaxTimeoutMult: number;
  readonly retransmitMult: number;
  readonly awarenessMaxMultiplier: number;
  readonly gossipToTheDeadMs: number;
  /** 0: a dead name never moves to another address. */
  readonly deadNodeReclaimMs: number;
  readonly streamTimeoutMs: number;
  readonly packetSizeLimit: number;
  readonly isCompressing: boolean;
  readonly isVerifyingIncoming: boolean;
  readonly isEncryptingOutgoing: boolean;
  readonly isStreamPinging: boolean;
  readonly protocolVersion: number;
}

export const lanSettings: GossipSettings = {
  gossipMembers: 3,
  gossipIntervalMs: 200,
  fullSyncIntervalMs: 30_000,
  probeIntervalMs: 1_000,
  probeTimeoutMs: 500,
  indirectChecks: 3,
  suspicionMult: 4,
  suspicionMaxTimeoutMult: 6,
  retransmitMult: 4,
  awarenessMaxMultiplier: 8,
  gossipToTheDeadMs: 30_000,
  deadNodeReclaimMs: 0,
  streamTimeoutMs: 10_000,
  packetSizeLimit: 1_400,
  isCompressing: true,
  isVerifyingIncoming: true,
  isEncryptingOutgoing: true,
  isStreamPinging: true,
  protocolVersion: 2,
};

/** Bounds that are not settings: what an instance holds or reads at most, whoever talks to it. */
export const limits = {
  metaBytes: 512,
  labelBytes: 255,
  /** Records in the member table; further names are refused. */
  members: 16_384,
  inboundQueue: 1_024,
  userBroadcasts: 1_024,
  /** The packaged 0.2.2 misreads more. */
  compoundPartsWritten: 127,
  frameBytes: 20 * 1024 * 1024,
  decompressedBytes: 40 * 1024 * 1024,
  syncRecords: 1_048_576,
  inboundFullSyncs: 127,
  streams: 512,
  /** Bytes of unfinished inbound messages, over all streams. */
  streamBufferBytes: 64 * 1024 * 1024,
  relays: 1_024,
} as const;
