import { describe, expect, test } from 'vitest';
import type { HostState, LinkFaultState } from '../../electron/contract/state.ts';
import { agreeingMembers, aHost, aMember, aView, idOf, memberName } from '../../electron/contract/testing/states.ts';
import { emptyFacts, laneKey, type GossipFacts } from './gossip-facts.ts';
import { allLinks } from './links.ts';

const [one, two, three] = [memberName(1), memberName(2), memberName(3)];
const fault = (from: string, to: string, part: Partial<LinkFaultState> = {}): LinkFaultState => ({
  from,
  to,
  cut: false,
  delayMs: 0,
  jitterMs: 0,
  loss: 0,
  ...part,
});
const link = (host: HostState, a: string, b: string, facts: GossipFacts = emptyFacts) =>
  allLinks(host, facts).find((each) => each.a === a && each.b === b);

test('three members have three links', () => {
  expect(allLinks(aHost(), emptyFacts).map((each) => `${each.a} ${each.b} ${each.words}`)).toEqual([
    `${one} ${two} healthy`,
    `${one} ${three} healthy`,
    `${two} ${three} healthy`,
  ]);
});

describe('faults name themselves', () => {
  test.each([
    [[fault(one, three, { cut: true }), fault(three, one, { cut: true })], 'cut both ways', 'cut'],
    [[fault(one, three, { cut: true })], `cut towards ${three}`, null],
    [[fault(three, one, { cut: true })], `cut towards ${one}`, null],
    [[fault(one, three, { delayMs: 200 }), fault(three, one, { delayMs: 200 })], 'slow 200 ms', 'slow'],
    [[fault(one, three, { loss: 0.2 }), fault(three, one, { loss: 0.2 })], 'lossy 20 %', 'lossy'],
  ] as const)('%j', (links, words, sign) => {
    const found = link(aHost({ links: [...links] }), one, three);
    expect([found?.words, found?.sign, found?.hasFault]).toEqual([words, sign, true]);
  });

  test('also when the host names members by ID', () => {
    expect(link(aHost({ links: [fault(idOf(1), idOf(3), { cut: true })] }), one, three)?.words).toBe(
      `cut towards ${three}`,
    );
  });
});

test('a suspect is asked without an answer; its own lane is down with its process', () => {
  const members = agreeingMembers(3).map((member) =>
    member.name === two
      ? { ...member, process: 'crashed' as const }
      : { ...member, views: member.views.map((view) => (view.member === two ? aView(two, 'suspect') : view)) },
  );
  const found = link(aHost({ members }), one, two);
  expect([found?.there.state, found?.back.state, found?.label, found?.words]).toEqual([
    'unanswered',
    'down',
    'no ack',
    'unanswered',
  ]);
});

test('the label is the mean of what both directions measured', () => {
  const lane = (roundTripMs: number) => ({ roundTripMs, answeredAt: 1, failedAt: null });
  const facts = { ...emptyFacts, lanes: { [laneKey(one, two)]: lane(0.3), [laneKey(two, one)]: lane(0.5) } };
  expect(link(aHost(), one, two, facts)?.label).toBe('0.4 ms');
  expect(link(aHost(), one, three, facts)?.label).toBeNull();
});

test('members that have not met are not joined yet', () => {
  expect(link(aHost({ members: [aMember(1), aMember(2, { process: 'starting' })] }), one, two)?.words).toBe('not yet');
});
