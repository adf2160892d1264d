/**
 * The syntax tree of a TICKscript. Plain immutable data; `LambdaNode` alone may get another expression while a
 * program is evaluated, because a second `.where()` of a `from` widens the very lambda it was given, as 1.5.4 does.
 */

/** Where a node starts. `offset` and `char` count bytes of UTF-8; `line` and `char` start at 1, as Go's errors do. */
export interface Position {
  readonly offset: number;
  readonly line: number;
  readonly char: number;
}

/** Comment lines without their slashes; `'\n'` stands for a blank line between two blocks. */
export interface Comment {
  readonly position: Position;
  readonly lines: readonly string[];
}

interface Common {
  readonly position: Position;
  readonly comment?: Comment | undefined;
}

export interface IntNode extends Common {
  readonly kind: 'int';
  readonly value: bigint;
  readonly base: 8 | 10;
}

export interface FloatNode extends Common {
  readonly kind: 'float';
  readonly value: number;
}

export interface DurationNode extends Common {
  readonly kind: 'duration';
  /** Nanoseconds. */
  readonly value: bigint;
  /** As written; empty when the node stands for a variable's value. */
  readonly literal: string;
}

export interface BoolNode extends Common {
  readonly kind: 'bool';
  readonly value: boolean;
}

export interface StringNode extends Common {
  readonly kind: 'string';
  readonly value: string;
  readonly isTripleQuoted: boolean;
}

export interface RegexNode extends Common {
  readonly kind: 'regex';
  readonly pattern: string;
  /** Between the slashes as written; empty when the node stands for a variable's value. */
  readonly literal: string;
}

export interface StarNode extends Common {
  readonly kind: 'star';
}

export interface ReferenceNode extends Common {
  readonly kind: 'reference';
  readonly name: string;
}

export interface IdentifierNode extends Common {
  readonly kind: 'identifier';
  readonly name: string;
}

export interface ListNode extends Common {
  readonly kind: 'list';
  readonly items: readonly Node[];
}

export type UnaryOperator = '-' | '!';
export type MathOperator = '+' | '-' | '*' | '/' | '%';
export type LogicalOperator = 'AND' | 'OR';
export type ComparisonOperator = '==' | '!=' | '<' | '>' | '<=' | '>=' | '=~' | '!~';
export type BinaryOperator = MathOperator | LogicalOperator | ComparisonOperator;

export interface UnaryNode extends Common {
  readonly kind: 'unary';
  readonly operator: UnaryOperator;
  readonly operand: Node;
}

/** Its position is the operator's. */
export interface BinaryNode extends Common {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Node;
  readonly right: Node;
  readonly hasParens: boolean;
  readonly isMultiLine: boolean;
}

/** `f(…)`, `|f(…)`, `.f(…)`, `@f(…)`; the sign itself belongs to the chain node around it. */
export type CallKind = 'global' | 'chain' | 'property' | 'dynamic';

export interface CallNode extends Common {
  readonly kind: 'call';
  readonly callKind: CallKind;
  readonly name: string;
  readonly args: readonly Node[];
  readonly isMultiLine: boolean;
}

export interface LambdaNode extends Common {
  readonly kind: 'lambda';
  /** Absent only in the zero value of a template's required variable. */
  expression: Node | undefined;
}

export type ChainOperator = '|' | '.' | '@';

/** Its position is the operator's. */
export interface ChainNode extends Common {
  readonly kind: 'chain';
  readonly operator: ChainOperator;
  readonly left: Node;
  readonly right: Node;
}

export interface DbrpNode extends Common {
  readonly kind: 'dbrp';
  readonly database: ReferenceNode;
  readonly retentionPolicy: ReferenceNode;
}

export interface DeclarationNode extends Common {
  readonly kind: 'declaration';
  readonly name: IdentifierNode;
  readonly value: Node;
}

export interface TypeDeclarationNode extends Common {
  readonly kind: 'type-declaration';
  readonly name: IdentifierNode;
  readonly type: IdentifierNode;
}

export interface CommentNode {
  readonly kind: 'comment';
  readonly position: Position;
  readonly comment: Comment;
}

export type ExpressionNode =
  | IntNode
  | FloatNode
  | DurationNode
  | BoolNode
  | StringNode
  | RegexNode
  | StarNode
  | ReferenceNode
  | IdentifierNode
  | ListNode
  | UnaryNode
  | BinaryNode
  | CallNode
  | LambdaNode
  | ChainNode;

export type Node = ExpressionNode;
export type StatementNode = Node | DbrpNode | DeclarationNode | TypeDeclarationNode | CommentNode;

export interface Program {
  readonly statements: readonly StatementNode[];
}

/** What is wrong with a script. The message is complete (it says where, if the original's did). */
export interface ScriptError {
  readonly message: string;
  readonly line: number;
  readonly char: number;
}
