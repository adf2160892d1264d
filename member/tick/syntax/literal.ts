import { err, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { checkPattern } from '../text/pattern.ts';
import { parseDuration } from '../text/duration.ts';
import { quote } from '../text/quote.ts';
import type { Comment, Node } from './node.ts';
import type { Token } from './token.ts';

const int64Max = 2n ** 63n - 1n;

/** The node of a token that is a value of its own. The error is the original's, without its prefix. */
export function parseLiteral({ type, text, position }: Token, comment: Comment | undefined): Result<Node, string> {
  switch (type) {
    case 'number':
      return parseNumber({ text, position }, comment);
    case 'duration': {
      const value = parseDuration(text);
      return value.ok ? ok({ kind: 'duration', position, comment, value: value.value, literal: text }) : value;
    }
    case 'string':
      if (text.length >= 6 && text.startsWith("'''"))
        return ok({ kind: 'string', position, comment, value: text.slice(3, -3), isTripleQuoted: true });
      return ok({ kind: 'string', position, comment, value: unescape(text.slice(1, -1), "'"), isTripleQuoted: false });
    case 'regex': {
      const literal = text.slice(1, -1);
      const pattern = unescape(literal, '/');
      const refusal = checkPattern(pattern);
      return refusal === undefined ? ok({ kind: 'regex', position, comment, pattern, literal }) : err(refusal);
    }
    case 'reference':
      return ok({ kind: 'reference', position, comment, name: unescape(text.slice(1, -1), '"') });
    case 'star':
      return ok({ kind: 'star', position, comment });
    default:
      return ok({ kind: 'bool', position, comment, value: type === 'TRUE' });
  }
}

function parseNumber(
  { text, position }: Pick<Token, 'text' | 'position'>,
  comment: Comment | undefined,
): Result<Node, string> {
  if (text.includes('.')) {
    const value = Number(text);
    return /^[\d.]+$/.test(text) && Number.isFinite(value)
      ? ok({ kind: 'float', position, comment, value })
      : illegal(text);
  }
  const isOctal = text.length > 1 && text.startsWith('0');
  if (!(isOctal ? /^[0-7]+$/ : /^\d+$/).test(text)) return illegal(text);
  const value = BigInt(isOctal ? `0o${text}` : text);
  return value > int64Max ? illegal(text) : ok({ kind: 'int', position, comment, value, base: isOctal ? 8 : 10 });
}

function illegal(text: string): Result<never, string> {
  return err(`illegal number syntax: ${quote(text)}`);
}

/** Takes the backslash from an escaped quote; every other backslash stays. */
function unescape(text: string, quoteSign: string): string {
  return text.replaceAll(`\\${quoteSign}`, quoteSign);
}
