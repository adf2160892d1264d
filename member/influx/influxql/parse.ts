/**
 * Reads InfluxQL as far as batch queries need it: SELECT statements in the grammar of 1.5.4, without subqueries and
 * without `tz()`. Pure. What functions take is left to the InfluxDB that runs the query. Error texts are the original's.
 */
import { parseDuration } from './duration.ts';
import { scanRegex, scanToken, skipBlank } from './scan.ts';
import type { Token } from './scan.ts';
import type { Expression, Fill, Measurement, Operator, SelectField, SelectStatement } from './tree.ts';
import { validateSelect } from './validate.ts';
import { err, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';

/** A text of exactly one SELECT statement. */
export function parseSelect(text: string): Result<SelectStatement, string> {
  const parser = new Parser(text);
  try {
    return ok(parser.onlySelect());
  } catch (error) {
    if (error instanceof SyntaxRefusal) return err(error.message);
    throw error;
  }
}

/** Unwinds the parser; never leaves this file. */
class SyntaxRefusal extends Error {}

const otherStatements = ['DELETE', 'SHOW', 'CREATE', 'DROP', 'GRANT', 'REVOKE', 'ALTER', 'SET', 'KILL'];
const precedence: Readonly<Record<Operator, number>> = {
  OR: 1,
  AND: 2,
  '=': 3,
  '!=': 3,
  '=~': 3,
  '!~': 3,
  '<': 3,
  '<=': 3,
  '>': 3,
  '>=': 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
};
const valueKinds = ['identifier', 'string', 'number', 'bool'];
/** More than any query of a human has; a bound against exhausting the stack. */
const depthLimit = 200;

class Parser {
  private readonly text: string;
  private at = 0;
  private depth = 0;

  constructor(text: string) {
    this.text = text;
  }

  onlySelect(): SelectStatement {
    const statements: SelectStatement[] = [];
    for (let mayBegin = true; ;) {
      const token = this.peek();
      if (token.kind === 'end') break;
      if (this.take(';')) mayBegin = true;
      else if (!mayBegin) throw this.unexpected(token, [';']);
      else {
        statements.push(this.statement());
        mayBegin = false;
      }
    }
    const [only] = statements;
    if (only === undefined || statements.length > 1)
      throw new SyntaxRefusal(`query must be a single select statement, got ${statements.length} statements`);
    return only;
  }

  private statement(): SelectStatement {
    const token = this.next();
    if (token.kind === 'keyword' && otherStatements.includes(token.text))
      throw new SyntaxRefusal(`query is not a select statement ${JSON.stringify(this.text)}`);
    if (token.text !== 'SELECT' || token.kind !== 'keyword')
      throw this.unexpected(token, ['SELECT', ...otherStatements]);
    const fields = this.list(() => this.field());
    const into = this.takeKeyword('INTO') ? this.target() : undefined;
    this.expectKeyword('FROM');
    const statement: SelectStatement = {
      fields,
      into,
      sources: this.list(() => this.source()),
      condition: this.takeKeyword('WHERE') ? this.expression() : undefined,
      dimensions: this.dimensions(),
      fill: this.fill(),
      order: this.order(),
      limit: this.count('LIMIT'),
      offset: this.count('OFFSET'),
      seriesLimit: this.count('SLIMIT'),
      seriesOffset: this.count('SOFFSET'),
    };
    const problem = validateSelect(statement);
    if (problem !== undefined) throw new SyntaxRefusal(problem);
    return statement;
  }

  private field(): SelectField {
    const start = this.peek();
    const expression = this.regex() ?? this.expression();
    const compared = comparison(expression);
    if (compared !== undefined) {
      const place = this.placeOf(start.start);
      throw new SyntaxRefusal(
        `invalid operator ${compared} in SELECT clause at ${place}; operator is intended for WHERE clause`,
      );
    }
    return { expression, alias: this.takeKeyword('AS') ? this.identifier() : '' };
  }

  private target(): Measurement {
    const names = this.segments();
    if (names.length < 3 && this.take(':')) {
      this.expectKeyword('MEASUREMENT');
      names.push('');
    }
    return measurementOf(names, undefined);
  }

  private source(): Measurement {
    const pattern = this.regex();
    if (pattern !== undefined) return measurementOf([], pattern.pattern);
    const names = this.segments();
    return measurementOf(names, names.length < 3 ? this.regex()?.pattern : undefined);
  }

  private dimensions(): readonly Expression[] {
    if (!this.takeKeyword('GROUP')) return [];
    this.expectKeyword('BY');
    return this.list(() => this.regex() ?? this.expression());
  }

  private fill(): Fill {
    const token = this.peek();
    if (token.kind !== 'identifier' || token.text.toLowerCase() !== 'fill') return { kind: 'null' };
    const call = this.expression();
    if (call.kind !== 'call') throw new SyntaxRefusal('fill must be a function call');
    const [value] = call.args;
    if (value === undefined || call.args.length !== 1)
      throw new SyntaxRefusal('fill requires an argument, e.g.: 0, null, none, previous, linear');
    if (value.kind === 'integer' || value.kind === 'number') return { kind: 'number', value: value.value };
    const word = value.kind === 'reference' ? value.name : '';
    if (word === 'null' || word === 'none' || word === 'previous' || word === 'linear') return { kind: word };
    throw new SyntaxRefusal('expected number argument in fill()');
  }

  private order(): SelectStatement['order'] {
    if (!this.takeKeyword('ORDER')) return undefined;
    this.expectKeyword('BY');
    let name = '';
    const token = this.peek();
    if (token.kind === 'identifier') name = this.identifier();
    else if (token.text !== 'ASC' && token.text !== 'DESC')
      throw this.unexpected(this.next(), ['identifier', 'ASC', 'DESC']);
    const isDescending = this.takeKeyword('DESC');
    if (!isDescending) this.takeKeyword('ASC');
    if ((name !== '' && name !== 'time') || this.peek().text === ',')
      throw new SyntaxRefusal('only ORDER BY time supported at this time');
    return { name, isAscending: !isDescending };
  }

  private count(keyword: string): number {
    if (!this.takeKeyword(keyword)) return 0;
    const token = this.next();
    if (token.text === '-' && scanToken(this.text, token.end).kind === 'integer')
      throw new SyntaxRefusal(`${keyword} must be >= 0 at ${this.placeOf(token.start)}`);
    if (token.kind !== 'integer') throw this.unexpected(token, ['integer']);
    return Number(token.text);
  }

  private expression(): Expression {
    if (++this.depth > depthLimit) throw new SyntaxRefusal(`nested deeper than ${depthLimit} levels`);
    const parsed = this.binary(this.operand(), 0);
    this.depth--;
    return parsed;
  }

  /** Operators of higher precedence bind first; those of the same one from left to right. */
  private binary(left: Expression, above: number): Expression {
    let expression = left;
    for (;;) {
      const operator = operatorOf(this.peek());
      if (operator === undefined || precedence[operator] <= above) return expression;
      this.next();
      if (operator === '=~' || operator === '!~') {
        const pattern = this.regex();
        if (pattern === undefined) throw this.unexpected(this.next(), ['regex']);
        expression = { kind: 'binary', operator, left: expression, right: pattern };
      } else {
        const right = this.binary(this.operand(), precedence[operator]);
        expression = { kind: 'binary', operator, left: expression, right };
      }
    }
  }

  private operand(): Expression {
    const token = this.next();
    switch (token.kind) {
      case 'identifier':
        if (this.text[this.at] === '(') return this.call(token.text);
        this.at = token.start;
        return this.reference();
      case 'string':
        return { kind: 'string', value: token.text };
      case 'number':
        return { kind: 'number', value: Number(token.text) };
      case 'integer':
        return this.integer(token, '');
      case 'duration':
        return { kind: 'duration', valueNs: parseDuration(token.text) ?? 0n };
      case 'keyword':
        return this.keywordOperand(token);
      default:
        return this.symbolOperand(token);
    }
  }

  private keywordOperand(token: Token): Expression {
    if (token.text === 'TRUE' || token.text === 'FALSE') return { kind: 'boolean', value: token.text === 'TRUE' };
    if (token.text !== 'DISTINCT') throw this.unexpected(token, valueKinds);
    return this.text[this.at] === '(' ? this.call('distinct') : { kind: 'distinct', name: this.identifier() };
  }

  private symbolOperand(token: Token): Expression {
    if (token.text === '(' && token.kind === 'symbol') {
      const inner = this.expression();
      this.expect(')');
      return { kind: 'paren', inner };
    }
    if (token.text === '*' && token.kind === 'symbol') {
      if (!this.takeAt('::')) return { kind: 'wildcard', type: '' };
      const type = this.next();
      if (type.text !== 'FIELD' && type.text !== 'TAG') throw this.unexpected(type, ['field', 'tag']);
      return { kind: 'wildcard', type: type.text === 'TAG' ? 'tag' : 'field' };
    }
    if (token.text === '-' || token.text === '+') {
      const number = scanToken(this.text, this.at);
      const sign = token.text === '-' ? '-' : '';
      if (number.kind === 'integer' || number.kind === 'number' || number.kind === 'duration') {
        this.at = number.end;
        if (number.kind === 'integer') return this.integer(number, sign);
        if (number.kind === 'number') return { kind: 'number', value: Number(sign + number.text) };
        const ns = parseDuration(number.text) ?? 0n;
        return { kind: 'duration', valueNs: sign === '' ? ns : -ns };
      }
    }
    if (token.text === '/' && token.kind === 'symbol') {
      this.at = token.start;
      const pattern = this.regex();
      if (pattern !== undefined) return pattern;
    }
    throw this.unexpected(token, valueKinds);
  }

  private integer(token: Token, sign: '' | '-'): Expression {
    const value = BigInt(`${sign}${token.text}`);
    if (BigInt.asIntN(64, value) !== value)
      throw new SyntaxRefusal(`unable to parse integer at ${this.placeOf(token.start)}`);
    return { kind: 'integer', value };
  }

  private call(name: string): Expression {
    this.expect('(');
    const args = this.take(')') ? [] : this.list(() => this.regex() ?? this.expression());
    if (args.length > 0) this.expect(')');
    return { kind: 'call', name: name.toLowerCase(), args };
  }

  private reference(): Expression {
    const name = this.segments().join('.');
    if (!this.takeAt('::')) return { kind: 'reference', name, type: '' };
    const token = this.next();
    const type = token.text.toLowerCase();
    const types = ['float', 'integer', 'string', 'boolean', 'field', 'tag'];
    if (!types.includes(type)) throw this.unexpected(token, types);
    return { kind: 'reference', name, type };
  }

  /** `"db"."rp".name`, `db..name`; a pattern or `:MEASUREMENT` behind the last point is left to the caller. */
  private segments(): string[] {
    const start = skipBlank(this.text, this.at);
    const names = [this.identifier()];
    while (this.takeAt('.')) {
      const next = this.text[this.at];
      if (next === '/' || next === ':') break;
      names.push(next === '.' ? '' : this.identifier());
    }
    if (names.length > 3)
      throw new SyntaxRefusal(`too many segments in ${this.text.slice(start, this.at)} at line 1, char 1`);
    return names;
  }

  private regex(): { readonly kind: 'regex'; readonly pattern: string } | undefined {
    const start = skipBlank(this.text, this.at);
    if (this.text[start] !== '/') return undefined;
    const token = scanRegex(this.text, start);
    if (token.kind === 'bad') throw new SyntaxRefusal(`bad regex:  at ${this.placeOf(start - 1)}`);
    this.at = token.end;
    return { kind: 'regex', pattern: token.text };
  }

  private list<T>(item: () => T): T[] {
    const items = [item()];
    while (this.take(',')) items.push(item());
    return items;
  }

  private identifier(): string {
    const token = this.next();
    if (token.kind !== 'identifier') throw this.unexpected(token, ['identifier']);
    return token.text;
  }

  private peek(): Token {
    return scanToken(this.text, skipBlank(this.text, this.at));
  }

  private next(): Token {
    const token = this.peek();
    this.at = token.end;
    return token;
  }

  private take(symbol: string): boolean {
    const token = this.peek();
    if (token.kind !== 'symbol' || token.text !== symbol) return false;
    this.at = token.end;
    return true;
  }

  /** The symbol, if it stands right here without a blank. */
  private takeAt(symbol: string): boolean {
    return skipBlank(this.text, this.at) === this.at && this.take(symbol);
  }

  private expect(symbol: string): void {
    if (!this.take(symbol)) throw this.unexpected(this.next(), [symbol]);
  }

  private takeKeyword(keyword: string): boolean {
    const token = this.peek();
    if (token.kind !== 'keyword' || token.text !== keyword) return false;
    this.at = token.end;
    return true;
  }

  private expectKeyword(keyword: string): void {
    if (!this.takeKeyword(keyword)) throw this.unexpected(this.next(), [keyword]);
  }

  private unexpected(found: Token, expected: readonly string[]): SyntaxRefusal {
    return new SyntaxRefusal(
      `found ${found.text}, expected ${expected.join(', ')} at ${this.placeOf(this.shownStart(found))}`,
    );
  }

  /** As 1.5.4 counts: texts begin one before their quote, the end is one behind the last character. */
  private shownStart({ kind, start }: Token): number {
    if (kind === 'end') return start + 1;
    const quote = this.text[start];
    const isText = kind === 'string' || (kind === 'bad' && (quote === "'" || quote === '"'));
    return isText ? start - 1 : start;
  }

  private placeOf(at: number): string {
    const before = this.text.slice(0, at).padEnd(at).split('\n');
    return `line ${before.length}, char ${Array.from(before.at(-1) ?? '').length + 1}`;
  }
}

function operatorOf({ kind, text }: Token): Operator | undefined {
  if (kind !== 'symbol' && kind !== 'keyword') return undefined;
  return Object.hasOwn(precedence, text) ? (text as Operator) : undefined;
}

/** An operator that makes a truth value, which no column can be. */
function comparison(expression: Expression): Operator | undefined {
  if (expression.kind === 'paren') return comparison(expression.inner);
  if (expression.kind === 'call') {
    for (const arg of expression.args) {
      const found = comparison(arg);
      if (found !== undefined) return found;
    }
  }
  if (expression.kind !== 'binary') return undefined;
  if (precedence[expression.operator] <= 3) return expression.operator;
  return comparison(expression.left) ?? comparison(expression.right);
}

function measurementOf(names: readonly string[], pattern: string | undefined): Measurement {
  const all = pattern === undefined ? names : [...names, ''];
  const [name = '', retentionPolicy = '', database = ''] = [...all].reverse();
  return { database, retentionPolicy, name, pattern };
}
