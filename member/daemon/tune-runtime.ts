/**
 * What the runtime is told before work begins. A member's hot paths are a few loops over columns that are compiled
 * once; with V8's usual allowance the optimizing compiler copies the same callees into each of them, which costs more
 * CPU in the first seconds than it ever gains (performance.md of this project).
 */
import { setFlagsFromString } from 'node:v8';

/** Bytecode that is copied into one compiled function at most; the default is 920. */
const inlinedBytecodeLimit = 300;

export function tuneRuntime(): void {
  setFlagsFromString(`--max-inlined-bytecode-size-cumulative=${inlinedBytecodeLimit}`);
  // In a member that has become idle V8 collects twice to give memory back; the second time there is nothing left.
  setFlagsFromString('--memory-reducer-single-gc');
}
