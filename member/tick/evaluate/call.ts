/** Making one call on an object, or of a global function, with every refusal worded as 1.5.4 words it. */
import { err, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import type { CallKind, CallNode, ScriptError } from '../syntax/node.ts';
import { quote } from '../text/quote.ts';
import { checkArguments, checkField } from './arguments.ts';
import type { Call, CallOutcome, PropertyDefinition, ScriptFailure, ScriptObject } from './describe.ts';
import { capitalized, findChainMethod, findProperty } from './describe-lookup.ts';
import type { RunningScope } from './scope.ts';
import { goTypeOf } from './value.ts';
import type { ScriptValue } from './value.ts';

type CallResult = Result<ScriptValue, ScriptError>;

/** Calls `node` on `target`; undefined stands for the absence of one, as for a global function. */
export function makeCall(
  node: CallNode,
  target: ScriptValue | undefined,
  args: readonly ScriptValue[],
  scope: RunningScope,
): CallResult {
  const [only] = args;
  // A list that is the only argument stands for its items.
  const spread = args.length === 1 && only?.type === 'list' ? only.value : args;
  const caller = new Caller(node, target);
  if (node.callKind === 'global') return callGlobal(caller, spread, scope);
  const { value: object, problem } = objectOf(target);
  if (object === undefined) return caller.refuse(problem);
  const outcome = callMember(caller, object, spread, scope);
  return outcome ?? caller.refuse(noMember(node, object, scope));
}

/** Why a value that is no object has nothing to call. */
export function objectOf(target: ScriptValue | undefined): { value: ScriptObject | undefined; problem: string } {
  if (target?.type === 'object') return { value: target.value, problem: '' };
  if (target === undefined || target.type === 'nil')
    return { value: undefined, problem: 'object is invalid <nil> of type <nil>' };
  return { value: undefined, problem: 'cannot get properties of non pointer value' };
}

function callGlobal(caller: Caller, args: readonly ScriptValue[], scope: RunningScope): CallResult {
  const { node, target } = caller;
  if (target !== undefined && target.type !== 'nil')
    return caller.refuse(`calling global function on object ${goTypeOf(target)}`);
  const callee = scope.globalFunction(node.name);
  if (callee === undefined) {
    // A name with a value that is no function makes the original's reflection panic.
    const shadow = scope.get(node.name);
    if (!shadow.ok || shadow.value.type === 'nil')
      return caller.refuse(`no global function ${quote(node.name)} defined`);
    return caller.refusePanic(
      `reflect: call of reflect.Value.Call on ${shadow.value.type === 'object' ? 'ptr' : goTypeOf(shadow.value)} Value`,
    );
  }
  const plain = checkArguments(callee, args);
  return plain.ok ? caller.settle(callee.apply(plain.value, caller.call)) : caller.refusePanic(plain.error);
}

/** Undefined when the object has no such member of this kind. */
function callMember(
  caller: Caller,
  object: ScriptObject,
  args: readonly ScriptValue[],
  scope: RunningScope,
): CallResult | undefined {
  const { node } = caller;
  switch (node.callKind) {
    case 'chain': {
      const chain = findChainMethod(object, node.name);
      if (chain === undefined) return undefined;
      const plain = checkArguments(chain, args);
      // A chain method without a result leaves nothing behind.
      return plain.ok ? caller.settle(chain.apply(object, plain.value, caller.call)) : caller.refusePanic(plain.error);
    }
    case 'property': {
      const property = findProperty(object, node.name);
      return property === undefined ? undefined : setProperty(caller, object, property, args);
    }
    case 'dynamic': {
      const dynamic = scope.dynamicMethod(node.name);
      return dynamic === undefined ? undefined : caller.settle(dynamic.apply(object, args, caller.bareCall));
    }
    case 'global':
      return undefined;
  }
}

function setProperty(
  caller: Caller,
  object: ScriptObject,
  property: PropertyDefinition,
  args: readonly ScriptValue[],
): CallResult {
  const self: ScriptValue = { type: 'object', value: object };
  if (property.kind === 'method') {
    const plain = checkArguments(property, args);
    return plain.ok
      ? caller.settle(property.apply(object, plain.value, caller.call), self)
      : caller.refusePanic(plain.error);
  }
  const [value, ...more] = args;
  if (value === undefined || more.length > 0) {
    return caller.refuse(
      `too many arguments to set property ${capitalized(caller.node.name)} on ${object.definition.goType}`,
    );
  }
  const plain = checkField(property.type, value);
  if (!plain.ok) return caller.refusePanic(plain.error);
  property.set(object, plain.value);
  return ok(self);
}

const kindNames: Readonly<Record<CallKind, string>> = {
  chain: 'chaining',
  property: 'property',
  dynamic: 'dynamic',
  global: 'global',
};

/** Names the sign to use when the object has the name as another kind of member. */
function noMember({ name, callKind }: CallNode, object: ScriptObject, scope: RunningScope): string {
  const has: Readonly<Record<'chain' | 'property' | 'dynamic', boolean>> = {
    property: findProperty(object, name) !== undefined,
    chain: findChainMethod(object, name) !== undefined,
    dynamic: scope.dynamicMethod(name) !== undefined,
  };
  const { goType } = object.definition;
  const signs = { property: '.', chain: '|', dynamic: '@' } as const;
  for (const other of ['property', 'chain', 'dynamic'] as const) {
    if (other === callKind || !has[other]) continue;
    const what = other === 'property' ? 'property' : `${kindNames[other]} method`;
    const lead = `no ${kindNames[callKind]} method ${quote(name)} on ${goType}, but ${what} does exist.`;
    return `${lead} Use '${signs[other]}' operator instead: 'node${signs[other]}${name}(..)'.`;
  }
  return `no method or property ${quote(name)} on ${goType}`;
}

class Caller {
  readonly node: CallNode;
  readonly target: ScriptValue | undefined;
  readonly call: Call;
  /** For dynamic methods, whose failures carry no position. */
  readonly bareCall: Call;

  constructor(node: CallNode, target: ScriptValue | undefined) {
    this.node = node;
    this.target = target;
    const { name, position } = node;
    const panic = (message: string): ScriptFailure => ({ failure: this.panicText(message) });
    this.call = { name, position, fail: (message) => ({ failure: this.at(message) }), panic };
    this.bareCall = { name, position, fail: (message) => ({ failure: message }), panic };
  }

  refuse(message: string): Result<never, ScriptError> {
    return this.failed(this.at(message));
  }

  refusePanic(message: string): Result<never, ScriptError> {
    return this.failed(this.panicText(message));
  }

  /** What a call gave. `without` stands for nothing at all. */
  settle(outcome: CallOutcome, without: ScriptValue = { type: 'nil' }): CallResult {
    if (outcome === undefined) return ok(without);
    if ('definition' in outcome) return ok({ type: 'object', value: outcome });
    return 'failure' in outcome ? this.failed(outcome.failure) : ok(outcome);
  }

  private at(message: string): string {
    const { line, char } = this.node.position;
    return `line ${line} char ${char}: ${message}`;
  }

  private panicText(message: string): string {
    if (message.includes('*ast.ReferenceNode') && message.includes('type string')) {
      return this.at(
        'cannot assign *ast.ReferenceNode to type string, did you use double quotes instead of single quotes?',
      );
    }
    const target = this.target === undefined ? '<nil>' : goTypeOf(this.target);
    return this.at(`error calling func ${quote(this.node.name)} on obj ${target}: ${message}`);
  }

  private failed(message: string): Result<never, ScriptError> {
    const { line, char } = this.node.position;
    return err({ message, line, char });
  }
}
