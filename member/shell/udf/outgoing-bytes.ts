import type { Writable } from 'node:stream';

/** Bytes beyond which a writer is asked to wait: what a function has not read is not kept without end. */
const roomBytes = 64 * 1024;

/** A stream that says when there is room again. */
export class OutgoingBytes {
  readonly #stream: Writable;
  readonly #drained: () => void;
  #isAwaited = false;

  constructor(stream: Writable, drained: () => void) {
    this.#stream = stream;
    this.#drained = drained;
  }

  hasRoom(): boolean {
    if (this.#stream.writableLength < roomBytes) return true;
    this.#isAwaited = true;
    return false;
  }

  write(bytes: Uint8Array): void {
    if (this.#stream.writable) this.#stream.write(bytes, this.#written);
  }

  end(): void {
    this.#stream.end();
  }

  readonly #written = (): void => {
    if (!this.#isAwaited || this.#stream.writableLength >= roomBytes) return;
    this.#isAwaited = false;
    this.#drained();
  };
}
