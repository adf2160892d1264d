import { describe, expect, test } from 'vitest';
import type { MemberId } from '../base/ids.ts';
import type { StoreRows } from '../base/store.ts';
import type { AlertsEvent, AlertsOutput } from './alerts-io.ts';
import { eventKey } from './event-key.ts';
import type { PeerRequest } from './messages.ts';
import type { Publication } from './publication.ts';
import { eventState, pendingCount, topicOwners } from './queries.ts';
import { A, attempts, B, Bench, C, handler, observed, order, sends, topicOwnedBy, view } from './testing/bench.ts';
import { ClusterSim } from './testing/cluster-sim.ts';
import { publication } from './testing/publications.ts';
import { toWirePublication } from './wire.ts';

const at = (second: number): bigint => 1_500_000_000_000_000_000n + BigInt(second) * 1_000_000_000n;
/** A is the first owner, B the second, C none. */
const mine = topicOwnedBy(A, B);
/** B is the first owner, A the second. */
const second = topicOwnedBy(B, A);

function joined(topic: string): Bench {
  const bench = new Bench(A);
  bench.step({ kind: 'handlers', specs: [handler(topic, 'h')] });
  bench.join();
  return bench;
}

/** A copy from C, as A receives it. */
function copyOf(
  bench: Bench,
  given: Publication,
  owners: readonly MemberId[],
  changes: { sentAgoMs?: number; version?: number } = {},
): AlertsEvent {
  const copy = {
    key: eventKey(given, '0'),
    ordinal: '0',
    via: [],
    cause: 'first-owner' as const,
    owners,
    ownersVersion: changes.version ?? 1,
    publication: toWirePublication(given),
  };
  const message: PeerRequest = {
    kind: 'publications',
    sentWallMs: 1_700_000_000_000 + bench.nowMs - (changes.sentAgoMs ?? 5),
    copies: [copy],
  };
  return { kind: 'request', from: C, token: 1, message };
}

function completionOf(given: Publication, by: MemberId): PeerRequest {
  const { topic, event, level } = given;
  const facts = {
    key: eventKey(given, '0'),
    topic,
    event,
    level,
    timeNs: given.timeNs.toString(),
    by,
    rank: 0,
    atWallMs: 1_700_000_000_000,
  };
  return {
    kind: 'completions',
    completions: [{ ...facts, outcome: 'handled', cause: 'first-owner', owners: [A, B], register: null }],
  };
}

function rowsOf(outputs: readonly AlertsOutput[], table: string): StoreRows {
  return outputs.flatMap((output) =>
    output.kind === 'persist'
      ? output.batch.writes.flatMap(({ table: name, key, value }) =>
          name === table && value !== null ? [[key, value] as const] : [],
        )
      : [],
  );
}

