import type { Millis } from '../../base/deadline.ts';

/** Points per second of the last whole second, counted when they come and worked out when asked for. */
export class Throughput {
  private readonly startMs: Millis;
  private second = 0;
  private current = 0;
  private previous = 0;

  constructor(startMs: Millis) {
    this.startMs = startMs;
  }

  count(points: number, now: Millis): void {
    this.advance(now);
    this.current += points;
  }

  perSecond(now: Millis): number {
    this.advance(now);
    return this.previous;
  }

  private advance(now: Millis): void {
    const second = Math.floor((now - this.startMs) / 1000);
    if (second === this.second) return;
    this.previous = second === this.second + 1 ? this.current : 0;
    this.current = 0;
    this.second = second;
  }
}
