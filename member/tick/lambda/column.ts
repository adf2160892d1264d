/**
 * What a lambda reads and writes: columns of one block of rows. The layout is shared with the pipeline's
 * blocks, so that a compiled lambda loops over them without a copy.
 *
 * Integers are 64-bit. A number stands for one as long as it is a safe integer, a bigint otherwise; every
 * operation returns that canonical form and wraps around at 64 bits, as Go does. Times are nanoseconds since
 * 1970 and durations nanoseconds, in the same canonical form.
 */
export type ValueType = 'float' | 'int' | 'string' | 'bool' | 'time' | 'duration' | 'regex' | 'missing';

export type Int = number | bigint;

/** A value as it stands in a column; its type is the column's. */
export type Cell = number | bigint | string | boolean;

export interface Column {
  readonly type: ValueType;
  /** One entry per row. Float64Array while all values are numbers, an array otherwise. */
  readonly values: ArrayLike<Cell>;
  /** 1 where the row has a value; absent when every row has one. */
  readonly present?: Uint8Array | undefined;
  /**
   * Times only: when given, `values` holds whole seconds since 1970 and this the nanoseconds within the second
   * (0 to 999,999,999), so that no row needs a bigint.
   */
  readonly nanos?: ArrayLike<number> | undefined;
  /** 1 where a field and a tag both have this name, which is an error for that row; such a row is not `present`. */
  readonly clash?: Uint8Array | undefined;
}
