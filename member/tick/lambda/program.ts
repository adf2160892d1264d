import { ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import type { Node } from '../syntax/node.ts';
import type { Column, ValueType } from './column.ts';
import type { CompiledLambda, LambdaOptions } from './compiled.ts';
import { prepare } from './expression.ts';
import type { PreparedLambda } from './expression.ts';
import type { KernelContext } from './kernel.ts';
import { ClosureLambda, GeneratedLambda } from './specialized.ts';
import type { Specialized, TypedForms } from './specialized.ts';
import { LambdaStates, newFunctionState } from './state.ts';
import { typeExpression } from './typing.ts';

const statefulFunctions = ['count', 'sigma', 'spread'];

/** A lambda expression, checked as far as it can be without data. See `compiled.ts` for its use. */
export class LambdaProgram {
  /** Names of the fields and tags it reads, each once, in order of first appearance; `time` is the row's time. */
  readonly references: readonly string[];
  /** Whether it counts, or otherwise remembers, and so needs `run.groups`. */
  readonly isStateful: boolean;
  /** Whether it asks for the time of the clock, and so needs `run.now`. */
  readonly needsClock: boolean;
  private readonly prepared: PreparedLambda;
  private readonly options: LambdaOptions;
  private readonly specializations = new Map<string, Specialized>();
  private latest: { readonly types: readonly ValueType[]; readonly compiled: Specialized } | undefined;

  private constructor(prepared: PreparedLambda, options: LambdaOptions) {
    this.prepared = prepared;
    this.options = options;
    this.references = prepared.references;
    this.needsClock = prepared.functions.has('now');
    this.isStateful = statefulFunctions.some((name) => prepared.functions.has(name));
  }

  /** The error is the original's text of `NewExpression`, without the caller's prefix. */
  static compile(expression: Node, options: LambdaOptions = {}): Result<LambdaProgram, string> {
    const prepared = prepare(expression, options.rowFunctions);
    return prepared.ok ? ok(new LambdaProgram(prepared.value, options)) : prepared;
  }

  /** The compiled form for references of these types; cached. */
  specialize(types: readonly ValueType[]): Specialized {
    const key = types.join(' ');
    const known = this.specializations.get(key);
    if (known !== undefined) return known;
    const input = { references: this.references, types, scopeNames: this.options.scopeNames ?? this.references };
    const { root } = this.prepared;
    const forms: TypedForms = {
      value: typeExpression(root, input, 'value'),
      predicate: typeExpression(root, input, 'predicate'),
    };
    const Form = this.options.backEnd === 'closures' ? ClosureLambda : GeneratedLambda;
    const made = new Form(forms, types, this, this.newContext());
    this.specializations.set(key, made);
    return made;
  }

  /** The compiled form for these columns, in the order of `references`; cached. */
  forColumns(columns: readonly Column[]): CompiledLambda {
    const { latest } = this;
    if (latest !== undefined && areOfTypes(columns, latest.types)) return latest.compiled;
    const types = columns.map((column) => column.type);
    const compiled = this.specialize(types);
    this.latest = { types, compiled };
    return compiled;
  }

  /** Fresh state for one node's use of this lambda. */
  createStates(): LambdaStates {
    return new LambdaStates(this.prepared.nestedLambdas);
  }

  private newContext(): KernelContext {
    const state = newFunctionState();
    return { fault: undefined, now: 0, state, own: state, shared: [], zone: this.options.zone ?? (() => 0) };
  }
}

function areOfTypes(columns: readonly Column[], types: readonly ValueType[]): boolean {
  for (let i = 0; i < types.length; i++) if (columns[i]?.type !== types[i]) return false;
  return true;
}
