/**
 * How the pipeline layer offers its objects (nodes, alert handlers, …) to a script.
 *
 * A node's file declares one `ObjectDefinition`; evaluation does the rest: it finds names, checks number and
 * types of arguments, and words every refusal as Go's reflection does. Names are written as in scripts
 * (`periodCount`); a script may capitalize the first letter, as in the original.
 *
 *     export const windowDefinition: ObjectDefinition<WindowNode> = {
 *       goType: '*pipeline.WindowNode',
 *       isNode: true,
 *       embeds: [chainNode],
 *       properties: {
 *         period: field('duration', (node, period) => { node.period = period; }, (node) => durationValue(node.period)),
 *         align: method([], (node) => { node.isAligned = true; }),
 *       },
 *       chainMethods: {},
 *     };
 *
 * and the chain method that makes it, in the table of `chainNode`:
 *
 *     window: method([], (parent: ChainNode, _args, call) =>
 *       parent.provides === 'stream' ? parent.add(new WindowNode(call.position)) : call.panic('cannot Window batch edge')),
 */
import type { LambdaNode, Position } from '../syntax/node.ts';
import type { ScriptValue } from './value.ts';

/** Anything a script can call `|`, `.` or `@` on. Identity matters; the evaluator never looks inside. */
export interface ScriptObject {
  readonly definition: ObjectDefinition;
}

export interface ObjectDefinition<Self extends ScriptObject = ScriptObject> {
  /** `*pipeline.WindowNode`: the original's name of the type, in error texts. */
  readonly goType: string;
  /** Whether it may be passed where a node is wanted (`join`, `union`). */
  readonly isNode?: boolean;
  /** Looked at in this order for what is not found here, each with its own embeds. */
  readonly embeds?: readonly ObjectDefinition[];
  readonly properties: Readonly<Record<string, PropertyDefinition<Self>>>;
  readonly chainMethods: Readonly<Record<string, MethodDefinition<Self>>>;
}

/** What arguments become. Integers are 64-bit, durations nanoseconds. */
export interface ArgValues {
  string: string;
  int: bigint;
  float: number;
  bool: boolean;
  duration: bigint;
  lambda: LambdaNode;
  /** The pattern, in RE2's syntax, known to compile. */
  regex: string;
  star: ScriptValue;
  list: readonly ScriptValue[];
  /** Whatever was written, unchecked; Go's `interface{}`. */
  any: ScriptValue;
  node: ScriptObject;
}

export type ArgType = keyof ArgValues;
export type ArgTuple<A extends readonly ArgType[]> = {
  -readonly [K in keyof A]: A[K] extends ArgType ? ArgValues[A[K]] : never;
};

/** The call being made: where it stands in the script, and how to refuse it. */
export interface Call {
  readonly name: string;
  readonly position: Position;
  /** An error the original returns: `line 1 char 2: MESSAGE`. */
  fail(message: string): ScriptFailure;
  /** An error the original panics with: `line 1 char 2: error calling func "f" on obj *T: MESSAGE`. */
  panic(message: string): ScriptFailure;
}

export interface ScriptFailure {
  readonly failure: string;
}

/**
 * What a call gives: an object or value, a refusal, or nothing: after a property the chain then goes on with the
 * object it was called on.
 */
export type CallOutcome = ScriptObject | ScriptValue | ScriptFailure | undefined | void;

/**
 * Methods are declared in method syntax so that a definition for narrower objects and arguments fits where any are
 * wanted: the evaluator finds a method through its object and checks arguments against `args` before it calls.
 */
export interface MethodDefinition<Self extends ScriptObject = ScriptObject> {
  readonly kind: 'method';
  readonly args: readonly ArgType[];
  /** The type of any further arguments. */
  readonly rest: ArgType | undefined;
  apply(self: Self, args: readonly unknown[], call: Call): CallOutcome;
}

/** A field that is set by one argument and can be read (`var p = node.period`). */
export interface FieldDefinition<Self extends ScriptObject = ScriptObject> {
  readonly kind: 'field';
  readonly type: ArgType;
  set(self: Self, value: unknown): void;
  get(self: Self): ScriptValue;
}

export type PropertyDefinition<Self extends ScriptObject = ScriptObject> =
  FieldDefinition<Self> | MethodDefinition<Self>;

/** A method with fixed arguments. */
export function method<Self extends ScriptObject, const A extends readonly ArgType[]>(
  args: A,
  apply: (self: Self, args: ArgTuple<A>, call: Call) => CallOutcome,
): MethodDefinition<Self> {
  return { kind: 'method', args, rest: undefined, apply };
}

/** A method whose last argument may come any number of times; `rest` is the list of those. */
export function variadicMethod<Self extends ScriptObject, const A extends readonly ArgType[], const R extends ArgType>(
  args: A,
  rest: R,
  apply: (self: Self, args: ArgTuple<A>, rest: readonly ArgValues[R][], call: Call) => CallOutcome,
): MethodDefinition<Self> {
  return {
    kind: 'method',
    args,
    rest,
    // As above: the evaluator has checked both parts.
    apply: (self, all, call) =>
      apply(self, all.slice(0, args.length) as ArgTuple<A>, all.slice(args.length) as ArgValues[R][], call),
  };
}

export function field<Self extends ScriptObject, const T extends ArgType>(
  type: T,
  set: (self: Self, value: ArgValues[T]) => void,
  get: (self: Self) => ScriptValue,
): FieldDefinition<Self> {
  return { kind: 'field', type, set, get };
}

/** A function called without an object, e.g. `time(10s)`. */
export interface GlobalFunction {
  readonly args: readonly ArgType[];
  readonly rest?: ArgType;
  apply(args: readonly unknown[], call: Call): CallOutcome;
}

/** `@name(…)`: what a configured UDF offers. It gets the arguments as written; its failures carry no position. */
export interface DynamicMethod {
  apply(self: ScriptObject, args: readonly ScriptValue[], call: Call): CallOutcome;
}

/** What a script sees when it starts. Names keep their order: error texts list them. */
export interface Scope {
  readonly values: ReadonlyMap<string, ScriptValue>;
  readonly functions: ReadonlyMap<string, GlobalFunction>;
  readonly dynamicMethods: ReadonlyMap<string, DynamicMethod>;
}
