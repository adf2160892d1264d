import { expect, test } from 'vitest';
import { aHandledAlert, aHost, anAlert, aStep, memberName } from '../../electron/contract/testing/states.ts';
import { emptyHistory, type History } from './history.ts';
import { axisTicks, timelineScene, type TimelineFrame } from './timeline.ts';

const anchor = 100_000;
const frame: TimelineFrame = { anchor, pxPerMs: 0.1, fromMs: -10_000, toMs: 3_000 };
const history: History = {
  ...emptyHistory,
  since: 0,
  statuses: {
    [memberName(2)]: [
      { status: 'alive', from: 0, to: anchor - 2_000 },
      { status: 'suspect', from: anchor - 2_000, to: null },
    ],
  },
  faults: [
    { id: 'a', kind: 'cut', members: [memberName(1), memberName(3)], from: anchor - 5_000, to: null },
    { id: 'b', kind: 'crash', members: [memberName(2)], from: anchor - 4_000, to: null },
    { id: 'old', kind: 'stop', members: [memberName(2)], from: 0, to: 1_000 },
  ],
};

test('lanes: faults, members, the topic', () => {
  expect(timelineScene(aHost(), history, 'cpu-alerts', frame, anchor).lanes.map((lane) => lane.title)).toEqual([
    'Faults',
    'kapacitor-1',
    'kapacitor-2',
    'kapacitor-3',
    'cpu-alerts',
  ]);
});

test('faults that overlap stand under each other, and what is out of sight is not drawn', () => {
  const faults = timelineScene(aHost(), history, null, frame, anchor).past.flatMap((mark) =>
    mark.kind === 'span' && mark.look === 'fault' ? [mark] : [],
  );
  expect(faults.map((mark) => mark.label)).toEqual(['cut 1–3', 'crash kapacitor-2']);
  expect(faults[1]?.y).toBeGreaterThan(faults[0]?.y ?? 0);
  expect(faults.map((mark) => [mark.x1, mark.seenTo])).toEqual([
    [-500, 0],
    [-400, 0],
  ]);
});

test('words of alerts that stand too close give way to the later one', () => {
  const alerts = [anchor - 1_000, anchor - 1_100, anchor - 6_000].map((at) => aHandledAlert(at));
  const marks = timelineScene(aHost({ alerts }), history, 'cpu-alerts', frame, anchor).past.flatMap((mark) =>
    mark.kind === 'alert' ? [[mark.x, mark.label]] : [],
  );
  expect(marks).toEqual([
    [-600, 'web-03'],
    [-110, null],
    [-100, 'web-03'],
  ]);
});

test('right of now stand the deadlines', () => {
  const held = anAlert({ at: anchor - 1_400, steps: [aStep('waiting', memberName(3), anchor - 1_400, { rank: 1 })] });
  const members = aHost().members.map((member) => ({
    ...member,
    views: member.views.map((view) =>
      view.member === memberName(2)
        ? { ...view, status: 'suspect' as const, since: anchor - 2_000, deadAt: anchor + 2_200 }
        : view,
    ),
  }));
  const ahead = timelineScene(aHost({ members, alerts: [held] }), history, 'cpu-alerts', frame, anchor).ahead;
  expect(ahead.flatMap((mark) => (mark.kind === 'span' ? [] : [[mark.kind, mark.label]]))).toEqual([
    ['dead-ahead', 'dead, in 2.2 s'],
    ['takeover-ahead', 'takes over, in 0.6 s'],
  ]);
});

test('grid lines are at round times with room between their words', () => {
  expect(axisTicks(1_500, 6_500, 0.2).map((tick) => tick.at)).toEqual([2_000, 3_000, 4_000, 5_000, 6_000]);
  expect(
    axisTicks(0, 10_000, 0.07)
      .filter((tick) => tick.isLabelled)
      .map((tick) => tick.at),
  ).toEqual([0, 2_000, 4_000, 6_000, 8_000, 10_000]);
});

test('words of a fault give way to the next fault of their row', () => {
  const fault = (id: string, from: number, to: number) => ({
    id,
    kind: 'crash' as const,
    members: [memberName(2)],
    from,
    to,
  });
  const two = {
    ...history,
    faults: [fault('a', anchor - 6_000, anchor - 5_500), fault('b', anchor - 5_000, anchor - 4_500)],
  };
  const labels = timelineScene(aHost(), two, null, frame, anchor).past.flatMap((mark) =>
    mark.kind === 'span' && mark.look === 'fault' ? [mark.label] : [],
  );
  expect(labels).toEqual([null, 'crash kapacitor-2']);
});
