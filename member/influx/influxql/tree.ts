/** A SELECT statement as it was read. Durations are nanoseconds. */
export type Expression =
  | { readonly kind: 'binary'; readonly operator: Operator; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'paren'; readonly inner: Expression }
  /** A field or tag; `type` is what stands behind `::`, or empty. */
  | { readonly kind: 'reference'; readonly name: string; readonly type: string }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'distinct'; readonly name: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'integer'; readonly value: bigint }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'duration'; readonly valueNs: bigint }
  | { readonly kind: 'regex'; readonly pattern: string }
  | { readonly kind: 'wildcard'; readonly type: '' | 'field' | 'tag' };

export type Operator = '+' | '-' | '*' | '/' | 'AND' | 'OR' | '=' | '!=' | '=~' | '!~' | '<' | '<=' | '>' | '>=';

export interface SelectField {
  readonly expression: Expression;
  /** Empty: none. */
  readonly alias: string;
}

/** Either a name or a pattern; empty parts were not given. */
export interface Measurement {
  readonly database: string;
  readonly retentionPolicy: string;
  readonly name: string;
  readonly pattern: string | undefined;
}

export type Fill =
  | { readonly kind: 'null' | 'none' | 'previous' | 'linear' }
  | { readonly kind: 'number'; readonly value: number | bigint };

export interface SelectStatement {
  readonly fields: readonly SelectField[];
  readonly into: Measurement | undefined;
  readonly sources: readonly Measurement[];
  readonly condition: Expression | undefined;
  readonly dimensions: readonly Expression[];
  readonly fill: Fill;
  readonly order: { readonly name: string; readonly isAscending: boolean } | undefined;
  /** 0 stands for not given, as in 1.5.4. */
  readonly limit: number;
  readonly offset: number;
  readonly seriesLimit: number;
  readonly seriesOffset: number;
}

/** Calls `visit` for an expression and everything in it. */
export function walkExpression(expression: Expression, visit: (part: Expression) => void): void {
  visit(expression);
  if (expression.kind === 'binary') {
    walkExpression(expression.left, visit);
    walkExpression(expression.right, visit);
  } else if (expression.kind === 'paren') walkExpression(expression.inner, visit);
  else if (expression.kind === 'call') for (const arg of expression.args) walkExpression(arg, visit);
}
