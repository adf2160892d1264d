import { describe, expect, test } from 'vitest';
import type { HostState, LabMember } from '../../electron/contract/state.ts';
import { agreeingMembers, aHost, aMember, aView, memberName } from '../../electron/contract/testing/states.ts';
import { beliefMatrix, memberFacts } from './members.ts';

const two = memberName(2);

function withViews(
  about: Partial<Record<number, Parameters<typeof aView>[1]>>,
  part: Partial<LabMember> = {},
): HostState {
  const members = agreeingMembers(3).map((member, index) => {
    const status = about[index + 1];
    const views = member.views.map((view) =>
      view.member === two && status !== undefined
        ? aView(two, status, { since: (index + 1) * 1_000, deadAt: status === 'suspect' ? 9_000 + index : null })
        : view,
    );
    return member.name === two ? { ...member, ...part } : { ...member, views };
  });
  return aHost({ members });
}

function factsOf(host: HostState, name = two) {
  const member = host.members.find((each) => each.name === name);
  if (member === undefined) throw new Error(`no ${name}`);
  return memberFacts(host, member);
}

test('the ring says the worst of what the others believe', () => {
  expect(factsOf(withViews({ 1: 'suspect', 3: 'alive' })).status).toBe('suspect');
  expect(factsOf(withViews({ 1: 'suspect', 3: 'dead' })).status).toBe('dead');
});

test('the badge says what happened to the process, whatever they believe', () => {
  const facts = factsOf(withViews({}, { process: 'crashed', byFault: true }));
  expect([facts.status, facts.badge, facts.byFault]).toEqual(['alive', 'crashed', true]);
});

test('views of members that do not answer do not count', () => {
  const host = withViews({ 1: 'dead', 3: 'alive' });
  const frozen = {
    ...host,
    members: host.members.map((member, index) => (index === 0 ? { ...member, process: 'frozen' as const } : member)),
  };
  expect(factsOf(frozen).status).toBe('alive');
});

test('a suspicion ends at its earliest deadline', () => {
  const facts = factsOf(withViews({ 1: 'suspect', 3: 'suspect' }));
  expect([facts.deadAt, facts.suspectSince, facts.believedBy]).toEqual([9_000, 1_000, [memberName(1), memberName(3)]]);
});

describe('without a view', () => {
  test.each([
    ['running', 'alive'],
    ['starting', 'starting'],
    ['stopped', 'left'],
    ['crashed', 'unknown'],
  ] as const)('a process that is %s shows as %s', (process, status) => {
    expect(factsOf(aHost({ members: [aMember(2, { process })] })).status).toBe(status);
  });
});

test('a member that starts again shows its start, not its death', () => {
  expect(factsOf(withViews({ 1: 'dead', 3: 'dead' }, { process: 'starting' })).status).toBe('starting');
});

describe('who believes what', () => {
  test('agreed since the last to agree', () => {
    const matrix = beliefMatrix(withViews({ 1: 'suspect', 3: 'suspect' }));
    expect([matrix.isAgreed, matrix.since, matrix.disputed]).toEqual([true, 3_000, []]);
  });

  test('differs since the first to leave the common view', () => {
    const matrix = beliefMatrix(withViews({ 3: 'suspect' }));
    expect([matrix.isAgreed, matrix.since, matrix.disputed]).toEqual([false, 3_000, [two]]);
  });

  test('a row of a process that does not run is silent', () => {
    const matrix = beliefMatrix(withViews({ 1: 'suspect', 3: 'suspect' }, { process: 'crashed' }));
    expect(matrix.rows.map((row) => row.cells.map((cell) => (cell.kind === 'view' ? cell.status : cell.kind)))).toEqual(
      [
        ['self', 'suspect', 'alive'],
        ['silent', 'self', 'silent'],
        ['alive', 'suspect', 'self'],
      ],
    );
  });
});
