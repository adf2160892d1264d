import { expect, test } from 'vitest';
import { ExecutionTimer, MovingAverage } from './execution-timer.ts';
import type { TimedSpan } from './execution-timer.ts';

const newSpan = (): TimedSpan => ({ wasTiming: false, nestedBeforeMs: 0, startMs: 0 });

test('an execution counts without those inside it, per point', () => {
  let now = 0;
  const timer = new ExecutionTimer(() => now, 1);
  const [outer, inner] = [newSpan(), newSpan()];
  const [outerTime, innerTime] = [new MovingAverage(), new MovingAverage()];
  expect(timer.isDue()).toBe(true);
  timer.begin(outer);
  now += 2;
  timer.begin(inner);
  now += 10;
  timer.end(inner, 5, innerTime);
  now += 4;
  timer.end(outer, 3, outerTime);
  expect([outerTime.maximum, innerTime.maximum]).toEqual([2_000_000, 2_000_000]);
});

test('one execution in so many is timed', () => {
  const timer = new ExecutionTimer(() => 0, 4);
  expect(Array.from({ length: 9 }, () => timer.isDue())).toEqual([
    true,
    false,
    false,
    false,
    true,
    false,
    false,
    false,
    true,
  ]);
});

test('the average keeps its largest value', () => {
  const average = new MovingAverage();
  for (const value of [10, 30, 2, 2]) average.add(value);
  expect(average.maximum).toBe(20);
});
