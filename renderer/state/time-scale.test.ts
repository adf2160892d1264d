import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { roundStep, ticksOf, timeScale } from './time-scale.ts';

test('a handled event is one piece, with room on both sides', () => {
  const scale = timeScale({ event: 1_000, life: [1_012, 1_038], after: [1_041] }, 100, 900);
  expect(scale.breakAt).toBeNull();
  expect([scale.x(1_000), scale.x(1_038)].map(Math.round)).toEqual([367, 602]);
});

test('what is told long after stands behind a break', () => {
  const scale = timeScale({ event: 0, life: [12, 2_034], after: [2_036, 72_000] }, 100, 900);
  expect(scale.breakAt).not.toBeNull();
  expect(scale.x(2_034)).toBeLessThan(scale.breakAt ?? 0);
  expect(scale.x(72_000)).toBeGreaterThan(scale.breakAt ?? 0);
});

test('a wait of two seconds is life, not something that came later', () => {
  expect(timeScale({ event: 0, life: [12, 14, 2_013, 2_034], after: [] }, 100, 900).breakAt).toBeNull();
});

test('an event without any step still has a scale', () => {
  const scale = timeScale({ event: 5, life: [], after: [] }, 0, 100);
  expect(scale.x(5)).toBeGreaterThan(0);
  expect(scale.x(5)).toBeLessThan(100);
});

test('later is never drawn further left', () => {
  expect(() =>
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 300_000 }), { maxLength: 12 }),
        fc.array(fc.integer({ min: 0, max: 300_000 }), { maxLength: 4 }),
        (life, after) => {
          const scale = timeScale({ event: 0, life, after }, 100, 900);
          const xs = [0, ...life, ...after].toSorted((a, b) => a - b).map(scale.x);
          return xs.every((x, index) => x >= 100 && x <= 900 && (index === 0 || x >= (xs[index - 1] ?? 0) - 1e-6));
        },
      ),
    ),
  ).not.toThrow();
});

describe('ticks', () => {
  test('are round steps from the event', () => {
    const scale = timeScale({ event: 10_000, life: [12_034], after: [] }, 122, 838);
    expect(ticksOf(10_000, scale).map((tick) => tick.offsetMs)).toEqual([
      -2_000, -1_000, 0, 1_000, 2_000, 3_000, 4_000,
    ]);
  });

  test.each([
    [0.3, 0.5],
    [7, 10],
    [130, 200],
    [900, 1_000],
    [45_000, 60_000],
    [70_000, 120_000],
  ])('at least %d ms apart means %d', (least, step) => {
    expect(roundStep(least)).toBe(step);
  });
});
