import { assert } from '../base/assert.ts';

/** So many events at one instant are no coincidence: somebody wakes itself for ever. */
const standstillSteps = 100_000;

/** Virtual time: jumps to the next event; the order is (time, sequence). */
export interface Scheduled {
  readonly atMs: number;
  readonly seq: number;
  readonly run: () => void;
  isCancelled: boolean;
}

export class Scheduler {
  readonly #heap: Scheduled[] = [];
  #nowMs = 0;
  #seq = 0;
  #stepsNow = 0;

  get nowMs(): number {
    return this.#nowMs;
  }

  get isEmpty(): boolean {
    return this.#heap.length === 0;
  }

  after(delayMs: number, run: () => void): Scheduled {
    return this.at(this.#nowMs + Math.max(0, delayMs), run);
  }

  at(atMs: number, run: () => void): Scheduled {
    const scheduled = { atMs: Math.max(atMs, this.#nowMs), seq: ++this.#seq, run, isCancelled: false };
    this.#heap.push(scheduled);
    this.#siftUp(this.#heap.length - 1);
    return scheduled;
  }

  /** Runs the next event if it is not later than `limitMs`; else time moves to the limit and the answer is false. */
  step(limitMs: number): boolean {
    for (;;) {
      const next = this.#heap[0];
      if (next === undefined || next.atMs > limitMs) {
        this.#nowMs = Math.max(this.#nowMs, limitMs);
        return false;
      }
      this.#removeFirst();
      if (next.isCancelled) continue;
      this.#stepsNow = next.atMs > this.#nowMs ? 0 : this.#stepsNow + 1;
      assert(this.#stepsNow < standstillSteps, `time stands still at ${this.#nowMs} ms`);
      this.#nowMs = next.atMs;
      next.run();
      return true;
    }
  }

  #removeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#siftDown(0);
  }

  #siftUp(start: number): void {
    let at = start;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #siftDown(start: number): void {
    let at = start;
    for (;;) {
      const left = 2 * at + 1;
      const right = left + 1;
      let first = at;
      if (left < this.#heap.length && this.#isBefore(left, first)) first = left;
      if (right < this.#heap.length && this.#isBefore(right, first)) first = right;
      if (first === at) return;
      this.#swap(at, first);
      at = first;
    }
  }

  #isBefore(a: number, b: number): boolean {
    const x = this.#heap[a];
    const y = this.#heap[b];
    if (x === undefined || y === undefined) return false;
    return x.atMs < y.atMs || (x.atMs === y.atMs && x.seq < y.seq);
  }

  #swap(a: number, b: number): void {
    const x = this.#heap[a];
    const y = this.#heap[b];
    if (x === undefined || y === undefined) return;
    this.#heap[a] = y;
    this.#heap[b] = x;
  }
}
