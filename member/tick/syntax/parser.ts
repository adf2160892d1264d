import { err, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { binaryOperatorOf, bindingPower } from './operators.ts';
import { parseLiteral } from './literal.ts';
import type {
  BinaryNode,
  CallKind,
  CallNode,
  ChainNode,
  Comment,
  DbrpNode,
  DeclarationNode,
  IdentifierNode,
  LambdaNode,
  ListNode,
  Node,
  Position,
  Program,
  ReferenceNode,
  ScriptError,
  StatementNode,
  TypeDeclarationNode,
  UnaryNode,
} from './node.ts';
import { TokenStream } from './token-stream.ts';
import type { Token, TokenType } from './token.ts';

/**
 * How deep expressions may nest, counting chained calls and operators. The original has no limit but its memory;
 * beyond this a script is refused, so that everything after the parser may recurse.
 */
export const depthLimit = 1000;

/** Parses a whole script. Never throws; the message is the original's, letter for letter. */
export function parseScript(script: string): Result<Program, ScriptError> {
  return attempt((parser) => parser.program(), script);
}

/** Parses what stands behind `lambda:`, as given for a variable. */
export function parseLambda(expression: string): Result<LambdaNode, ScriptError> {
  return attempt((parser) => parser.bareLambda(), expression);
}

/** Carries a refusal to the entry; nothing else is thrown by the parser. */
class Refusal extends Error {
  readonly scriptError: ScriptError;

  constructor(scriptError: ScriptError) {
    super(scriptError.message);
    this.scriptError = scriptError;
  }
}

function attempt<T>(run: (parser: Parser) => T, script: string): Result<T, ScriptError> {
  try {
    return ok(run(new Parser(script)));
  } catch (error) {
    if (error instanceof Refusal) return err(error.scriptError);
    throw error;
  }
}

const afterName: ReadonlySet<TokenType> = new Set(['.', '|', '@', 'var', 'identifier']);
const primaryStarts: readonly TokenType[] = [
  'number',
  'string',
  'duration',
  'identifier',
  'TRUE',
  'FALSE',
  '==',
  '(',
  '-',
  '!',
];

class Parser {
  private readonly tokens: TokenStream;
  private readonly depths = new WeakMap<object, number>();
  private nesting = 0;

  constructor(script: string) {
    this.tokens = new TokenStream(script);
  }

  program(): Program {
    const statements: StatementNode[] = [];
    while (this.tokens.peek().type !== 'EOF') statements.push(this.statement());
    // A comment before a closing sign at the very end, then the one before the end itself.
    for (const comment of [this.tokens.takeComment(), this.tokens.peek().comment]) {
      if (comment !== undefined) statements.push({ kind: 'comment', position: comment.position, comment });
    }
    return { statements };
  }

  bareLambda(): LambdaNode {
    const expression = this.operation();
    this.expect('EOF');
    return { kind: 'lambda', position: { offset: 0, line: 1, char: 1 }, comment: undefined, expression };
  }

  private statement(): StatementNode {
    switch (this.tokens.peek().type) {
      case 'var':
        return this.declaration();
      case 'dbrp':
        return this.dbrp();
      default:
        return this.expression();
    }
  }

  private dbrp(): DbrpNode {
    const { position } = this.expect('dbrp');
    const comment = this.tokens.takeComment();
    const database = this.reference();
    this.expect('.');
    return { kind: 'dbrp', position, comment, database, retentionPolicy: this.reference() };
  }

  private declaration(): DeclarationNode | TypeDeclarationNode {
    const { position } = this.expect('var');
    const comment = this.tokens.takeComment();
    const name = this.identifier();
    if (this.tokens.peek().type !== '=')
      return { kind: 'type-declaration', position, comment, name, type: this.identifier() };
    this.expect('=');
    return { kind: 'declaration', position, comment, name, value: this.expression() };
  }

  private expression(): Node {
    switch (this.tokens.peek().type) {
      case 'lambda':
        return this.nested(() => this.lambda());
      case '[':
        return this.list();
      case 'identifier':
        if (this.tokens.peek(1).type === '(') {
          const call = this.call('global');
          return afterName.has(this.tokens.peek().type) ? this.chain(call) : this.operators(call, 0);
        }
        return afterName.has(this.tokens.peek(1).type) ? this.chain(this.identifier()) : this.operation();
      default:
        return this.operation();
    }
  }

  private chain(start: Node): Node {
    let left = start;
    for (;;) {
      const { type, position } = this.tokens.peek();
      if (type !== '|' && type !== '.' && type !== '@') return left;
      this.tokens.next();
      const comment = this.tokens.takeComment();
      const isCall = type === '|' || this.tokens.peek(1).type === '(';
      const right = isCall
        ? this.call(type === '|' ? 'chain' : type === '.' ? 'property' : 'dynamic')
        : this.identifier();
      left = this.sized({ kind: 'chain', position, comment, operator: type, left, right } satisfies ChainNode, [
        left,
        right,
      ]);
    }
  }

  private identifier(): IdentifierNode {
    const { text, position } = this.expect('identifier');
    return { kind: 'identifier', position, comment: this.tokens.takeComment(), name: text };
  }

  private reference(): ReferenceNode {
    const token = this.expect('reference');
    const node = this.literal(token);
    if (node.kind !== 'reference') throw new Refusal(this.tokens.unexpected(token, ['reference']));
    return node;
  }

  /** A call outside an expression: arguments may be anything. */
  private call(callKind: CallKind): CallNode {
    const { text, position } = this.expect('identifier');
    const comment = this.tokens.takeComment();
    return this.callOf(callKind, text, position, comment, () => this.expression());
  }

  private callOf(
    callKind: CallKind,
    name: string,
    position: Position,
    comment: Comment | undefined,
    argument: () => Node,
  ): CallNode {
    this.expect('(');
    const args = this.nested(() => this.separated(')', argument));
    this.expect(')');
    const lastArg = args.at(-1);
    const isMultiLine = lastArg !== undefined && this.tokens.hasNewline(position.offset, lastArg.position.offset);
    return this.sized({ kind: 'call', position, comment, callKind, name, args, isMultiLine } satisfies CallNode, args);
  }

  /** Items up to a closing sign, which stays unread; a comma may stand before it. */
  private separated(close: TokenType, item: () => Node): Node[] {
    const items: Node[] = [];
    while (this.tokens.peek().type !== close) {
      items.push(item());
      if (this.tokens.peek().type !== ',') break;
      this.tokens.next();
    }
    return items;
  }

  private list(): ListNode {
    const { position } = this.expect('[');
    const comment = this.tokens.takeComment();
    const items = this.separated(']', () => this.listItem());
    this.expect(']');
    return this.sized({ kind: 'list', position, comment, items } satisfies ListNode, items);
  }

  private listItem(): Node {
    const token = this.tokens.peek();
    if (token.type === 'identifier') return this.identifier();
    if (token.type === 'string' || token.type === 'star') return this.literal(this.tokens.next());
    throw new Refusal(this.tokens.unexpected(token, ['identifier', 'string', 'star']));
  }

  private lambda(): LambdaNode {
    const { position } = this.tokens.next();
    const comment = this.tokens.takeComment();
    const expression = this.operation();
    return this.sized({ kind: 'lambda', position, comment, expression } satisfies LambdaNode, [expression]);
  }

  private operation(): Node {
    return this.operators(this.primary(), 0);
  }

  /** Precedence climbing: what binds at least as strongly as `weakest` is taken in, left to right. */
  private operators(start: Node, weakest: number): Node {
    let left = start;
    for (;;) {
      const token = this.tokens.peek();
      const operator = binaryOperatorOf(token.type);
      if (operator === undefined || bindingPower[operator] < weakest) return left;
      this.tokens.next();
      const comment = this.tokens.takeComment();
      let right = this.primary();
      for (;;) {
        const stronger = binaryOperatorOf(this.tokens.peek().type);
        if (stronger === undefined || bindingPower[stronger] <= bindingPower[operator]) break;
        const operand = right;
        right = this.nested(() => this.operators(operand, bindingPower[stronger]));
      }
      const isMultiLine = this.tokens.hasNewline(left.position.offset, right.position.offset);
      const node: BinaryNode = {
        kind: 'binary',
        position: token.position,
        comment,
        operator,
        left,
        right,
        hasParens: false,
        isMultiLine,
      };
      left = this.sized(node, [left, right]);
    }
  }

  private primary(): Node {
    const token = this.tokens.peek();
    switch (token.type) {
      case '(':
        return this.nested(() => this.parenthesized());
      case 'number':
      case 'string':
      case 'TRUE':
      case 'FALSE':
      case 'duration':
      case 'regex':
      case 'star':
      case 'reference':
        return this.literal(this.tokens.next());
      case 'identifier': {
        if (this.tokens.peek(1).type !== '(') return this.identifier();
        // A comment before a function's name inside an expression has no place and is dropped, as in 1.5.4.
        const { text, position } = this.expect('identifier');
        return this.callOf('global', text, position, undefined, () => this.operation());
      }
      case '-':
      case '!': {
        this.tokens.next();
        const operand = this.nested(() => this.primary());
        // Read after the operand, so it is the operand's last comment, if that is still free.
        const comment = this.tokens.takeComment();
        return this.sized(
          { kind: 'unary', position: token.position, comment, operator: token.type, operand } satisfies UnaryNode,
          [operand],
        );
      }
      default:
        throw new Refusal(this.tokens.unexpected(token, primaryStarts));
    }
  }

  private parenthesized(): Node {
    this.tokens.next();
    const comment = this.tokens.takeComment();
    const inner = this.operation();
    this.expect(')');
    const node: Node = inner.kind === 'binary' ? { ...inner, comment, hasParens: true } : { ...inner, comment };
    return this.sized(node, [inner]);
  }

  private literal(token: Token): Node {
    const node = parseLiteral(token, this.tokens.takeComment());
    if (node.ok) return node.value;
    throw new Refusal({ message: `parser: ${node.error}`, line: token.position.line, char: token.position.char });
  }

  private expect(type: TokenType): Token {
    const token = this.tokens.next();
    if (token.type !== type) throw new Refusal(this.tokens.unexpected(token, [type]));
    return token;
  }

  private sized<N extends Node>(node: N, parts: readonly Node[]): N {
    let depth = 0;
    for (const part of parts) depth = Math.max(depth, this.depths.get(part) ?? 0);
    if (depth >= depthLimit) this.refuseDepth(node.position);
    this.depths.set(node, depth + 1);
    return node;
  }

  private nested<T>(parse: () => T): T {
    this.nesting += 1;
    if (this.nesting > depthLimit) this.refuseDepth(this.tokens.peek().position);
    const result = parse();
    this.nesting -= 1;
    return result;
  }

  private refuseDepth({ line, char }: Position): never {
    throw new Refusal({
      message: `parser: expression is nested more than ${depthLimit} deep line ${line} char ${char}`,
      line,
      char,
    });
  }
}
