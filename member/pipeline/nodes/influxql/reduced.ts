import type { Cell } from '../../../tick/lambda/column.ts';

/** Time of a result that has no point of its own: that of the batch. */
export const noPoint = -1;
/** As 1.5.4's sum with `usePointTimes`: 1970. */
export const epochPoint = -2;
/** The time stands beside the value. */
export const ownTime = -3;

/** What an aggregate made of the points of a batch: for each result its value and the point it is of. */
export class Reduced {
  count = 0;
  readonly values: Cell[] = [];
  /** Index of the point in the `FieldValues`, or one of the above. */
  readonly points: number[] = [];
  /** Nanoseconds since 1970, for `ownTime`. */
  readonly timesNs: bigint[] = [];

  /** Why there is no result, when the values do not allow one. */
  failure: string | undefined;

  /** Whether the result of a point has the point's time; as 1.5.4's percentile of integers has not. */
  hasPointTime = true;

  reset(): void {
    this.count = 0;
    this.failure = undefined;
    this.hasPointTime = true;
  }

  addSelected(value: Cell, point: number, hasPointTime: boolean): void {
    this.hasPointTime = hasPointTime;
    this.add(value, point);
  }

  add(value: Cell, point: number): void {
    this.values[this.count] = value;
    this.points[this.count] = point;
    this.count++;
  }

  addAt(value: Cell, timeNs: bigint): void {
    this.timesNs[this.count] = timeNs;
    this.add(value, ownTime);
  }
}
