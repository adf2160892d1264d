/**
 * Carries out outputs strictly in order, those of a step that runs while an earlier one is carried out included.
 * Performing an output may hold the queue until something is done (a write that what follows depends on).
 */
export class OutputQueue<Output> {
  readonly #perform: (output: Output, hold: () => () => void) => void;
  #waiting: Output[] = [];
  #next = 0;
  #isRunning = false;
  #isHeld = false;

  constructor(perform: (output: Output, hold: () => () => void) => void) {
    this.#perform = perform;
  }

  push(outputs: readonly Output[]): void {
    for (const output of outputs) this.#waiting.push(output);
    this.#run();
  }

  #run(): void {
    if (this.#isRunning || this.#isHeld) return;
    this.#isRunning = true;
    for (;;) {
      const output = this.#waiting[this.#next];
      if (this.#isHeld || output === undefined) break;
      this.#next++;
      this.#perform(output, this.#hold);
    }
    this.#waiting = this.#waiting.slice(this.#next);
    this.#next = 0;
    this.#isRunning = false;
  }

  readonly #hold = (): (() => void) => {
    this.#isHeld = true;
    return () => {
      this.#isHeld = false;
      this.#run();
    };
  };
}
