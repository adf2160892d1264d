/**
 * The InfluxQL functions that make something of all points of a batch, as InfluxDB 1.1 (in 1.5.4) computes them,
 * ties included.
 */
import { byteOrder } from '../../../base/byte-order.ts';
import type { Cell, Int, ValueType } from '../../../tick/lambda/column.ts';
import type { FieldValues } from '../../engine/field-values.ts';
import { epochPoint, noPoint } from './reduced.ts';
import type { Reduced } from './reduced.ts';

export interface Aggregate {
  /** Type of the results for values of a type; undefined where the function cannot be applied. */
  resultType(type: ValueType): ValueType | undefined;
  /** The result is a point of the batch, with all its fields and tags. */
  readonly isSelector: boolean;
  /** Whether an empty batch has a result. */
  readonly isEmptyOk: boolean;
  /** Whether results keep the tags of their points, as a batch's points do. */
  readonly keepsPointTags: boolean;
  reduce(values: FieldValues, into: Reduced): void;
}

type Reduce = (values: FieldValues, into: Reduced) => void;

const numbersOnly = (type: ValueType): ValueType | undefined => (type === 'float' || type === 'int' ? type : undefined);
const toFloat = (type: ValueType): ValueType | undefined => (type === 'float' || type === 'int' ? 'float' : undefined);
const anyType = (type: ValueType): ValueType | undefined =>
  type === 'string' || type === 'bool' ? type : numbersOnly(type);

function plain(resultType: Aggregate['resultType'], reduce: Reduce, isEmptyOk = false): Aggregate {
  return { resultType, isSelector: false, isEmptyOk, keepsPointTags: false, reduce };
}

function selector(resultType: Aggregate['resultType'], reduce: Reduce): Aggregate {
  return { resultType, isSelector: true, isEmptyOk: false, keepsPointTags: false, reduce };
}

export const count = plain(
  (type) => (anyType(type) === undefined ? undefined : 'int'),
  (values, into) => into.add(values.count, values.count === 0 ? epochPoint : noPoint),
  true,
);

export const sum = plain(numbersOnly, (values, into) => into.add(total(values), epochPoint), true);

export const mean = plain(toFloat, (values, into) => into.add(Number(total(values)) / values.count, noPoint));

export const median = plain(toFloat, (values, into) => {
  const order = byValue(values);
  const length = values.count;
  const middle = order[length >> 1] ?? 0;
  if (length % 2 === 1) {
    into.add(Number(values.cell(middle)), length === 1 && values.type === 'float' ? middle : noPoint);
    return;
  }
  const low = values.cell(order[(length >> 1) - 1] ?? 0);
  into.add(Number(low) + difference(values.cell(middle), low) / 2, noPoint);
});

export const mode = plain(numbersOnly, (values, into) => {
  if (values.count === 1) {
    into.add(values.cell(0), 0);
    return;
  }
  const order = byValue(values);
  const first = order[0] ?? 0;
  let most = { value: values.cell(first), point: first, frequency: 0 };
  let run = { value: most.value, point: first, frequency: 0 };
  for (const point of order) {
    const value = values.cell(point);
    if (value !== run.value) {
      run = { value, point, frequency: 1 };
      continue;
    }
    run.frequency++;
    if (most.frequency > run.frequency || (most.frequency === run.frequency && isLater(values, run.point, most.point)))
      continue;
    most = { value, point, frequency: run.frequency };
  }
  into.add(most.value, noPoint);
});

