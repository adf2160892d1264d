/**
 * Points as they travel: rows of one measurement, in columns. A block is immutable once it was handed on, so that
 * windows may keep it.
 *
 * Arrays may be longer than the block: only rows 0 to `length - 1` count. A time is whole seconds since 1970
 * (floored) and nanoseconds 0 to 999,999,999: exact, where one double could not be.
 */
import type { TagTable } from './tag-table.ts';

/** As `Column` of member/tick/lambda: what a compiled lambda reads without a copy. */
export interface FieldColumn {
  readonly type: FieldType;
  /** One entry per row. Float64Array for floats and safe integers; an array once an integer needs a bigint. */
  readonly values: ArrayLike<FieldValue>;
  /** 1 where the row has a value; absent when every row has one. */
  readonly present?: Uint8Array;
}

export type FieldType = 'float' | 'int' | 'string' | 'bool';

/** Integers are numbers while safe, bigints beyond. */
export type FieldValue = number | bigint | string | boolean;

export interface Field {
  readonly name: string;
  readonly column: FieldColumn;
}

export interface Block {
  readonly database: string;
  readonly retentionPolicy: string;
  /** The measurement. */
  readonly name: string;
  readonly length: number;
  readonly seconds: Float64Array;
  readonly nanos: Int32Array;
  /** Where the numbers of `tagIds` come from. */
  readonly tagTable: TagTable;
  readonly tagIds: Uint32Array;
  readonly fields: readonly Field[];
}

/**
 * What one write brought. The rows of a block keep their order; `runs` tells the order across blocks: pairs of
 * block index and number of rows, each run going on in its block where the run before of that block ended.
 */
export interface WriteBody {
  readonly blocks: readonly Block[];
  readonly runs: readonly number[];
  readonly rowCount: number;
}

/** Whether a row of a column holds a value. */
export function hasValue(column: FieldColumn, row: number): boolean {
  return column.present === undefined || column.present[row] === 1;
}

const nanosPerSecond = 1_000_000_000n;

/** Nanoseconds since 1970. */
export function timeNs(seconds: number, nanos: number): bigint {
  return BigInt(seconds) * nanosPerSecond + BigInt(nanos);
}

export function secondsOf(ns: bigint): number {
  const seconds = ns / nanosPerSecond;
  return Number(ns % nanosPerSecond < 0n ? seconds - 1n : seconds);
}

export function nanosOf(ns: bigint): number {
  const rest = ns % nanosPerSecond;
  return Number(rest < 0n ? rest + nanosPerSecond : rest);
}
