import { decodeUtf8, encodeUtf8 } from '../text/utf8.ts';
import { Lexer } from './lexer.ts';
import type { Comment, Position, ScriptError } from './node.ts';
import { tokenName } from './token.ts';
import type { LexedToken, Token, TokenType } from './token.ts';

/** How much of the script an error message shows on either side, in bytes. */
const excerptBytes = 10;
const newline = 0x0a;

/** The parser's view of a script: two tokens of lookahead, positions, and comments attached to the token after them. */
export class TokenStream {
  private readonly bytes: Uint8Array;
  private readonly lexer: Lexer;
  private readonly ahead: Token[] = [];
  private lineNumber = 1;
  private lineStart = 0;
  private scannedTo = 0;
  /** The token read last; a start token before the first. */
  last: Token;

  constructor(script: string) {
    this.bytes = encodeUtf8(script);
    this.lexer = new Lexer(this.bytes);
    this.last = { type: 'comment', position: { offset: 0, line: 1, char: 1 }, text: '', comment: undefined };
  }

  peek(distance = 0): Token {
    let token = this.ahead[distance];
    while (token === undefined) {
      this.ahead.push(this.read());
      token = this.ahead[distance];
    }
    return token;
  }

  next(): Token {
    const token = this.peek();
    this.ahead.shift();
    this.last = token;
    return token;
  }

  /** Takes the comment that stands before the token read last, once. */
  takeComment(): Comment | undefined {
    const { comment } = this.last;
    this.last.comment = undefined;
    return comment;
  }

  hasNewline(from: number, to: number): boolean {
    return this.bytes.subarray(from, to).includes(newline);
  }

  unexpected(token: Token, expected: readonly TokenType[]): ScriptError {
    const { offset, line, char } = token.position;
    const before = Math.max(0, offset - excerptBytes);
    const start = before + this.bytes.subarray(before, offset).lastIndexOf(newline) + 1;
    const after = Math.min(this.bytes.length, offset + excerptBytes);
    const lineEnd = this.bytes.subarray(offset, after).indexOf(newline);
    const excerpt = decodeUtf8(this.bytes, start, lineEnd < 0 ? after : offset + lineEnd);
    const found = token.type === 'ERR' ? token.text : tokenName(token.type);
    const wanted = expected.map((type) => `"${tokenName(type)}"`).join(',');
    return {
      message: `parser: unexpected ${found} line ${line} char ${char} in "${excerpt}". expected: ${wanted}`,
      line,
      char,
    };
  }

  private read(): Token {
    const comments: LexedToken[] = [];
    let token = this.lexer.next();
    while (token.type === 'comment') {
      comments.push(token);
      token = this.lexer.next();
    }
    const [first] = comments;
    const comment =
      first === undefined ? undefined : { position: this.positionOf(first.offset), lines: commentLines(comments) };
    return { type: token.type, position: this.positionOf(token.offset), text: token.text, comment };
  }

  /** Offsets never decrease from call to call. */
  private positionOf(offset: number): Position {
    for (; this.scannedTo < offset; this.scannedTo++) {
      if (this.bytes[this.scannedTo] !== newline) continue;
      this.lineNumber += 1;
      this.lineStart = this.scannedTo + 1;
    }
    return { offset, line: this.lineNumber, char: offset - this.lineStart + 1 };
  }
}

function commentLines(blocks: readonly LexedToken[]): string[] {
  const lines: string[] = [];
  blocks.forEach((block, index) => {
    if (index > 0) lines.push('\n');
    for (const raw of block.text.split('\n')) {
      const line = raw.trim();
      if (line !== '') lines.push(line.replace(/^\/\//, '').replace(/^ /, ''));
    }
  });
  return lines;
}
