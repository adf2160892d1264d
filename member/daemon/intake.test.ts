import { expect, test } from 'vitest';
import { never } from '../base/deadline.ts';
import { ok } from '../base/result.ts';
import type { Block, WriteBody } from '../influx/block.ts';
import { TagTable } from '../influx/tag-table.ts';
import type { PipelineDefinition } from '../pipeline/definition.ts';
import type { PipelineEnvironment } from '../pipeline/environment.ts';
import { TaskRunner } from '../tasks/task-runner.ts';
import { createIntake, type Intake } from './intake.ts';

interface Scene {
  readonly intake: Intake;
  /** Task and rows of every delivery, in order. */
  readonly deliveries: string[];
  readonly received: number[];
  clock: number;
  backlog: number;
}

/** Tasks that take `costMs` of the scene's clock per body, and do `also` with it. */
function scene(
  tasks: readonly string[],
  costMs: number,
  also: (id: string, taken: WriteBody, intake: Intake) => void = () => undefined,
): Scene {
  const made: Omit<Scene, 'intake'> = { deliveries: [], received: [], clock: 0, backlog: 0 };
  const runner = new TaskRunner();
  for (const id of tasks) {
    const definition: PipelineDefinition = {
      type: 'stream',
      dbrps: [],
      declaredVars: new Map(),
      nodeNames: [],
      measurements: [],
      planQueries: () => ok([]),
      dot: () => '',
      start: () =>
        ok({
          write(taken) {
            made.deliveries.push(`${id}:${taken.rowCount}`);
            made.clock += costMs;
            also(id, taken, intake);
          },
          collectBatch: () => undefined,
          queryCount: 0,
          finish: () => undefined,
          wake: () => undefined,
          nextDeadline: () => never,
          backlog: () => made.backlog,
          error: () => null,
          stats: () => ({ throughput: 0, nodes: [], edges: [] }),
          dot: () => '',
          httpOutputNames: () => [],
          httpOutput: () => undefined,
          prepareSnapshot: (done) => done(),
          snapshot: () => null,
          close: () => undefined,
        }),
    };
    // These runs ask nothing of their world.
    runner.start(
      { id, dbrps: [{ db: id.startsWith('derived') ? 'derived' : 'd', rp: 'r' }] },
      definition,
      {} as PipelineEnvironment,
      null,
    );
  }
  const intake = createIntake({
    runner,
    now: () => made.clock,
    received: (points) => made.received.push(points),
    tap: () => undefined,
    settled: () => undefined,
  });
  return Object.assign(made, { intake });
}

const body = (rowCount: number): WriteBody => ({ blocks: [], runs: [], rowCount });

test('a body is through at once when its tasks are quick', () => {
  const { intake, deliveries, received } = scene(['a', 'b'], 1);
  expect(intake.accept(body(1), 'd', 'r')).toBeUndefined();
  expect([deliveries, received]).toEqual([['a:1', 'b:1'], [1]]);
});

test('a body that nobody wants is counted and through', () => {
  const { intake, deliveries, received } = scene(['a'], 1);
  expect(intake.accept(body(7), 'other', 'r')).toBeUndefined();
  expect([deliveries, received]).toEqual([[], [7]]);
});

test('points are counted by the way they came; what tasks write back came as if written', () => {
  const { intake } = scene(['a'], 1);
  void intake.accept(body(7), 'd', 'r');
  void intake.accept(body(2), 'd', 'r', 'stats');
  intake.loopBack({ blocks: [blockOf('other', 3)], runs: [0, 3], rowCount: 3 });
  expect([intake.arrived('write_points'), intake.arrived('stats')]).toEqual([10, 2]);
});

test('work is cut into slices, and bodies keep their order at every task', async () => {
  const { intake, deliveries } = scene(['a', 'b', 'c'], 3);
  const first = intake.accept(body(1), 'd', 'r');
  const second = intake.accept(body(2), 'd', 'r');
  expect([first === undefined, second === undefined, deliveries]).toEqual([false, false, ['a:1', 'b:1']]);
  await Promise.all([first, second]);
  expect(deliveries).toEqual(['a:1', 'b:1', 'a:1', 'b:1', 'c:1', 'a:2', 'b:2', 'c:2'].slice(2));
  expect(intake.waiting).toBe(0);
});

