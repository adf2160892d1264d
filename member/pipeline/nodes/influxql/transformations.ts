/** The InfluxQL functions that make something of each point and those before it in its group or batch. */
import { timeNs } from '../../../influx/block.ts';
import type { Cell, ValueType } from '../../../tick/lambda/column.ts';
import { addInt, canonicalInt, subtractInt } from './aggregates.ts';

export interface TransformedPoint {
  value: Cell;
  seconds: number;
  nanos: number;
}

/** The running state of one group. */
export interface Transformer {
  add(value: Cell, seconds: number, nanos: number): void;
  /** Undefined when there is none yet. */
  result(): TransformedPoint | undefined;
}

export interface Transformation {
  resultType(type: ValueType): ValueType | undefined;
  create(type: ValueType): Transformer;
}

const numbersOnly = (type: ValueType): ValueType | undefined => (type === 'float' || type === 'int' ? type : undefined);

export function elapsed(unitNs: bigint): Transformation {
  return {
    resultType: (type) => (type === 'string' || type === 'bool' || numbersOnly(type) !== undefined ? 'int' : undefined),
    create: () => new Elapsed(unitNs),
  };
}

export const differenceOf: Transformation = { resultType: numbersOnly, create: (type) => new Difference(type) };

export const cumulativeSum: Transformation = { resultType: numbersOnly, create: (type) => new CumulativeSum(type) };

export function movingAverage(window: number): Transformation {
  return {
    resultType: (type) => (numbersOnly(type) === undefined ? undefined : 'float'),
    create: (type) => new MovingAverage(window, type),
  };
}

class Elapsed implements Transformer {
  private readonly unitNs: bigint;
  private previous: bigint | undefined;
  private current: TransformedPoint | undefined;

  constructor(unitNs: bigint) {
    this.unitNs = unitNs;
  }

  add(value: Cell, seconds: number, nanos: number): void {
    const before = this.current;
    this.previous = before === undefined ? undefined : timeNs(before.seconds, before.nanos);
    this.current = { value, seconds, nanos };
  }

  result(): TransformedPoint | undefined {
    const { current, previous } = this;
    if (current === undefined || previous === undefined) return undefined;
    // Between times that far apart the difference wraps around, as in 1.5.4.
    const value = BigInt.asIntN(64, timeNs(current.seconds, current.nanos) - previous) / this.unitNs;
    return { ...current, value: canonicalInt(value) };
  }
}

class Difference implements Transformer {
  private readonly type: ValueType;
  private previous: Cell | undefined;
  private current: TransformedPoint | undefined;

  constructor(type: ValueType) {
    this.type = type;
  }

  add(value: Cell, seconds: number, nanos: number): void {
    const { current } = this;
    if (current?.seconds === seconds && current.nanos === nanos) return;
    this.previous = current?.value;
    this.current = { value, seconds, nanos };
  }

  /** Given once: a point of an equal time makes none. */
  result(): TransformedPoint | undefined {
    const { current, previous } = this;
    if (current === undefined || previous === undefined) return undefined;
    this.previous = undefined;
    const value =
      this.type === 'float' ? Number(current.value) - Number(previous) : subtractInt(current.value, previous);
    return { ...current, value };
  }
}

class CumulativeSum implements Transformer {
  private readonly type: ValueType;
  private current: TransformedPoint | undefined;

  constructor(type: ValueType) {
    this.type = type;
  }

  add(value: Cell, seconds: number, nanos: number): void {
    const before = this.current?.value ?? 0;
    this.current = {
      value: this.type === 'float' ? Number(before) + Number(value) : addInt(before, value),
      seconds,
      nanos,
    };
  }

  result(): TransformedPoint | undefined {
    return this.current;
  }
}

class MovingAverage implements Transformer {
  private readonly window: number;
  private readonly type: ValueType;
  private readonly held: Cell[] = [];
  private position = 0;
  private sum: Cell = 0;
  private seconds = 0;
  private nanos = 0;

  constructor(window: number, type: ValueType) {
    this.window = window;
    this.type = type;
  }

  add(value: Cell, seconds: number, nanos: number): void {
    const isFloat = this.type === 'float';
    if (this.held.length === this.window) {
      const oldest = this.held[this.position] ?? 0;
      this.sum = isFloat ? Number(this.sum) - Number(oldest) : subtractInt(this.sum, oldest);
    }
    this.held[this.position] = value;
    this.sum = isFloat ? Number(this.sum) + Number(value) : addInt(this.sum, value);
    this.seconds = seconds;
    this.nanos = nanos;
    this.position = this.position + 1 >= this.window ? 0 : this.position + 1;
  }

  result(): TransformedPoint | undefined {
    if (this.held.length !== this.window) return undefined;
    return { value: Number(this.sum) / this.window, seconds: this.seconds, nanos: this.nanos };
  }
}
