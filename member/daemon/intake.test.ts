import { expect, test } from 'vitest';
import { never } from '../base/deadline.ts';
import { ok } from '../base/result.ts';
import type { WriteBody } from '../influx/block.ts';
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

/** Tasks that take `costMs` of the scene's clock per body. */
function scene(tasks: readonly string[], costMs: number): Scene {
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
          write(body) {
            made.deliveries.push(`${id}:${body.rowCount}`);
            made.clock += costMs;
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
          snapshot: () => null,
          close: () => undefined,
        }),
    };
    // These runs ask nothing of their world.
    runner.start({ id, dbrps: [{ db: 'd', rp: 'r' }] }, definition, {} as PipelineEnvironment, null);
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
