import { expect, test } from 'vitest';
import { never } from '../base/deadline.ts';
import { err, ok } from '../base/result.ts';
import type { WriteBody } from '../influx/block.ts';
import type { PipelineDefinition } from '../pipeline/definition.ts';
import type { PipelineEnvironment } from '../pipeline/environment.ts';
import type { PipelineRun } from '../pipeline/run.ts';
import { TaskRunner } from './task-runner.ts';

/** A run whose behaviour a test sets by hand. */
interface Puppet {
  deadline: number;
  failure: string | null;
  readonly written: WriteBody[];
  readonly woken: number[];
  isClosed: boolean;
}

function puppet(): { readonly state: Puppet; readonly definition: PipelineDefinition } {
  const state: Puppet = { deadline: never, failure: null, written: [], woken: [], isClosed: false };
  const run: PipelineRun = {
    write: (body) => void state.written.push(body),
    collectBatch: () => undefined,
    queryCount: 0,
    finish: () => undefined,
    wake: (now) => void state.woken.push(now),
    nextDeadline: () => state.deadline,
    backlog: () => 0,
    error: () => state.failure,
    stats: () => ({ throughput: 0, nodes: [], edges: [] }),
    dot: () => '',
    httpOutputNames: () => [],
    httpOutput: () => undefined,
    prepareSnapshot: (done) => done(),
    snapshot: () => null,
    close() {
      state.isClosed = true;
    },
  };
  const definition: PipelineDefinition = {
    type: 'stream',
    dbrps: [],
    declaredVars: new Map(),
    nodeNames: [],
    measurements: [],
    planQueries: () => ok([]),
    dot: () => '',
    start: () => ok(run),
  };
  return { state, definition };
}

/** Definitions of these tests ask nothing of their world. */
const environment = {} as PipelineEnvironment;
const body: WriteBody = { blocks: [], runs: [], rowCount: 1 };

function started(runner: TaskRunner, id: string, dbs: readonly string[]): Puppet {
  const { state, definition } = puppet();
  const result = runner.start({ id, dbrps: dbs.map((db) => ({ db, rp: 'r' })) }, definition, environment, null);
  expect(result.ok).toBe(true);
  return state;
}

test('a body goes to the tasks of its database and retention policy, to each once', () => {
  const runner = new TaskRunner();
  started(runner, 'a', ['x', 'x', 'y']);
  started(runner, 'b', ['y']);
  expect([runner.targets('x', 'r'), runner.targets('y', 'r'), runner.targets('x', 's')]).toEqual([
    ['a'],
    ['a', 'b'],
    [],
  ]);
  const handedOut = runner.targets('y', 'r');
  started(runner, 'c', ['y']);
  runner.stop('a');
  expect([handedOut, runner.targets('y', 'r')]).toEqual([
    ['a', 'b'],
    ['b', 'c'],
  ]);
});

test('a task that fails ends alone: it is closed, reported once and no longer written to', () => {
  const runner = new TaskRunner();
  const bad = started(runner, 'bad', ['x']);
  const good = started(runner, 'good', ['x']);
  bad.failure = 'eval2: boom';
  for (const id of runner.targets('x', 'r')) runner.deliver(id, body);
  expect(runner.takeFailures()).toEqual([{ task: 'bad', error: 'eval2: boom' }]);
  expect(runner.takeFailures()).toEqual([]);
  expect([bad.isClosed, runner.isExecuting('bad'), runner.targets('x', 'r'), good.written.length]).toEqual([
    true,
    false,
    ['good'],
    1,
  ]);
});

test('the next deadline is the first of all runs, and only those that are due are woken', () => {
  const runner = new TaskRunner();
  const early = started(runner, 'early', ['x']);
  const late = started(runner, 'late', ['x']);
  late.deadline = 50;
  early.deadline = 10;
  runner.deliver('late', body);
  runner.deliver('early', body);
  expect(runner.nextDeadline()).toBe(10);
  early.deadline = 90;
  runner.wake(10);
  expect([early.woken, late.woken, runner.nextDeadline()]).toEqual([[10], [], 50]);
  runner.stop('late');
  expect(runner.nextDeadline()).toBe(90);
  runner.stopAll();
  expect([runner.nextDeadline(), early.isClosed]).toEqual([never, true]);
});

test('a definition that refuses to start leaves nothing running', () => {
  const runner = new TaskRunner();
  const { definition } = puppet();
  const refused = runner.start(
    { id: 'a', dbrps: [] },
    { ...definition, start: () => err('no such InfluxDB config x') },
    environment,
    null,
  );
  expect([refused, runner.executingIds()]).toEqual([{ ok: false, error: 'no such InfluxDB config x' }, []]);
});

test('points received are counted by database, policy and measurement, wanted or not', () => {
  const runner = new TaskRunner();
  const block = (name: string, length: number) => ({ name, length }) as WriteBody['blocks'][number];
  runner.countIngress({ ...body, blocks: [block('cpu', 2), block('mem', 1)] }, 'd', 'r');
  runner.countIngress({ ...body, blocks: [block('cpu', 3)] }, 'd', 'r');
  expect(runner.ingress()).toEqual([
    { db: 'd', rp: 'r', measurement: 'cpu', points: 5 },
    { db: 'd', rp: 'r', measurement: 'mem', points: 1 },
  ]);
});
