/** What makes a value harmless in its place on a page, as Go's `html/template` does. */
import { GoDuration, GoEnum, GoTime, SafeText, type TemplateValue } from './value.ts';
import { jsonValue } from './go-json.ts';
import { sprint } from './printing.ts';

const unsafe = 'ZgotmplZ';

/** Text of a value; nil is nothing. */
function textOf(value: TemplateValue): string {
  if (typeof value === 'string') return value;
  return value === null ? '' : sprint([value]);
}

const htmlTable: Readonly<Record<string, string>> = {
  '\0': '\ufffd',
  '"': '&#34;',
  '&': '&amp;',
  "'": '&#39;',
  '+': '&#43;',
  '<': '&lt;',
  '>': '&gt;',
};

/** By replacements that need no call for each character: details are full of quotes. */
function htmlText(value: TemplateValue): string {
  const text = textOf(value);
  if (!/[\0"&'+<>]/.test(text)) return text;
  // The ampersand first: what follows writes ampersands of its own.
  return text
    .replace(/&/g, '&amp;')
    .replace(/"/g, '&#34;')
    .replace(/'/g, '&#39;')
    .replace(/\+/g, '&#43;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/\0/g, '\ufffd');
}

const nospaceTable: Readonly<Record<string, string>> = {
  ...htmlTable,
  '\0': '&#xfffd;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\v': '&#11;',
  '\f': '&#12;',
  '\r': '&#13;',
  ' ': '&#32;',
  '=': '&#61;',
  '`': '&#96;',
};

function isSafeUrl(text: string): boolean {
  const colon = text.indexOf(':');
  const scheme = text.slice(0, colon);
  return colon < 0 || scheme.includes('/') || /^(?:https?|mailto)$/i.test(scheme);
}

/** Percent-encodes; `isNormalized` keeps reserved characters and what is encoded already. */
function urlText(text: string, isNormalized: boolean): string {
  const bytes = new TextEncoder().encode(text);
  let encoded = '';
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    const char = String.fromCharCode(byte);
    const isEscape =
      char === '%' && isNormalized && /^[\da-fA-F]{2}$/.test(String.fromCharCode(...bytes.slice(i + 1, i + 3)));
    const isKept = /[A-Za-z0-9\-._~]/.test(char) || (isNormalized && /[!#$&*+,/:;=?@[\]]/.test(char)) || isEscape;
    encoded += isKept ? char : `%${byte.toString(16).padStart(2, '0')}`;
  }
  return encoded;
}

function srcset(value: TemplateValue): string {
  return textOf(value)
    .split(',')
    .map((part) => {
      const [, before = '', url = '', rest = ''] = /^([ \t\n\f\r]*)([^ \t\n\f\r]*)(.*)$/s.exec(part) ?? [];
      return isSafeUrl(url) && /^[ \t\n\f\rA-Za-z0-9]*$/.test(rest) ? before + urlText(url, true) + rest : `#${unsafe}`;
    })
    .join(',');
}

function jsValue(value: TemplateValue): string {
  if (value instanceof SafeText) return value.text;
  const printed = value instanceof GoDuration || value instanceof GoEnum ? textOf(value) : value;
  const json = value instanceof GoTime ? jsonValue(value) : jsonValue(printed);
  if (json === null) return ` /* json: unsupported value: ${textOf(value)} */null `;
  const isWord = /^[$\w]|[$\w]$/.test(json);
  return isWord ? ` ${json} ` : json;
}

/** Everything but letters, digits and a few harmless characters as `\uXXXX` or its short form. */
function jsText(text: string, special: RegExp): string {
  return text
    .replace(/[\u2028\u2029]|\p{Cc}/gu, escapeControl)
    .replace(special, (char) => jsReplacements[char] ?? `\\${char}`);
}

const shortEscapes: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\f': '\\f', '\r': '\\r' };
const jsReplacements: Readonly<Record<string, string>> = {
  '"': '\\u0022',
  '&': '\\u0026',
  "'": '\\u0027',
  '+': '\\u002b',
  '<': '\\u003c',
  '>': '\\u003e',
  '`': '\\u0060',
};

function escapeControl(char: string): string {
  const code = char.charCodeAt(0);
  if (code >= 0x7f && code <= 0x9f) return char;
  return shortEscapes[char] ?? `\\u${code.toString(16).padStart(4, '0')}`;
}

function jsString(value: TemplateValue): string {
  // The backslash first: what follows writes backslashes of its own.
  return jsText(textOf(value).replaceAll('\\', '\\\\'), /["&'+/<>`]/g);
}

function jsRegexp(value: TemplateValue): string {
  const text = jsText(textOf(value).replaceAll('\\', '\\\\'), /["$&'()*+\-./<>?[\]^{|}]/g);
  return text === '' ? '(?:)' : text;
}

function cssText(value: TemplateValue): string {
  // An escape ends with a space where the next character could belong to it, and at the end.
  return textOf(value).replace(/[\0\t\n\f\r"&'()+/:;<>\\{}]/g, (char, at: number, text: string) => {
    if (char === '\\') return '\\\\';
    const next = text[at + 1];
    return `\\${char.charCodeAt(0).toString(16)}${next === undefined || /[\da-fA-F \t\n\f\r]/.test(next) ? ' ' : ''}`;
  });
}

function cssValue(value: TemplateValue): string {
  const text = textOf(value);
  if (/[\0"'()/;@[\\\]`{}<>]/.test(text)) return unsafe;
  const letters = text.toLowerCase().replace(/[^a-z]/g, '');
  return letters.includes('expression') || letters.includes('mozbinding') || text.includes('--') ? unsafe : text;
}

function htmlName(value: TemplateValue): string {
  const name = textOf(value).toLowerCase();
  return /^[a-z0-9]+$/.test(name) &&
    !/^(?:on|style|src|href|action|data|srcset|srcdoc|formaction|background|cite|poster)/.test(name)
    ? name
    : unsafe;
}

export type EscaperName =
  | 'html'
  | 'attr'
  | 'nospace'
  | 'rcdata'
  | 'url-filter'
  | 'url-normal'
  | 'url'
  | 'srcset'
  | 'js-value'
  | 'js-text'
  | 'js-regexp'
  | 'css-value'
  | 'css'
  | 'name'
  | 'comment';

export const escapers: Readonly<Record<EscaperName, (value: TemplateValue) => TemplateValue>> = {
  html: htmlText,
  attr: htmlText,
  rcdata: htmlText,
  nospace: (value) => textOf(value).replace(/[\0\t\n\v\f\r "&'+<=>`]/g, (char) => nospaceTable[char] ?? char),
  'url-filter': (value) => (isSafeUrl(textOf(value)) ? textOf(value) : `#${unsafe}`),
  'url-normal': (value) => urlText(textOf(value), true),
  url: (value) => urlText(textOf(value), false),
  srcset,
  'js-value': jsValue,
  'js-text': jsString,
  'js-regexp': jsRegexp,
  'css-value': cssValue,
  css: cssText,
  name: htmlName,
  comment: () => '',
};
