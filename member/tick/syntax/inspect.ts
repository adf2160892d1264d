/** What can be told of a program without running it. */
import type { Node, Program } from './node.ts';

export type TaskType = 'stream' | 'batch';

export interface Dbrp {
  readonly db: string;
  readonly rp: string;
}

/** What the program's chains start from; `'invalid'` when from nothing, or from both. */
export function taskTypeOf(program: Program): TaskType | 'invalid' {
  const found = new Set<TaskType>();
  for (const statement of program.statements) {
    const start =
      statement.kind === 'declaration'
        ? firstOf(statement.value)
        : statement.kind === 'chain'
          ? firstOf(statement)
          : undefined;
    if (start?.kind === 'identifier' && (start.name === 'stream' || start.name === 'batch')) found.add(start.name);
  }
  const [type, ...others] = found;
  return type === undefined || others.length > 0 ? 'invalid' : type;
}

function firstOf(node: Node): Node {
  let first = node;
  while (first.kind === 'chain') first = first.left;
  return first;
}

/** The `dbrp` statements, in order. */
export function dbrpsOf(program: Program): readonly Dbrp[] {
  return program.statements.flatMap((statement) =>
    statement.kind === 'dbrp' ? [{ db: statement.database.name, rp: statement.retentionPolicy.name }] : [],
  );
}

/** Names of the references in an expression, each once, in order of first appearance. */
export function referencesOf(node: Node): readonly string[] {
  const names = new Set<string>();
  visit(node, (part) => {
    if (part.kind === 'reference') names.add(part.name);
  });
  return [...names];
}

/** Names of the functions an expression calls, each once, in order of first appearance. */
export function functionsOf(node: Node): readonly string[] {
  const names = new Set<string>();
  visit(node, (part) => {
    if (part.kind === 'call') names.add(part.name);
  });
  return [...names];
}

function visit(node: Node, see: (node: Node) => void): void {
  see(node);
  switch (node.kind) {
    case 'unary':
      visit(node.operand, see);
      return;
    case 'binary':
    case 'chain':
      visit(node.left, see);
      visit(node.right, see);
      return;
    case 'call':
      for (const arg of node.args) visit(arg, see);
      return;
    case 'list':
      for (const item of node.items) visit(item, see);
      return;
    case 'lambda':
      if (node.expression !== undefined) visit(node.expression, see);
      return;
    default:
  }
}
