import { describe, expect, test } from 'vitest';
import type { Change } from '../../electron/contract/notices.ts';
import { aHost, aHandledAlert, aMember, anAlert, memberName } from '../../electron/contract/testing/states.ts';
import { emptyWorld, takeConnection, takeStateNotice, type World } from './world.ts';

const start = takeStateNotice(emptyWorld, { kind: 'snapshot', seq: 7, state: aHost() }, 1_000).world;

function after(world: World, ...changes: Change[]): World {
  const { world: next, gap } = takeStateNotice(world, { kind: 'changes', seq: world.seq + 1, changes }, 2_000);
  expect(gap).toBe(false);
  return next;
}

test('a snapshot replaces everything and makes the connection live', () => {
  expect([start.seq, start.connection, start.host?.members.length]).toEqual([7, 'live', 3]);
});

test('changes that follow are taken in', () => {
  expect(after(start, { part: 'topics', value: [] }).host?.topics).toEqual([]);
});

test('a missing notice is a gap and changes nothing', () => {
  expect(takeStateNotice(start, { kind: 'changes', seq: 9, changes: [{ part: 'topics', value: [] }] }, 2_000)).toEqual({
    world: start,
    gap: true,
  });
});

test('a notice from before the snapshot is dropped without asking again', () => {
  expect(takeStateNotice(start, { kind: 'changes', seq: 7, changes: [{ part: 'topics', value: [] }] }, 2_000)).toEqual({
    world: start,
    gap: false,
  });
});

describe('parts', () => {
  test('a known member is replaced in its place, a new one comes last', () => {
    const changed = after(
      start,
      { part: 'member', value: aMember(2, { pid: 1 }) },
      { part: 'member', value: aMember(4) },
    );
    expect(changed.host?.members.map((member) => [member.name, member.pid])).toEqual([
      [memberName(1), 49_950],
      [memberName(2), 1],
      [memberName(3), 49_952],
      [memberName(4), 49_953],
    ]);
  });

  test('a member that is gone leaves no hole', () => {
    expect(
      after(start, { part: 'member-gone', name: memberName(2) }).host?.members.map((member) => member.name),
    ).toEqual([memberName(1), memberName(3)]);
  });

  test('alerts stand newest first by event time, whatever the order of arrival', () => {
    const world = after(
      start,
      ...[5_000, 9_000, 7_000].map((at) => ({ part: 'alert' as const, value: aHandledAlert(at) })),
    );
    expect(world.host?.alerts.map((alert) => alert.at)).toEqual([9_000, 7_000, 5_000]);
  });

  test('an alert that is known changes where it stands', () => {
    const world = after(
      start,
      { part: 'alert', value: anAlert({ key: 'a', at: 1 }) },
      { part: 'alert', value: anAlert({ key: 'b', at: 2 }) },
    );
    const changed = after(world, { part: 'alert', value: anAlert({ key: 'a', at: 1, outcome: 'once' }) });
    expect(changed.host?.alerts.map((alert) => [alert.key, alert.outcome])).toEqual([
      ['b', 'pending'],
      ['a', 'once'],
    ]);
  });

  test('the newest thousand alerts are kept', () => {
    const world = after(
      start,
      ...Array.from({ length: 1_005 }, (_, at) => ({ part: 'alert' as const, value: anAlert({ key: `${at}`, at }) })),
    );
    expect([world.host?.alerts.length, world.host?.alerts[0]?.at, world.host?.alerts.at(-1)?.at]).toEqual([
      1_000, 1_004, 5,
    ]);
  });

  test('the outcome of a command replaces the line that was running', () => {
    const line = { at: 5, line: 'kapacitor-lab fault crash kapacitor-2', error: null };
    const running = after(start, { part: 'command', value: { ...line, outcome: 'running' } });
    expect(after(running, { part: 'command', value: { ...line, outcome: 'done' } }).host?.commands).toEqual([
      { ...line, outcome: 'done' },
    ]);
  });
});

test('a lost connection keeps the last state and says since when', () => {
  const lost = takeConnection(start, 'lost', 9_000);
  expect([lost.connection, lost.connectionSince, lost.host]).toEqual(['lost', 9_000, start.host]);
  expect(takeConnection(lost, 'lost', 9_500)).toBe(lost);
});

test('what did not change keeps its reference, so that nothing is drawn anew', () => {
  const changed = after(start, { part: 'topics', value: [] });
  expect(changed.host?.members).toBe(start.host?.members);
  expect(changed.history.statuses).toBe(start.history.statuses);
});
