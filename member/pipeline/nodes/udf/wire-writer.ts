/**
 * Writes protobuf's wire format into one growing buffer, which is kept from message to message. Lengths of nested
 * messages are filled in behind them, so that nothing is measured twice and no object is made per message.
 */
const initialBytes = 4096;
const twoTo32 = 0x1_0000_0000;
const encoder = new TextEncoder();

export const wireVarint = 0;
export const wireFixed64 = 1;
export const wireBytes = 2;
export const wireFixed32 = 5;

export class WireWriter {
  length = 0;
  private bytes = new Uint8Array(initialBytes);
  private view = new DataView(this.bytes.buffer);

  /** What was written, as an array of its own; the writer begins anew. */
  take(): Uint8Array {
    const taken = this.bytes.slice(0, this.length);
    this.length = 0;
    return taken;
  }

  /** Goes back to an earlier length: what was written behind it is forgotten. */
  truncate(length: number): void {
    this.length = length;
  }

  tag(field: number, wireType: number): void {
    this.varint(field * 8 + wireType);
  }

  /** A whole number of at most 53 bits. */
  varint(value: number): void {
    this.reserve(10);
    let rest = value;
    while (rest >= 0x80) {
      this.bytes[this.length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.bytes[this.length++] = rest;
  }

  /** 64 bits in two halves, each 0 to 2^32 - 1. */
  varint64(low: number, high: number): void {
    this.reserve(10);
    let l = low;
    let h = high;
    while (h > 0) {
      this.bytes[this.length++] = (l & 0x7f) | 0x80;
      l = ((l >>> 7) | (h << 25)) >>> 0;
      h >>>= 7;
    }
    while (l >= 0x80) {
      this.bytes[this.length++] = (l & 0x7f) | 0x80;
      l >>>= 7;
    }
    this.bytes[this.length++] = l;
  }

  /** An int64: negative numbers take ten bytes. */
  int64(value: number | bigint): void {
    if (typeof value === 'bigint') {
      const bits = BigInt.asUintN(64, value);
      this.varint64(Number(bits & 0xffffffffn), Number(bits >> 32n));
      return;
    }
    const high = Math.floor(value / twoTo32);
    this.varint64((value - high * twoTo32) >>> 0, high >>> 0);
  }

  double(value: number): void {
    this.reserve(8);
    this.view.setFloat64(this.length, value, true);
    this.length += 8;
  }

  bool(value: boolean): void {
    this.reserve(1);
    this.bytes[this.length++] = value ? 1 : 0;
  }

  /** Length and UTF-8. */
  text(text: string): void {
    const start = this.length;
    this.reserve(text.length + 10);
    this.varint(text.length);
    const bytes = this.bytes;
    let at = this.length;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) {
        this.length = start;
        this.sized(encoder.encode(text));
        return;
      }
      bytes[at++] = unit;
    }
    this.length = at;
  }

  /** Length and bytes. */
  sized(bytes: Uint8Array): void {
    this.varint(bytes.length);
    this.raw(bytes);
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Begins what has a length in front of it; give the result to `close`. */
  open(): number {
    this.reserve(1);
    return this.length++;
  }

  close(opened: number): void {
    const size = this.length - opened - 1;
    let more = 0;
    for (let rest = size; rest >= 0x80; rest = Math.floor(rest / 0x80)) more++;
    if (more > 0) {
      this.reserve(more);
      this.bytes.copyWithin(opened + 1 + more, opened + 1, this.length);
    }
    const end = this.length + more;
    this.length = opened;
    this.varint(size);
    this.length = end;
  }

  private reserve(more: number): void {
    const wanted = this.length + more;
    if (wanted <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(wanted, 2 * this.bytes.length));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }
}
