import { describe, expect, test } from 'vitest';
import { eventState, topic, topicEvents, topics } from './queries.ts';
import { attempts, Bench, handler, observed, order } from './testing/bench.ts';
import { publication } from './testing/publications.ts';
import type { AlertsOutput } from './alerts-io.ts';
import type { StoreRows } from '../base/store.ts';

const at = (second: number): bigint => 1_500_000_000_000_000_000n + BigInt(second) * 1_000_000_000n;

function published(bench: Bench, changes: Parameters<typeof publication>[0]): readonly AlertsOutput[] {
  return bench.step({ kind: 'publish', publication: publication(changes) });
}

describe('a member without a cluster behaves as 1.5.4', () => {
  test('every handler starts at once, before the state is written in a group', () => {
    const bench = new Bench();
    bench.step({ kind: 'handlers', specs: [handler('cpu', 'one'), handler('cpu', 'two')] });
    const outputs = published(bench, { topic: 'cpu', event: 'a', level: 'CRITICAL', timeNs: at(1) });
    expect(order(outputs)).toEqual(['attempt', 'attempt', 'persist group']);
    expect(attempts(outputs)).toEqual(['one a OK>CRITICAL', 'two a OK>CRITICAL']);
  });

  test('the last arrival is the state, the worst event the level of the topic', () => {
    const bench = new Bench();
    published(bench, { topic: 'cpu', event: 'a', level: 'CRITICAL', timeNs: at(9) });
    published(bench, { topic: 'cpu', event: 'b', level: 'INFO', timeNs: at(2) });
    expect(topic(bench.state, 'cpu')).toEqual({ id: 'cpu', level: 'CRITICAL', collected: 2, isInline: false });
    published(bench, { topic: 'cpu', event: 'a', level: 'OK', timeNs: at(1) });
    expect(topic(bench.state, 'cpu')?.level).toBe('INFO');
    expect(eventState(bench.state, 'cpu', 'a')?.timeNs).toBe(at(1));
    expect(topicEvents(bench.state, 'cpu', 'INFO')?.map(({ id }) => id)).toEqual(['b']);
    expect(topicEvents(bench.state, 'none', 'OK')).toBe(undefined);
  });

  test('topics are listed by id, under a pattern, from a level on', () => {
    const bench = new Bench();
    for (const [id, level] of [
      ['x-b', 'OK'],
      ['x-a', 'WARNING'],
      ['y', 'CRITICAL'],
    ] as const)
      published(bench, { topic: id, level });
    const ids = (pattern: string, minLevel: 'OK' | 'INFO'): unknown => {
      const listed = topics(bench.state, { pattern, minLevel });
      return listed.ok ? listed.value.map(({ id }) => id) : listed.error;
    };
    expect(ids('', 'OK')).toEqual(['x-a', 'x-b', 'y']);
    expect(ids('x-*', 'INFO')).toEqual(['x-a']);
    expect(ids('[', 'OK')).toBe('syntax error in pattern');
  });

  test('match lets only what it accepts through; previousLevel is that of the topic', () => {
    const bench = new Bench();
    bench.step({ kind: 'handlers', specs: [handler('cpu', 'm', 'post', null, 'changed')] });
    expect(attempts(published(bench, { topic: 'cpu', level: 'WARNING' }))).toEqual(['m cpu OK>WARNING']);
    bench.endAttempts();
    expect(attempts(published(bench, { topic: 'cpu', level: 'WARNING' }))).toEqual([]);
  });

  test('as 1.5.4: a topic that does not know a forwarded event leaves it the level it came with', () => {
    const bench = new Bench();
    bench.step({
      kind: 'handlers',
      specs: [handler('a', 'on', 'publish', { topics: ['b'] }, 'critical'), handler('b', 'out')],
    });
    published(bench, { topic: 'a', event: 'e', level: 'WARNING', timeNs: at(1) });
    expect(attempts(published(bench, { topic: 'a', event: 'e', level: 'CRITICAL', timeNs: at(2) }))).toEqual([
      'out e WARNING>CRITICAL',
    ]);
  });

  test('publish goes on to other topics with states of their own, and a ring of topics ends', () => {
    const bench = new Bench();
    bench.step({
      kind: 'handlers',
      specs: [
        handler('a', 'on', 'publish', { topics: ['b'] }, 'critical'),
        handler('b', 'back', 'publish', { topics: ['a'] }),
        handler('b', 'send'),
      ],
    });
    published(bench, { topic: 'a', level: 'WARNING' });
    const outputs = published(bench, { topic: 'a', level: 'CRITICAL' });
    expect(attempts(outputs)).toEqual(['send cpu WARNING>CRITICAL']);
    expect(observed(outputs)).toContain('publications-dropped');
    expect(topic(bench.state, 'b')?.collected).toBe(1);
  });

  test('a handler takes one event at a time, in order, and refuses more than its queue holds', () => {
    const bench = new Bench(undefined, {}, { queueLimit: 2 });
    bench.step({ kind: 'handlers', specs: [handler('cpu', 'h')] });
    const outputs = [1, 2, 3, 4].flatMap((n) => published(bench, { topic: 'cpu', event: `e${n}`, timeNs: at(n) }));
    expect(attempts(outputs)).toEqual(['h e1 OK>CRITICAL']);
    const errors = outputs.flatMap((output) =>
      output.kind === 'observe' && output.observation.kind === 'handler-attempt' ? [output.observation.error] : [],
    );
    expect(errors).toEqual(['failed to deliver event "e4" to handler']);
    expect(attempts(bench.step({ kind: 'attempted', attempt: 1, error: 'boom', durationMs: 5 }))).toEqual([
      'h e2 OK>CRITICAL',
    ]);
  });

  test('a replaced handler counts from the next event; an unchanged one keeps its queue', () => {
    const bench = new Bench();
    bench.step({ kind: 'handlers', specs: [handler('cpu', 'old'), handler('cpu', 'kept')] });
    published(bench, { topic: 'cpu' });
    bench.step({ kind: 'handlers', specs: [handler('cpu', 'new'), handler('cpu', 'kept')] });
    const outputs = published(bench, { topic: 'cpu', timeNs: at(2) });
    expect(attempts(outputs)).toEqual(['new cpu CRITICAL>CRITICAL']);
  });

  test('a deleted topic forgets its events, and its handlers are deaf until they are replaced', () => {
    const bench = new Bench();
    bench.step({ kind: 'handlers', specs: [handler('cpu', 'h')] });
    published(bench, { topic: 'cpu' });
    bench.endAttempts();
    bench.step({ kind: 'delete-topic', topic: 'cpu' });
    expect(topic(bench.state, 'cpu')).toBe(undefined);
    expect(attempts(published(bench, { topic: 'cpu', timeNs: at(2) }))).toEqual([]);
    expect(topic(bench.state, 'cpu')).toMatchObject({ level: 'CRITICAL', collected: 1 });
    bench.step({ kind: 'handlers', specs: [handler('cpu', 'h', 'post', { url: 'x' })] });
    expect(attempts(published(bench, { topic: 'cpu', timeNs: at(3) }))).toEqual(['h cpu CRITICAL>CRITICAL']);
  });

  test('a task’s own topic lives with the task and comes back with its state, counting from 0', () => {
    const bench = new Bench();
    const inline = handler('main:t:alert2', 'post-0');
    bench.step({ kind: 'open-inline', topic: 'main:t:alert2', handlers: [inline] });
    expect(attempts(published(bench, { topic: 'main:t:alert2' }))).toEqual(['post-0 cpu OK>CRITICAL']);
    bench.step({ kind: 'close-inline', topic: 'main:t:alert2' });
    expect(topic(bench.state, 'main:t:alert2')).toBe(undefined);
    bench.step({ kind: 'open-inline', topic: 'main:t:alert2', handlers: [inline] });
    expect(topic(bench.state, 'main:t:alert2')).toEqual({
      id: 'main:t:alert2',
      level: 'CRITICAL',
      collected: 0,
      isInline: true,
    });
    bench.step({ kind: 'delete-inline', topic: 'main:t:alert2' });
    bench.step({ kind: 'open-inline', topic: 'main:t:alert2', handlers: [inline] });
    expect(topic(bench.state, 'main:t:alert2')?.level).toBe('OK');
  });

  test('aggregate makes one event of an interval', () => {
    const bench = new Bench();
    bench.step({ kind: 'handlers', specs: [handler('cpu', 'agg', 'aggregate'), handler('sum', 'send')] });
    published(bench, { topic: 'cpu', event: 'a', level: 'INFO', timeNs: at(3), durationNs: 5n, message: 'a INFO' });
    published(bench, {
      topic: 'cpu',
      event: 'b',
      level: 'CRITICAL',
      timeNs: at(2),
      durationNs: 1n,
      message: 'b CRITICAL',
    });
    const outputs = bench.pass(1000);
    expect(attempts(outputs)).toEqual(['send sum OK>CRITICAL']);
    const [event] = outputs.flatMap((output) => (output.kind === 'attempt' ? [output.event] : []));
    expect(event).toMatchObject({
      timeNs: at(3),
      durationNs: 5n,
      message: '2 events',
      details: 'a INFO\nb CRITICAL',
      recoverable: false,
    });
    expect(attempts(bench.pass(1000))).toEqual([]);
  });

  test('the state of topics survives a restart; persist-topics = false writes nothing', () => {
    const bench = new Bench();
    const outputs = published(bench, { topic: 'cpu', event: 'a', level: 'WARNING', timeNs: at(1) });
    const rows: StoreRows = outputs.flatMap((output) =>
      output.kind === 'persist'
        ? output.batch.writes.flatMap(({ key, value }) => (value === null ? [] : [[key, value] as const]))
        : [],
    );
    const again = new Bench(undefined, { 'alert-registers': rows });
    expect(topic(again.state, 'cpu')).toEqual({ id: 'cpu', level: 'WARNING', collected: 0, isInline: false });
    expect(order(published(new Bench(undefined, {}, { persistTopics: false }), { topic: 'cpu' }))).toEqual([]);
  });

  test('D18 a failed attempt is not repeated, unless handler-retry-for says so', () => {
    const bench = new Bench();
    bench.step({ kind: 'handlers', specs: [handler('cpu', 'h')] });
    published(bench, { topic: 'cpu' });
    bench.endAttempts('refused');
    expect(attempts(bench.pass(10_000))).toEqual([]);
    const patient = new Bench(undefined, {}, { handlerRetryForMs: 5000 });
    patient.step({ kind: 'handlers', specs: [handler('cpu', 'h')] });
    published(patient, { topic: 'cpu' });
    expect(order(patient.endAttempts('refused'))).toEqual(['persist group']);
    expect(attempts(patient.pass(1000))).toEqual(['h cpu OK>CRITICAL']);
  });
});
