import type { Pattern } from '../text/pattern.ts';
import type { Cell, Int, ValueType } from './column.ts';
import type { ZoneOffset } from './compiled.ts';
import type { FunctionState } from './state.ts';

/** What a kernel may need beside its operands, and where it leaves its error. One per specialization, reused. */
export interface KernelContext {
  /** Set by a kernel that failed; its result is then meaningless. The evaluation takes it and stops. */
  fault: string | undefined;
  now: Int;
  /** The state of the stateful function about to be called. */
  state: FunctionState;
  /** The state of the row's group, and those of nested lambdas. */
  own: FunctionState;
  shared: readonly FunctionState[];
  readonly zone: ZoneOffset;
}

export type Operand = Cell | Pattern;

/** Called with the operands, then the context. */
export type KernelFunction = (...operands: readonly (Operand | KernelContext)[]) => Cell;

/** One operation on operands of fixed types. */
export interface Kernel {
  readonly result: ValueType;
  readonly apply: KernelFunction;
  /** The same as JavaScript source over operand expressions, for operations that cannot fail and keep no state. */
  readonly inline?: (operands: readonly string[]) => string;
  readonly canFail?: boolean;
  readonly isStateful?: boolean;
}

/**
 * The one place where operand types are taken on trust: typing chooses a kernel by its operands' types, so that a
 * function over narrower types is safe to call.
 */
export function kernelFunction(apply: (...operands: never[]) => Cell): KernelFunction {
  return apply as KernelFunction;
}
