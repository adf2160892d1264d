import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonText } from '../../base/json-text.ts';
import { escapers } from './html-escapers.ts';

// A pair of surrogates, and each of them alone: what stands side by side may become a pair.
const surrogates = ['\ud83d\ude00', '\ud83d', '\ude00'];
const units = fc.constantFrom(
  ...Array.from('"\\\'&<>+a\u00e9\n\r\t\0\b\u001f\u007f\u0085\u009f\u2028\u2029$'),
  ...surrogates,
);
const texts = fc.array(units, { maxLength: 12 }).map((parts) => parts.join(''));

const shortJson: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const html: Readonly<Record<string, string>> = {
  '\0': '\ufffd',
  '"': '&#34;',
  '&': '&amp;',
  "'": '&#39;',
  '+': '&#43;',
  '<': '&lt;',
  '>': '&gt;',
};

/** As Go's encoder: character by character, a surrogate without its other half as the replacement character. */
function jsonChar(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code >= 0xd800 && code <= 0xdfff) return '\\ufffd';
  const isEscaped = code < 0x20 || '<>&\u2028\u2029'.includes(char);
  return shortJson[char] ?? (isEscaped ? `\\u${code.toString(16).padStart(4, '0')}` : char);
}

test('a text in JSON is what its characters are, one by one', () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(jsonText(text)).toBe(`"${Array.from(text, jsonChar).join('')}"`);
    }),
  );
});

test('a text on a page is what its characters are, one by one', () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(escapers.html(text)).toBe(Array.from(text, (char) => html[char] ?? char).join(''));
    }),
  );
});
