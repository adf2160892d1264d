import { textOf } from '../../base/utf8.ts';

/** Longer texts seldom come twice. */
const longestKept = 64;
const places = 1024;

/**
 * Texts of bytes that were read a moment ago. Values of string fields come again and again; one that is still there
 * needs no decoding, and all blocks that hold it share it.
 */
export class RecentTexts {
  private readonly texts: string[] = Array.from({ length: places }, () => '');

  /** The text of the bytes `start` to `end - 1`, which need not be valid UTF-8. */
  read(buffer: Uint8Array, start: number, end: number): string {
    const length = end - start;
    if (length > longestKept) return textOf(buffer, start, end);
    let hash = length;
    for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + (buffer[i] ?? 0)) | 0;
    const place = (hash ^ (hash >>> 10)) & (places - 1);
    const known = this.texts[place] ?? '';
    if (known.length === length && isTextOf(known, buffer, start)) return known;
    const text = textOf(buffer, start, end);
    this.texts[place] = text;
    return text;
  }
}

/**
 * Whether bytes as many as the text has units are that text in ASCII. Other texts never pass: a unit that a byte
 * could equal, from 0x80 to 0xFF, takes two bytes.
 */
function isTextOf(text: string, buffer: Uint8Array, start: number): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== buffer[start + i]) return false;
  return true;
}
