/**
 * Reads a request body as Go's streaming decoder does: the first JSON value counts, whatever follows is ignored,
 * and 64-bit integers stay exact. `JSON.parse` can do neither.
 */
import { err, ok, type Result } from '../../base/result.ts';
import type { WireValue } from '../../tasks/wire-value.ts';

export function parseLenientJson(text: string): Result<WireValue, string> {
  const reader = new Reader(text);
  try {
    return ok(reader.value(0));
  } catch (error) {
    if (error instanceof JsonError) return err(error.message);
    throw error;
  }
}

class JsonError extends Error {}

/** Deeper nesting than any body of this API has; a bound against exhausting the stack. */
const depthLimit = 200;

class Reader {
  private at = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  value(depth: number): WireValue {
    if (depth > depthLimit) throw new JsonError(`nested deeper than ${depthLimit} levels`);
    this.blanks();
    const c = this.text[this.at];
    switch (c) {
      case '{':
        return this.object(depth);
      case '[':
        return this.list(depth);
      case '"':
        return this.string();
      case 't':
        return this.word('true', true);
      case 'f':
        return this.word('false', false);
      case 'n':
        return this.word('null', null);
      default:
        return this.number(c);
    }
  }

  private blanks(): void {
    while (this.at < this.text.length && ' \t\r\n'.includes(this.text[this.at] ?? 'x')) this.at++;
  }

  private word<T extends WireValue>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) throw this.unexpected(`in literal ${word}`);
    this.at += word.length;
    return value;
  }

  private object(depth: number): WireValue {
    const members: Record<string, WireValue> = {};
    this.at++;
    this.blanks();
    if (this.text[this.at] === '}') {
      this.at++;
      return members;
    }
    for (;;) {
      this.blanks();
      if (this.text[this.at] !== '"') throw this.unexpected('looking for beginning of object key string');
      const key = this.string();
      this.blanks();
      if (this.text[this.at] !== ':') throw this.unexpected('after object key');
      this.at++;
      const value = this.value(depth + 1);
      // A member named __proto__ must become a member, not a prototype.
      Object.defineProperty(members, key, { value, enumerable: true, configurable: true, writable: true });
      this.blanks();
      const next = this.text[this.at];
      if (next === '}') {
        this.at++;
        return members;
      }
      if (next !== ',') throw this.unexpected('after object key:value pair');
      this.at++;
    }
  }

  private list(depth: number): WireValue {
    const items: WireValue[] = [];
    this.at++;
    this.blanks();
    if (this.text[this.at] === ']') {
      this.at++;
      return items;
    }
    for (;;) {
      items.push(this.value(depth + 1));
      this.blanks();
      const next = this.text[this.at];
      if (next === ']') {
        this.at++;
        return items;
      }
      if (next !== ',') throw this.unexpected('after array element');
      this.at++;
    }
  }

  private string(): string {
    const start = this.at;
    for (let i = start + 1; i < this.text.length; i++) {
      const c = this.text.charCodeAt(i);
      if (c === 0x5c) i++;
      else if (c === 0x22) {
        this.at = i + 1;
        try {
          // The literal alone: the escapes are the language's own.
          const parsed: unknown = JSON.parse(this.text.slice(start, i + 1));
          if (typeof parsed === 'string') return parsed;
        } catch {
          this.at = start;
        }
        throw this.unexpected('in string literal');
      }
    }
    throw new JsonError('unexpected end of JSON input');
  }

  private number(c: string | undefined): WireValue {
    numberPattern.lastIndex = this.at;
    const match = numberPattern.exec(this.text);
    if (match === null) {
      if (c === undefined) throw new JsonError('unexpected end of JSON input');
      throw this.unexpected('looking for beginning of value');
    }
    this.at = numberPattern.lastIndex;
    const text = match[0];
    if (match[1] !== undefined || match[2] !== undefined) return Number(text);
    const integer = Number(text);
    return Number.isSafeInteger(integer) ? integer : BigInt(text);
  }

  private unexpected(where: string): JsonError {
    const c = this.text[this.at];
    if (c === undefined) return new JsonError('unexpected end of JSON input');
    return new JsonError(`invalid character '${c}' ${where}`);
  }
}

const numberPattern = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?/y;
