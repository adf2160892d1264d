/** What a seed decides about a run before it begins. */
import { randomBelow, randomFloat, type Random } from '../base/random.ts';
import type { LinkQuality } from './sim-network.ts';
import { goodLink } from './sim-network.ts';
import type { HandlerBehaviour } from './sim-world.ts';
import type { ClockSkew } from './sim-process.ts';

export type FaultKind =
  'crash' | 'stop' | 'freeze' | 'stall' | 'cut' | 'one-way-cut' | 'break' | 'slow-disk' | 'clock-jump' | 'membership';

const faultKinds: readonly FaultKind[] = [
  'crash',
  'stop',
  'freeze',
  'stall',
  'cut',
  'one-way-cut',
  'break',
  'slow-disk',
  'clock-jump',
  'membership',
];

export interface DrawnOptions {
  readonly members: number;
  /** Members that start alone and may be added later. */
  readonly spares: number;
  readonly redundancy: number;
  readonly delayPerMemberMs: number;
  readonly fullSyncIntervalMs: number;
  readonly faults: readonly FaultKind[];
  readonly link: LinkQuality;
  readonly handlers: HandlerBehaviour;
  readonly eventEveryMs: number;
  readonly safetyMs: number;
  readonly faultEveryMs: number;
}

/** A short run fits a hundred times into the unit tests; a long one has longer waits and more faults. */
export type RunLength = 'short' | 'long';

export function drawOptions(random: Random, length: RunLength): DrawnOptions {
  const below = (limit: number): number => randomBelow(random, limit);
  const chance = (share: number): boolean => randomFloat(random) < share;
  const isCalm = chance(0.15);
  const isLossy = !isCalm && chance(0.4);
  const sizes = length === 'short' ? [2, 3, 3, 3, 3, 3, 4] : [2, 3, 3, 3, 4, 4, 5];
  const members = sizes[below(sizes.length)] ?? 3;
  const delayPerMemberMs = [500, 1_000, 2_000, 3_000][below(4)] ?? 2_000;
  const areHandlersSlow = !isCalm && chance(0.2);
  return {
    members,
    spares: isCalm ? 0 : below(2),
    redundancy: below(4),
    delayPerMemberMs,
    fullSyncIntervalMs: length === 'short' ? 6_000 : 20_000,
    faults: isCalm ? [] : faultKinds.filter(() => chance(0.4)),
    link: isLossy
      ? {
          lossRate: randomFloat(random) * 0.2,
          duplicateRate: randomFloat(random) * 0.1,
          minLatencyMs: 0.5,
          jitterMs: 1 + below(60),
        }
      : goodLink,
    handlers: {
      minMs: 1,
      jitterMs: areHandlersSlow ? delayPerMemberMs : Math.min(60, delayPerMemberMs / 10),
      failureRate: chance(0.3) ? 0.2 : 0,
    },
    eventEveryMs: [50, 200, 500, 1_000][below(4)] ?? 200,
    safetyMs: length === 'short' ? 6_000 + below(8_000) : 25_000 + below(40_000),
    faultEveryMs: length === 'short' ? 800 + below(2_500) : 1_500 + below(6_000),
  };
}

/** Clocks that do not agree: a little fast or slow, and some seconds apart. */
export function drawSkew(random: Random): ClockSkew {
  return {
    rate: 1 + (randomFloat(random) - 0.5) / 1_000,
    wallOffsetMs: Math.round((randomFloat(random) - 0.5) * 4_000),
  };
}

/** Gossip's longest suspicion for a cluster of this size (gossip.md section 10). */
export function suspicionMaxMs(members: number): number {
  return members <= 3 ? 4_000 : 24_000;
}
