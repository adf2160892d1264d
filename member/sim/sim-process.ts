/**
 * The process a simulated member runs in: its clocks, its timers, and what waits for it while it stands still. Each
 * start is a new incarnation; whatever belongs to an earlier one is dropped.
 */
import type { ClockPort } from '../daemon/compose.ts';
import type { Scheduler } from './scheduler.ts';

/** 2026-10-01, so that the simulated wall clock looks like one. */
const epochWallMs = 1_790_812_800_000;

/** No timer of a system is finer; a wait that rounds to nothing would never end. */
const resolutionMs = 0.01;

export interface ClockSkew {
  /** Virtual milliseconds per millisecond of this clock, near 1. */
  readonly rate: number;
  readonly wallOffsetMs: number;
}

export class SimProcess {
  readonly #scheduler: Scheduler;
  #skew: ClockSkew;
  #incarnation = 0;
  #state: 'down' | 'running' | 'frozen' = 'down';
  #dueTimers: (() => void)[] = [];
  #arrived: (() => void)[] = [];
  #afterIo: (() => void)[] = [];

  constructor(scheduler: Scheduler, skew: ClockSkew) {
    this.#scheduler = scheduler;
    this.#skew = skew;
  }

  get state(): 'down' | 'running' | 'frozen' {
    return this.#state;
  }

  get incarnation(): number {
    return this.#incarnation;
  }

  boot(): void {
    this.#incarnation++;
    this.#state = 'running';
  }

  kill(): void {
    this.#incarnation++;
    this.#state = 'down';
    this.#dueTimers = [];
    this.#arrived = [];
    this.#afterIo = [];
  }

  freeze(): void {
    if (this.#state === 'running') this.#state = 'frozen';
  }

  /** As an event loop goes on: timers that are due, what has arrived, then what waits for both. */
  thaw(): void {
    if (this.#state !== 'frozen') return;
    this.#state = 'running';
    const queues = [this.#dueTimers, this.#arrived, this.#afterIo];
    this.#dueTimers = [];
    this.#arrived = [];
    this.#afterIo = [];
    const { incarnation } = this;
    for (const queue of queues) for (const run of queue) if (incarnation === this.#incarnation) run();
  }

  /** Something arrives from outside. Dropped when the process is gone. */
  deliver(incarnation: number, run: () => void): void {
    if (incarnation !== this.#incarnation || this.#state === 'down') return;
    if (this.#state === 'frozen') this.#arrived.push(run);
    else run();
  }

  /** What the system does for this process after a while: an answer of the disk, the end of an attempt. */
  later(delayMs: number, run: () => void): void {
    const incarnation = this.#incarnation;
    this.#scheduler.after(delayMs, () => this.deliver(incarnation, run));
  }

  jumpWallClock(byMs: number): void {
    this.#skew = { ...this.#skew, wallOffsetMs: this.#skew.wallOffsetMs + byMs };
  }

  wallMs(): number {
    return Math.floor(epochWallMs + this.#scheduler.nowMs / this.#skew.rate + this.#skew.wallOffsetMs);
  }

  clock(): ClockPort {
    const incarnation = this.#incarnation;
    return {
      nowMs: () => this.#scheduler.nowMs / this.#skew.rate,
      wallMs: () => this.wallMs(),
      startTimer: (delayMs, run) => {
        const timer = { isCancelled: false };
        const fire = (): void => {
          if (!timer.isCancelled) run();
        };
        const scheduled = this.#scheduler.after(Math.max(delayMs, resolutionMs) * this.#skew.rate, () =>
          this.#fire(incarnation, fire),
        );
        return {
          cancel: () => {
            timer.isCancelled = true;
            scheduled.isCancelled = true;
          },
        };
      },
      afterPendingIo: (run) => {
        this.#scheduler.after(0, () => {
          if (incarnation !== this.#incarnation) return;
          if (this.#state === 'frozen') this.#afterIo.push(run);
          else run();
        });
      },
    };
  }

  #fire(incarnation: number, run: () => void): void {
    if (incarnation !== this.#incarnation || this.#state === 'down') return;
    if (this.#state === 'frozen') this.#dueTimers.push(run);
    else run();
  }
}
