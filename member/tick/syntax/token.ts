import type { Comment, Position } from './node.ts';

/** The text is how error messages name the token. `error` carries its message as `text`. */
export type TokenType =
  | 'ERR'
  | 'EOF'
  | 'var'
  | 'dbrp'
  | '='
  | '.'
  | '|'
  | '@'
  | 'identifier'
  | 'reference'
  | 'lambda'
  | 'number'
  | 'string'
  | 'duration'
  | '('
  | ')'
  | '['
  | ']'
  | ','
  | '!'
  | 'TRUE'
  | 'FALSE'
  | 'regex'
  | 'comment'
  /** `*` where a value is expected. */
  | 'star'
  | BinaryToken;

/** Between two values; `-` also before one. `multiply` is `*` between two values. */
export type BinaryToken =
  '+' | '-' | 'multiply' | '/' | '%' | 'AND' | 'OR' | '==' | '!=' | '<' | '>' | '<=' | '>=' | '=~' | '!~';

export interface LexedToken {
  readonly type: TokenType;
  /** Bytes from the start of the script. */
  readonly offset: number;
  readonly text: string;
}

/** A token with the comment that stands before it. The parser takes the comment when it finds a node to hold it. */
export interface Token {
  readonly type: TokenType;
  readonly position: Position;
  readonly text: string;
  comment: Comment | undefined;
}

/** The token's name in messages. */
export function tokenName(type: TokenType): string {
  switch (type) {
    case 'star':
    case 'multiply':
      return '*';
    case 'comment':
      return '//';
    default:
      return type;
  }
}

export const keywords: ReadonlyMap<string, TokenType> = new Map([
  ['AND', 'AND'],
  ['OR', 'OR'],
  ['TRUE', 'TRUE'],
  ['FALSE', 'FALSE'],
  ['var', 'var'],
  ['dbrp', 'dbrp'],
  ['lambda', 'lambda'],
]);
