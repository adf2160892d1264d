/** What single nodes ask of the world: the member's own intake, values from files, and what scales resources. */
import type { Result } from '../base/result.ts';
import type { WriteBody } from '../influx/block.ts';

export interface LoopbackPort {
  /**
   * Takes points into the member's own intake, to be delivered behind what waits there already: never within the
   * call. The error says why they are refused; they are lost then.
   */
  write(body: WriteBody): Result<void, string>;
}
