import { err, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { evaluateConstant } from '../lambda/constant.ts';
import type {
  CallNode,
  ChainNode,
  DeclarationNode,
  IdentifierNode,
  Node,
  Program,
  ScriptError,
  StatementNode,
  TypeDeclarationNode,
  UnaryNode,
} from '../syntax/node.ts';
import { quote } from '../text/quote.ts';
import { makeCall, objectOf } from './call.ts';
import type { Scope } from './describe.ts';
import { findProperty } from './describe-lookup.ts';
import { resolveIdentifiers, resolveLambda } from './resolve.ts';
import type { Lookup } from './resolve.ts';
import { RunningScope } from './scope.ts';
import { goTextOf, goTypeOf } from './value.ts';
import type { ScriptValue } from './value.ts';
import { varTypeName, varTypeOf, varTypes, zeroValue } from './vars.ts';
import type { Var, VarType } from './vars.ts';

export interface EvaluateOptions {
  /** Values given to the script's variables, by name. Those the script does not declare are ignored. */
  readonly vars?: ReadonlyMap<string, Var>;
  /** For templates: a required variable without a value gets its type's zero value instead of an error. */
  readonly ignoreMissingVars?: boolean;
  /** The wall clock, nanoseconds since 1970, for `now()` in an expression. */
  readonly now?: bigint;
}

export interface Evaluation {
  /** The variables the script declares, with their default values (undefined when required) and descriptions. */
  readonly declared: ReadonlyMap<string, Var>;
}

/**
 * Runs a program against the objects of its scope, statement by statement. What the statements do happens to those
 * objects; on an error they are left half done and are to be thrown away. Messages are the original's, without its
 * prefix "invalid TICKscript: ".
 */
export function evaluate(
  program: Program,
  scope: Scope,
  options: EvaluateOptions = {},
): Result<Evaluation, ScriptError> {
  const evaluator = new Evaluator(scope, options);
  for (const statement of program.statements) {
    const done = evaluator.statement(statement);
    if (!done.ok) return done;
  }
  return ok({ declared: evaluator.declared });
}

/** A part of a statement: a value, or what becomes one where it is used. */
type Operand =
  | { readonly kind: 'value'; readonly value: ScriptValue }
  | { readonly kind: 'name'; readonly node: IdentifierNode }
  | { readonly kind: 'call'; readonly node: CallNode; readonly args: readonly ScriptValue[] };

type Step<T> = Result<T, ScriptError>;

class Evaluator {
  readonly declared = new Map<string, Var>();
  private readonly scope: RunningScope;
  private readonly options: EvaluateOptions;
  private readonly lookup: Lookup = (name) => this.scope.get(name);

  constructor(scope: Scope, options: EvaluateOptions) {
    this.scope = new RunningScope(scope);
    this.options = options;
  }

  statement(statement: StatementNode): Step<undefined> {
    switch (statement.kind) {
      case 'comment':
      case 'dbrp':
        return ok(undefined);
      case 'declaration':
        return this.declare(statement);
      case 'type-declaration':
        return this.declareType(statement);
      default: {
        const operand = this.operand(statement);
        if (!operand.ok) return operand;
        if (operand.value.kind !== 'call') return ok(undefined);
        const called = makeCall(operand.value.node, undefined, operand.value.args, this.scope);
        return called.ok ? ok(undefined) : called;
      }
    }
  }

  private declare({ name, value, comment, position }: DeclarationNode): Step<undefined> {
    const operand = this.operand(value);
    if (!operand.ok) return operand;
    const variable = name.name;
    if (this.scope.has(variable)) return refuse(position, `attempted to redefine ${variable}, vars are immutable`);
    const found = this.valueOf(operand.value);
    if (!found.ok) return found;
    const type = varTypeOf(found.value);
    if (type !== undefined)
      this.declared.set(variable, { type, value: found.value, description: comment?.lines.join('\n') ?? '' });
    const given = this.given(variable, type, position);
    if (!given.ok) return given;
    this.scope.set(variable, given.value ?? found.value);
    return ok(undefined);
  }

  private declareType({ name, type, comment, position }: TypeDeclarationNode): Step<undefined> {
    const variable = name.name;
    const declared = varTypes.find((known) => known === type.name);
    if (declared === undefined) return refuse(position, `invalid var type ${quote(type.name)}`);
    this.declared.set(variable, { type: declared, value: undefined, description: comment?.lines.join('\n') ?? '' });
    const given = this.given(variable, declared, position);
    if (!given.ok) return given;
    const value = given.value ?? (this.options.ignoreMissingVars === true ? zeroValue(declared, position) : undefined);
    if (value === undefined) return refuse(position, `missing value for var ${quote(variable)}.`);
    this.scope.set(variable, value);
    return ok(undefined);
  }

  /** The value given for a variable from outside, if there is one; it must have the variable's type. */
  private given(name: string, type: VarType | undefined, position: Node['position']): Step<ScriptValue | undefined> {
    const given = this.options.vars?.get(name);
    if (given === undefined) return ok(undefined);
    if (given.type === type) return ok(given.value);
    const expected = type === undefined ? 'invalid type' : varTypeName(type);
    return refuse(position, `invalid type supplied for ${name}, got ${varTypeName(given.type)} exp ${expected}`);
  }

  private operand(node: Node): Step<Operand> {
    switch (node.kind) {
      case 'identifier':
        return ok({ kind: 'name', node });
      case 'call': {
        const args = this.values(node.args);
        return args.ok ? ok({ kind: 'call', node, args: args.value }) : args;
      }
      default: {
        const value = this.value(node);
        return value.ok ? ok({ kind: 'value', value: value.value }) : value;
      }
    }
  }

  private value(node: Exclude<Node, IdentifierNode | CallNode>): Step<ScriptValue> {
    switch (node.kind) {
      case 'bool':
        return ok({ type: 'bool', value: node.value });
      case 'int':
        return ok({ type: 'int', value: node.value });
      case 'float':
        return ok({ type: 'float', value: node.value });
      case 'duration':
        return ok({ type: 'duration', value: node.value });
      case 'string':
        return ok({ type: 'string', value: node.value });
      case 'regex':
        return ok({ type: 'regex', value: node.pattern });
      case 'star':
        return ok({ type: 'star' });
      case 'reference':
        return ok({ type: 'reference', value: node });
      case 'lambda': {
        const lambda = resolveLambda(node, this.lookup);
        return lambda.ok ? ok({ type: 'lambda', value: lambda.value }) : refuse(node.position, lambda.error);
      }
      case 'list': {
        const items = this.values(node.items);
        return items.ok ? ok({ type: 'list', value: items.value }) : items;
      }
      case 'unary':
        return this.unary(node);
      case 'binary': {
        const resolved = resolveIdentifiers(node, this.lookup);
        const constant = resolved.ok ? evaluateConstant(resolved.value, this.options.now ?? 0n) : resolved;
        if (!constant.ok) return refuse(node.position, constant.error);
        return ok(fromConstant(constant.value));
      }
      case 'chain':
        return this.chain(node);
    }
  }

  /** Arguments or list items: names become their values, calls are made. */
  private values(nodes: readonly Node[]): Step<readonly ScriptValue[]> {
    const values: ScriptValue[] = [];
    for (const node of nodes) {
      const operand = this.operand(node);
      if (!operand.ok) return operand;
      const { value: part } = operand;
      const value = part.kind === 'call' ? makeCall(part.node, undefined, part.args, this.scope) : this.valueOf(part);
      if (!value.ok) return value;
      values.push(value.value);
    }
    return ok(values);
  }

  /** A call stays one: it is given a name, not made. */
  private valueOf(operand: Operand): Step<ScriptValue> {
    if (operand.kind === 'value') return ok(operand.value);
    if (operand.kind === 'call') return ok({ type: 'function', value: operand.node });
    const value = this.lookup(operand.node.name);
    return value.ok ? value : refuse(operand.node.position, value.error);
  }

  private unary({ operator, operand: inner, position }: UnaryNode): Step<ScriptValue> {
    const operand = this.operand(inner);
    if (!operand.ok) return operand;
    const found = this.valueOf(operand.value);
    if (!found.ok) return found;
    const { value } = found;
    if (operator === '!' && value.type === 'bool') return ok({ type: 'bool', value: !value.value });
    if (operator === '-' && value.type === 'float') return ok({ type: 'float', value: -value.value });
    if (operator === '-' && (value.type === 'int' || value.type === 'duration'))
      return ok({ type: value.type, value: BigInt.asIntN(64, -value.value) });
    return refuseAt(position, `invalid arugument to '${operator}' ${goTextOf(value)}`);
  }

  private chain(start: ChainNode): Step<ScriptValue> {
    // A chain leans to the left, so it is run from its far end.
    const links: ChainNode[] = [];
    let first: Node = start;
    while (first.kind === 'chain') {
      links.push(first);
      first = first.left;
    }
    let current = this.operand(first);
    for (const link of links.reverse()) {
      if (!current.ok) return current;
      current = this.link(link, current.value);
    }
    return current.ok ? this.valueOf(current.value) : current;
  }

  private link({ right, position }: ChainNode, target: Operand): Step<Operand> {
    const operand = this.operand(right);
    if (!operand.ok) return operand;
    // Only now is the left side's name looked up: an error in the arguments comes first.
    const left = this.valueOf(target);
    if (!left.ok) return left;
    if (operand.value.kind === 'call')
      return toOperand(makeCall(operand.value.node, left.value, operand.value.args, this.scope));
    if (operand.value.kind === 'value')
      return refuseAt(position, `invalid right operand of type ${goTypeOf(operand.value.value)} to '.' operator`);
    const { value: object, problem } = objectOf(left.value);
    if (object === undefined) return refuseAt(position, problem);
    const { name } = operand.value.node;
    const property = findProperty(object, name);
    // Properties set by methods cannot be read.
    if (property?.kind !== 'field') return refuseAt(position, `object ${goTypeOf(left.value)} has no property ${name}`);
    return ok({ kind: 'value', value: property.get(object) });
  }
}

function toOperand(value: Step<ScriptValue>): Step<Operand> {
  return value.ok ? ok({ kind: 'value', value: value.value }) : value;
}

/** A constant in the form values have in a script. */
function fromConstant({
  type,
  value,
}: {
  readonly type: string;
  readonly value: string | number | bigint | boolean;
}): ScriptValue {
  if (typeof value === 'string') return { type: 'string', value };
  if (typeof value === 'boolean') return { type: 'bool', value };
  if (type === 'int' || type === 'duration') return { type, value: BigInt(value) };
  return { type: 'float', value: Number(value) };
}

/** An error whose text does not say where; the position stands beside it. */
function refuse({ line, char }: Node['position'], message: string): Result<never, ScriptError> {
  return err({ message, line, char });
}

function refuseAt(position: Node['position'], message: string): Result<never, ScriptError> {
  return refuse(position, `line ${position.line} char ${position.char}: ${message}`);
}
