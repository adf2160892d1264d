/** The back end without generated code: a typed lambda as a tree of closures, for pages with a strict content policy. */
import { present } from '../../base/assert.ts';
import type { Cell, Column } from './column.ts';
import { joinTime, negateInt, secondsOf } from './int64.ts';
import type { KernelContext, Operand } from './kernel.ts';
import type { Typed } from './typed.ts';

/** The value for one row. When it failed, `context.fault` holds the text and the value means nothing. */
export type RowClosure = (columns: readonly Column[], row: number) => Operand;

/** What stands for a value that is not there to be looked at. */
const nothing = false;

export function closureOf(typed: Typed, context: KernelContext): RowClosure {
  switch (typed.op) {
    case 'constant': {
      const { value } = typed;
      return () => value;
    }
    case 'column':
      return columnClosure(typed.index, typed.type === 'time');
    case 'seconds': {
      const { index } = typed;
      return (columns, row) => {
        const column = columns[index];
        const value = column?.values[row] ?? 0;
        return column?.nanos === undefined && typeof value !== 'string' && typeof value !== 'boolean'
          ? secondsOf(value)
          : value;
      };
    }
    case 'missing':
      return () => nothing;
    case 'fail':
      return failClosure(typed, context);
    case 'not': {
      const operand = closureOf(typed.operand, context);
      return (columns, row) => operand(columns, row) === false;
    }
    case 'negate': {
      const operand = closureOf(typed.operand, context);
      if (typed.type === 'float') return (columns, row) => -Number(operand(columns, row));
      return (columns, row) => {
        const value = operand(columns, row);
        return typeof value === 'number' || typeof value === 'bigint' ? negateInt(value) : value;
      };
    }
    case 'and': {
      const left = closureOf(typed.left, context);
      const right = closureOf(typed.right, context);
      return (columns, row) => left(columns, row) === true && context.fault === undefined && right(columns, row);
    }
    case 'or': {
      const left = closureOf(typed.left, context);
      const right = closureOf(typed.right, context);
      return (columns, row) => left(columns, row) === true || (context.fault === undefined && right(columns, row));
    }
    case 'apply':
      return applyClosure(typed, context);
  }
}

function columnClosure(index: number, isTime: boolean): RowClosure {
  if (!isTime) return (columns, row) => columns[index]?.values[row] ?? nothing;
  return (columns, row) => {
    const column = columns[index];
    const value: Cell = column?.values[row] ?? 0;
    return column?.nanos === undefined ? value : joinTime(Number(value), column.nanos[row] ?? 0);
  };
}

function failClosure(typed: Typed & { op: 'fail' }, context: KernelContext): RowClosure {
  const before = typed.before.map((part) => closureOf(part, context));
  const { message } = typed;
  return (columns, row) => {
    for (const part of before) {
      part(columns, row);
      if (context.fault !== undefined) return nothing;
    }
    context.fault = message;
    return nothing;
  };
}

/** One form per number of operands, so that no row allocates a list of them. */
function applyClosure(typed: Typed & { op: 'apply' }, context: KernelContext): RowClosure {
  const { kernel, args, prefix, slot } = typed;
  const run = kernel.apply;
  const closures = args.map((arg) => closureOf(arg, context));
  const selectState = (): void => {
    context.state = slot === 0 ? context.own : present(context.shared[slot - 1], 'state of a nested lambda');
  };
  const settle = (value: Operand): Operand => {
    if (context.fault !== undefined) context.fault = prefix + context.fault;
    return value;
  };
  const [first, second, third, fourth] = closures;
  if (!typed.canFail && kernel.isStateful !== true) {
    if (second === undefined && first !== undefined) return (columns, row) => run(first(columns, row), context);
    if (third === undefined && first !== undefined && second !== undefined) {
      return (columns, row) => run(first(columns, row), second(columns, row), context);
    }
  }
  if (first === undefined) {
    return () => {
      selectState();
      return settle(run(context));
    };
  }
  if (second === undefined) {
    return (columns, row) => {
      const a = first(columns, row);
      if (context.fault !== undefined) return nothing;
      selectState();
      return settle(run(a, context));
    };
  }
  if (third === undefined) {
    return (columns, row) => {
      const a = first(columns, row);
      if (context.fault !== undefined) return nothing;
      const b = second(columns, row);
      return context.fault === undefined ? settle(run(a, b, context)) : nothing;
    };
  }
  return (columns, row) => {
    const a = first(columns, row);
    if (context.fault !== undefined) return nothing;
    const b = second(columns, row);
    if (context.fault !== undefined) return nothing;
    const c = third(columns, row);
    if (context.fault !== undefined) return nothing;
    if (fourth === undefined) return settle(run(a, b, c, context));
    const d = fourth(columns, row);
    return context.fault === undefined ? settle(run(a, b, c, d, context)) : nothing;
  };
}
