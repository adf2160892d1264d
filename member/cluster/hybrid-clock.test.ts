import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memberId } from '../base/ids.ts';
import { compareStamps, createHybridClock, type Stamp } from './hybrid-clock.ts';

const a = memberId('aaaaaaaa-0000-4000-8000-000000000000');
const b = memberId('bbbbbbbb-0000-4000-8000-000000000000');

describe('hybrid logical time', () => {
  test('a stamp is later than every one made or seen before, whatever the wall clock does', () => {
    const wall = fc.nat(1_000);
    const happening = fc.oneof(
      fc.record({ wall }),
      fc.record({ seen: fc.record({ ms: wall, counter: fc.nat(5), by: fc.constantFrom(a, b) }) }),
    );
    const isLater = fc.property(fc.array(happening, { maxLength: 30 }), (happenings) => {
      const clock = createHybridClock();
      const known: Stamp[] = [];
      for (const item of happenings) {
        if ('seen' in item) {
          clock.observe(item.seen);
          known.push(item.seen);
          continue;
        }
        const made = clock.next(item.wall, b);
        for (const stamp of known) expect(compareStamps(made, stamp)).toBeGreaterThan(0);
        known.push(made);
      }
    });
    expect(() => fc.assert(isLater)).not.toThrow();
  });

  test('it follows the wall clock where nothing else is ahead', () => {
    const clock = createHybridClock();
    expect([clock.next(5.7, a), clock.next(5.9, a), clock.next(7, a)]).toEqual([
      { ms: 5, counter: 0, by: a },
      { ms: 5, counter: 1, by: a },
      { ms: 7, counter: 0, by: a },
    ]);
  });

  test('stamps of one instant are ordered by member ID', () => {
    expect(compareStamps({ ms: 1, counter: 0, by: a }, { ms: 1, counter: 0, by: b })).toBeLessThan(0);
    expect(compareStamps({ ms: 1, counter: 0, by: a }, { ms: 1, counter: 0, by: a })).toBe(0);
  });
});
