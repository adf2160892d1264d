/** Texts and floats in JSON as Go's encoder writes them: `< > &` and the two line separators are escaped. */

/** What most texts have nothing of. */
const special = /["\\<>&\u2028\u2029\ud800-\udfff]|\p{Cc}/u;
/** What is replaced one by one, as it is seldom; control characters from U+007F on need no escape. */
const seldom = /[\u2028\u2029]|\p{Cc}|\p{Cs}/gu;

/** A text in quotes. */
export function jsonText(text: string): string {
  return special.test(text) ? `"${escapeText(text)}"` : `"${text}"`;
}

/** One character after the other, by replacements that need no call for each: many details are JSON or HTML. */
function escapeText(text: string): string {
  // The backslash first: what follows writes backslashes of its own.
  return text
    .replace(/\\/g, '\\\\')
    .replace(/"/g, '\\"')
    .replace(/\n/g, '\\n')
    .replace(/\r/g, '\\r')
    .replace(/\t/g, '\\t')
    .replace(/&/g, '\\u0026')
    .replace(/</g, '\\u003c')
    .replace(/>/g, '\\u003e')
    .replace(seldom, escapeChar);
}

function escapeChar(char: string): string {
  const code = char.charCodeAt(0);
  if (code >= 0x7f && code <= 0x9f) return char;
  return code >= 0xd800 && code <= 0xdfff ? '\\ufffd' : `\\u${code.toString(16).padStart(4, '0')}`;
}

/** A float; null for those that JSON cannot say. */
export function jsonFloat(value: number): string | null {
  if (!Number.isFinite(value)) return null;
  return Object.is(value, -0) ? '-0' : String(value);
}
