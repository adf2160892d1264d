/** Cuts InfluxQL into tokens. Whether a `/` begins a pattern only the parser knows: it asks for it by itself. */
import { isKeyword } from './keywords.ts';

export interface Token {
  readonly kind:
    'end' | 'identifier' | 'keyword' | 'string' | 'number' | 'integer' | 'duration' | 'symbol' | 'regex' | 'bad';
  /** Of keywords in capitals; of texts and names without quotes and escapes. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const blank = /[ \t\r\n]*/y;
const word = /[A-Za-z_][A-Za-z0-9_]*/y;
const duration = /\d+[A-Za-zµ][A-Za-zµ0-9]*/y;
const decimal = /\d*\.\d+|\d+\./y;
const whole = /\d+/y;
const symbol = /::|=~|!=|!~|<>|<=|>=|[=<>()*/,;:.+-]/y;

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

export function skipBlank(text: string, at: number): number {
  return at + (matchAt(blank, text, at)?.length ?? 0);
}

/** The token that begins exactly at `start`; numbers have no sign of their own. */
export function scanToken(text: string, start: number): Token {
  const token = (kind: Token['kind'], length: number, shown?: string): Token => ({
    kind,
    text: shown ?? text.slice(start, start + length),
    start,
    end: start + length,
  });
  const first = text[start];
  if (first === undefined) return token('end', 0, 'EOF');
  if (first === '"' || first === "'") return scanQuoted(text, start, first === '"' ? 'identifier' : 'string');
  const name = matchAt(word, text, start);
  if (name !== undefined)
    return isKeyword(name) ? token('keyword', name.length, name.toUpperCase()) : token('identifier', name.length);
  for (const [pattern, kind] of numbers) {
    const digits = matchAt(pattern, text, start);
    if (digits !== undefined) return token(kind, digits.length);
  }
  const sign = matchAt(symbol, text, start);
  if (sign !== undefined) return token('symbol', sign.length, sign === '<>' ? '!=' : sign);
  return token('bad', 1);
}

const numbers = [
  [duration, 'duration'],
  [decimal, 'number'],
  [whole, 'integer'],
] as const;

function scanQuoted(text: string, start: number, kind: 'identifier' | 'string'): Token {
  const quote = text[start];
  let value = '';
  for (let at = start + 1; at < text.length; at++) {
    const c = text[at];
    if (c === quote) return { kind, text: value, start, end: at + 1 };
    if (c === '\n') break;
    if (c !== '\\') {
      value += c;
      continue;
    }
    const next = text[++at] ?? '';
    const meant = escapes[next];
    if (meant === undefined) return { kind: 'bad', text: `\\${next}`, start: at, end: at + 1 };
    value += meant;
  }
  return { kind: 'bad', text: value, start, end: text.length };
}

const escapes: Readonly<Record<string, string>> = { n: '\n', '\\': '\\', '"': '"', "'": "'" };

/** A pattern between slashes; `\/` stands for a slash, every other escape is the pattern's own. */
export function scanRegex(text: string, start: number): Token {
  let pattern = '';
  for (let at = start + 1; at < text.length; at++) {
    const c = text[at];
    if (c === '/') return { kind: 'regex', text: pattern, start, end: at + 1 };
    if (c === '\n') break;
    if (c === '\\' && text[at + 1] === '/') {
      pattern += '/';
      at++;
    } else pattern += c;
  }
  return { kind: 'bad', text: pattern, start, end: text.length };
}
