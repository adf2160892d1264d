import { err, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { quote } from '../text/quote.ts';
import type { ValueType } from './column.ts';
import { mismatch, resultOf, textOf, typeName } from './expression.ts';
import type { Expression, ExpressionType } from './expression.ts';
import { functionLibrary } from './functions/library.ts';
import type { Signature } from './functions/library.ts';
import { goTypeOfCell } from './functions/refusal.ts';
import { operationOf } from './operations.ts';
import { apply, canAnyFail, fail } from './typed.ts';
import type { Typed } from './typed.ts';

/** `'undefined'`: nothing of this name exists, as for every reference outside a lambda. */
export type ReferenceType = ValueType | 'undefined';

/** `'value'` takes what the expression gives, `'predicate'` wants a bool and refuses the rest when it comes. */
export type Mode = 'value' | 'predicate';

export interface TypingInput {
  readonly references: readonly string[];
  readonly types: readonly ReferenceType[];
  /** Names listed by an error as being in scope. */
  readonly scopeNames: readonly string[];
}

/** What kinds of value may leave a lambda. */
const resultTypes: ReadonlySet<ExpressionType> = new Set(['int', 'float', 'string', 'bool', 'duration', 'missing']);

/** Types an expression. Type errors become failures at the place where 1.5.4 meets them, in its order and words. */
export function typeExpression(root: Expression, input: TypingInput, mode: Mode): Typed {
  const typing = new Typing(input);
  const type = typing.typeOf(root);
  if (!type.ok) return fail('missing', type.error);
  if (mode === 'predicate') return typing.build(root, 'bool', '');
  if (type.value === 'invalid' || !resultTypes.has(type.value))
    return fail('missing', `expression returned unexpected type ${typeName(type.value)}`);
  return typing.build(root, type.value, '');
}

type TypeResult = Result<ExpressionType, string>;

class Typing {
  private readonly input: TypingInput;
  private readonly known = new Map<Expression, TypeResult>();

  constructor(input: TypingInput) {
    this.input = input;
  }

  typeOf(expression: Expression): TypeResult {
    const known = this.known.get(expression);
    if (known !== undefined) return known;
    const type = this.findType(expression);
    this.known.set(expression, type);
    return type;
  }

  private findType(expression: Expression): TypeResult {
    if (expression.constType !== 'invalid') return ok(expression.constType);
    switch (expression.kind) {
      case 'reference': {
        const type = this.referenceType(expression.name);
        return type === 'undefined' ? err(this.undefinedName(expression.name)) : ok(type);
      }
      case 'unary':
        return this.typeOf(expression.operand);
      case 'lambda':
        return this.typeOf(expression.inner);
      case 'binary': {
        const left = this.typeOf(expression.left);
        if (!left.ok) return left;
        const right = this.typeOf(expression.right);
        if (!right.ok) return right;
        const result = resultOf(left.value, expression.operator, right.value);
        return result === 'invalid' ? err(mismatch(left.value, expression.operator, right.value)) : ok(result);
      }
      case 'call':
        return this.callType(expression);
      case 'literal':
        return ok(expression.type);
    }
  }

  private callType({ name, args }: Expression & { kind: 'call' }): TypeResult {
    const definition = functionLibrary.get(name);
    if (definition === undefined) return err(`undefined function: ${quote(name)}`);
    const types: ExpressionType[] = [];
    for (const [index, arg] of args.entries()) {
      const type = this.typeOf(arg);
      if (!type.ok) return err(`Failed to handle ${index + 1} argument: ${type.error}`);
      types.push(type.value);
    }
    const signature = signatureFor(definition.signatures, types);
    if (signature !== undefined) return ok(signature.kernel.result);
    const missing = args.filter((_, index) => types[index] === 'missing').map(textOf);
    if (missing.length > 0) return err(this.missingArguments(name, missing));
    const available = definition.signatures.map(({ args: wanted }) => `(${wanted.map(typeName).join(',')})`).join(', ');
    const isTooMany = args.length > 4;
    const given = isTooMany
      ? types.map(typeName)
      : args.map((arg, index) => `${textOf(arg)}: ${typeName(types[index] ?? 'invalid')}`);
    const lead = isTooMany ? 'too many arguments provided: ' : '';
    return err(
      `${lead}Cannot call function "${name}" with args (${given.join(',')}), available signatures are [${available}].`,
    );
  }

  private missingArguments(name: string, missing: readonly string[]): string {
    const inScope = this.input.scopeNames
      .map((scopeName) => `"${scopeName}"`)
      .filter((shown) => !missing.includes(shown));
    const [noun, verb] = missing.length > 1 ? ['arguments', 'are'] : ['argument', 'is'];
    return `Cannot call function "${name}" ${noun} ${missing.join(', ')} ${verb} missing, values in scope are [${inScope.join(', ')}]`;
  }

  private referenceType(name: string): ReferenceType {
    return this.input.types[this.input.references.indexOf(name)] ?? 'undefined';
  }

  private undefinedName(name: string): string {
    return `name ${quote(name)} is undefined. Names in scope: `;
  }

  /**
   * The expression as a value of the type wanted. `prefix` is what enclosing calls put before an error.
   */
  build(expression: Expression, wanted: ValueType, prefix: string): Typed {
    switch (expression.kind) {
      case 'literal':
        if (expression.type !== wanted) return unexpected(wanted, expression.type, prefix);
        return { op: 'constant', type: wanted, canFail: false, value: expression.value };
      case 'reference':
        return this.buildReference(expression.name, wanted, prefix);
      case 'unary':
        return this.buildUnary(expression, wanted, prefix);
      case 'binary':
        return this.buildBinary(expression, wanted, prefix);
      case 'call':
        return this.buildCall(expression, wanted, prefix);
      case 'lambda': {
        const type = this.typeOf(expression);
        if (!type.ok) return fail(wanted, prefix + type.error);
        return type.value === wanted && wanted !== 'time'
          ? this.build(expression.inner, wanted, prefix)
          : unexpected(wanted, type.value, prefix);
      }
    }
  }

  private buildReference(name: string, wanted: ValueType, prefix: string): Typed {
    const type = this.referenceType(name);
    if (type === 'undefined') return fail(wanted, prefix + this.undefinedName(name));
    if (wanted === 'missing' && type === 'missing') return fail(wanted, `${prefix}missing value: "${name}"`);
    if (type === 'missing') return fail(wanted, `${prefix}reference "${name}" is missing value`);
    if (type !== wanted) return unexpected(wanted, type, prefix);
    return { op: 'column', type, canFail: false, index: this.input.references.indexOf(name) };
  }

  private buildUnary(expression: Expression & { kind: 'unary' }, wanted: ValueType, prefix: string): Typed {
    const { operand } = expression;
    if (wanted === 'missing') {
      if (operand.kind === 'reference') return fail(wanted, `${prefix}reference "${operand.name}" is missing value`);
      return fail(wanted, `${prefix}expected nodeEvaluator to be *EvalReferenceNode got ${evaluatorName(operand)}`);
    }
    if (wanted === 'string' || wanted === 'regex' || wanted === 'time')
      return unexpected(wanted, expression.constType, prefix);
    const type = this.typeOf(expression);
    if (!type.ok) return fail(wanted, prefix + type.error);
    if (type.value !== wanted) return unexpected(wanted, type.value, prefix);
    const inner = this.build(operand, wanted, prefix);
    // Of a bool, minus is as good as not, as in 1.5.4.
    return { op: wanted === 'bool' ? 'not' : 'negate', type: wanted, canFail: inner.canFail, operand: inner };
  }

  private buildBinary(expression: Expression & { kind: 'binary' }, wanted: ValueType, prefix: string): Typed {
    const { operator, left, right } = expression;
    const leftType = this.typeOf(left);
    if (!leftType.ok) return fail(wanted, prefix + leftType.error);
    const rightType = this.typeOf(right);
    if (!rightType.ok) return fail(wanted, prefix + rightType.error);
    const isNonZero = right.kind === 'literal' && right.value !== 0;
    const [l, r] = [leftType.value, rightType.value];
    const kernel = l === 'invalid' || r === 'invalid' ? undefined : operationOf(l, operator, r, isNonZero);
    if (kernel === undefined || l === 'invalid' || r === 'invalid')
      return fail(wanted, prefix + sidesRefused(expression, l, r));
    const sides = [this.build(left, l, prefix), this.build(right, r, prefix)] as const;
    const typed: Typed =
      operator === 'AND' || operator === 'OR'
        ? {
            op: operator === 'AND' ? 'and' : 'or',
            type: 'bool',
            canFail: canAnyFail(sides),
            left: sides[0],
            right: sides[1],
          }
        : apply(kernel, sides, prefix);
    if (typed.type === wanted) return typed;
    return fail(wanted, `${prefix}expression returned unexpected type ${unnamed.get(typed.type) ?? '<nil>'}`, [typed]);
  }

  private buildCall({ name, args, slot }: Expression & { kind: 'call' }, wanted: ValueType, prefix: string): Typed {
    const built: Typed[] = [];
    const types: ValueType[] = [];
    for (const [index, arg] of args.entries()) {
      const inner = `${prefix}Failed to handle ${index + 1} argument: `;
      const type = this.typeOf(arg);
      if (!type.ok) return fail(wanted, inner + type.error, built);
      if (type.value === 'invalid')
        return fail(wanted, `${inner}function arg expression returned unexpected type ${typeName(type.value)}`, built);
      types.push(type.value);
      // What is missing is handed to the function.
      built.push(
        type.value === 'missing'
          ? { op: 'missing', type: 'missing', canFail: false }
          : this.build(arg, type.value, inner),
      );
    }
    const definition = functionLibrary.get(name);
    if (definition === undefined) return fail(wanted, `${prefix}undefined function: ${quote(name)}`, built);
    const callPrefix = `${prefix}error calling ${quote(name)}: `;
    let signature = signatureFor(definition.signatures, types);
    if (signature === undefined) {
      const refusal = definition.refuse(types);
      if (refusal !== undefined) return fail(wanted, callPrefix + refusal, built);
      signature = definition.signatures.at(-1);
    }
    if (signature === undefined) return fail(wanted, `${callPrefix}no signature`, built);
    // A function that takes whatever it gets may be one that looks at nothing.
    const typed = applySignature(signature, signature.args.length === 0 ? [] : built, callPrefix, slot);
    return typed.type === wanted ? typed : fail(wanted, prefix + guardText(typed.type, wanted), [typed]);
  }
}

function applySignature({ kernel, onSeconds }: Signature, args: readonly Typed[], prefix: string, slot: number): Typed {
  const [first] = args;
  if (onSeconds !== undefined && first?.op === 'column')
    return apply(onSeconds, [{ op: 'seconds', type: 'int', canFail: false, index: first.index }], prefix, slot);
  return apply(kernel, args, prefix, slot);
}

function signatureFor(signatures: readonly Signature[], types: readonly ExpressionType[]): Signature | undefined {
  return signatures.find(
    ({ args }) => args.length === types.length && args.every((type, index) => type === types[index]),
  );
}

/** Results that the original's text names; others it shows as nil. */
const unnamed: ReadonlyMap<ValueType, string> = new Map(
  (['bool', 'int', 'float'] as const).map((type) => [type, goTypeOfCell(type)]),
);

function guardText(actual: ExpressionType, wanted: ValueType): string {
  return `TypeGuard: expression returned unexpected type ${typeName(actual)}, expected ${typeName(wanted)}`;
}

function unexpected(wanted: ValueType, actual: ExpressionType, prefix: string): Typed {
  return fail(wanted, prefix + guardText(actual, wanted));
}

function evaluatorName({ kind }: Expression): string {
  return `*stateful.Eval${kind === 'call' ? 'Function' : `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`}Node`;
}

/** Why an operation has no kernel, in the words used once values are there. */
function sidesRefused(
  { left, right, operator }: Expression & { kind: 'binary' },
  leftType: ExpressionType,
  rightType: ExpressionType,
): string {
  for (const [side, expression, type] of [
    ['left', left, leftType],
    ['right', right, rightType],
  ] as const) {
    if (type !== 'missing') continue;
    if (expression.kind === 'reference') return `${side} reference value "${expression.name}" is missing value`;
    return `expected ${side}Evaluator to be *EvalReferenceNode got ${evaluatorName(expression)}`;
  }
  return mismatch(leftType, operator, rightType);
}