test('a writer waits while too much is waiting behind a node', async () => {
  const made = scene(['a'], 1);
  made.backlog = 20_000;
  let isAnswered = false;
  const answered = made.intake.accept(body(1), 'd', 'r')?.then(() => {
    isAnswered = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(isAnswered).toBe(false);
  made.backlog = 0;
  await answered;
  expect(isAnswered).toBe(true);
});

const blockOf = (database: string, length: number): Block => ({
  database,
  retentionPolicy: 'r',
  name: 'm',
  length,
  seconds: new Float64Array(length),
  nanos: new Int32Array(length),
  tagTable: new TagTable(),
  tagIds: new Uint32Array(length),
  fields: [],
});
const writtenBack = (database: string, rowCount: number): WriteBody => ({
  blocks: [blockOf(database, rowCount)],
  runs: [0, rowCount],
  rowCount,
});

test('what a task writes back reaches the others after its own work is done, and before the writer is answered', () => {
  let depth = 0;
  const depths: number[] = [];
  const made = scene(['a', 'derived-1'], 1, (id, { rowCount }, intake) => {
    depths.push(++depth);
    if (id === 'a') intake.loopBack(writtenBack('derived', rowCount * 2));
    depth--;
  });
  expect(made.intake.accept(body(3), 'd', 'r')).toBeUndefined();
  expect([made.deliveries, depths, made.received, made.intake.waiting]).toEqual([
    ['a:3', 'derived-1:6'],
    [1, 1],
    [3, 6],
    0,
  ]);
});

test('everything that is written back arrives, however much it is', async () => {
  const made = scene(['a', 'derived-1'], 1, (id, _taken, intake) => {
    if (id === 'a') for (let i = 0; i < 50; i++) intake.loopBack(writtenBack('derived', 1_000));
  });
  await made.intake.accept(body(1), 'd', 'r');
  await made.intake.drained(10_000);
  expect(made.deliveries.filter((delivery) => delivery === 'derived-1:1000')).toHaveLength(50);
});

test('a writer waits while much is on its way back', async () => {
  const made = scene(['a', 'derived-1'], 1, (id, _taken, intake) => {
    if (id === 'a') for (let i = 0; i < 30; i++) intake.loopBack(writtenBack('derived', 1_000));
  });
  const first = made.intake.accept(body(1), 'd', 'r');
  const second = made.intake.accept(body(2), 'd', 'r');
  expect([first === undefined, second === undefined]).toEqual([false, false]);
  await first;
  expect(made.deliveries.filter((delivery) => delivery.startsWith('derived')).length).toBeGreaterThanOrEqual(20);
  await second;
  expect(made.deliveries).toContain('a:2');
});

test('tasks that multiply points in a circle are refused more, and outside writers still get through', async () => {
  const refusals = new Set<string>();
  const made = scene(['a', 'derived-1'], 0.01, (id, { rowCount }, intake) => {
    const next = id === 'a' ? 'derived' : 'd';
    const written = intake.loopBack(writtenBack(next, Math.min(rowCount * 2, 512)));
    const again = intake.loopBack(writtenBack(next, Math.min(rowCount * 2, 512)));
    for (const outcome of [written, again]) if (!outcome.ok) refusals.add(outcome.error.replace(/\d+/, 'N'));
  });
  for (let i = 0; i < 20; i++) await made.intake.accept(body(1), 'd', 'r');
  expect([...refusals]).toEqual(['tasks write to each other in a circle, and N points are on their way already']);
  expect(made.deliveries.filter((delivery) => delivery === 'a:1').length).toBeGreaterThanOrEqual(20);
});

test('what is written back waits while too much is waiting behind a node', async () => {
  const made = scene(['a', 'derived-1'], 1, (id, _taken, intake) => {
    if (id === 'a') intake.loopBack(writtenBack('derived', 3));
  });
  made.backlog = 20_000;
  const answered = made.intake.accept(body(1), 'd', 'r');
  await new Promise((resolve) => setImmediate(resolve));
  expect([made.deliveries, made.intake.waiting]).toEqual([['a:1'], 1]);
  made.backlog = 0;
  await answered;
  await made.intake.drained(10_000);
  expect(made.deliveries).toEqual(['a:1', 'derived-1:3']);
});
