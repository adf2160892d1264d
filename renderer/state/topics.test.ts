import { expect, test } from 'vitest';
import { aHost, anAlert, aStep, aTopic, idOf, memberName } from '../../electron/contract/testing/states.ts';
import { allWaits, ranksOf, shortEvent, shownTopic } from './topics.ts';

const [two, three] = [memberName(2), memberName(3)];
const waiting = aStep('waiting', three, 1_000, { rank: 1 });

function waits(...steps: readonly ReturnType<typeof aStep>[]) {
  return allWaits(aHost({ alerts: [anAlert({ steps: [waiting, ...steps] })] })).map((wait) => [
    wait.member,
    wait.until,
    wait.before,
  ]);
}

test('an owner waits for its rank times the delay, for those of lower rank', () => {
  expect(waits()).toEqual([[three, 3_000, [two]]]);
});

test('a dropped copy of the same event ends no wait; being told does', () => {
  expect(waits(aStep('dropped', three, 1_066))).toHaveLength(1);
  expect(waits(aStep('told', three, 1_100))).toHaveLength(0);
  expect(waits(aStep('took-over', three, 3_000))).toHaveLength(0);
  expect(waits(aStep('handled', two, 1_020, { rank: 0 }))).toHaveLength(0);
});

test('the topic shown is the one asked for, else the first with owners', () => {
  const host = aHost({
    topics: [aTopic({ topic: 'main:cpu:alert2', owners: [] }), aTopic(), aTopic({ topic: 'deploys' })],
  });
  expect([
    shownTopic(host, 'deploys')?.topic,
    shownTopic(host, 'gone')?.topic,
    shownTopic(aHost({ topics: [] }), null),
  ]).toEqual(['deploys', 'cpu-alerts', null]);
});

test('ranks are by name, in the order of the owners', () => {
  expect(ranksOf(aHost(), aTopic({ owners: [idOf(3), idOf(1)] }))).toEqual({ 'kapacitor-3': 0, 'kapacitor-1': 1 });
});

test('a short event is what tells it from others', () => {
  expect(['cpu_high:web-03', 'deploy', 'a:'].map(shortEvent)).toEqual(['web-03', 'deploy', 'a:']);
});
