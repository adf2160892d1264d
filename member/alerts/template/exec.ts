/** Runs a parsed template on data, as Go's `text/template` does; messages are the original's, letter for letter. */
import { byteOrder } from '../../base/byte-order.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { goQuote } from '../go-quote.ts';
import { escapers, type EscaperName } from './html-escapers.ts';
import type { EscapePlan } from './html-context.ts';
import { isTrue, methodOf, receiverType, type ParameterType, type TemplateFunction } from './functions.ts';
import { printValue, typeName } from './printing.ts';
import {
  commandText,
  nodeText,
  operandText,
  pipeText,
  type Command,
  type Node,
  type Operand,
  type Pipe,
  type Tree,
} from './tree.ts';
import { GoDuration, GoEnum, GoInt, GoMap, GoSlice, GoStruct, GoTime, SafeText, type TemplateValue } from './value.ts';

export interface Program {
  readonly name: string;
  readonly trees: ReadonlyMap<string, Tree>;
  readonly functions: ReadonlyMap<string, TemplateFunction>;
  /** How text and values are escaped; null for plain text. */
  readonly escape: ReadonlyMap<string, EscapePlan> | null;
}

const maxDepth = 10_000;

export function runProgram(program: Program, data: TemplateValue): Result<string, string> {
  const tree = program.trees.get(program.name);
  if (tree === undefined)
    return err(`template: ${program.name}: ${goQuote(program.name)} is an incomplete or empty template`);
  const run = new Run(program, tree, program.escape?.get(program.name) ?? null, 0, data);
  try {
    run.walk(data, tree.root);
  } catch (error) {
    if (error instanceof ExecError) return err(error.message);
    throw error;
  }
  return ok(run.output.join(''));
}

/** Ends the run from any depth; never leaves this file. */
class ExecError extends Error {}

type Place = { readonly at: number; readonly text: () => string };
/** Stands for "no value from the stage before". */
const nothing = Symbol('nothing');
type Final = TemplateValue | typeof nothing;
type Leave = 'break' | 'continue' | null;

class Run {
  readonly output: string[];
  readonly #program: Program;
  readonly #tree: Tree;
  readonly #plan: EscapePlan | null;
  readonly #depth: number;
  readonly #variables: { readonly name: string; value: TemplateValue }[];
  #place: Place = { at: 0, text: () => '' };

  constructor(
    program: Program,
    tree: Tree,
    plan: EscapePlan | null,
    depth: number,
    data: TemplateValue,
    output: string[] = [],
  ) {
    this.#program = program;
    this.#tree = tree;
    this.#plan = plan;
    this.#depth = depth;
    this.#variables = [{ name: '$', value: data }];
    this.output = output;
  }

  walk(dot: TemplateValue, nodes: readonly Node[]): Leave {
    for (const node of nodes) {
      const leave = this.#walkNode(dot, node);
      if (leave !== null) return leave;
    }
    return null;
  }

