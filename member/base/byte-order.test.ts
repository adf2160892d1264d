import fc from 'fast-check';
import { expect, test } from 'vitest';
import { byteOrder } from './byte-order.ts';

// Units below, among and above the surrogates, which stand for what is greater than all of them.
const letters = fc.constantFrom(
  '',
  'a',
  'é',
  '\u07ff',
  '\ud7ff',
  '\ue000',
  '\uf8ff',
  '\ufeff',
  '\uffff',
  '😀',
  '\u{10ffff}',
);
const texts = fc.array(letters, { maxLength: 4 }).map((parts) => parts.join(''));

test('texts are in the order of their bytes in UTF-8', () => {
  fc.assert(
    fc.property(texts, texts, (a, b) => {
      expect(Math.sign(byteOrder(a, b))).toBe(Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
    }),
  );
});
