/**
 * LZW as in GIF, least significant bit first, 8-bit literals: what Go's `compress/lzw` writes, bit for bit.
 * A stream starts with a clear code and ends with the end code.
 */
import { err, ok, type Result } from '../../base/result.ts';
import { ByteSink } from './bytes.ts';
import type { RejectReason } from './reject-reason.ts';

const clearCode = 256;
const endCode = 257;
const startWidth = 9;
const maxWidth = 12;
const lastCode = 2 ** maxWidth - 1;

class BitSink {
  readonly sink = new ByteSink();
  #bits = 0;
  #held = 0;

  write(code: number, width: number): void {
    this.#bits |= code << this.#held;
    this.#held += width;
    while (this.#held >= 8) {
      this.sink.byte(this.#bits & 0xff);
      this.#bits >>>= 8;
      this.#held -= 8;
    }
  }

  /** Pads with zero bits to a whole byte. */
  done(): Uint8Array {
    if (this.#held > 0) this.sink.byte(this.#bits & 0xff);
    return this.sink.view();
  }
}

export function lzwCompress(plain: Uint8Array): Uint8Array {
  const bits = new BitSink();
  /** Code of (code written, next byte). */
  const table = new Map<number, number>();
  let width = startWidth;
  let highest = endCode;
  /** Counts one more code; false if the table was full and is now empty. */
  const grow = (): boolean => {
    highest++;
    if (highest === 2 ** width) width++;
    if (highest < lastCode) return true;
    bits.write(clearCode, width);
    table.clear();
    width = startWidth;
    highest = endCode;
    return false;
  };

  bits.write(clearCode, width);
  let code = -1;
  for (const byte of plain) {
    const pair = (code << 8) | byte;
    const known = code < 0 ? byte : table.get(pair);
    if (known !== undefined) {
      code = known;
      continue;
    }
    bits.write(code, width);
    if (grow()) table.set(pair, highest);
    code = byte;
  }
  if (code >= 0) {
    bits.write(code, width);
    grow();
  }
  bits.write(endCode, width);
  return bits.done();
}

/** How many plain bytes may still come out of something received: all of its layers and parts draw on one. */
export interface PlainBudget {
  bytes: number;
}

/**
 * The plain bytes. Bytes after the end code are ignored. Random input ends in an error (`lzw`, or `too-large`),
 * never in an exception, and what it made us do before is taken from the budget all the same.
 */
export function lzwDecompress(packed: Uint8Array, budget: PlainBudget): Result<Uint8Array, RejectReason> {
  const sink = new ByteSink(Math.min(budget.bytes, 4 * packed.length) + 1);
  const failure = expand(packed, sink, budget.bytes);
  budget.bytes = Math.max(0, budget.bytes - sink.length);
  return failure === null ? ok(sink.view()) : err(failure);
}

function expand(packed: Uint8Array, sink: ByteSink, limit: number): RejectReason | null {
  const prefix = new Uint16Array(lastCode + 1);
  const suffix = new Uint8Array(lastCode + 1);
  const expansion = new Uint8Array(lastCode + 2);
  let width = startWidth;
  let highest = endCode;
  let previous = -1;
  let bits = 0;
  let held = 0;
  let offset = 0;

  for (;;) {
    while (held < width) {
      const byte = packed[offset++];
      if (byte === undefined) return 'lzw';
      bits |= byte << held;
      held += 8;
    }
    const code = bits & (2 ** width - 1);
    bits >>>= width;
    held -= width;

    if (code === endCode) return null;
    if (code === clearCode) {
      width = startWidth;
      highest = endCode;
      previous = -1;
      continue;
    }
    if (code > highest) return 'lzw';

    // The expansion is written from its end, following the prefixes.
    let start = expansion.length;
    let link = code;
    if (code === highest && previous >= 0) {
      // The entry being made by this very code: the previous expansion and its own first byte.
      start--;
      link = previous;
    }
    while (link > endCode) {
      expansion[--start] = suffix[link] ?? 0;
      link = prefix[link] ?? 0;
    }
    expansion[--start] = link;
    if (code === highest && previous >= 0) expansion[expansion.length - 1] = link;
    sink.append(expansion.subarray(start));
    if (sink.length > limit) return 'too-large';

    if (previous >= 0) {
      suffix[highest] = link;
      prefix[highest] = previous;
    }
    previous = code;
    highest++;
    if (highest < 2 ** width) continue;
    if (width < maxWidth) {
      width++;
    } else {
      // The table is full: nothing more is entered until a clear code.
      previous = -1;
      highest--;
    }
  }
}
