/** The only file that turns source into code. Its source comes from source.ts, which puts nothing of a script into it. */
import { joinTime, negateInt, secondsOf } from './int64.ts';
import type { KernelContext } from './kernel.ts';
import type { GeneratedSource } from './source.ts';

/** What it takes and gives is what the caller asked source.ts to write. */
export type GeneratedFunction = (...args: never[]) => unknown;

/** The function a source describes. */
export function generate({ body, constants, kernels }: GeneratedSource, context: KernelContext): GeneratedFunction {
  const factory = new Function('K', 'F', 'c', 'joinTime', 'secondsOf', 'negateInt', body);
  return factory(constants, kernels, context, joinTime, secondsOf, negateInt) as GeneratedFunction;
}
