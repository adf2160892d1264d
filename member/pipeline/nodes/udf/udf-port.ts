/** The configured functions, as nodes reach them: one connection, which is a process or a socket, for each node. */
import type { Millis } from '../../../base/deadline.ts';
import type { Result } from '../../../base/result.ts';

export interface UdfPort {
  /**
   * Connects; nothing may be written before `opened`. Calls back later, never from within `open`. The error says that
   * there is no such function; one that cannot be reached says so through `ended`.
   */
  open(name: string, receiver: UdfReceiver): Result<UdfConnection, string>;
}

export interface UdfReceiver {
  /** Connected: from now on silence counts. */
  opened(): void;
  /** Of the function's output. The bytes are the receiver's. */
  received(bytes: Uint8Array<ArrayBuffer>): void;
  /** There is room again, after `hasRoom` was found false. */
  drained(): void;
  /** Nothing more comes. Null: the function ended as it should, or closed its side. */
  ended(error: string | null): void;
  /** A line that the function wrote for people. */
  logged(text: string): void;
}

export interface UdfConnection {
  /** For how long the function may be silent. */
  readonly timeoutMs: Millis;
  /** False: much that was written has not been taken yet; `drained` tells when to go on. */
  hasRoom(): boolean;
  /** The array is the connection's from then on. */
  write(bytes: Uint8Array): void;
  /** Nothing more will be written; what was is still taken. */
  end(): void;
  /** Lets go: nothing is called back any more. The function gets the end of its input, and is killed when it stays. */
  close(): void;
}
