import { never, type Millis } from '../../base/deadline.ts';
import type { ClockPort, Timer } from './ports.ts';

/** Timers of the system take no longer delays; an early one finds nothing due and is set again. */
const longestDelayMs = 2 ** 31 - 1;

/**
 * The one timer of a core. Deadlines that move later cost nothing: the timer that is set runs, finds nothing due and
 * is set again. A deadline is judged only after everything that had arrived by then was handed in.
 */
export class CoreTimer {
  readonly #clock: ClockPort;
  readonly #wake: () => void;
  #timer: Timer | undefined;
  #firesAtMs: Millis = never;
  #deadlineMs: Millis = never;
  #isStopped = false;

  constructor(clock: ClockPort, wake: () => void) {
    this.#clock = clock;
    this.#wake = wake;
  }

  set(deadlineMs: Millis): void {
    this.#deadlineMs = deadlineMs;
    if (this.#isStopped || deadlineMs >= this.#firesAtMs) return;
    this.#timer?.cancel();
    this.#firesAtMs = deadlineMs;
    const delayMs = Math.min(Math.max(0, deadlineMs - this.#clock.nowMs()), longestDelayMs);
    this.#timer = this.#clock.startTimer(delayMs, () => {
      this.#timer = undefined;
      this.#clock.afterPendingIo(() => this.#fired());
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #fired(): void {
    this.#firesAtMs = never;
    if (this.#isStopped) return;
    if (this.#deadlineMs <= this.#clock.nowMs()) this.#wake();
    else this.set(this.#deadlineMs);
  }
}
