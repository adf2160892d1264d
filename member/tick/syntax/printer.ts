/** The canonical form of a script, as the original's formatter writes it. Comments stay; printing again changes nothing. */
import { formatDuration } from '../text/duration.ts';
import { formatFloatPlain } from '../text/number.ts';
import type { CallNode, Comment, LambdaNode, Node, Program, ReferenceNode, StatementNode } from './node.ts';

const step = '    ';

export function formatProgram(program: Program): string {
  return program.statements.map((statement) => `${print(statement, '', true)}\n`).join('\n');
}

/** A lambda without its keyword, as variables and messages show it; '' for a template's lambda that is yet to be given. */
export function formatExpression(lambda: LambdaNode): string {
  return lambda.expression === undefined ? '' : print(lambda.expression, '', true);
}

/**
 * `indent` is written before the node when it starts a line. A comment takes lines of its own before the node,
 * and a new line first when the node does not start one.
 */
function print(node: StatementNode, indent: string, startsLine: boolean): string {
  switch (node.kind) {
    case 'chain': {
      const inner = indent + (node.operator === '.' ? step + step : step);
      const comment = node.comment === undefined ? '' : printComment(node.comment, inner, true);
      return `${print(node.left, indent, startsLine)}\n${comment}${inner}${node.operator}${print(node.right, inner, false)}`;
    }
    case 'comment':
      return printComment(node.comment, indent, startsLine);
    case 'dbrp':
      return `${leading(node.comment, indent, startsLine)}${indent}dbrp ${referenceText(node.database)}.${referenceText(node.retentionPolicy)}`;
    case 'declaration':
      return `${leading(node.comment, indent, startsLine)}var ${print(node.name, indent, false)} = ${print(node.value, indent, false)}`;
    case 'type-declaration':
      return `${leading(node.comment, indent, startsLine)}var ${print(node.name, indent, false)} ${print(node.type, indent, false)}`;
    default: {
      const onNewLine = startsLine || node.comment !== undefined;
      return `${leading(node.comment, indent, startsLine)}${onNewLine ? indent : ''}${printExpression(node, indent, onNewLine)}`;
    }
  }
}

function printExpression(node: Exclude<Node, { kind: 'chain' }>, indent: string, onNewLine: boolean): string {
  switch (node.kind) {
    case 'int':
      return node.base === 8 ? `0${node.value.toString(8)}` : node.value.toString();
    case 'float': {
      const text = formatFloatPlain(node.value);
      return text.includes('.') ? text : `${text}.0`;
    }
    case 'duration':
      return node.literal === '' ? formatDuration(node.value) : node.literal;
    case 'bool':
      return node.value ? 'TRUE' : 'FALSE';
    case 'string':
      return node.isTripleQuoted ? `'''${node.value}'''` : `'${node.value.replaceAll("'", "\\'")}'`;
    case 'regex':
      return `/${node.literal}/`;
    case 'star':
      return '*';
    case 'reference':
      return referenceText(node);
    case 'identifier':
      return node.name;
    case 'list':
      return `[${node.items.map((item) => print(item, indent, onNewLine)).join(', ')}]`;
    case 'unary':
      return `${node.operator}${print(node.operand, indent, false)}`;
    case 'binary': {
      const inner = node.hasParens ? indent + step : indent;
      const separator = node.isMultiLine ? '\n' : ' ';
      const operation = `${print(node.left, inner, false)} ${node.operator}${separator}${print(node.right, inner, node.isMultiLine)}`;
      return node.hasParens ? `(${operation})` : operation;
    }
    case 'lambda':
      return `lambda: ${node.expression === undefined ? '' : print(node.expression, indent, false)}`;
    case 'call':
      return printCall(node, indent);
  }
}

function referenceText({ name }: ReferenceNode): string {
  return `"${name.replaceAll('"', '\\"')}"`;
}

function printCall({ name, args, isMultiLine }: CallNode, indent: string): string {
  const printed = args.map((arg) => print(arg, indent + step, isMultiLine));
  if (!isMultiLine) return `${name}(${printed.join(', ')})`;
  return `${name}(\n${printed.join(',\n')}\n${indent})`;
}

function leading(comment: Comment | undefined, indent: string, startsLine: boolean): string {
  return comment === undefined ? '' : printComment(comment, indent, startsLine);
}

function printComment({ lines }: Comment, indent: string, startsLine: boolean): string {
  const printed = lines.map((line) => (line === '\n' ? '\n' : `${indent}//${line === '' ? '' : ` ${line}`}\n`));
  return `${startsLine ? '' : '\n'}${printed.join('')}`;
}
