import type { Millis } from '../../base/deadline.ts';

/** Timed executions that an average reaches back, as `[stats] timing-movavg-size`. */
const memory = 1000;

/**
 * Times some executions of the run's machines, each without what its children took. What a machine keeps is the
 * largest moving average so far, in nanoseconds per point or batch, as in 1.5.4.
 */
export class ExecutionTimer {
  private readonly clock: () => Millis;
  private readonly interval: number;
  private countdown = 1;
  private isTiming = false;
  /** Time spent in executions that ended within the one being timed. */
  private nestedMs: Millis = 0;

  constructor(clock: () => Millis, interval: number) {
    this.clock = clock;
    this.interval = Math.max(1, interval);
  }

  /** Whether the next execution is to be run between `begin` and `end`. */
  isDue(): boolean {
    if (this.isTiming) return true;
    if (--this.countdown > 0) return false;
    this.countdown = this.interval;
    return true;
  }

  begin(span: TimedSpan): void {
    span.wasTiming = this.isTiming;
    span.nestedBeforeMs = this.nestedMs;
    this.isTiming = true;
    this.nestedMs = 0;
    span.startMs = this.clock();
  }

  end(span: TimedSpan, executions: number, average: MovingAverage): void {
    const totalMs = this.clock() - span.startMs;
    average.add(((totalMs - this.nestedMs) * 1e6) / Math.max(1, executions));
    this.isTiming = span.wasTiming;
    this.nestedMs = span.nestedBeforeMs + totalMs;
  }
}

/** One execution's place on the stack; an edge keeps one and uses it again. */
export interface TimedSpan {
  wasTiming: boolean;
  nestedBeforeMs: Millis;
  startMs: Millis;
}

export class MovingAverage {
  private average = 0;
  private count = 0;
  private largest = 0;

  add(value: number): void {
    this.count = Math.min(memory, this.count + 1);
    this.average += (value - this.average) / this.count;
    if (this.average > this.largest) this.largest = this.average;
  }

  /** Whole nanoseconds. */
  get maximum(): number {
    return Math.round(this.largest);
  }
}
