import { describe, expect, test } from 'vitest';
import { aHost, anAlert, aStep, aTopic, idOf, memberName } from '../../electron/contract/testing/states.ts';
import { alertRows, alertSentence, silentOwnersOf } from './alerts.ts';
import { emptyHistory } from './history.ts';

const [first, second, third] = [memberName(1), memberName(2), memberName(3)];
const host = aHost({ topics: [aTopic({ owners: [idOf(1), idOf(2)] })] });

/** As a real lab reported it: the first owner was crashed, and learned of the event when it came back. */
const takenOver = anAlert({
  at: 0,
  outcome: 'once',
  latencyMs: 2_010,
  deliveries: [{ member: second, at: 2_030, path: '/t/cpu-alerts' }],
  steps: [
    aStep('published', third, 3, { note: `to ${first}, ${second}` }),
    aStep('published', second, 6, { rank: 1, note: `to ${first}, ${second}` }),
    aStep('waiting', second, 6, { rank: 1 }),
    aStep('dropped', second, 66, { note: `from ${third}: the same event` }),
    aStep('took-over', second, 2_010, { rank: 1, note: `after 2 s, ${first} silent` }),
    aStep('attempted', second, 2_030, { note: 'inbox: post, 11 ms' }),
    aStep('handled', second, 2_030, { rank: 1, note: '2.01 s' }),
    aStep('told', first, 7_010, { note: `by ${second}` }),
    aStep('dropped', first, 7_080, { note: `from ${third}: the event was handled already` }),
  ],
});

test('an owner that was silent stays so, whatever it hears when it has come back', () => {
  expect(silentOwnersOf(host, takenOver)).toEqual([{ name: first, rank: 0 }]);
  const history = {
    ...emptyHistory,
    faults: [{ id: 'f', kind: 'crash' as const, members: [first], from: -3_000, to: 5_000 }],
  };
  const sentence = alertSentence(host, history, takenOver).map((part) =>
    typeof part === 'string' ? part : part.strong,
  );
  expect(sentence.join('')).toBe(
    'Delivered once, by kapacitor-2, 2.03 s after the event. The first owner, kapacitor-1, was silent: you had crashed it three seconds before.',
  );
});

describe('the table of what each member did', () => {
  test('names who told and whose copy was dropped', () => {
    const rows = alertRows(host, emptyHistory, takenOver).map(({ member, did }) => [member, did]);
    expect(rows).toEqual([
      [third, `Published the event, to ${first}, ${second}`],
      [second, 'Published the event, started to wait 2 s'],
      [first, 'Did not answer'],
      [second, `Dropped the copy from ${third}: the same event`],
      [second, `Took over, after 2 s, ${first} silent`],
      [second, 'Ran handler inbox: post, 11 ms'],
      [second, 'Handled the event, 2.01 s'],
      [first, `Was told that it is handled, by ${second}`],
      [first, `Dropped the copy from ${third}: the event was handled already`],
    ]);
  });

  test('has one line per member for an inline handler, and a second one when it failed', () => {
    const inline = anAlert({
      inline: true,
      outcome: 'inline',
      steps: [
        aStep('inline', first, 5, { note: 'cpu_inline' }),
        aStep('attempted', first, 9, { note: 'post: post, 4 ms' }),
        aStep('inline', second, 6, { note: 'cpu_inline' }),
        aStep('attempted', second, 9, { note: 'post: post, connection refused' }),
      ],
    });
    expect(alertRows(host, emptyHistory, inline).map(({ member, outcome }) => [member, outcome])).toEqual([
      [first, 'delivered'],
      [second, 'delivered'],
      [second, 'failed'],
    ]);
  });
});

test('an owner that handled the event was not silent, even when its word came after the wait of the next began', () => {
  const handled = anAlert({
    outcome: 'once',
    deliveries: [{ member: first, at: 40, path: '/t/cpu-alerts' }],
    steps: [
      aStep('published', second, 3, { rank: 1 }),
      aStep('waiting', second, 4, { rank: 1 }),
      aStep('received', first, 9, { rank: 0 }),
      aStep('handled', first, 30, { rank: 0 }),
      aStep('told', second, 45, { rank: 1 }),
    ],
  });
  expect(silentOwnersOf(host, handled)).toEqual([]);
});
