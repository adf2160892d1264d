/** String functions on UTF-8 as Go has them: indices and lengths count bytes. */
import { decodeUtf8, encodeUtf8, isAscii, utf8Length } from '../../text/utf8.ts';

/** How many non-overlapping times; one more than the characters for an empty part. */
export function count(text: string, part: string): number {
  if (part === '') return Array.from(text).length + 1;
  let found = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) found++;
  return found;
}

export function indexOf(text: string, part: string): number {
  return byteOffset(text, text.indexOf(part));
}

export function lastIndexOf(text: string, part: string): number {
  return byteOffset(text, text.lastIndexOf(part));
}

export function indexOfAny(text: string, characters: string): number {
  const wanted = new Set(characters);
  let at = 0;
  for (const character of text) {
    if (wanted.has(character)) return byteOffset(text, at);
    at += character.length;
  }
  return -1;
}

export function lastIndexOfAny(text: string, characters: string): number {
  const wanted = new Set(characters);
  let at = 0;
  let last = -1;
  for (const character of text) {
    if (wanted.has(character)) last = at;
    at += character.length;
  }
  return byteOffset(text, last);
}

function byteOffset(text: string, index: number): number {
  return index <= 0 ? index : utf8Length(text.slice(0, index));
}

/** Bytes `start` up to `stop`, which lie within the text. */
export function bytesBetween(text: string, start: number, stop: number): string {
  return isAscii(text) ? text.slice(start, stop) : decodeUtf8(encodeUtf8(text), start, stop);
}

/** The first `limit` times; all of them when it is negative. An empty `old` stands before each character and at the end. */
export function replace(text: string, old: string, by: string, limit: number): string {
  if (old === by || limit === 0) return text;
  if (old === '') {
    const characters = Array.from(text);
    const places = limit < 0 ? characters.length + 1 : Math.min(limit, characters.length + 1);
    let out = '';
    for (let i = 0; i <= characters.length; i++) out += (i < places ? by : '') + (characters[i] ?? '');
    return out;
  }
  let out = '';
  let from = 0;
  for (let done = 0; done !== limit; done++) {
    const at = text.indexOf(old, from);
    if (at < 0) break;
    out += text.slice(from, at) + by;
    from = at + old.length;
  }
  return out + text.slice(from);
}

export function trimLeft(text: string, characters: string): string {
  const cut = new Set(characters);
  let at = 0;
  for (const character of text) {
    if (!cut.has(character)) break;
    at += character.length;
  }
  return text.slice(at);
}

export function trimRight(text: string, characters: string): string {
  const cut = new Set(characters);
  const kept = Array.from(text);
  while (kept.length > 0 && cut.has(kept.at(-1) ?? '')) kept.pop();
  return kept.join('');
}

export function trim(text: string, characters: string): string {
  return trimRight(trimLeft(text, characters), characters);
}

const space = '[\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+';
const spacesAround = new RegExp(`^${space}|${space}$`, 'g');

export function trimSpace(text: string): string {
  return text.replace(spacesAround, '');
}

export function trimPrefix(text: string, prefix: string): string {
  return text.startsWith(prefix) ? text.slice(prefix.length) : text;
}

export function trimSuffix(text: string, suffix: string): string {
  return suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text;
}

/** Character by character, so that none becomes two. */
export function toUpper(text: string): string {
  return isAscii(text) ? text.toUpperCase() : Array.from(text, upperOf).join('');
}

export function toLower(text: string): string {
  return isAscii(text) ? text.toLowerCase() : Array.from(text, lowerOf).join('');
}

function upperOf(character: string): string {
  const upper = character.toUpperCase();
  if (upper.length <= character.length || Array.from(upper).length === 1) return upper;
  const code = character.codePointAt(0) ?? 0;
  // Greek letters with an iota below have a capital of their own, which JavaScript writes as two letters.
  if (code === 0x1fb3 || code === 0x1fc3 || code === 0x1ff3) return String.fromCodePoint(code + 9);
  if (code >= 0x1f80 && code <= 0x1faf && code % 16 < 8) return String.fromCodePoint(code + 8);
  return character;
}

function lowerOf(character: string): string {
  return character === '\u0130' ? 'i' : character.toLowerCase();
}