  #fail(message: string): never {
    const before = this.#tree.source.slice(0, this.#place.at);
    const lineStart = before.lastIndexOf('\n') + 1;
    const line = before.split('\n').length;
    const column = new TextEncoder().encode(before.slice(lineStart)).length;
    const place = `${this.#tree.parseName}:${line}:${column}`;
    throw new ExecError(
      `template: ${place}: executing ${goQuote(this.#tree.name)} at <${this.#place.text()}>: ${message}`,
    );
  }

  #at(node: Node | Operand | Pipe): void {
    switch (node.kind) {
      case 'text':
      case 'action':
      case 'if':
      case 'with':
      case 'range':
      case 'template':
      case 'break':
      case 'continue':
        this.#place = { at: node.at, text: () => nodeText(node) };
        break;
      default:
        this.#place = { at: node.at, text: () => (node.kind === 'pipe' ? pipeText(node) : operandText(node)) };
    }
  }

  #walkNode(dot: TemplateValue, node: Node): Leave {
    this.#at(node);
    switch (node.kind) {
      case 'text':
        this.output.push(this.#plan?.texts.get(node) ?? node.value);
        return null;
      case 'action': {
        const escapeWith = this.#plan?.escapers.get(node);
        const value = this.#pipeline(dot, node.pipe);
        if (node.pipe.variables.length > 0) return null;
        this.#at(node);
        this.output.push(this.#print(value, escapeWith));
        return null;
      }
      case 'if':
      case 'with':
        return this.#ifOrWith(dot, node);
      case 'range':
        return this.#range(dot, node);
      case 'template':
        return this.#template(dot, node);
      case 'break':
      case 'continue':
        return node.kind;
      default:
        return node satisfies never;
    }
  }

  #print(value: TemplateValue, escapeWith: readonly EscaperName[] | undefined): string {
    if (escapeWith === undefined || escapeWith.length === 0)
      return value === null ? (this.#plan === null ? '<no value>' : '') : printValue(value);
    let current = value;
    for (const name of escapeWith) current = escapers[name](current);
    return typeof current === 'string' ? current : printValue(current);
  }

  #ifOrWith(dot: TemplateValue, node: Extract<Node, { kind: 'if' | 'with' | 'range' }>): Leave {
    const mark = this.#variables.length;
    const value = this.#pipeline(dot, node.pipe);
    let leave: Leave = null;
    if (isTrue(value)) leave = this.walk(node.kind === 'with' ? value : dot, node.list);
    else if (node.otherwise !== null) leave = this.walk(dot, node.otherwise);
    this.#variables.length = mark;
    return leave;
  }

  #range(dot: TemplateValue, node: Extract<Node, { kind: 'if' | 'with' | 'range' }>): Leave {
    const outer = this.#variables.length;
    const value = this.#pipeline(dot, node.pipe);
    const mark = this.#variables.length;
    const pairs = this.#pairs(value);
    for (const [key, item] of pairs) {
      const count = node.pipe.variables.length;
      if (count > 0) this.#setFromTop(1, item);
      if (count > 1) this.#setFromTop(2, key);
      const leave = this.walk(item, node.list);
      this.#variables.length = mark;
      if (leave === 'break') break;
    }
    let leave: Leave = null;
    if (pairs.length === 0 && node.otherwise !== null) leave = this.walk(dot, node.otherwise);
    this.#variables.length = outer;
    return leave;
  }

  #pairs(value: TemplateValue): readonly (readonly [TemplateValue, TemplateValue])[] {
    if (value === null) return [];
    if (value instanceof GoSlice) return value.items.map((item, index) => [new GoInt(BigInt(index)), item]);
    if (value instanceof GoMap) return [...value.entries].sort(([a], [b]) => byteOrder(a, b));
    return this.#fail(`range can't iterate over ${printValue(value)}`);
  }

  #setFromTop(offset: number, value: TemplateValue): void {
    const variable = this.#variables[this.#variables.length - offset];
    if (variable !== undefined) variable.value = value;
  }

  #template(dot: TemplateValue, node: Extract<Node, { kind: 'template' }>): Leave {
    const planned = this.#plan?.calls.get(node);
    const tree = this.#program.trees.get(node.name);
    if (tree === undefined) return this.#fail(`template ${goQuote(node.name)} not defined`);
    if (this.#depth >= maxDepth) return this.#fail(`exceeded maximum template depth (${maxDepth})`);
    const value = node.pipe === null ? null : this.#pipeline(dot, node.pipe);
    const plan = planned === undefined ? null : (this.#program.escape?.get(planned) ?? null);
    new Run(this.#program, tree, plan, this.#depth + 1, value, this.output).walk(value, tree.root);
    return null;
  }

  #pipeline(dot: TemplateValue, pipe: Pipe): TemplateValue {
    this.#at(pipe);
    let value: Final = nothing;
    for (const command of pipe.commands) value = this.#command(dot, command, value);
    const result = value === nothing ? null : value;
    for (const name of pipe.variables) {
      if (pipe.isAssign) this.#assign(name, result);
      else this.#variables.push({ name, value: result });
    }
    return result;
  }

  #assign(name: string, value: TemplateValue): void {
    const variable = this.#variables.findLast((candidate) => candidate.name === name);
    if (variable === undefined) this.#fail(`undefined variable: ${name}`);
    variable.value = value;
  }

  #variable(name: string): TemplateValue {
    const variable = this.#variables.findLast((candidate) => candidate.name === name);
    return variable === undefined ? this.#fail(`undefined variable: ${name}`) : variable.value;
  }

  #command(dot: TemplateValue, command: Command, final: Final): TemplateValue {
    const [first] = command.args;
    if (first === undefined) return null;
    switch (first.kind) {
      case 'field':
      case 'chain':
        return this.#fields(dot, first, command.args, final);
      case 'variable':
        this.#at(first);
        if (first.names.length > 1) return this.#fields(dot, first, command.args, final);
        this.#noArguments(command.args, final);
        return this.#variable(first.names[0] ?? '$');
      case 'function':
        return this.#function(dot, first, command, command.args, final);
      case 'pipe':
        this.#noArguments(command.args, final);
        return this.#pipeline(dot, first);
      default:
        break;
    }
    this.#at(first);
    this.#noArguments(command.args, final);
    if (first.kind === 'nil') return this.#fail('nil is not a command');
    return this.#constant(dot, first);
  }

  #noArguments(args: readonly Operand[], final: Final): void {
    const [first] = args;
    if (first !== undefined && (args.length > 1 || final !== nothing))
      this.#fail(`can't give argument to non-function ${operandText(first)}`);
  }

  #constant(dot: TemplateValue, operand: Operand): TemplateValue {
    switch (operand.kind) {
      case 'bool':
      case 'string':
        return operand.value;
      case 'dot':
        return dot;
      case 'number': {
        const isFloat =
          operand.float !== null &&
          /[.eEpP]/.test(operand.source) &&
          !operand.source.startsWith("'") &&
          !/^0[xX]/.test(operand.source);
        if (isFloat && operand.float !== null) return operand.float;
        if (operand.int !== null) return new GoInt(operand.int);
        return this.#fail(`${operand.source} overflows int`);
      }
      default:
        return null;
    }
  }

  /** `.A.B`, `$x.A` or `(…).A`: the last name may be a method that takes arguments. */
  #fields(
    dot: TemplateValue,
    operand: Extract<Operand, { names: readonly string[] }>,
    args: readonly Operand[] | null,
    final: Final,
  ): TemplateValue {
    this.#at(operand);
    let receiver = dot;
    let before: TemplateValue = null;
    let { names } = operand;
    if (operand.kind === 'variable') {
      receiver = this.#variable(names[0] ?? '$');
      names = names.slice(1);
    } else if (operand.kind === 'chain') {
      if (operand.of.kind === 'nil') this.#fail(`indirection through explicit nil in ${operandText(operand)}`);
      receiver = this.#argument(dot, 'any', operand.of);
    }
    for (const [i, name] of names.entries()) {
      const isLast = i === names.length - 1;
      // An element of such a map is known to Go as `interface {}` until it leaves the chain.
      if (i > 0 && before instanceof GoMap && before.element !== 'string' && isPlain(receiver))
        this.#fail(`can't evaluate field ${name} in type interface {}`);
      before = receiver;
      receiver = this.#field(dot, name, operand, isLast ? args : null, isLast ? final : nothing, receiver);
    }
    return receiver;
  }

  #field(
    dot: TemplateValue,
    name: string,
    operand: Operand,
    args: readonly Operand[] | null,
    final: Final,
    receiver: TemplateValue,
  ): TemplateValue {
    if (receiver === null) return null;
    const method = methodOf(receiver, name);
    if (method !== undefined)
      return this.#call(dot, method, { at: operand.at, text: () => operandText(operand) }, name, args, final);
    const hasArguments = (args !== null && args.length > 1) || final !== nothing;
    if (receiver instanceof GoStruct) {
      const value = receiver.field(name);
      if (value !== undefined) {
        if (/^\p{Ll}|^_/u.test(name)) this.#fail(`${name} is an unexported field of struct type ${receiver.typeName}`);
        if (hasArguments) this.#fail(`${name} has arguments but cannot be invoked as function`);
        return value;
      }
    } else if (receiver instanceof GoMap) {
      if (hasArguments) this.#fail(`${name} is not a method but has arguments`);
      return receiver.entries.get(name) ?? null;
    }
    return this.#fail(`can't evaluate field ${name} in type ${receiverType(receiver)}`);
  }

  #function(
    dot: TemplateValue,
    operand: Extract<Operand, { kind: 'function' }>,
    command: Command | null,
    args: readonly Operand[],
    final: Final,
  ): TemplateValue {
    this.#at(operand);
    const known = this.#program.functions.get(operand.name);
    if (known === undefined) return this.#fail(`${goQuote(operand.name)} is not a defined function`);
    const place: Place = command === null ? this.#place : { at: command.at, text: () => commandText(command) };
    return this.#call(dot, known, place, operand.name, args, final);
  }

  #call(
    dot: TemplateValue,
    known: TemplateFunction,
    place: Place,
    name: string,
    withName: readonly Operand[] | null,
    final: Final,
  ): TemplateValue {
    const args = withName?.slice(1) ?? [];
    const count = args.length + (final === nothing ? 0 : 1);
    const wanted = known.parameters.length;
    if (known.rest !== null && count < wanted)
      this.#fail(`wrong number of args for ${name}: want at least ${wanted} got ${args.length}`);
    if (known.rest === null && count !== wanted)
      this.#fail(`wrong number of args for ${name}: want ${wanted} got ${count}`);
    if (name === 'and' || name === 'or') return this.#shortCircuit(dot, name, args, final);
    const values = args.map((arg, i) => this.#argument(dot, known.parameters[i] ?? known.rest ?? 'any', arg));
    if (final !== nothing) values.push(this.#validated(final, known.parameters[count - 1] ?? known.rest ?? 'any'));
    const result = known.call(values);
    if (result.ok) return result.value;
    this.#place = place;
    return this.#fail(`error calling ${name}: ${result.error}`);
  }

  #shortCircuit(dot: TemplateValue, name: 'and' | 'or', args: readonly Operand[], final: Final): TemplateValue {
    let value: TemplateValue = null;
    for (const arg of args) {
      value = this.#argument(dot, 'any', arg);
      if (isTrue(value) === (name === 'or')) return value;
    }
    return final === nothing ? value : final;
  }

  #argument(dot: TemplateValue, type: ParameterType, operand: Operand): TemplateValue {
    this.#at(operand);
    switch (operand.kind) {
      case 'dot':
        return this.#validated(dot, type);
      case 'nil':
        return type === 'any' ? null : this.#fail(`cannot assign nil to ${type}`);
      case 'field':
      case 'chain':
        return this.#validated(this.#fields(dot, operand, [operand], nothing), type);
      case 'variable': {
        const value =
          operand.names.length > 1
            ? this.#fields(dot, operand, null, nothing)
            : this.#variable(operand.names[0] ?? '$');
        return this.#validated(value, type);
      }
      case 'pipe':
        return this.#validated(this.#pipeline(dot, operand), type);
      case 'function':
        return this.#validated(this.#function(dot, operand, null, [operand], nothing), type);
      default:
        return this.#literal(dot, type, operand);
    }
  }

  #literal(dot: TemplateValue, type: ParameterType, operand: Operand): TemplateValue {
    if (type === 'any') return this.#constant(dot, operand);
    if (type === 'string')
      return operand.kind === 'string' ? operand.value : this.#fail(`expected string; found ${operandText(operand)}`);
    if (type === 'time.Time') return this.#fail(`can't handle ${operandText(operand)} for arg of type time.Time`);
    if (operand.kind !== 'number' || operand.int === null)
      return this.#fail(`expected integer; found ${operandText(operand)}`);
    return type === 'int' ? new GoInt(operand.int) : new GoDuration(operand.int);
  }

  #validated(value: TemplateValue, type: ParameterType): TemplateValue {
    if (type === 'any') return value;
    if (value === null) return this.#fail(`invalid value; expected ${type}`);
    return isOfType(value, type) ? value : this.#fail(`wrong type for value; expected ${type}; got ${typeName(value)}`);
  }
}

/** Values without fields and methods. */
function isPlain(value: TemplateValue): boolean {
  return value !== null && (typeof value !== 'object' || value instanceof GoInt);
}

function isOfType(value: TemplateValue, type: ParameterType): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string';
    case 'int':
      return value instanceof GoInt;
    case 'time.Time':
      return value instanceof GoTime;
    case 'time.Duration':
      return value instanceof GoDuration;
    case 'any':
      return !(value instanceof SafeText && value instanceof GoEnum);
    default:
      return type satisfies never;
  }
}