describe('the first owner', () => {
  test('D21 starts the handlers and sends the copies before the disk, acknowledges and completes after it', () => {
    const bench = joined(mine);
    const outputs = bench.step({ kind: 'publish', publication: publication({ topic: mine }) });
    expect(order(outputs)).toEqual(['attempt', 'send publications', 'persist group']);
    expect(order(bench.endAttempts())).toEqual(['persist sync', 'send completions', 'send completions']);
    const received = bench.step(copyOf(bench, publication({ topic: mine, timeNs: at(2) }), [A, B]));
    expect(order(received)).toEqual(['attempt', 'persist sync', 'acknowledge accepted']);
  });

  test('an attempt may take 0.8 of the delay', () => {
    const bench = joined(mine);
    const outputs = bench.step({ kind: 'publish', publication: publication({ topic: mine }) });
    expect(outputs.flatMap((output) => (output.kind === 'attempt' ? [output.limitMs] : []))).toEqual([1600]);
  });

  test('D15 a second copy of the same event is dropped, an equal publication of the same member is another event', () => {
    const bench = joined(mine);
    const given = publication({ topic: mine });
    bench.step({ kind: 'publish', publication: given });
    bench.endAttempts();
    expect(
      observed(bench.step(copyOf(bench, { ...given, task: 'other', message: 'other', durationNs: 9n }, [A, B]))),
    ).toEqual(['duplicate-dropped already-complete']);
    expect(attempts(bench.step({ kind: 'publish', publication: given }))).toEqual(['h cpu CRITICAL>CRITICAL']);
    bench.endAttempts();
    const otherGroup = copyOf(bench, { ...given, group: 'host=b' }, [A, B]);
    expect(attempts(bench.step(otherGroup))).toEqual(['h cpu CRITICAL>CRITICAL']);
  });

  test('D16 with stateChangesOnly what brings no change or comes late is dropped, and the co-owner is told', () => {
    const bench = joined(mine);
    const only = { topic: mine, stateChangesOnly: true };
    bench.step({ kind: 'publish', publication: publication({ ...only, level: 'CRITICAL', timeNs: at(10) }) });
    bench.endAttempts();
    const same = bench.step(copyOf(bench, publication({ ...only, level: 'CRITICAL', timeNs: at(12) }), [A, B]));
    expect(observed(same)).toEqual(['publication-received', 'duplicate-dropped no-change']);
    const late = bench.step(copyOf(bench, publication({ ...only, level: 'OK', timeNs: at(9) }), [A, B]));
    expect(observed(late)).toEqual(['publication-received', 'duplicate-dropped late']);
    const passed = publication({ ...only, level: 'CRITICAL', timeNs: at(75), stateChangesIntervalNs: 60_000_000_000n });
    expect(attempts(bench.step(copyOf(bench, passed, [A, B])))).toEqual(['h cpu CRITICAL>CRITICAL']);
  });

  test('D19 a stale copy, or one after a stall, is asked about first; it is dropped when it is complete elsewhere', () => {
    const bench = joined(mine);
    const given = publication({ topic: mine });
    const outputs = bench.step(copyOf(bench, given, [A, B], { sentAgoMs: 2000 }));
    expect(observed(outputs)).toEqual(['publication-received', 'owner-asking stale-copy']);
    expect(attempts(outputs)).toEqual([]);
    const [question] = sends(outputs).filter(({ message }) => message.kind === 'ask');
    const completions = completionOf(given, B);
    const completion = completions.kind === 'completions' ? completions.completions[0] : undefined;
    if (question === undefined || completion === undefined) throw new Error('no question');
    const { register: _register, ...known } = completion;
    bench.step({
      kind: 'answer',
      from: B,
      token: question.token,
      message: { kind: 'states', states: [{ key: known.key, state: 'complete', completion: known }] },
    });
    expect(pendingCount(bench.state, mine)).toBe(0);
    bench.nowMs += 3000;
    expect(observed(bench.step(copyOf(bench, publication({ topic: mine, timeNs: at(5) }), [A, B])))).toEqual([
      'publication-received',
      'owner-asking stalled',
    ]);
  });

  test('D19 unreachable co-owners are waited for one delay', () => {
    const bench = joined(mine);
    bench.nowMs += 3000;
    bench.step(copyOf(bench, publication({ topic: mine }), [A, B]));
    for (const { to, token } of sends(bench.outputs)) bench.step({ kind: 'answer', from: to, token, message: null });
    expect(attempts(bench.pass(1900))).toEqual([]);
    const outputs = bench.pass(200);
    expect(attempts(outputs)).toEqual(['h cpu OK>CRITICAL']);
    bench.outputs = outputs;
    expect(observed(bench.endAttempts())).toContain('handled owner-failed');
  });

  test('D22 events of a replay are handled here, and leave the shared state alone', () => {
    const bench = joined(second);
    const outputs = bench.step({ kind: 'publish', publication: publication({ topic: second, replay: 'r1' }) });
    expect(attempts(outputs)).toEqual(['h cpu OK>CRITICAL']);
    expect(sends(outputs)).toEqual([]);
    expect(eventState(bench.state, second, 'cpu')).toBe(undefined);
  });
});

describe('the second owner', () => {
  test('waits its delay for word of completion, then takes over', () => {
    const bench = joined(second);
    const given = publication({ topic: second });
    expect(observed(bench.step(copyOf(bench, given, [B, A])))).toEqual(['publication-received', 'owner-waiting']);
    expect(attempts(bench.pass(1900))).toEqual([]);
    const outputs = bench.pass(200);
    expect(attempts(outputs)).toEqual(['h cpu OK>CRITICAL']);
    expect(observed(outputs)).toContain('owner-took-over');
  });

  test('stands down when the first owner has told', () => {
    const bench = joined(second);
    const given = publication({ topic: second });
    bench.step(copyOf(bench, given, [B, A]));
    const outputs = bench.step({ kind: 'request', from: B, token: 2, message: completionOf(given, B) });
    expect(order(outputs)).toEqual(['persist sync', 'acknowledge accepted']);
    expect(attempts(bench.pass(5000))).toEqual([]);
  });

  test('D20 an owner that the copy does not name waits for its rank in the union, then asks', () => {
    const bench = joined(mine);
    const outputs = bench.step(copyOf(bench, publication({ topic: mine }), [B, C], { version: 0 }));
    expect(
      outputs.flatMap((output) =>
        output.kind === 'observe' && output.observation.kind === 'owner-waiting' ? [output.observation.waitMs] : [],
      ),
    ).toEqual([4000]);
    expect(observed(bench.pass(4100))).toContain('owner-asking newer-owner');
  });

  test('invariant 7: a second delivery is found and its cause recorded', () => {
    const bench = joined(second);
    const given = publication({ topic: second });
    bench.step(copyOf(bench, given, [B, A]));
    bench.outputs = bench.pass(2100);
    bench.endAttempts();
    const outputs = bench.step({ kind: 'request', from: B, token: 3, message: completionOf(given, B) });
    expect(
      outputs.flatMap((output) =>
        output.kind === 'observe' && output.observation.kind === 'delivered-twice' ? [output.observation] : [],
      ),
    ).toMatchObject([{ by: [B, A], cause: 'delay-ran-out' }]);
  });

  test('invariant 5: after a crash a pending event is asked about, not handled blindly', () => {
    const bench = joined(mine);
    const outputs = bench.step(copyOf(bench, publication({ topic: mine }), [A, B]));
    const restarted = new Bench(A, { 'alert-pending': rowsOf(outputs, 'alert-pending') });
    restarted.step({ kind: 'handlers', specs: [handler(mine, 'h')] });
    const started = restarted.step({ kind: 'members', view: view() });
    expect(observed(started)).toEqual(['owner-asking not-synced']);
    expect(attempts(started)).toEqual([]);
  });
});

