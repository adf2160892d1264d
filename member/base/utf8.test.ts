import { expect, test } from 'vitest';
import { decodeUtf8 } from './utf8.ts';

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
});

test('what is cut off in one text is not put in front of the next', () => {
  expect(decodeUtf8(Uint8Array.of(0xe2, 0x82))).toBe('\uFFFD');
  expect(decodeUtf8(Uint8Array.of(0xac))).toBe('\uFFFD');
});
