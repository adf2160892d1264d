import { expect, test } from 'vitest';
import { planSubscriptions, type Wanted } from './subscription-plan.ts';

const wanted: Wanted = {
  name: 'kapacitor-m1',
  destination: () => 'http://127.0.0.1:9092',
  included: {},
  excluded: { _kapacitor: ['autogen'] },
};
const create = (place: string): string =>
  `CREATE SUBSCRIPTION "kapacitor-m1" ON ${place} DESTINATIONS ANY 'http://127.0.0.1:9092'`;

test('every database that is not excluded gets a subscription', () => {
  const databases = [
    { db: 'telegraf', rp: 'autogen' },
    { db: '_kapacitor', rp: 'autogen' },
    { db: 'a"b', rp: 'week' },
  ];
  expect(planSubscriptions([], databases, wanted)).toEqual({
    statements: [create('"telegraf"."autogen"'), create('"a\\"b"."week"')],
    subscribed: [
      { db: 'telegraf', rp: 'autogen' },
      { db: 'a"b', rp: 'week' },
    ],
  });
});

test('a subscription that is right stays, and those of other members are left alone', () => {
  const existing = [
    { db: 'telegraf', rp: 'autogen', name: 'kapacitor-m1', destinations: ['http://127.0.0.1:9092'] },
    { db: 'telegraf', rp: 'autogen', name: 'kapacitor-m2', destinations: ['http://127.0.0.1:9192'] },
  ];
  expect(planSubscriptions(existing, [{ db: 'telegraf', rp: 'autogen' }], wanted).statements).toEqual([]);
});

test('a subscription with another destination is made anew', () => {
  const existing = [{ db: 'd', rp: 'r', name: 'kapacitor-m1', destinations: ['http://127.0.0.1:1'] }];
  expect(planSubscriptions(existing, [{ db: 'd', rp: 'r' }], wanted).statements).toEqual([
    'DROP SUBSCRIPTION "kapacitor-m1" ON "d"."r"',
    create('"d"."r"'),
  ]);
});

test('with a list only what it names is subscribed, and what it no longer names is dropped', () => {
  const existing = [{ db: 'other', rp: 'r', name: 'kapacitor-m1', destinations: ['http://127.0.0.1:9092'] }];
  const databases = [
    { db: 'd', rp: 'r' },
    { db: 'd', rp: 's' },
    { db: 'e', rp: 't' },
    { db: 'other', rp: 'r' },
  ];
  expect(planSubscriptions(existing, databases, { ...wanted, included: { d: ['r'], e: [] } }).statements).toEqual([
    'DROP SUBSCRIPTION "kapacitor-m1" ON "other"."r"',
    create('"d"."r"'),
    create('"e"."t"'),
  ]);
});
