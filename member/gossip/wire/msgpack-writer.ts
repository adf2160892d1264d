import { ByteSink, nilBytes } from './bytes.ts';

const encoder = new TextEncoder();

/**
 * MessagePack in its old flavour: strings and byte strings are both *raw*, there is neither `str8` nor `bin`.
 * memberlist's reader takes nothing newer. Lengths and integers take the shortest form.
 */
export class MsgpackWriter {
  readonly #sink: ByteSink;

  constructor(sink: ByteSink = new ByteSink()) {
    this.#sink = sink;
  }

  /** Starts a map of fewer than 16 entries; the caller writes the keys in ascending byte order. */
  map(entries: number): this {
    this.#sink.byte(0x80 | entries);
    return this;
  }

  text(value: string): this {
    return this.bytes(encoder.encode(value));
  }

  bytesOrNil(value: Uint8Array): this {
    if (value !== nilBytes) return this.bytes(value);
    this.#sink.byte(0xc0);
    return this;
  }

  bytes(value: Uint8Array): this {
    const { length } = value;
    if (length < 32) this.#sink.byte(0xa0 | length);
    else if (length < 0x1_0000) this.#header(0xda, length, 2);
    else this.#header(0xdb, length, 4);
    this.#sink.append(value);
    return this;
  }

  /** An unsigned integer of at most 32 bits. */
  uint(value: number): this {
    if (value < 0x80) this.#sink.byte(value);
    else if (value < 0x100) this.#header(0xcc, value, 1);
    else if (value < 0x1_0000) this.#header(0xcd, value, 2);
    else this.#header(0xce, value, 4);
    return this;
  }

  bool(value: boolean): this {
    this.#sink.byte(value ? 0xc3 : 0xc2);
    return this;
  }

  done(): Uint8Array {
    return this.#sink.view();
  }

  #header(type: number, value: number, width: 1 | 2 | 4): void {
    this.#sink.byte(type);
    this.#sink.bigEndian(value, width);
  }
}
