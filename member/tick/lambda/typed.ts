/** A lambda for references of known types: every operation chosen, every error that types bring put in its place. */
import type { Pattern } from '../text/pattern.ts';
import type { Cell, ValueType } from './column.ts';
import type { Kernel } from './kernel.ts';

interface Common {
  readonly type: ValueType;
  readonly canFail: boolean;
}

export type Typed =
  | (Common & { readonly op: 'constant'; readonly value: Cell | Pattern })
  /** The reference's value in the row. */
  | (Common & { readonly op: 'column'; readonly index: number })
  /** The whole seconds of a time. */
  | (Common & { readonly op: 'seconds'; readonly index: number })
  /** Stands for what a row does not have, as an argument of `isPresent`. */
  | (Common & { readonly op: 'missing' })
  /** Evaluates `before`, in order, then fails. */
  | (Common & { readonly op: 'fail'; readonly before: readonly Typed[]; readonly message: string })
  | (Common & { readonly op: 'not'; readonly operand: Typed })
  | (Common & { readonly op: 'negate'; readonly operand: Typed })
  | (Common & { readonly op: 'and'; readonly left: Typed; readonly right: Typed })
  | (Common & { readonly op: 'or'; readonly left: Typed; readonly right: Typed })
  | (Common & {
      readonly op: 'apply';
      readonly kernel: Kernel;
      readonly args: readonly Typed[];
      /** Stands before the kernel's own error. */
      readonly prefix: string;
      /** Whose state a stateful kernel uses: 0 the group's, else that of a nested lambda. */
      readonly slot: number;
    });

export function canAnyFail(parts: readonly Typed[]): boolean {
  return parts.some((part) => part.canFail);
}

export function fail(type: ValueType, message: string, before: readonly Typed[] = []): Typed {
  return { op: 'fail', type, canFail: true, before, message };
}

export function apply(kernel: Kernel, args: readonly Typed[], prefix = '', slot = 0): Typed {
  return {
    op: 'apply',
    type: kernel.result,
    canFail: kernel.canFail === true || canAnyFail(args),
    kernel,
    args,
    prefix,
    slot,
  };
}