describe('the publisher', () => {
  test('keeps a publication until every owner has it on disk, and sends it again after a pause', () => {
    const topic = topicOwnedBy(B, C);
    const bench = joined(topic);
    const [toB, toC] = sends(bench.step({ kind: 'publish', publication: publication({ topic }) }));
    if (toB === undefined || toC === undefined) throw new Error('not sent');
    bench.step({ kind: 'answer', from: B, token: toB.token, message: { kind: 'accepted' } });
    bench.step({ kind: 'answer', from: C, token: toC.token, message: null });
    expect(sends(bench.outputs)).toEqual([]);
    expect(bench.state.outbox.size).toBe(1);
    const [again] = sends(bench.pass(200));
    if (again === undefined) throw new Error('not sent again');
    expect(again.to).toBe(C);
    // D19: to an owner that was away the copy is as old as it is, however late it gets through.
    expect(again.message).toEqual(toC.message);
    const outputs = bench.step({ kind: 'answer', from: C, token: again.token, message: { kind: 'accepted' } });
    expect(order(outputs)).toEqual(['persist group']);
    expect(bench.state.outbox.size).toBe(0);
  });

  test('D17 what no owner took for an hour is dropped and noticed, and so is the oldest above the limit', () => {
    const topic = topicOwnedBy(B, C);
    const bench = new Bench(A, {}, { retentionMs: 120_000, outboxLimit: 2 });
    bench.join();
    for (let i = 0; i < 3; i++) bench.step({ kind: 'publish', publication: publication({ topic, timeNs: at(i) }) });
    expect(observed(bench.outputs)).toContain('publications-dropped');
    expect(bench.state.outbox.size).toBe(2);
    expect(observed(bench.pass(180_000))).toContain('publications-dropped');
    expect(bench.state.outbox.size).toBe(0);
  });

  test('D20 when an owner is removed before it acknowledged, the next one gets the publication', () => {
    const topic = topicOwnedBy(B, C);
    const bench = joined(topic);
    for (const { to, token } of sends(bench.step({ kind: 'publish', publication: publication({ topic }) }))) {
      bench.step({ kind: 'answer', from: to, token, message: to === C ? { kind: 'accepted' } : null });
    }
    const members = view().members.filter(({ id }) => id !== B);
    const outputs = bench.step({ kind: 'members', view: view({ members, ownersVersion: 2 }) });
    expect(observed(outputs)).toEqual(['publication-received', 'owner-waiting']);
    expect(
      topicOwners(bench.state, topic)
        .map(({ id }) => id)
        .sort(),
    ).toEqual([C, A].sort());
  });

  test('D11 a removed member hands out what it held and starts afresh', () => {
    const bench = joined(mine);
    bench.step({ kind: 'publish', publication: publication({ topic: mine }) });
    const outputs = bench.step({ kind: 'members', view: view({ isInitialized: false, members: [] }) });
    expect(order(outputs)).toEqual(['persist sync', 'set-aside']);
    expect(bench.state.outbox.size + bench.state.pending.size + bench.state.topics.size).toBe(0);
  });
});

describe('failover on simulated members', () => {
  test('the first owner dies just before an alert: one delivery, by the second, between one and two delays', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const sim = new ClusterSim({
        seed,
        members: 3,
        redundancy: 2,
        delayPerMemberMs: 2000,
        lossPercent: 0,
        networkDelayMs: 5,
        detectionMs: 6000,
        handlers: [handler('cpu', 'h')],
      });
      sim.runUntil(2000);
      const state = sim.member(0).state;
      if (state === null) throw new Error('not running');
      const [first, next] = topicOwners(state, 'cpu').map(({ id }) => id);
      const index = sim.members.findIndex(({ id }) => id === first);
      if (seed % 2 === 0) sim.crash(index, 30_000);
      else sim.freeze(index, 10_000);
      for (let i = 0; i < 3; i++) sim.publish(i, publication({ topic: 'cpu' }));
      sim.runUntil(60_000);
      expect(sim.deliveries.map(({ member }) => member)).toEqual([next]);
      const [delivery] = sim.deliveries;
      expect(delivery?.atMs).toBeGreaterThanOrEqual(4000);
      expect(delivery?.atMs).toBeLessThan(6000);
    }
  });
});
