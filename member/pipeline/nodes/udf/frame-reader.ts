import { err, ok } from '../../../base/result.ts';
import type { Result } from '../../../base/result.ts';

/** A longer message is taken for garbage: text on a function's output begins with a length like any other. */
export const longestFrameBytes = 256 * 1024 * 1024;
const longestVarint = 10;

/**
 * Cuts a stream of bytes into messages, each behind its length as a varint. Bytes come in pieces of any size; a
 * message that comes in one piece is not copied.
 */
export class FrameReader {
  private size = 0;
  private sizeBytes = 0;
  /** Bytes of the message under way; undefined while its length is read. */
  private frame: Uint8Array<ArrayBuffer> | undefined;
  private filled = 0;

  /** Calls `take` for each message that is complete now; the bytes live until it returns, or until it says to stop. */
  feed(chunk: Uint8Array<ArrayBuffer>, take: (frame: Uint8Array<ArrayBuffer>) => boolean): Result<void, string> {
    let at = 0;
    while (at < chunk.length) {
      if (this.frame === undefined) {
        const byte = chunk[at++] ?? 0;
        this.size += (byte & 0x7f) * 2 ** (7 * this.sizeBytes++);
        if (byte >= 0x80) {
          if (this.sizeBytes === longestVarint) return err('varint overflows a 64-bit integer');
          continue;
        }
        if (this.size > longestFrameBytes) return err(`message of ${this.size} bytes, at most ${longestFrameBytes}`);
        if (at + this.size > chunk.length) {
          this.frame = new Uint8Array(this.size);
          continue;
        }
        const end = at + this.size;
        const isWanted = take(chunk.subarray(at, end));
        at = end;
        this.restart();
        if (!isWanted) return ok(undefined);
        continue;
      }
      const part = chunk.subarray(at, at + this.size - this.filled);
      this.frame.set(part, this.filled);
      this.filled += part.length;
      at += part.length;
      if (this.filled < this.size) continue;
      const { frame } = this;
      this.restart();
      if (!take(frame)) return ok(undefined);
    }
    return ok(undefined);
  }

  /** What is wrong when no more bytes come. */
  end(): Result<void, string> {
    if (this.frame !== undefined) return err(`unexpected EOF, expected ${this.size} more bytes`);
    return this.sizeBytes > 0 ? err('unexpected EOF') : ok(undefined);
  }

  private restart(): void {
    this.frame = undefined;
    this.size = 0;
    this.sizeBytes = 0;
    this.filled = 0;
  }
}
