import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clusterId, memberId } from '../base/ids.ts';
import { Membership } from './membership.ts';
import type { MemberRecord, MembershipState, RemovedRecord } from './member-record.ts';
import { ownVersionRanges } from './versions.ts';

const ids = ['a', 'b', 'c'].map((letter) => memberId(`${letter.repeat(8)}-0000-4000-8000-000000000000`));
const cluster = clusterId('876ddfb4-1879-4f40-87e2-4080c04d3096');

function record(index: number, epoch: number, revision: number): MemberRecord {
  const id = ids[index] ?? ids[0] ?? memberId('');
  return {
    id,
    epoch,
    revision,
    // Of one (epoch, revision) there is one record only: the member itself makes them.
    gossip: `h:${9000 + epoch * 10 + revision}`,
    rpc: 'h:9091',
    api: 'h:9092',
    roles: ['worker'],
    versions: ownVersionRanges,
    redundancy: 0,
    delayPerMemberMs: 1,
    mayOwn: true,
    addedBy: id,
  };
}

function removal(index: number, epoch: number): RemovedRecord {
  const id = ids[index] ?? ids[0] ?? memberId('');
  return { id, epoch, clusterId: cluster, by: id, rpc: 'h:9091', isTold: false };
}

const state: fc.Arbitrary<MembershipState> = fc.record({
  members: fc.array(
    fc.tuple(fc.nat(2), fc.integer({ min: 1, max: 4 }), fc.nat(3)).map((drawn) => record(...drawn)),
    { maxLength: 4 },
  ),
  removed: fc.array(
    fc.tuple(fc.nat(2), fc.integer({ min: 1, max: 4 })).map((drawn) => removal(...drawn)),
    { maxLength: 3 },
  ),
});

function mergeAll(states: readonly MembershipState[]): { state: unknown; version: number } {
  const membership = new Membership();
  for (const part of states) membership.merge(part);
  const removed = [...membership.removed()].sort((x, y) => (x.id < y.id ? -1 : 1));
  return { state: { members: membership.members(), removed }, version: membership.ownersVersion() };
}

describe('merging memberships', () => {
  test('the order of messages, and how often they come, makes no difference', () => {
    const isOne = fc.property(fc.array(state, { maxLength: 6 }), fc.infiniteStream(fc.nat()), (states, picks) => {
      const shuffled = [...states, ...states];
      for (let i = shuffled.length - 1; i > 0; i--) {
        const j = (picks.next().value ?? 0) % (i + 1);
        const held = shuffled[i];
        const other = shuffled[j];
        if (held !== undefined && other !== undefined) [shuffled[i], shuffled[j]] = [other, held];
      }
      expect(mergeAll(shuffled)).toEqual(mergeAll(states));
    });
    expect(() => fc.assert(isOne)).not.toThrow();
  });

  test('D10: no record of a removed epoch is ever held', () => {
    const isGone = fc.property(fc.array(state, { maxLength: 6 }), (states) => {
      const membership = new Membership();
      for (const part of states) {
        membership.merge(part);
        for (const { id, epoch } of membership.members()) expect(epoch).toBeGreaterThan(membership.removedEpoch(id));
      }
    });
    expect(() => fc.assert(isGone)).not.toThrow();
  });

  test('D20: the version of the owners grows with every change of the members, and never shrinks', () => {
    const grows = fc.property(fc.array(state, { maxLength: 8 }), (states) => {
      const membership = new Membership();
      for (const part of states) {
        const before = { version: membership.ownersVersion(), members: JSON.stringify(membership.members()) };
        membership.merge(part);
        const isChanged = JSON.stringify(membership.members()) !== before.members;
        expect(membership.ownersVersion()).toBeGreaterThanOrEqual(before.version + (isChanged ? 1 : 0));
      }
    });
    expect(() => fc.assert(grows)).not.toThrow();
  });
});
