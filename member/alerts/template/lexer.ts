/** Splits a template into tokens, as Go's `text/template` does; a mistake is the last token, with Go's message. */
import { goQuote } from '../go-quote.ts';
import { describeChar } from './printing.ts';

export type TokenKind =
  | 'error'
  | 'eof'
  | 'text'
  | 'left'
  | 'right'
  | 'space'
  | 'bool'
  | 'char'
  | 'character'
  | 'number'
  | 'complex'
  | 'assign'
  | 'declare'
  | 'pipe'
  | 'dot'
  | 'field'
  | 'identifier'
  | 'variable'
  | 'string'
  | 'raw'
  | 'open'
  | 'close'
  | 'keyword'
  | 'nil';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Index in the template's text. */
  readonly at: number;
  /** 1-based. */
  readonly line: number;
}

const keywords = new Set(['block', 'break', 'continue', 'define', 'else', 'end', 'if', 'range', 'template', 'with']);
const space = /[ \t\r\n]/;
/** Hexadecimal, octal, binary and decimal numbers, each with an optional sign, fraction and `i`. */
const numberPatterns = [
  /[+-]?0[xX][\da-fA-F_]*\.?[\da-fA-F_]*(?:[pP][+-]?[\d_]*)?i?/y,
  /[+-]?0[oO][0-7_]*\.?[0-7_]*i?/y,
  /[+-]?0[bB][01_]*\.?[01_]*i?/y,
  /[+-]?[\d_]*\.?[\d_]*(?:[eE][+-]?[\d_]*)?i?/y,
] as const;
const word = /[\p{L}\p{Nd}_]/u;

export function lex(text: string): readonly Token[] {
  const lexer = new Lexer(text);
  lexer.run();
  return lexer.tokens;
}

class Lexer {
  readonly tokens: Token[] = [];
  readonly #text: string;
  #at = 0;
  #start = 0;
  #line = 1;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  run(): void {
    while (this.#lexText()) if (!this.#lexAction()) return;
  }

