/**
 * What the runtime is told before work begins. A member's hot paths are a few loops over columns that are compiled
 * once; with V8's usual allowance the optimizing compiler copies the same callees into each of them, which costs more
 * CPU in the first seconds than it ever gains (performance.md of this project).
 */
import { setFlagsFromString } from 'node:v8';

/** Bytecode that is copied into one compiled function at most; the default is 920. */
const inlinedBytecodeLimit = 300;

/**
 * By how much the heap may grow from one full collection to the next, beside the young generation. Left to itself V8
 * lets it grow to four times what is live, and a member's resident set swing by a third; the collections cost little,
 * as little is live.
 */
const heapGrowthPercent = 50;

export function tuneRuntime(): void {
  setFlagsFromString(`--max-inlined-bytecode-size-cumulative=${inlinedBytecodeLimit}`);
  setFlagsFromString(`--heap-growing-percent=${heapGrowthPercent}`);
  // In a member that has become idle V8 collects twice to give memory back; the second time there is nothing left.
  setFlagsFromString('--memory-reducer-single-gc');
}
