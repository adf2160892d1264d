/** The parsed form of a template. `at` is an index in the text; `text` is what Go's error messages show of a node. */

export interface Tree {
  readonly name: string;
  /** Name of the template whose text this was defined in. */
  readonly parseName: string;
  readonly source: string;
  readonly root: readonly Node[];
}

export type Node =
  | { readonly kind: 'text'; readonly at: number; readonly value: string }
  | { readonly kind: 'action'; readonly at: number; readonly pipe: Pipe }
  | {
      readonly kind: 'if' | 'with' | 'range';
      readonly at: number;
      readonly pipe: Pipe;
      readonly list: readonly Node[];
      readonly otherwise: readonly Node[] | null;
    }
  | { readonly kind: 'template'; readonly at: number; readonly name: string; readonly pipe: Pipe | null }
  | { readonly kind: 'break' | 'continue'; readonly at: number };

export interface Pipe {
  readonly kind: 'pipe';
  readonly at: number;
  readonly isAssign: boolean;
  readonly variables: readonly string[];
  readonly commands: readonly Command[];
}

export interface Command {
  readonly at: number;
  readonly args: readonly Operand[];
}

export type Operand =
  | Pipe
  | { readonly kind: 'field'; readonly at: number; readonly names: readonly string[] }
  | { readonly kind: 'variable'; readonly at: number; readonly names: readonly string[] }
  | { readonly kind: 'chain'; readonly at: number; readonly of: Operand; readonly names: readonly string[] }
  | { readonly kind: 'function'; readonly at: number; readonly name: string }
  | { readonly kind: 'dot' | 'nil'; readonly at: number }
  | { readonly kind: 'bool'; readonly at: number; readonly value: boolean }
  | {
      readonly kind: 'number';
      readonly at: number;
      readonly source: string;
      readonly int: bigint | null;
      readonly float: number | null;
    }
  | { readonly kind: 'string'; readonly at: number; readonly source: string; readonly value: string };

/** As Go's nodes print themselves. */
export function operandText(operand: Operand): string {
  switch (operand.kind) {
    case 'pipe':
      return pipeText(operand);
    case 'field':
      return operand.names.map((name) => `.${name}`).join('');
    case 'variable':
      return operand.names.join('.');
    case 'chain': {
      const of = operandText(operand.of);
      return `${operand.of.kind === 'pipe' ? `(${of})` : of}${operand.names.map((name) => `.${name}`).join('')}`;
    }
    case 'function':
      return operand.name;
    case 'dot':
      return '.';
    case 'nil':
      return 'nil';
    case 'bool':
      return String(operand.value);
    case 'number':
    case 'string':
      return operand.source;
    default:
      return operand satisfies never;
  }
}

export function commandText({ args }: Command): string {
  return args.map((arg) => (arg.kind === 'pipe' ? `(${pipeText(arg)})` : operandText(arg))).join(' ');
}

export function pipeText({ variables, commands, isAssign }: Pipe): string {
  const head = variables.length === 0 ? '' : `${variables.join(', ')} ${isAssign ? '=' : ':='} `;
  return head + commands.map(commandText).join(' | ');
}

/** A node as error messages show it, for those that can be the place of an error. */
export function nodeText(node: Node): string {
  switch (node.kind) {
    case 'text':
      return node.value;
    case 'action':
      return `{{${pipeText(node.pipe)}}}`;
    case 'template':
      return node.pipe === null
        ? `{{template ${JSON.stringify(node.name)}}}`
        : `{{template ${JSON.stringify(node.name)} ${pipeText(node.pipe)}}}`;
    case 'break':
    case 'continue':
      return `{{${node.kind}}}`;
    case 'if':
    case 'with':
    case 'range': {
      const otherwise = node.otherwise === null ? '' : `{{else}}${node.otherwise.map(nodeText).join('')}`;
      return `{{${node.kind} ${pipeText(node.pipe)}}}${node.list.map(nodeText).join('')}${otherwise}{{end}}`;
    }
    default:
      return node satisfies never;
  }
}
