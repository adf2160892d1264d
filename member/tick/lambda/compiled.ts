/**
 * What a compiled lambda offers to the pipeline. A lambda is compiled once per task (`LambdaProgram.compile`) and
 * specialized once per signature, the types of its references in `references` order (`'missing'` where a block has
 * no such field or tag). One specialization serves blocks of any size; rows in which a reference is not present
 * take a slower path with the original's answer for them.
 *
 *     const program = LambdaProgram.compile(lambda.expression);          // a Result; the error is the original's text
 *     const columns = program.value.references.map((name) => block.columnOf(name));
 *     const kept = program.value.forColumns(columns).filter(columns, selection, count, into, run);
 */
import type { Cell, Column, Int, ValueType } from './column.ts';
import type { OutputColumn } from './output-column.ts';
import type { LambdaStates } from './state.ts';

/** What an evaluation needs beside its columns. One object per node, updated per block. */
export interface LambdaRun {
  /** The wall clock, nanoseconds since 1970, for `now()`; read where the program `needsClock`, else of no meaning. */
  now: Int;
  /** The group number of each row; undefined when all rows are of group 0. Read by stateful lambdas only. */
  groups: ArrayLike<number> | undefined;
  /** State of `count()`, `sigma()`, `spread()` per group; from `LambdaProgram.createStates`. */
  states: LambdaStates;
  /** Called once for each row whose evaluation fails, in row order, with the original's text. */
  onError(row: number, message: string): void;
}

export interface CompiledLambda {
  /** Type of the result; `'missing'` when no row can have one (each then fails). */
  readonly resultType: ValueType;
  /** Whether `filter` and `test` can hold for any row: the result is a bool. */
  readonly isPredicate: boolean;
  /**
   * Keeps those of the first `count` rows of `selection` for which the lambda is true, in order, into `into`
   * (which may be `selection` itself), and returns how many. Rows that fail are dropped and reported.
   */
  filter(columns: readonly Column[], selection: Int32Array, count: number, into: Int32Array, run: LambdaRun): number;
  /**
   * Evaluates the first `count` rows of `selection` into `output`, a new column of this `resultType`. Rows that fail
   * are reported; the others are kept in `into` (which may be `selection`), and their number is returned.
   */
  map(
    columns: readonly Column[],
    selection: Int32Array,
    count: number,
    output: OutputColumn,
    into: Int32Array,
    run: LambdaRun,
  ): number;
  /** One row as a predicate. False, and reported, when it fails. */
  test(columns: readonly Column[], row: number, run: LambdaRun): boolean;
  /** One row's value. Undefined, and reported, when it fails. */
  value(columns: readonly Column[], row: number, run: LambdaRun): Cell | undefined;
}

/** Seconds to add to UTC at an instant (seconds since 1970), for `hour()`, `day()` and their like. */
export type ZoneOffset = (unixSeconds: number) => number;

export interface LambdaOptions {
  /** `'generated'` builds functions from source and is several times faster; `'closures'` works under any content policy. */
  readonly backEnd?: 'generated' | 'closures';
  /** The zone the time functions answer in; UTC by default. The original uses the process's local zone. */
  readonly zone?: ZoneOffset;
  /** Names an error text lists as being in scope; the lambda's own references by default. */
  readonly scopeNames?: readonly string[];
  /**
   * Names of functions without arguments that stand for a value of the row (`level()` of a handler's match). Each
   * appears among `references` with its brackets, as `level()`, and is read from a column like a field.
   */
  readonly rowFunctions?: ReadonlySet<string>;
}
