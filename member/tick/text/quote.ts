/** As Go's `strconv.Quote` (`%q`): double quotes, escapes for quotes, backslashes and what does not print. */
export function quote(text: string): string {
  let out = '"';
  for (const character of text) out += character === '"' ? '\\"' : escaped(character);
  return `${out}"`;
}

/** As `%q` of a Go rune: single quotes. */
export function quoteRune(character: string): string {
  return character === "'" ? "'\\''" : `'${escaped(character)}'`;
}

const shortEscapes: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
};

/** What Go's `unicode.IsPrint` accepts: letters, marks, numbers, punctuation, symbols and the plain space. */
const printable = /^[ \p{L}\p{M}\p{N}\p{P}\p{S}]$/u;

function escaped(character: string): string {
  const short = shortEscapes[character];
  if (short !== undefined) return short;
  if (printable.test(character)) return character;
  const code = character.codePointAt(0) ?? 0xfffd;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
  // A lone surrogate is no character; Go would have read U+FFFD.
  if (code >= 0xd800 && code <= 0xdfff) return '\ufffd';
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
}
