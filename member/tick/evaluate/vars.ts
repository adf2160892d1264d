import type { ScriptValue } from './value.ts';

export type VarType = 'bool' | 'int' | 'float' | 'string' | 'regex' | 'duration' | 'lambda' | 'star' | 'list';

/** A variable of a task or template. `value` is undefined for one that must be given. */
export interface Var {
  readonly type: VarType;
  readonly value: ScriptValue | undefined;
  readonly description: string;
}
