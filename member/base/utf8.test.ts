import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeUtf8, textOf } from './utf8.ts';

test.each([
  ['text', [0x68, 0xc3, 0xa9, 0xf0, 0x9f, 0x98, 0x80], 'hé😀'],
  ['nothing', [], ''],
  ['a byte order mark at the beginning', [0xef, 0xbb, 0xbf, 0x61], '\uFEFFa'],
  ['byte order marks everywhere', [0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf, 0x61, 0xef, 0xbb, 0xbf], '\uFEFF\uFEFFa\uFEFF'],
  ['a byte that begins nothing', [0x61, 0xff, 0x62], 'a\uFFFDb'],
  ['a character that is cut off', [0x61, 0xe2, 0x82], 'a\uFFFD'],
  ['half of a surrogate pair', [0xed, 0xa0, 0x80], '\uFFFD\uFFFD\uFFFD'],
])('%s', (_, bytes, text) => {
  expect(decodeUtf8(Uint8Array.from(bytes))).toBe(text);
  expect(textOf(Uint8Array.from([0x7b, ...bytes, 0x7d]), 1, 1 + bytes.length)).toBe(text);
});

test('a part of bytes has the text that the decoder gives it', () => {
  const bytes = fc.uint8Array({ maxLength: 80, max: 0x90 });
  fc.assert(
    fc.property(bytes, fc.nat(80), fc.nat(80), (all, from, length) => {
      const start = Math.min(from, all.length);
      const end = Math.min(start + length, all.length);
      expect(textOf(all, start, end)).toBe(decodeUtf8(all.slice(start, end)));
    }),
  );
});

test('what is cut off in one text is not put in front of the next', () => {
  expect(decodeUtf8(Uint8Array.of(0xe2, 0x82))).toBe('\uFFFD');
  expect(decodeUtf8(Uint8Array.of(0xac))).toBe('\uFFFD');
});
