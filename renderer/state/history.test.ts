import { expect, test } from 'vitest';
import type { HostState } from '../../electron/contract/state.ts';
import { agreeingMembers, aHost, aLab, aPlan, aView, memberName } from '../../electron/contract/testing/states.ts';
import { emptyHistory, processFaultAt, recordState, statusAt, type History } from './history.ts';

const two = memberName(2);

function seen(status: Parameters<typeof aView>[1], since: number): HostState {
  const members = agreeingMembers(3).map((member) => ({
    ...member,
    views: member.views.map((view) => (view.member === two ? aView(two, status, { since }) : view)),
  }));
  return aHost({ members });
}

function record(...steps: readonly (readonly [number, HostState])[]): History {
  let history = emptyHistory;
  let before: HostState | null = null;
  for (const [at, host] of steps) {
    history = recordState(history, before, host, at);
    before = host;
  }
  return history;
}

test('spans of status follow each other without gap or overlap', () => {
  const history = record([1_000, seen('alive', 0)], [5_000, seen('suspect', 4_900)], [9_000, seen('dead', 8_900)]);
  expect(history.statuses[two]).toEqual([
    { status: 'alive', from: 0, to: 4_900 },
    { status: 'suspect', from: 4_900, to: 8_900 },
    { status: 'dead', from: 8_900, to: null },
  ]);
});

test('the same status again opens no new span', () => {
  expect(record([1_000, seen('alive', 0)], [2_000, seen('alive', 1_500)]).statuses[two]).toHaveLength(1);
});

test('a member that is gone ends its span', () => {
  const without = aHost({ members: agreeingMembers(1) });
  expect(record([1_000, seen('alive', 0)], [2_000, without]).statuses[two]).toEqual([
    { status: 'alive', from: 0, to: 2_000 },
  ]);
});

test('a fault lasts from its own time until it is no longer active', () => {
  const broken = { ...seen('alive', 0), faults: [{ id: 'f', kind: 'crash' as const, members: [two], since: 900 }] };
  const history = record([1_000, broken], [4_000, { ...broken, faults: [] }]);
  expect(history.faults).toEqual([{ id: 'f', kind: 'crash', members: [two], from: 900, to: 4_000 }]);
  expect([
    processFaultAt(history, two, 899),
    processFaultAt(history, two, 900)?.kind,
    processFaultAt(history, two, 4_000),
  ]).toEqual([null, 'crash', null]);
});

test('what was believed at an instant', () => {
  const history = record([1_000, seen('alive', 0)], [5_000, seen('suspect', 4_900)]);
  expect([statusAt(history, two, 4_899)?.status, statusAt(history, two, 4_900)?.status]).toEqual(['alive', 'suspect']);
});

test('another lab begins a history of its own', () => {
  const other = aHost({ lab: aLab({ plan: aPlan(3, { dir: '/elsewhere' }) }) });
  const history = record([1_000, seen('dead', 0)], [9_000, other]);
  expect([history.since, history.statuses[two]?.length]).toEqual([9_000, 1]);
});
