import type { Result } from '../../base/result.ts';
import type { Program, ScriptError } from '../syntax/node.ts';
import type { Scope } from './describe.ts';
import type { Var } from './vars.ts';

export interface EvaluateOptions {
  /** Values given to the script's variables, by name. Those the script does not declare are ignored. */
  readonly vars?: ReadonlyMap<string, Var>;
  /** For templates: a required variable without a value gets its type's zero value instead of an error. */
  readonly ignoreMissingVars?: boolean;
  /** The wall clock, nanoseconds since 1970, for `now()` in an expression. */
  readonly now?: bigint;
}

export interface Evaluation {
  /** The variables the script declares, with their default values (null when required) and descriptions. */
  readonly declared: ReadonlyMap<string, Var>;
}

/** Runs a program against the objects of its scope. Messages are the original's, without "invalid TICKscript: ". */
export type Evaluate = (program: Program, scope: Scope, options?: EvaluateOptions) => Result<Evaluation, ScriptError>;
