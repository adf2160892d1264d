/** Parses a template, as Go's `text/template` does; messages are the original's, letter for letter. */
import { err, ok, type Result } from '../../base/result.ts';
import { goQuote } from '../go-quote.ts';
import { lex, type Token, type TokenKind } from './lexer.ts';
import { unquote, unquoteChar } from './go-unquote.ts';
import { parseNumber } from './go-number.ts';
import { operandText, nodeText, type Command, type Node, type Operand, type Pipe, type Tree } from './tree.ts';

/** All templates of one text by name: itself and those it defines. Functions are the names it may call. */
export function parseTemplate(
  name: string,
  text: string,
  functions: ReadonlySet<string>,
): Result<ReadonlyMap<string, Tree>, string> {
  const parser = new Parser(name, text, functions);
  try {
    parser.parse();
  } catch (error) {
    if (error instanceof ParseError) return err(error.message);
    throw error;
  }
  return ok(parser.trees);
}

/** Ends the parse from any depth; never leaves this file. */
class ParseError extends Error {}

type Ending = { readonly kind: 'end' | 'else'; readonly isElseIf: boolean };

const operandKinds = new Set<TokenKind>([
  'bool',
  'character',
  'complex',
  'dot',
  'field',
  'identifier',
  'number',
  'nil',
  'raw',
  'string',
  'variable',
  'open',
]);

class Parser {
  readonly trees = new Map<string, Tree>();
  readonly #name: string;
  readonly #source: string;
  readonly #functions: ReadonlySet<string>;
  readonly #tokens: readonly Token[];
  #at = 0;
  /** Line of the token last read, which error messages name. */
  #line = 1;
  #actionLine = 0;
  #rangeDepth = 0;
  #variables: string[] = ['$'];

  constructor(name: string, source: string, functions: ReadonlySet<string>) {
    this.#name = name;
    this.#source = source;
    this.#functions = functions;
    this.#tokens = lex(source);
  }

  parse(): void {
    const root: Node[] = [];
    while (this.#peek().kind !== 'eof') {
      if (this.#peek().kind === 'left' && this.#isDefine()) {
        this.#definition();
        continue;
      }
      const node = this.#textOrAction();
      if (isEnding(node)) this.#fail(`unexpected ${endingText(node)}`);
      root.push(node);
    }
    this.#add(this.#name, root);
  }

