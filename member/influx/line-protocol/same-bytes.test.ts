import fc from 'fast-check';
import { expect, test } from 'vitest';
import { areSame, viewOf } from './same-bytes.ts';

test('two pieces are the same exactly when all of their bytes are', () => {
  const bytes = fc.uint8Array({ minLength: 12, maxLength: 12, max: 2 });
  fc.assert(
    fc.property(bytes, bytes, fc.nat(12), fc.nat(12), fc.nat(12), (a, b, aStart, bStart, wanted) => {
      const length = Math.min(wanted, 12 - aStart, 12 - bStart);
      const piece = (all: Uint8Array, start: number): string => all.subarray(start, start + length).join();
      expect(areSame(viewOf(a), aStart, viewOf(b), bStart, length)).toBe(piece(a, aStart) === piece(b, bStart));
    }),
    { numRuns: 1_000 },
  );
});

test('a piece of a larger buffer is seen where it lies', () => {
  const whole = Uint8Array.of(9, 1, 2, 3, 4, 5, 9);
  expect(areSame(viewOf(whole.subarray(1)), 0, viewOf(Uint8Array.of(0, 1, 2, 3, 4, 5)), 1, 5)).toBe(true);
});
