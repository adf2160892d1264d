/** A user-defined function of a preview: it takes points, answers what keeps its task alive, and gives nothing back. */
import { err, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { FrameReader } from '../nodes/udf/frame-reader.ts';
import { messageField } from '../nodes/udf/messages.ts';
import type { UdfConnection, UdfPort, UdfReceiver } from '../nodes/udf/udf-port.ts';

export interface SilentFunctionOptions {
  readonly isKnown: (name: string) => boolean;
  /** Keeps an answer until the present step has ended. */
  readonly later: (answer: () => void) => void;
  readonly took: (name: string, points: number) => void;
}

/** `init` with success: the message behind its length. */
const initSucceeded = [4, (messageField.init << 3) | 2, 2, 8, 1];
const silenceMs = 3_600_000;

export function silentFunctions(options: SilentFunctionOptions): UdfPort {
  return {
    open(name, receiver): Result<UdfConnection, string> {
      if (!options.isKnown(name)) return err(`no such UDF ${name}`);
      options.later(() => receiver.opened());
      return ok(new SilentFunction(name, receiver, options));
    },
  };
}

class SilentFunction implements UdfConnection {
  readonly timeoutMs = silenceMs;
  private readonly name: string;
  private readonly receiver: UdfReceiver;
  private readonly options: SilentFunctionOptions;
  private readonly frames = new FrameReader();
  private isClosed = false;

  constructor(name: string, receiver: UdfReceiver, options: SilentFunctionOptions) {
    this.name = name;
    this.receiver = receiver;
    this.options = options;
  }

  hasRoom(): boolean {
    return true;
  }

  write(bytes: Uint8Array): void {
    let points = 0;
    this.frames.feed(new Uint8Array(bytes), (frame) => {
      const field = fieldOf(frame);
      if (field === messageField.point) points++;
      if (field === messageField.init) this.answer(Uint8Array.from(initSucceeded));
      // A keepalive is answered by itself.
      if (field === messageField.keepalive) this.answer(Uint8Array.from([frame.length, ...frame]));
      return true;
    });
    if (points > 0) this.options.took(this.name, points);
  }

  end(): void {
    this.options.later(() => {
      if (!this.isClosed) this.receiver.ended(null);
    });
  }

  close(): void {
    this.isClosed = true;
  }

  private answer(bytes: Uint8Array<ArrayBuffer>): void {
    this.options.later(() => {
      if (!this.isClosed) this.receiver.received(bytes);
    });
  }
}

/** The number of the one field a message wraps: at most two bytes of a varint, with the wire type in front. */
function fieldOf(frame: Uint8Array): number {
  const [first = 0, second = 0] = frame;
  return ((first & 0x7f) + (first >= 0x80 ? second << 7 : 0)) >> 3;
}
