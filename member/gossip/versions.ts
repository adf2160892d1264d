/** The six version bytes of a member: what it understands and speaks, for the protocol and for its application. */
export interface ProtocolVersions {
  readonly protocolMin: number;
  readonly protocolMax: number;
  readonly protocolCurrent: number;
  readonly delegateMin: number;
  readonly delegateMax: number;
  readonly delegateCurrent: number;
}

export const noVersions: ProtocolVersions = {
  protocolMin: 0,
  protocolMax: 0,
  protocolCurrent: 0,
  delegateMin: 0,
  delegateMax: 0,
  delegateCurrent: 0,
};

/** What we understand, speaking `current` (2 unless told otherwise). */
export function ownVersions(current: number): ProtocolVersions {
  return { ...noVersions, protocolMin: 1, protocolMax: 5, protocolCurrent: current };
}

/** Protocol versions from which a receiver understands a thing. */
export const versionOf = { streamPing: 3, nack: 4, crc: 5 } as const;

export function versionBytes(versions: ProtocolVersions): Uint8Array {
  return Uint8Array.of(
    versions.protocolMin,
    versions.protocolMax,
    versions.protocolCurrent,
    versions.delegateMin,
    versions.delegateMax,
    versions.delegateCurrent,
  );
}

/** Missing bytes count as zero. */
export function parseVersions(bytes: Uint8Array): ProtocolVersions {
  const [protocolMin = 0, protocolMax = 0, protocolCurrent = 0, delegateMin = 0, delegateMax = 0, delegateCurrent = 0] =
    bytes;
  return { protocolMin, protocolMax, protocolCurrent, delegateMin, delegateMax, delegateCurrent };
}

/** What the check of a full sync looks at. */
export interface VersionedRecord {
  readonly name: string;
  readonly isAlive: boolean;
  readonly versions: ProtocolVersions;
  /** False when fewer than five version bytes came: such a record does not narrow the common range. */
  readonly hasRange: boolean;
}

/**
 * Whether everybody can speak with everybody: each record's current versions lie in the range that all alive
 * members share. Answers the library's error text, or null.
 */
export function findIncompatibility(
  remote: readonly VersionedRecord[],
  local: readonly VersionedRecord[],
): string | null {
  const range = { protocolMin: 0, protocolMax: 255, delegateMin: 0, delegateMax: 255 };
  const narrow = ({ versions }: VersionedRecord): void => {
    range.protocolMin = Math.max(range.protocolMin, versions.protocolMin);
    range.protocolMax = Math.min(range.protocolMax, versions.protocolMax);
    range.delegateMin = Math.max(range.delegateMin, versions.delegateMin);
    range.delegateMax = Math.min(range.delegateMax, versions.delegateMax);
  };
  for (const record of remote) if (record.isAlive && record.hasRange) narrow(record);
  for (const record of local) if (record.isAlive) narrow(record);
  for (const { name, versions } of [...remote, ...local]) {
    const { protocolCurrent, delegateCurrent } = versions;
    if (protocolCurrent < range.protocolMin || protocolCurrent > range.protocolMax) {
      return `Node '${name}' protocol version (${protocolCurrent}) is incompatible: [${range.protocolMin}, ${range.protocolMax}]`;
    }
    if (delegateCurrent < range.delegateMin || delegateCurrent > range.delegateMax) {
      return `Node '${name}' delegate protocol version (${delegateCurrent}) is incompatible: [${range.delegateMin}, ${range.delegateMax}]`;
    }
  }
  return null;
}
