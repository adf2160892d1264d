import { describe, expect, test } from 'vitest';
import type { StampedObservation } from '../../member/base/observation.ts';
import { AlertLog, type InboxDelivery } from './alert-log.ts';

const names: Record<string, string> = { a: 'kapacitor-1', b: 'kapacitor-2', c: 'kapacitor-3' };
const eventTime = '2026-11-25T14:32:09Z';
const t0 = Date.parse(eventTime);
const ref = { topic: 'cpu-alerts', event: 'cpu_high:web-03', level: 'CRITICAL', eventTime, key: 'K' };
let seq = 0;
type Plain = { kind: string; observer: string; after: number } & Record<string, unknown>;
const noticed = ({ after, ...rest }: Plain): StampedObservation =>
  ({ seq: ++seq, run: 'r', at: t0 + after, ...ref, ...rest }) as unknown as StampedObservation;
const delivered = (member: string | null, after: number, extra: Partial<InboxDelivery> = {}): InboxDelivery => ({
  topic: 'cpu-alerts',
  event: ref.event,
  time: eventTime,
  level: 'CRITICAL',
  member,
  at: t0 + after,
  path: '/t/cpu-alerts',
  ...extra,
});
const log = (isObserved = true) =>
  new AlertLog({
    nameOf: (id) => names[id] ?? id,
    isObserved: () => isObserved,
    causeOf: () => 'an owner crashed',
    delayPerMemberMs: () => 2_000,
  });
const published = (observer: string, after: number) =>
  noticed({ kind: 'published', observer, after, task: 'cpu_high', owners: ['b', 'c'] });

describe('alert log', () => {
  test('M8: one event of three publishers, handled by rank 0, is delivered once; every copy is accounted for', () => {
    const alerts = log();
    alerts.observe(published('a', 12));
    alerts.observe(noticed({ kind: 'publication-received', observer: 'b', after: 14, from: 'a', rank: 0 }));
    alerts.observe(noticed({ kind: 'duplicate-dropped', observer: 'b', after: 15, from: 'c', reason: 'same-event' }));
    alerts.observe(noticed({ kind: 'handled', observer: 'b', after: 15, rank: 0, latencyMs: 1 }));
    expect(alerts.deliver(delivered('b', 50))).toEqual([
      {
        key: 'K',
        topic: 'cpu-alerts',
        event: 'cpu_high:web-03',
        level: 'CRITICAL',
        at: t0,
        task: 'cpu_high',
        inline: false,
        deliveries: [{ member: 'kapacitor-2', at: t0 + 50, path: '/t/cpu-alerts' }],
        latencyMs: 38,
        steps: [
          { at: t0 + 12, member: 'kapacitor-1', rank: null, did: 'published', note: 'to kapacitor-2, kapacitor-3' },
          { at: t0 + 14, member: 'kapacitor-2', rank: 0, did: 'received', note: 'from kapacitor-1' },
          {
            at: t0 + 15,
            member: 'kapacitor-2',
            rank: null,
            did: 'dropped',
            note: 'from kapacitor-3: the same event: topic, ID, time, level and group agree',
          },
          { at: t0 + 15, member: 'kapacitor-2', rank: 0, did: 'handled', note: '1 ms' },
        ],
        outcome: 'once',
        cause: null,
      },
    ]);
  });

  test('a delivery that arrives first waits for its observations, as latency counts from publication', () => {
    const alerts = log();
    expect(alerts.deliver(delivered('b', 50))).toEqual([]);
    expect(alerts.observe(published('a', 12))).toMatchObject([
      { latencyMs: 38, deliveries: [{ member: 'kapacitor-2' }] },
    ]);
  });

  test('a delivery nobody explains gets a record of its own', () => {
    const alerts = log();
    alerts.deliver(delivered('b', 50));
    expect(alerts.tick(t0 + 100, true)).toEqual([]);
    expect(alerts.tick(t0 + 600, true)).toMatchObject([{ topic: 'cpu-alerts', latencyMs: 50, outcome: 'once' }]);
    expect(log(false).deliver(delivered(null, 20))).toMatchObject([
      { outcome: 'once', deliveries: [{ member: null }] },
    ]);
  });

  test('two owners that both deliver are a duplicate, with its permitted cause', () => {
    const alerts = log();
    alerts.observe(published('a', 0));
    alerts.deliver(delivered('b', 20));
    expect(alerts.deliver(delivered('c', 2_020))).toMatchObject([
      { outcome: 'duplicate', cause: 'an owner crashed', latencyMs: 20 },
    ]);
  });

  test('two handlers of one owner are one delivery of the event, not a duplicate', () => {
    const alerts = log();
    alerts.observe(noticed({ kind: 'handled', observer: 'b', after: 1, rank: 0, latencyMs: 1 }));
    alerts.deliver(delivered('b', 20));
    expect(alerts.deliver(delivered('b', 21))).toMatchObject([{ outcome: 'once' }]);
  });

  test('inline handlers deliver once per member, on a path of their own', () => {
    const alerts = log();
    for (const observer of ['a', 'b', 'c'])
      alerts.observe(
        noticed({ kind: 'inline-handled', observer, after: 1, task: 'cpu_inline', topic: 'main:cpu_inline:alert2' }),
      );
    for (const member of ['a', 'b']) alerts.deliver(delivered(member, 9, { topic: 'cpu-inline' }));
    expect(alerts.deliver(delivered('c', 9, { topic: 'cpu-inline' }))).toMatchObject([
      { outcome: 'inline', inline: true, deliveries: { length: 3 } },
    ]);
  });

  test('an event is lost once every owner had its turn and nothing is hidden; a late delivery corrects that', () => {
    const alerts = log();
    alerts.observe(published('a', 0));
    expect(alerts.tick(t0 + 13_000, true)).toEqual([]);
    expect(alerts.tick(t0 + 15_000, false)).toEqual([]);
    expect(alerts.tick(t0 + 15_000, true)).toMatchObject([{ outcome: 'lost' }]);
    expect(alerts.deliver(delivered('c', 20_000))).toMatchObject([{ outcome: 'once' }]);
  });

  test('steps are in the order of time whatever the order of streams; times compare exactly, however they are written', () => {
    const alerts = log();
    alerts.observe(noticed({ kind: 'completion-received', observer: 'c', after: 30, by: 'b' }));
    const [record] = alerts.observe(published('a', 10));
    expect(record?.steps.map(({ did }) => did)).toEqual(['published', 'told']);
    expect(alerts.deliver(delivered('b', 40, { time: '2026-11-25T15:32:09.000000000+01:00' }))).toMatchObject([
      { key: 'K', deliveries: { length: 1 } },
    ]);
    alerts.deliver(delivered('b', 40, { time: '2026-11-25T14:32:09.000000001Z' }));
    expect(alerts.tick(t0 + 1_000, true)).toMatchObject([
      { deliveries: { length: 1 }, key: expect.stringContaining('inbox') },
    ]);
  });
});
