import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crosses, labelsWithRoom, laneBetween, nearestTowards, placeMap, ringRadius } from './map-geometry.ts';

const room = { width: 887, height: 525 };

test('at 1440 × 900 three members stand where the design puts them', () => {
  const { members, data, inbox } = placeMap(3, room);
  const design = [
    [440, 126],
    [640, 254],
    [440, 382],
  ];
  members.forEach((point, index) => {
    expect(Math.abs(point.x - (design[index]?.[0] ?? 0))).toBeLessThan(2);
    expect(Math.abs(point.y - (design[index]?.[1] ?? 0))).toBeLessThan(2);
  });
  expect([data.x, inbox.x]).toEqual([20, 743]);
});

test('rings get smaller with their number', () => {
  expect([3, 5, 6, 9, 10, 20].map(ringRadius)).toEqual([44, 44, 34, 34, 24, 24]);
});

test('no two rings touch and none leaves the canvas, from 2 to 20 members', () => {
  expect(() =>
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 20 }),
        fc.integer({ min: 880, max: 1700 }),
        fc.integer({ min: 520, max: 900 }),
        (count, width, height) => {
          const { members, radius } = placeMap(count, { width, height });
          return members.every(
            (a, index) =>
              a.x - radius > 0 &&
              a.y - radius > 0 &&
              a.x + radius < width &&
              a.y + radius < height &&
              members.every((b, other) => other <= index || Math.hypot(a.x - b.x, a.y - b.y) > 2 * radius + 2),
          );
        },
      ),
    ),
  ).not.toThrow();
});

test('members keep clear of the card of a scenario', () => {
  const { members, radius } = placeMap(3, { width: 1231, height: 525, leftInset: 440 });
  expect(Math.min(...members.map((point) => point.x)) - radius).toBeGreaterThan(440);
});

test('three labels have room; among many those that would lie on a ring hide', () => {
  expect(labelsWithRoom(placeMap(3, room))).toEqual([true, true, true]);
  expect(labelsWithRoom(placeMap(9, room)).filter((has) => !has).length).toBeGreaterThan(0);
  expect(labelsWithRoom(placeMap(20, room)).some(Boolean)).toBe(false);
});

test('the two lanes of a link run side by side, seven pixels apart', () => {
  const there = laneBetween({ x: 0, y: 0 }, { x: 200, y: 0 }, 44);
  const back = laneBetween({ x: 200, y: 0 }, { x: 0, y: 0 }, 44);
  expect([there, back]).toEqual([
    { from: { x: 53, y: 3.5 }, to: { x: 147, y: 3.5 } },
    { from: { x: 147, y: -3.5 }, to: { x: 53, y: -3.5 } },
  ]);
});

describe('a line drawn over lanes', () => {
  test('crosses what it goes through and nothing else', () => {
    const [a, b] = [
      { x: 0, y: 0 },
      { x: 100, y: 0 },
    ];
    expect(crosses({ x: 50, y: -20 }, { x: 50, y: 20 }, a, b)).toBe(true);
    expect(crosses({ x: 50, y: 5 }, { x: 50, y: 20 }, a, b)).toBe(false);
    expect(crosses({ x: 150, y: -20 }, { x: 150, y: 20 }, a, b)).toBe(false);
  });
});

test('arrow keys go to the nearest in their direction', () => {
  const spots = [
    { x: 100, y: 0, key: 'right' },
    { x: 40, y: 90, key: 'down' },
    { x: -50, y: 0, key: 'left' },
  ];
  const from = { x: 0, y: 0 };
  expect(nearestTowards(from, { x: 1, y: 0 }, spots)?.key).toBe('right');
  expect(nearestTowards(from, { x: 0, y: 1 }, spots)?.key).toBe('down');
  expect(nearestTowards(from, { x: 0, y: -1 }, spots)).toBeNull();
});
