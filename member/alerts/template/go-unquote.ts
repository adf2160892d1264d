import { decodeUtf8 } from '../../base/utf8.ts';

/** The text of a Go string literal in double quotes or back quotes; undefined when it is malformed. */
export function unquote(literal: string): string | undefined {
  if (literal.startsWith('`')) return literal.slice(1, -1).replaceAll('\r', '');
  return unescape(literal.slice(1, -1), '"');
}

/** The character of a Go character literal; undefined when it is malformed. */
export function unquoteChar(literal: string): string | undefined {
  const text = unescape(literal.slice(1, -1), "'");
  return text !== undefined && Array.from(text).length === 1 ? text : undefined;
}

const simple: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
};
const escape = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{3})|(.)|$)/gsu;

function unescape(body: string, quote: string): string | undefined {
  let isBad = false;
  // Bytes given one by one (`\xe2`) are put together as UTF-8 below.
  let bytes: number[] = [];
  const flush = (): string => {
    const text = bytes.length === 0 ? '' : decodeUtf8(new Uint8Array(bytes));
    bytes = [];
    return text;
  };
  let text = '';
  let last = 0;
  for (const match of body.matchAll(escape)) {
    const [whole, hex, short, long, octal, char] = match;
    const before = body.slice(last, match.index);
    if (before !== '') text += flush() + before;
    last = match.index + whole.length;
    if (hex !== undefined || octal !== undefined) {
      const byte = Number.parseInt(hex ?? octal ?? '', hex === undefined ? 8 : 16);
      if (byte > 255) isBad = true;
      bytes.push(byte);
      continue;
    }
    text += flush();
    const code = Number.parseInt(short ?? long ?? '', 16);
    if (Number.isNaN(code)) {
      const named = char === quote ? quote : char === undefined ? undefined : simple[char];
      if (named === undefined) isBad = true;
      text += named ?? '';
    } else if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) isBad = true;
    else text += String.fromCodePoint(code);
  }
  return isBad ? undefined : text + flush() + body.slice(last);
}
