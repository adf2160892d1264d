import { decodeRune, decodeUtf8 } from '../text/utf8.ts';
import { quoteRune } from '../text/quote.ts';
import { keywords } from './token.ts';
import type { LexedToken, TokenType } from './token.ts';

const endOfText = -1;
const letter = /^\p{L}$/u;
const digit = /^\p{Nd}$/u;
const spaces = new Set([
  0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20, 0x85, 0xa0, 0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006,
  0x2007, 0x2008, 0x2009, 0x200a, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000,
]);
const durationUnits = new Set(Array.from('uµsmhdw', (unit) => unit.codePointAt(0) ?? endOfText));

function codeOf(character: string): number {
  return character.charCodeAt(0);
}

const newline = codeOf('\n');
const slash = codeOf('/');
const backslash = codeOf('\\');
const singleQuote = codeOf("'");
const doubleQuote = codeOf('"');
const point = codeOf('.');
const equals = codeOf('=');
const tilde = codeOf('~');
const colon = codeOf(':');
const underscore = codeOf('_');

function isLetter(code: number): boolean {
  if (code < 0x80) return (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
  return letter.test(String.fromCodePoint(code));
}

function isDigit(code: number): boolean {
  if (code < 0x80) return code >= 0x30 && code <= 0x39;
  return digit.test(String.fromCodePoint(code));
}

const singleTokens: Readonly<Record<string, TokenType>> = {
  '(': '(',
  '[': '[',
  ']': ']',
  '|': '|',
  '@': '@',
  ',': ',',
  '*': 'star',
};

/**
 * Cuts a script into tokens, one per call of `next`. Whether `*`, `-` and `/` are operators depends on what stands
 * before them: after a value they are. An error is the last token; after it, and after the end, `next` repeats it.
 */
export class Lexer {
  private readonly bytes: Uint8Array;
  private start = 0;
  private at = 0;
  private isAfterValue = false;
  /** A regular expression must come next (after `=~`, `!~` and `=`, when a slash follows). */
  private isBeforeRegex = false;
  private last: LexedToken | undefined;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  next(): LexedToken {
    if (this.last !== undefined) return this.last;
    const token = this.lex();
    if (token.type === 'ERR' || token.type === 'EOF') this.last = token;
    this.start = this.at;
    return token;
  }

  private lex(): LexedToken {
    if (this.isBeforeRegex) {
      this.isBeforeRegex = false;
      return this.regex();
    }
    this.skipSpaces();
    if (this.isAfterValue) {
      this.isAfterValue = false;
      const operator = this.binaryOperator();
      if (operator !== undefined) return operator;
    }
    return this.value();
  }

  /** An operator after a value; undefined, with nothing read, when something else follows. */
  private binaryOperator(): LexedToken | undefined {
    const code = this.peek();
    switch (code < 0 ? '' : String.fromCodePoint(code)) {
      case '+':
        return this.operator('+', 1);
      case '-':
        return this.operator('-', 1);
      case '*':
        return this.operator('multiply', 1);
      case '%':
        return this.operator('%', 1);
      case '/':
        return this.bytes[this.at + 1] === slash ? undefined : this.operator('/', 1);
      case '<':
        return this.bytes[this.at + 1] === equals ? this.operator('<=', 2) : this.operator('<', 1);
      case '>':
        return this.bytes[this.at + 1] === equals ? this.operator('>=', 2) : this.operator('>', 1);
      case '!':
        if (this.bytes[this.at + 1] === equals) return this.operator('!=', 2);
        return this.bytes[this.at + 1] === tilde ? this.operatorBeforeRegex('!~', 2) : this.operator('!', 1);
      case '=':
        if (this.bytes[this.at + 1] === equals) return this.operator('==', 2);
        return this.bytes[this.at + 1] === tilde ? this.operatorBeforeRegex('=~', 2) : this.operatorBeforeRegex('=', 1);
      default:
        return undefined;
    }
  }

  private operator(type: TokenType, size: number): LexedToken {
    this.at += size;
    return this.token(type);
  }

  private operatorBeforeRegex(type: TokenType, size: number): LexedToken {
    const token = this.operator(type, size);
    this.start = this.at;
    this.skipSpaces();
    this.isBeforeRegex = this.peek() === slash;
    return token;
  }

  private value(): LexedToken {
    const code = this.peek();
    if (code === endOfText) return this.token('EOF');
    if (isDigit(code) || code === point) return this.numberOrDurationOrPoint();
    if (isLetter(code)) return this.word();
    const character = String.fromCodePoint(code);
    const single = singleTokens[character];
    if (single !== undefined) return this.operator(single, 1);
    switch (character) {
      case '-':
        return this.operator('-', 1);
      case '!':
        return this.operator('!', 1);
      case ')':
        this.isAfterValue = true;
        return this.operator(')', 1);
      case '"':
        return this.reference();
      case "'":
        return this.string();
      case '/':
        return this.bytes[this.at + 1] === slash ? this.comment() : this.regex();
      default:
        return this.failed(`unknown state, last char: ${quoteRune(character)}`);
    }
  }

  private word(): LexedToken {
    let code = this.read();
    while (isLetter(code) || isDigit(code) || code === underscore) code = this.read();
    this.back(code);
    this.isAfterValue = true;
    const keyword = keywords.get(this.text());
    if (keyword === undefined) return this.token('identifier');
    if (keyword !== 'lambda') return this.token(keyword);
    // Only `lambda:` is the keyword, colon included; `lambda` is a name like any other.
    if (this.peek() !== colon) return this.token('identifier');
    this.at += 1;
    return this.token('lambda');
  }

  private numberOrDurationOrPoint(): LexedToken {
    let hasPoint = false;
    for (let isFirst = true; ; isFirst = false) {
      const code = this.read();
      if (code === point) {
        if (isFirst && !isDigit(this.peek())) return this.token('.');
        if (hasPoint) return this.failed('multiple decimals in number');
        hasPoint = true;
      } else if (!hasPoint && durationUnits.has(code)) {
        if (code === codeOf('m') && this.peek() === codeOf('s')) this.at += 1;
        this.isAfterValue = true;
        return this.token('duration');
      } else if (!isDigit(code)) {
        this.back(code);
        this.isAfterValue = true;
        return this.token('number');
      }
    }
  }

  private reference(): LexedToken {
    this.at += 1;
    for (;;) {
      const code = this.read();
      if (code === endOfText) return this.failed('unterminated field reference');
      if (code === backslash && this.peek() === doubleQuote) this.at += 1;
      else if (code === doubleQuote) {
        this.isAfterValue = true;
        return this.token('reference');
      }
    }
  }

  /** `'…'` with `\'` for a quote, or `'''…'''` without escapes (but for `''\'`, where 1.5.4 sees one as well). */
  private string(): LexedToken {
    this.at += 1;
    this.isAfterValue = true;
    if (this.peek() !== singleQuote) return this.quoted(1);
    this.at += 1;
    if (this.peek() !== singleQuote) return this.token('string');
    this.at += 1;
    return this.quoted(3);
  }

  private quoted(quotes: 1 | 3): LexedToken {
    let missing: number = quotes;
    for (;;) {
      const code = this.read();
      if (code === endOfText) return this.failed('unterminated string');
      if (code === backslash && missing === 1) {
        if (this.peek() === singleQuote) this.at += 1;
      } else if (code === singleQuote) {
        missing -= 1;
        if (missing === 0) return this.token('string');
      } else missing = quotes;
    }
  }

  private regex(): LexedToken {
    this.at += 1;
    for (;;) {
      const code = this.read();
      if (code === endOfText) return this.failed('unterminated regex');
      if (code === backslash && this.peek() === slash) this.at += 1;
      else if (code === slash) return this.token('regex');
    }
  }

  /** All lines of a block: a line that starts with a slash goes on with it, a blank line ends it. */
  private comment(): LexedToken {
    for (;;) {
      let code = this.read();
      if (code === endOfText) return this.token('comment');
      if (code !== newline) continue;
      code = this.read();
      while (code !== newline && spaces.has(code)) code = this.read();
      if (code === slash) continue;
      this.back(code);
      return this.token('comment');
    }
  }

  private skipSpaces(): void {
    while (spaces.has(this.peek())) this.at += decodeRune(this.bytes, this.at).size;
    this.start = this.at;
  }

  private peek(): number {
    return decodeRune(this.bytes, this.at).code;
  }

  private read(): number {
    const { code, size } = decodeRune(this.bytes, this.at);
    this.at += size;
    return code;
  }

  /** Unreads a character just read. */
  private back(code: number): void {
    if (code !== endOfText) this.at -= code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }

  private text(): string {
    return decodeUtf8(this.bytes, this.start, this.at);
  }

  private token(type: TokenType): LexedToken {
    return { type, offset: this.start, text: this.text() };
  }

  private failed(message: string): LexedToken {
    return { type: 'ERR', offset: this.start, text: message };
  }
}