  #token(index: number): Token {
    return this.#tokens[Math.min(index, this.#tokens.length - 1)] ?? { kind: 'eof', text: '', at: 0, line: 1 };
  }

  #peek(): Token {
    const token = this.#token(this.#at);
    this.#line = token.line;
    return token;
  }

  #next(): Token {
    const token = this.#peek();
    this.#at++;
    return token;
  }

  #nextNonSpace(): Token {
    let token = this.#next();
    while (token.kind === 'space') token = this.#next();
    return token;
  }

  #peekNonSpace(): Token {
    while (this.#peek().kind === 'space') this.#at++;
    return this.#peek();
  }

  #fail(message: string): never {
    throw new ParseError(`template: ${this.#name}:${this.#line}: ${message}`);
  }

  #unexpected(token: Token, context: string): never {
    if (token.kind === 'error') {
      let extra = '';
      if (this.#actionLine !== 0 && this.#actionLine !== token.line) {
        extra = ` in action started at ${this.#name}:${this.#actionLine}`;
        if (token.text.endsWith(' action')) extra = extra.slice(' in action'.length);
      }
      this.#fail(token.text + extra);
    }
    this.#fail(`unexpected ${tokenText(token)} in ${context}`);
  }

  #expect(kind: TokenKind, context: string): Token {
    const token = this.#nextNonSpace();
    if (token.kind !== kind) this.#unexpected(token, context);
    return token;
  }

  #add(name: string, root: readonly Node[]): void {
    const known = this.trees.get(name);
    if (known === undefined || isEmpty(known.root))
      this.trees.set(name, { name, parseName: this.#name, source: this.#source, root });
    else if (!isEmpty(root)) this.#fail(`template: multiple definition of template ${goQuote(name)}`);
  }

  #isDefine(): boolean {
    let at = this.#at + 1;
    while (this.#token(at).kind === 'space') at++;
    if (this.#token(at).kind !== 'keyword' || this.#token(at).text !== 'define') return false;
    this.#at = at + 1;
    return true;
  }

  #definition(): void {
    const name = this.#templateName('define clause');
    this.#expect('right', 'define clause');
    this.#inFreshScope(() => {
      const { list, ending } = this.#itemList();
      if (ending.kind !== 'end') this.#fail(`unexpected ${endingText(ending)} in define clause`);
      this.#add(name, list);
    });
  }

  /** A template of its own sees no variables of the one around it, and is in none of its ranges. */
  #inFreshScope(parse: () => void): void {
    const variables = this.#variables;
    const rangeDepth = this.#rangeDepth;
    this.#variables = ['$'];
    this.#rangeDepth = 0;
    parse();
    this.#variables = variables;
    this.#rangeDepth = rangeDepth;
  }

  #templateName(context: string): string {
    const token = this.#nextNonSpace();
    if (token.kind !== 'string' && token.kind !== 'raw') this.#unexpected(token, context);
    return this.#unquoted(token);
  }

  #unquoted(token: Token): string {
    return unquote(token.text) ?? this.#fail('invalid syntax');
  }

  #itemList(): { readonly list: readonly Node[]; readonly ending: Ending } {
    const list: Node[] = [];
    while (this.#peekNonSpace().kind !== 'eof') {
      const node = this.#textOrAction();
      if (isEnding(node)) return { list, ending: node };
      list.push(node);
    }
    return this.#fail('unexpected EOF');
  }

  #textOrAction(): Node | Ending {
    const token = this.#nextNonSpace();
    if (token.kind === 'text') return { kind: 'text', at: token.at, value: token.text };
    if (token.kind !== 'left') this.#unexpected(token, 'input');
    this.#actionLine = token.line;
    const node = this.#action();
    this.#actionLine = 0;
    return node;
  }

  #action(): Node | Ending {
    const token = this.#nextNonSpace();
    if (token.kind === 'keyword') {
      switch (token.text) {
        case 'block':
          return this.#block();
        case 'break':
        case 'continue':
          return this.#leaveRange(token, token.text);
        case 'else':
          return this.#else();
        case 'end':
          this.#expect('right', 'end');
          return { kind: 'end', isElseIf: false };
        case 'if':
        case 'with':
        case 'range':
          return this.#control(token.text);
        case 'template':
          return this.#template();
        default:
          break;
      }
    }
    this.#at--;
    const at = this.#peek().at;
    return { kind: 'action', at, pipe: this.#pipeline('command', 'right') };
  }

  #leaveRange(token: Token, kind: 'break' | 'continue'): Node {
    const next = this.#nextNonSpace();
    if (next.kind !== 'right') this.#unexpected(next, `{{${kind}}}`);
    if (this.#rangeDepth === 0) this.#fail(`{{${kind}}} outside {{range}}`);
    return { kind, at: token.at };
  }

  #else(): Ending {
    const token = this.#peekNonSpace();
    if (token.kind === 'keyword' && token.text === 'if') return { kind: 'else', isElseIf: true };
    this.#expect('right', 'else');
    return { kind: 'else', isElseIf: false };
  }

  #control(kind: 'if' | 'with' | 'range'): Node {
    const known = this.#variables.length;
    const pipe = this.#pipeline(kind, 'right');
    if (kind === 'range') this.#rangeDepth++;
    const { list, ending } = this.#itemList();
    if (kind === 'range') this.#rangeDepth--;
    let otherwise: readonly Node[] | null = null;
    if (ending.kind === 'else') {
      if (kind === 'if' && ending.isElseIf) {
        this.#next();
        otherwise = [this.#control('if')];
      } else {
        const rest = this.#itemList();
        if (rest.ending.kind !== 'end') this.#fail(`expected end; found ${endingText(rest.ending)}`);
        otherwise = rest.list;
      }
    }
    this.#variables.length = known;
    return { kind, at: pipe.at, pipe, list, otherwise };
  }

  #block(): Node {
    const at = this.#peekNonSpace().at;
    const name = this.#templateName('block clause');
    const pipe = this.#pipeline('block clause', 'right');
    this.#inFreshScope(() => {
      const { list, ending } = this.#itemList();
      if (ending.kind !== 'end') this.#fail(`unexpected ${endingText(ending)} in block clause`);
      this.#add(name, list);
    });
    return { kind: 'template', at, name, pipe };
  }

  #template(): Node {
    const at = this.#peekNonSpace().at;
    const name = this.#templateName('template clause');
    if (this.#nextNonSpace().kind === 'right') return { kind: 'template', at, name, pipe: null };
    this.#at--;
    return { kind: 'template', at, name, pipe: this.#pipeline('template clause', 'right') };
  }

  #pipeline(context: string, end: TokenKind): Pipe {
    const { at } = this.#peekNonSpace();
    const variables: string[] = [];
    const isAssign = this.#declarations(context, variables);
    const commands: Command[] = [];
    for (;;) {
      const token = this.#nextNonSpace();
      if (token.kind === end) break;
      if (!operandKinds.has(token.kind)) this.#unexpected(token, context);
      this.#at--;
      commands.push(this.#command());
    }
    if (commands.length === 0) this.#fail(`missing value for ${context}`);
    commands.forEach((command, index) => {
      const first = command.args[0]?.kind ?? '';
      if (index > 0 && ['bool', 'dot', 'nil', 'number', 'string'].includes(first))
        this.#fail(`non executable command in pipeline stage ${index + 1}`);
    });
    return { kind: 'pipe', at, isAssign, variables, commands };
  }

  /** `$x :=`, `$x =` or, in a range, `$i, $x :=` at the start of a pipeline; true for an assignment. */
  #declarations(context: string, variables: string[]): boolean {
    for (;;) {
      const start = this.#at;
      const variable = this.#peekNonSpace();
      if (variable.kind !== 'variable') return false;
      this.#next();
      const next = this.#peekNonSpace();
      if (next.kind === 'assign' || next.kind === 'declare') {
        this.#nextNonSpace();
        variables.push(variable.text);
        this.#variables.push(variable.text);
        return next.kind === 'assign';
      }
      if (next.kind !== 'char' || next.text !== ',') {
        this.#at = start;
        return false;
      }
      this.#nextNonSpace();
      variables.push(variable.text);
      this.#variables.push(variable.text);
      if (context !== 'range' || variables.length >= 2) this.#fail(`too many declarations in ${context}`);
      if (!['variable', 'right', 'close'].includes(this.#peekNonSpace().kind))
        this.#fail('range can only initialize variables');
    }
  }

  #command(): Command {
    const { at } = this.#peekNonSpace();
    const args: Operand[] = [];
    for (;;) {
      this.#peekNonSpace();
      const operand = this.#operand();
      if (operand !== null) args.push(operand);
      const token = this.#next();
      if (token.kind === 'space') continue;
      if (token.kind === 'right' || token.kind === 'close') this.#at--;
      else if (token.kind !== 'pipe') this.#unexpected(token, 'operand');
      break;
    }
    if (args.length === 0) this.#fail('empty command');
    return { at, args };
  }

  #operand(): Operand | null {
    const term = this.#term();
    if (term === null || this.#peek().kind !== 'field') return term;
    const { at } = this.#peek();
    const names: string[] = [];
    while (this.#peek().kind === 'field') names.push(this.#next().text.slice(1));
    if (term.kind === 'field' || term.kind === 'variable')
      return { kind: term.kind, at, names: [...term.names, ...names] };
    if (['bool', 'string', 'number', 'nil', 'dot'].includes(term.kind))
      this.#fail(`unexpected . after term ${goQuote(operandText(term))}`);
    return { kind: 'chain', at, of: term, names };
  }

  #term(): Operand | null {
    const token = this.#nextNonSpace();
    const { at, text } = token;
    switch (token.kind) {
      case 'identifier':
        if (!this.#functions.has(text)) this.#fail(`function ${goQuote(text)} not defined`);
        return { kind: 'function', at, name: text };
      case 'dot':
      case 'nil':
        return { kind: token.kind, at };
      case 'variable':
        if (!this.#variables.includes(text)) this.#fail(`undefined variable ${goQuote(text)}`);
        return { kind: 'variable', at, names: [text] };
      case 'field':
        return { kind: 'field', at, names: [text.slice(1)] };
      case 'bool':
        return { kind: 'bool', at, value: text === 'true' };
      case 'character': {
        const char = unquoteChar(text) ?? this.#fail(`malformed character constant: ${text}`);
        const code = BigInt(char.codePointAt(0) ?? 0);
        return { kind: 'number', at, source: text, int: code, float: Number(code) };
      }
      case 'number':
      case 'complex': {
        const number = parseNumber(text) ?? this.#fail(`illegal number syntax: ${goQuote(text)}`);
        if (number.int === null && !/[.eEpP]/.test(text)) this.#fail(`integer overflow: ${goQuote(text)}`);
        return { kind: 'number', at, source: text, ...number };
      }
      case 'open':
        return this.#pipeline('parenthesized pipeline', 'close');
      case 'string':
      case 'raw':
        return { kind: 'string', at, source: text, value: this.#unquoted(token) };
      default:
        this.#at--;
        return null;
    }
  }
}

function isEnding(node: Node | Ending): node is Ending {
  return node.kind === 'end' || node.kind === 'else';
}

function endingText(ending: Ending): string {
  return `{{${ending.kind}}}`;
}

function tokenText(token: Token): string {
  if (token.kind === 'eof') return 'EOF';
  if (token.kind === 'keyword') return `<${token.text}>`;
  const chars = Array.from(token.text);
  return chars.length > 10 ? `${goQuote(chars.slice(0, 10).join(''))}...` : goQuote(token.text);
}

/** Nothing but space: such a template may be defined again. */
function isEmpty(nodes: readonly Node[]): boolean {
  return nodes.every((node) => node.kind === 'text' && nodeText(node).trim() === '');
}