export const spread = plain(numbersOnly, (values, into) => {
  let low = values.cell(0);
  let high = low;
  for (let i = 1; i < values.count; i++) {
    const value = values.cell(i);
    if (values.type === 'float') {
      low = Math.min(Number(low), Number(value));
      high = Math.max(Number(high), Number(value));
    } else {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  into.add(values.type === 'float' ? Number(high) - Number(low) : subtractInt(high, low), noPoint);
});

export const stddev = plain(toFloat, (values, into) => {
  // One point has none; the original then writes 0.
  if (values.count < 2) {
    into.add(0, noPoint);
    return;
  }
  let average = 0;
  let counted = 0;
  for (let i = 0; i < values.count; i++) {
    const value = Number(values.cell(i));
    if (Number.isNaN(value)) continue;
    counted++;
    average += (value - average) / counted;
  }
  let variance = 0;
  for (let i = 0; i < values.count; i++) {
    const distance = Number(values.cell(i)) - average;
    if (!Number.isNaN(distance)) variance += distance * distance;
  }
  into.add(Math.sqrt(variance / (counted - 1)), noPoint);
});

export const distinct = plain(anyType, (values, into) => {
  const firsts = new Map<Cell, number>();
  for (let i = 0; i < values.count; i++) if (!firsts.has(values.cell(i))) firsts.set(values.cell(i), i);
  const points = [...firsts.values()].sort(
    (a, b) => compareTimes(values, a, b) || compareCells(values.cell(a), values.cell(b)),
  );
  for (const point of points) into.add(values.cell(point), point);
});

/** The point that is before all others in an order of which `precedes` is told. */
function chosen(precedes: (values: FieldValues, candidate: number, best: number) => boolean): Reduce {
  return (values, into) => {
    let best = 0;
    for (let i = 1; i < values.count; i++) if (precedes(values, i, best)) best = i;
    into.add(values.cell(best), best);
  };
}

export const min = selector(
  numbersOnly,
  chosen(
    (values, i, best) =>
      values.cell(i) < values.cell(best) || (values.cell(i) === values.cell(best) && isEarlier(values, i, best)),
  ),
);

export const max = selector(
  numbersOnly,
  chosen(
    (values, i, best) =>
      values.cell(i) > values.cell(best) || (values.cell(i) === values.cell(best) && isEarlier(values, i, best)),
  ),
);

export const first = selector(
  anyType,
  chosen((values, i, best) => {
    const order = compareTimes(values, i, best);
    if (order !== 0) return order < 0;
    return values.type === 'bool'
      ? values.cell(i) === false && values.cell(best) === true
      : compareCells(values.cell(i), values.cell(best)) > 0;
  }),
);

export const last = selector(
  anyType,
  chosen((values, i, best) => {
    const order = compareTimes(values, i, best);
    return order !== 0 ? order > 0 : compareCells(values.cell(i), values.cell(best)) > 0;
  }),
);

export function percentile(percent: number): Aggregate {
  return selector(numbersOnly, (values, into) => {
    const index = Math.floor((values.count * percent) / 100 + 0.5) - 1;
    if (index < 0 || index >= values.count || Number.isNaN(index)) return;
    const point =
      values.cells === undefined ? ranked(values.numbers, values.count, index) : (byValue(values)[index] ?? 0);
    into.addSelected(values.cell(point), point, values.type === 'float');
  });
}

/** The first or last `limit` by value, at most one for each combination of the given fields or tags; in order of time. */
export function extremes(limit: number, fieldsAndTags: readonly string[], direction: 'top' | 'bottom'): Aggregate {
  const sign = direction === 'top' ? -1 : 1;
  const order = (values: FieldValues, a: number, b: number): number =>
    sign * compareCells(values.cell(a), values.cell(b)) || compareTimes(values, a, b);
  const reduce: Reduce = (values, into) => {
    let points = Array.from({ length: values.count }, (_, index) => index);
    if (fieldsAndTags.length > 0) {
      const best = new Map<string, number>();
      for (const point of points) {
        const key = fieldsAndTags.map((name) => fieldOrTag(values, point, name)).join(',');
        const known = best.get(key);
        if (known === undefined || order(values, point, known) < 0) best.set(key, point);
      }
      points = [...best.values()];
    }
    points = points.sort((a, b) => order(values, a, b)).slice(0, Math.max(0, limit));
    points.sort((a, b) => compareTimes(values, a, b));
    for (const point of points) into.add(values.cell(point), point);
  };
  return { resultType: numbersOnly, isSelector: false, isEmptyOk: false, keepsPointTags: true, reduce };
}

function fieldOrTag(values: FieldValues, point: number, name: string): string {
  const rows = values.sourceOf(point);
  const row = values.rows[point] ?? 0;
  const column = rows?.fields.find((field) => field.name === name)?.column;
  if (column !== undefined && (column.present === undefined || column.present[row] === 1))
    return String(column.values[row]);
  return rows?.tagTable.at(rows.tagIds[row] ?? 0).get(name) ?? '';
}

/** Wraps around at 64 bits. */
function total(values: FieldValues): Cell {
  if (values.cells === undefined) {
    let sum = 0;
    for (let i = 0; i < values.count; i++) sum += values.numbers[i] ?? 0;
    if (values.type !== 'int' || Number.isSafeInteger(sum)) return sum;
  }
  let sum = 0n;
  for (let i = 0; i < values.count; i++) sum += BigInt(values.cell(i));
  return canonicalInt(BigInt.asIntN(64, sum));
}

export function subtractInt(a: Cell, b: Cell): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b;
    if (Number.isSafeInteger(difference)) return difference;
  }
  return canonicalInt(BigInt.asIntN(64, BigInt(a) - BigInt(b)));
}

export function addInt(a: Cell, b: Cell): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return canonicalInt(BigInt.asIntN(64, BigInt(a) + BigInt(b)));
}

export function canonicalInt(value: bigint): Int {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function difference(high: Cell, low: Cell): number {
  return typeof high === 'number' && typeof low === 'number' ? high - low : Number(subtractInt(high, low));
}

function compareCells(a: Cell, b: Cell): number {
  if (typeof a === 'string' && typeof b === 'string') return byteOrder(a, b);
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareTimes(values: FieldValues, a: number, b: number): number {
  return values.secondsOf(a) - values.secondsOf(b) || values.nanosOf(a) - values.nanosOf(b);
}

function isEarlier(values: FieldValues, a: number, b: number): boolean {
  return compareTimes(values, a, b) < 0;
}

function isLater(values: FieldValues, a: number, b: number): boolean {
  return compareTimes(values, a, b) > 0;
}

function byValue(values: FieldValues): number[] {
  return Array.from({ length: values.count }, (_, index) => index).sort((a, b) =>
    compareCells(values.cell(a), values.cell(b)),
  );
}

let scratch = new Float64Array(64);

/** Index of the value that a stable sort would put at `rank`. */
function ranked(numbers: Float64Array, count: number, rank: number): number {
  if (scratch.length < count) scratch = new Float64Array(2 * count);
  const sorted = count <= insertionLimit ? insertionSorted(numbers, count) : scratch.subarray(0, count);
  if (count > insertionLimit) {
    sorted.set(numbers.subarray(0, count));
    sorted.sort();
  }
  const wanted = sorted[rank] ?? 0;
  let before = rank;
  while (before > 0 && sorted[before - 1] === wanted) before--;
  for (let i = 0, equal = rank - before; i < count; i++) {
    if (numbers[i] === wanted && equal-- === 0) return i;
  }
  return 0;
}

const insertionLimit = 32;

function insertionSorted(numbers: Float64Array, count: number): Float64Array {
  const sorted = scratch;
  for (let i = 0; i < count; i++) {
    const value = numbers[i] ?? 0;
    let j = i - 1;
    while (j >= 0 && (sorted[j] ?? 0) > value) {
      sorted[j + 1] = sorted[j] ?? 0;
      j--;
    }
    sorted[j + 1] = value;
  }
  return sorted;
}
