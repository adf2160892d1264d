/** UTF-8 as Go sees it: strings are bytes, and each byte that is no part of a character is one U+FFFD. */

const encoder = new TextEncoder();

export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** A character and how many bytes it takes; an invalid byte is U+FFFD of size 1. `size` 0 stands for the end. */
export interface DecodedRune {
  readonly code: number;
  readonly size: number;
}

const invalidRune: DecodedRune = { code: 0xfffd, size: 1 };
const endOfText: DecodedRune = { code: -1, size: 0 };

export function decodeRune(bytes: Uint8Array, at: number): DecodedRune {
  const first = bytes[at];
  if (first === undefined) return endOfText;
  if (first < 0x80) return { code: first, size: 1 };
  if (first < 0xc2 || first > 0xf4) return invalidRune;
  const size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  let code = first & (0x7f >> size);
  for (let i = 1; i < size; i++) {
    const next = bytes[at + i];
    if (next === undefined || (next & 0xc0) !== 0x80) return invalidRune;
    code = (code << 6) | (next & 0x3f);
  }
  const smallest = size === 2 ? 0x80 : size === 3 ? 0x800 : 0x10000;
  if (code < smallest || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return invalidRune;
  return { code, size };
}

export function decodeUtf8(bytes: Uint8Array, start = 0, end = bytes.length): string {
  let text = '';
  for (let at = start; at < end;) {
    const { code, size } = decodeRune(bytes, at);
    // A character cut off by `end` is as invalid as any other incomplete one.
    if (at + size > end) {
      text += '\ufffd';
      at += 1;
    } else {
      text += String.fromCodePoint(code);
      at += size;
    }
  }
  return text;
}

export function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

/** How many bytes the text takes. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (isHighSurrogate(unit) && isLowSurrogate(text.charCodeAt(i + 1))) {
      bytes += 4;
      i++;
    } else bytes += 3;
  }
  return bytes;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
