import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { applyChange } from '../contract/apply-change.ts';
import type { Change, StateNotice } from '../contract/notices.ts';
import type { AlertRecord, HostState } from '../contract/state.ts';
import { anAlert } from '../contract/testing/states.ts';
import { hostState, labMemberState } from '../testing/states.ts';
import { StateStore } from './state-store.ts';

const alert = (key: string, at: number): AlertRecord => anAlert({ key, at });
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.integer({ min: 1, max: 6 }).map((number): Change => ({ part: 'member', value: labMemberState(number) })),
  fc.integer({ min: 1, max: 6 }).map((number): Change => ({ part: 'member-gone', name: `kapacitor-${number}` })),
  fc
    .tuple(fc.integer({ max: 5, min: 0 }), fc.nat(20))
    .map(([key, at]): Change => ({ part: 'alert', value: alert(String(key), at) })),
  fc.constant<Change>({ part: 'alerts-cleared' }),
  fc.nat(5).map((at): Change => ({ part: 'command', value: { at, line: 'x', outcome: 'done', error: null } })),
  fc.nat(9).map((seen): Change => ({ part: 'member', value: labMemberState(1, { seenAt: seen }) })),
);

function applied(notices: readonly StateNotice[]): HostState {
  const [first, ...rest] = notices;
  if (first?.kind !== 'snapshot') throw new Error('no snapshot first');
  return rest.reduce(
    (state, notice) => (notice.kind === 'changes' ? notice.changes.reduce(applyChange, state) : notice.state),
    first.state,
  );
}

describe('state store', () => {
  afterEach(() => void vi.useRealTimers());

  test('alerts are newest first by event time, one per key', () => {
    const changes = [5, 9, 7].map((at): Change => ({ part: 'alert', value: alert(`k${at}`, at) }));
    const state = [...changes, { part: 'alert' as const, value: alert('k7', 7) }].reduce(applyChange, hostState());
    expect(state.alerts.map(({ key }) => key)).toEqual(['k9', 'k7', 'k5']);
  });

  test('alerts of one time keep their order when one of them moves there, merged or not', () => {
    const moved = [alert('a', 1), alert('b', 0), alert('b', 1)].map((value): Change => ({ part: 'alert', value }));
    expect(moved.reduce(applyChange, hostState()).alerts.map(({ key }) => key)).toEqual(['a', 'b']);
  });

  test('merged notices make the state that single changes make; numbers have no gap', () => {
    vi.useFakeTimers();
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 20 }), (changes) => {
        const store = new StateStore(hostState());
        const notices: StateNotice[] = [];
        const undo = store.follow({ listener: (notice) => notices.push(notice), isVisible: () => true });
        for (const one of changes) store.change(one);
        vi.runAllTimers();
        undo();
        expect(applied(notices)).toEqual(store.state);
        expect(notices.map(({ seq }) => seq)).toEqual([1, 2]);
      }),
      { numRuns: 2_000 },
    );
  });

  test('until resolves when the condition holds, or with false when the time is over', async () => {
    const store = new StateStore(hostState());
    const waiting = store.until(({ alerts }) => alerts.length > 0, 5_000);
    store.change({ part: 'alert', value: alert('k', 1) });
    expect(await waiting).toBe(true);
    expect(await store.until(() => false, 10)).toBe(false);
  });
});
