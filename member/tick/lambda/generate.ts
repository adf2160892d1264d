/** The only file that turns source into code. Its source comes from source.ts, which puts nothing of a script into it. */
import { joinTime, negateInt, secondsOf } from './int64.ts';
import type { KernelContext } from './kernel.ts';
import type { GeneratedSource } from './source.ts';

/** The function a source describes; its type is what the caller asked source.ts to write. */
export function generate<F extends (...args: never[]) => unknown>(
  { body, constants, kernels }: GeneratedSource,
  context: KernelContext,
): F {
  const factory = new Function('K', 'F', 'c', 'joinTime', 'secondsOf', 'negateInt', body);
  return factory(constants, kernels, context, joinTime, secondsOf, negateInt) as F;
}
