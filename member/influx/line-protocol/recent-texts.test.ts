import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecentTexts } from './recent-texts.ts';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Few different bytes, so that texts come again and share places; also halves of sequences and lone high bytes. */
const bytes = fc.array(fc.constantFrom(0x61, 0x62, 0x20, 0xc3, 0xa9, 0xe9, 0xff, 0x80), { maxLength: 70 });

test('texts are those of their bytes, whatever was read before', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(bytes, bytes), { maxLength: 40 }), (reads) => {
      const texts = new RecentTexts();
      for (const [before, own] of [...reads, ...reads]) {
        const buffer = Uint8Array.from([...before, ...own]);
        expect(texts.read(buffer, before.length, buffer.length)).toBe(decoder.decode(Uint8Array.from(own)));
      }
    }),
  );
});

test('a mark at the beginning is part of the text', () => {
  const texts = new RecentTexts();
  expect(texts.read(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61), 0, 4)).toBe('\ufeffa');
});