  #emit(kind: TokenKind): void {
    const text = this.#text.slice(this.#start, this.#at);
    this.tokens.push({ kind, text, at: this.#start, line: this.#line });
    this.#ignore();
  }

  #ignore(): void {
    for (let i = this.#start; i < this.#at; i++) if (this.#text[i] === '\n') this.#line++;
    this.#start = this.#at;
  }

  #fail(message: string): false {
    this.tokens.push({ kind: 'error', text: message, at: this.#start, line: this.#line });
    return false;
  }

  #peek(): string {
    const code = this.#text.codePointAt(this.#at);
    return code === undefined ? '' : String.fromCodePoint(code);
  }

  #hasRightTrim(at: number): boolean {
    return space.test(this.#text[at] ?? '') && this.#text.startsWith('-}}', at + 1);
  }

  /** Text up to the next action; false at the end of the template. */
  #lexText(): boolean {
    const open = this.#text.indexOf('{{', this.#at);
    if (open < 0) {
      this.#at = this.#text.length;
      if (this.#at > this.#start) this.#emit('text');
      this.#emit('eof');
      return false;
    }
    const isTrimmed = this.#text[open + 2] === '-' && space.test(this.#text[open + 3] ?? '');
    this.#at = open;
    if (isTrimmed) while (this.#at > this.#start && space.test(this.#text[this.#at - 1] ?? '')) this.#at--;
    if (this.#at > this.#start) this.#emit('text');
    this.#at = open;
    this.#ignore();
    const inside = open + 2 + (isTrimmed ? 2 : 0);
    if (this.#text.startsWith('/*', inside)) {
      this.#at = inside;
      this.#ignore();
      return this.#lexComment() && this.#lexText();
    }
    this.#at = open + 2;
    this.#emit('left');
    this.#at = inside;
    this.#ignore();
    this.#depth = 0;
    return true;
  }

  #lexComment(): boolean {
    const close = this.#text.indexOf('*/', this.#at + 2);
    if (close < 0) return this.#fail('unclosed comment');
    const end = close + 2;
    const isTrimmed = this.#hasRightTrim(end);
    if (!isTrimmed && !this.#text.startsWith('}}', end)) return this.#fail('comment ends before closing delimiter');
    this.#at = end + (isTrimmed ? 4 : 2);
    if (isTrimmed) this.#skipSpaces();
    this.#ignore();
    return true;
  }

  #skipSpaces(): void {
    while (space.test(this.#text[this.#at] ?? '')) this.#at++;
  }

  /** The inside of an action and its end; false after a mistake. */
  #lexAction(): boolean {
    for (;;) {
      if (this.#text.startsWith('}}', this.#at) || this.#hasRightTrim(this.#at)) {
        if (this.#depth > 0) return this.#fail('unclosed left paren');
        this.#lexRight();
        return true;
      }
      if (!this.#lexInside()) return false;
    }
  }

  #lexRight(): void {
    const isTrimmed = this.#hasRightTrim(this.#at);
    if (isTrimmed) {
      this.#at += 2;
      this.#ignore();
    }
    this.#at += 2;
    this.#emit('right');
    if (!isTrimmed) return;
    this.#skipSpaces();
    this.#ignore();
  }

  #lexInside(): boolean {
    const char = this.#peek();
    if (char === '') return this.#fail('unclosed action');
    if (space.test(char)) return this.#lexSpace();
    const next = this.#text[this.#at + 1] ?? '';
    if (char === '.' && next !== '' && !/\d/.test(next)) return this.#lexName('field');
    if (/[+\-.\d]/.test(char)) return this.#lexNumber();
    if (word.test(char)) return this.#lexIdentifier();
    this.#at += char.length;
    return this.#lexSymbol(char);
  }

  #lexSymbol(char: string): boolean {
    switch (char) {
      case '=':
        return this.#done('assign');
      case ':':
        if (this.#text[this.#at] !== '=') return this.#fail('expected :=');
        this.#at++;
        return this.#done('declare');
      case '|':
        return this.#done('pipe');
      case '"':
        return this.#lexQuoted('"', 'string', 'unterminated quoted string');
      case "'":
        return this.#lexQuoted("'", 'character', 'unterminated character constant');
      case '`':
        return this.#lexRaw();
      case '$':
        this.#at--;
        return this.#lexName('variable');
      case '(':
        this.#depth++;
        return this.#done('open');
      case ')':
        this.#depth--;
        if (this.#depth >= 0) return this.#done('close');
        this.#emit('close');
        return this.#fail(`unexpected right paren ${describeChar(')')}`);
      default:
        return /^[\x20-\x7e]$/.test(char)
          ? this.#done('char')
          : this.#fail(`unrecognized character in action: ${describeChar(char)}`);
    }
  }

  #done(kind: TokenKind): true {
    this.#emit(kind);
    return true;
  }

  #lexSpace(): true {
    while (space.test(this.#text[this.#at] ?? '') && !this.#hasRightTrim(this.#at)) this.#at++;
    return this.#at > this.#start ? this.#done('space') : true;
  }

  /** A field or a variable: its sign, then letters and digits. */
  #lexName(kind: 'field' | 'variable'): boolean {
    this.#at++;
    if (this.#isAtTerminator()) return this.#done(kind === 'field' ? 'dot' : 'variable');
    this.#skipWord();
    return this.#isAtTerminator() ? this.#done(kind) : this.#fail(`bad character ${describeChar(this.#peek())}`);
  }

  #lexIdentifier(): boolean {
    this.#skipWord();
    if (!this.#isAtTerminator()) return this.#fail(`bad character ${describeChar(this.#peek())}`);
    const text = this.#text.slice(this.#start, this.#at);
    if (text === 'true' || text === 'false') return this.#done('bool');
    return this.#done(text === 'nil' ? 'nil' : keywords.has(text) ? 'keyword' : 'identifier');
  }

  #skipWord(): void {
    for (let char = this.#peek(); char !== '' && word.test(char); char = this.#peek()) this.#at += char.length;
  }

  #isAtTerminator(): boolean {
    const char = this.#peek();
    return char === '' || space.test(char) || '.,|:)('.includes(char) || this.#text.startsWith('}}', this.#at);
  }

  #lexQuoted(quote: string, kind: TokenKind, problem: string): boolean {
    for (;;) {
      let char = this.#text[this.#at++];
      if (char === quote) return this.#done(kind);
      if (char === '\\') char = this.#text[this.#at++];
      if (char === undefined || char === '\n') return this.#fail(problem);
    }
  }

  #lexRaw(): boolean {
    const end = this.#text.indexOf('`', this.#at);
    if (end < 0) return this.#fail('unterminated raw quoted string');
    this.#at = end + 1;
    return this.#done('raw');
  }

  #lexNumber(): boolean {
    const isGood = this.#scanNumber();
    if (isGood && !/[+-]/.test(this.#peek())) return this.#done('number');
    if (isGood && this.#scanNumber() && this.#text[this.#at - 1] === 'i') return this.#done('complex');
    return this.#fail(`bad number syntax: ${goQuote(this.#text.slice(this.#start, this.#at))}`);
  }

  /** Accepts more than numbers, as Go does; the parser refuses the rest. */
  #scanNumber(): boolean {
    const [hex, octal, binary, decimal] = numberPatterns;
    const start = this.#text
      .slice(this.#at, this.#at + 3)
      .replace(/^[+-]/, '')
      .toLowerCase();
    const pattern = start.startsWith('0x')
      ? hex
      : start.startsWith('0o')
        ? octal
        : start.startsWith('0b')
          ? binary
          : decimal;
    pattern.lastIndex = this.#at;
    this.#at += pattern.exec(this.#text)?.[0].length ?? 0;
    const next = this.#peek();
    if (next === '' || !word.test(next)) return true;
    this.#at += next.length;
    return false;
  }
}
