import { expect, test } from 'vitest';
import { agreeingMembers, idOf, memberName } from '../../electron/contract/testing/states.ts';
import { emptyFacts, laneKey, observe, type GossipFacts } from './gossip-facts.ts';

const members = agreeingMembers(3);
const [one, two, three] = [memberName(1), memberName(2), memberName(3)];

function notice(
  observer: string,
  at: number,
  kind: string,
  about: number,
  fields: Readonly<Record<string, unknown>> = {},
) {
  return { member: observer, at, observation: { kind, member: idOf(about), ...fields } };
}

function after(facts: GossipFacts, ...notices: ReturnType<typeof notice>[]): GossipFacts {
  return observe(facts, notices, members, notices.at(-1)?.at ?? 0);
}

test('a link knows the round trip of each direction by itself', () => {
  const facts = after(
    emptyFacts,
    notice(one, 10, 'probe-acked', 2, { roundTripMs: 0.4 }),
    notice(two, 20, 'probe-acked', 1, { roundTripMs: 0.6 }),
  );
  expect([facts.lanes[laneKey(one, two)]?.roundTripMs, facts.lanes[laneKey(two, one)]?.roundTripMs]).toEqual([
    0.4, 0.6,
  ]);
});

test('a stream that says nothing new changes no reference', () => {
  const facts = after(emptyFacts, notice(one, 1_000, 'probe-acked', 2, { roundTripMs: 0.4 }));
  expect(after(facts, notice(one, 1_300, 'probe-acked', 2, { roundTripMs: 0.45 }))).toBe(facts);
  expect(after(facts, notice(one, 1_300, 'probe-acked', 2, { roundTripMs: 200 }))).not.toBe(facts);
});

test('a lane is unanswered from its failed probe to the next ack', () => {
  const failed = after(emptyFacts, notice(one, 10, 'probe-failed', 2));
  expect(failed.lanes[laneKey(one, two)]?.failedAt).toBe(10);
  expect(
    after(failed, notice(one, 20, 'probe-acked', 2, { roundTripMs: 1 })).lanes[laneKey(one, two)]?.failedAt,
  ).toBeNull();
});

test('the reason of a suspicion is told in the order of time, and further probes add nothing', () => {
  const facts = after(
    emptyFacts,
    notice(three, 100, 'probe-indirect', 2, { relays: [idOf(1)] }),
    notice(three, 600, 'probe-failed', 2),
    notice(three, 601, 'suspected', 2, { from: idOf(3), incarnation: 1, timeoutMs: 4_000 }),
    notice(one, 780, 'suspected', 2, { from: idOf(3), incarnation: 1, timeoutMs: 4_000 }),
    notice(three, 1_700, 'probe-failed', 2),
    notice(three, 1_900, 'suspicion-confirmed', 2, { from: idOf(1), confirmations: 1, remainingMs: 900 }),
    notice(three, 4_600, 'status', 2, { status: 'dead', previous: 'suspect' }),
  );
  expect(facts.why[two]?.map((line) => line.text)).toEqual([
    `${three} probed it, no ack, asks ${one}`,
    `${three} got no ack through others`,
    `${three} suspects it`,
    `${one} heard it from ${three}`,
    `${three}: ${one} confirms, less time is left`,
    `${three} declared it dead`,
  ]);
});

test('a refutation ends the story, and the next failed probe begins a new one', () => {
  const refuted = after(
    emptyFacts,
    notice(one, 1, 'suspected', 2, { from: idOf(1) }),
    notice(two, 2, 'refuted', 2, { incarnation: 3 }),
  );
  expect(refuted.why[two]?.at(-1)?.text).toBe('refuted, incarnation 3');
  expect(after(refuted, notice(one, 9, 'probe-failed', 2)).why[two]?.length).toBe(1);
});

test('probes are counted by the second, for the last two minutes', () => {
  const facts = after(
    emptyFacts,
    notice(one, 1_000, 'probe-started', 2),
    notice(two, 1_900, 'probe-started', 3),
    notice(one, 200_000, 'probe-started', 3),
  );
  expect(facts.probes).toEqual({ 200: 1 });
});

test('fields of a wrong type are no facts', () => {
  const facts = after(emptyFacts, notice(one, 1, 'probe-acked', 2, { roundTripMs: 'fast' }));
  expect(facts.lanes[laneKey(one, two)]?.roundTripMs).toBeNull();
  expect(observe(emptyFacts, [{ member: one, at: 1, observation: { kind: 7 } }], members, 1)).toBe(emptyFacts);
});
