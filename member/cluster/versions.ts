import { err, ok, type Result } from '../base/result.ts';

/** The protocol versions that a member understands, both ends included. */
export interface VersionRange {
  readonly min: number;
  readonly max: number;
}

/** D7: what members advertise of themselves. */
export interface VersionRanges {
  readonly rpc: VersionRange;
  readonly metadata: VersionRange;
  readonly store: VersionRange;
}

export type VersionedService = keyof VersionRanges;

export const ownVersionRanges: VersionRanges = {
  rpc: { min: 1, max: 1 },
  metadata: { min: 1, max: 1 },
  store: { min: 1, max: 1 },
};

export interface VersionMismatch {
  readonly service: VersionedService;
  readonly ours: VersionRange;
  readonly theirs: VersionRange;
}

/** The first service for which two members have no version in common. */
export function findVersionMismatch(ours: VersionRanges, theirs: VersionRanges): Result<void, VersionMismatch> {
  for (const service of ['rpc', 'metadata', 'store'] as const) {
    const ranges = { ours: ours[service], theirs: theirs[service] };
    if (ranges.ours.max < ranges.theirs.min || ranges.theirs.max < ranges.ours.min) return err({ service, ...ranges });
  }
  return ok(undefined);
}

export function describeVersionMismatch({ service, ours, theirs }: VersionMismatch): string {
  return `no common ${service} version: this member speaks ${rangeText(ours)}, the other one ${rangeText(theirs)}`;
}

export function rangeText({ min, max }: VersionRange): string {
  return min === max ? `${min}` : `${min} to ${max}`;
}
