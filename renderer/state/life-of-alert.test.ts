import { describe, expect, test } from 'vitest';
import { aHandledAlert, aHost, anAlert, aStep, idOf, memberName } from '../../electron/contract/testing/states.ts';
import { takenOver } from '../testing/scenes.ts';
import { emptyHistory, type History } from './history.ts';
import { lifeOfAlert, type LifePicture } from './life-of-alert.ts';

const event = 100_000;
const [two, three] = [memberName(2), memberName(3)];
const history: History = {
  since: 0,
  statuses: {
    [memberName(1)]: [{ status: 'alive', from: 0, to: null }],
    [two]: [
      { status: 'alive', from: 0, to: event - 400 },
      { status: 'suspect', from: event - 400, to: event + 3_600 },
      { status: 'dead', from: event + 3_600, to: null },
    ],
    [three]: [{ status: 'alive', from: 0, to: null }],
  },
  faults: [{ id: 'f', kind: 'crash', members: [two], from: event - 2_000, to: null }],
};

const drawn = (picture: LifePicture, kind: string) => picture.marks.filter((mark) => mark.kind === kind);
const texts = (picture: LifePicture) => picture.marks.flatMap((mark) => (mark.kind === 'text' ? [mark.text] : []));
const bars = (picture: LifePicture, look: string) =>
  picture.marks.flatMap((mark) => (mark.kind === 'bar' && mark.look === look ? [mark] : []));

describe('an owner took over', () => {
  const picture = lifeOfAlert(aHost(), history, takenOver(event), 858, event + 60_000);

  test('rows: data, publishers, owners by rank, inbox', () => {
    expect(picture.rows.map((row) => `${row.title}${row.sub === null ? '' : `, ${row.sub}`}`)).toEqual([
      'Data',
      'kapacitor-1, publishes only',
      'kapacitor-2, rank 0',
      'kapacitor-3, rank 1',
      'Inbox',
    ]);
  });

  test('the silent owner: how others saw it above, its process below, a cross where it was asked', () => {
    expect(bars(picture, 'suspect').map((bar) => bar.label)).toEqual(['suspect, 4 s']);
    expect(bars(picture, 'fault').map((bar) => bar.label)).toEqual(['you crashed it']);
    expect(drawn(picture, 'cross')).toHaveLength(1);
  });

  test('the wait ends at the diamond, the delivery below it', () => {
    const [wait] = bars(picture, 'wait');
    const [diamond] = drawn(picture, 'takeover');
    expect(wait?.label).toBe('waits 1 × 2 s for rank 0');
    expect(diamond !== undefined && 'x' in diamond ? diamond.x : 0).toBeCloseTo(wait?.x2 ?? -1);
    expect(texts(picture)).toEqual(
      expect.arrayContaining([
        'takes over',
        'delivered once, +2.034 s',
        'published after 14 ms, sent to both owners',
        'no answer, kept for later',
      ]),
    );
  });
});

test('an event that was handled at once: no cross, one tick', () => {
  const picture = lifeOfAlert(aHost(), emptyHistory, aHandledAlert(event), 858, event + 60_000);
  expect([drawn(picture, 'cross'), drawn(picture, 'tick')].map((marks) => marks.length)).toEqual([0, 1]);
  expect(texts(picture)).toContain('delivered once, +38 ms');
});

test('inline handlers: one tick per member', () => {
  const inline = anAlert({
    at: event,
    inline: true,
    outcome: 'inline',
    topic: 'main:cpu:alert2',
    deliveries: [1, 2, 3].map((number) => ({ member: idOf(number), at: event + 30, path: '/' })),
    steps: [1, 2, 3].map((number) => aStep('inline', memberName(number), event + 30)),
  });
  const picture = lifeOfAlert(aHost(), emptyHistory, inline, 858, event + 60_000);
  expect(drawn(picture, 'tick')).toHaveLength(3);
  expect(picture.rows.map((row) => row.sub)).toEqual([null, 'runs the task', 'runs the task', 'runs the task', null]);
});

test('nothing is drawn outside the picture', () => {
  for (const alert of [takenOver(event), aHandledAlert(event), anAlert({ at: event })]) {
    const picture = lifeOfAlert(aHost(), history, alert, 600, event + 1_000);
    for (const mark of picture.marks) {
      const xs = mark.kind === 'bar' ? [mark.x1, mark.x2] : 'x' in mark ? [mark.x] : [];
      for (const x of xs) expect(x).toBeGreaterThanOrEqual(100);
      for (const x of xs) expect(x).toBeLessThanOrEqual(600);
    }
  }
});

test('the same event from another publisher ends no wait', () => {
  const [at, second] = [event, memberName(3)];
  const alert = takenOver(at);
  const dropped = aStep('dropped', second, at + 66, { rank: 1, note: 'from kapacitor-1: the same event' });
  const picture = lifeOfAlert(
    aHost(),
    history,
    { ...alert, steps: [...alert.steps.slice(0, 3), dropped, ...alert.steps.slice(3)] },
    858,
    at + 60_000,
  );
  expect(bars(picture, 'wait').map((bar) => bar.label)).toEqual(['waits 1 × 2 s for rank 0']);
});
