import { never, type Millis } from '../base/deadline.ts';

interface Entry<Task> {
  readonly id: string;
  readonly atMs: Millis;
  readonly order: number;
  readonly task: Task;
}

/**
 * Named deadlines, earliest first, equal ones in the order they were set. Setting a name again moves it; the old
 * heap entry is skipped when it surfaces.
 */
export class Timers<Task> {
  readonly #heap: Entry<Task>[] = [];
  readonly #current = new Map<string, Entry<Task>>();
  #order = 0;

  set(id: string, atMs: Millis, task: Task): void {
    const entry: Entry<Task> = { id, atMs, order: this.#order++, task };
    this.#current.set(id, entry);
    this.#push(entry);
  }

  clear(id: string): void {
    this.#current.delete(id);
  }

  has(id: string): boolean {
    return this.#current.has(id);
  }

  nextMs(): Millis {
    this.#dropStale();
    return this.#heap[0]?.atMs ?? never;
  }

  /** The earliest task that is due, taken out; undefined when none is. */
  take(nowMs: Millis): Task | undefined {
    this.#dropStale();
    const first = this.#heap[0];
    if (first === undefined || first.atMs > nowMs) return undefined;
    this.#pop();
    this.#current.delete(first.id);
    return first.task;
  }

  #dropStale(): void {
    for (let first = this.#heap[0]; first !== undefined && this.#current.get(first.id) !== first; first = this.#heap[0])
      this.#pop();
  }

  #push(entry: Entry<Task>): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || isBefore(above, entry)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      const left = heap[child];
      if (left === undefined) break;
      const right = heap[child + 1];
      let smallest = left;
      if (right !== undefined && isBefore(right, left)) {
        smallest = right;
        child++;
      }
      if (isBefore(last, smallest)) break;
      heap[at] = smallest;
      at = child;
    }
    heap[at] = last;
  }
}

function isBefore<Task>(a: Entry<Task>, b: Entry<Task>): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
