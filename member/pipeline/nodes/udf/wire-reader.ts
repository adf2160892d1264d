/**
 * Reads protobuf's wire format. It never throws: what cannot be read sets `failure`, after which everything reads as
 * nothing, so that a caller asks once at the end of a message.
 */
import { decodeUtf8 } from '../../../base/utf8.ts';
import { wireBytes, wireFixed32, wireFixed64, wireVarint } from './wire-writer.ts';

const twoTo32 = 0x1_0000_0000;
const cacheSlots = 1024;
const longestCached = 64;

export class WireReader {
  failure = '';
  /** Wire type of the field whose number `field` gave. */
  wireType = 0;
  /** Halves of the varint read last. */
  low = 0;
  high = 0;
  private bytes = new Uint8Array(0);
  private view = new DataView(this.bytes.buffer);
  private position = 0;
  private end = 0;
  /** Texts seen before, by a hash of their bytes: names of fields and tags come with every point. */
  private readonly cache: (string | undefined)[] = Array.from({ length: cacheSlots }, () => undefined);

  /** Begins a message. */
  reset(bytes: Uint8Array<ArrayBuffer>): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.position = 0;
    this.end = bytes.length;
    this.failure = '';
  }

  /** The next field's number; 0 at the end of the message, or when it cannot be read. */
  field(): number {
    if (this.failure !== '' || this.position >= this.end) return 0;
    this.readVarint();
    this.wireType = this.low & 7;
    const field = this.low >>> 3;
    if (this.failure === '' && (field === 0 || this.high > 0))
      this.fail(`illegal tag ${field} (wire type ${this.wireType})`);
    return this.failure === '' ? field : 0;
  }

  /** Whether the message that was entered goes on: for packed values, which stand without fields. */
  hasMore(): boolean {
    return this.failure === '' && this.position < this.end;
  }

  /** Whether the field can be of this wire type; a field of another one is passed over, as unknown. */
  is(wireType: number): boolean {
    if (this.wireType === wireType) return true;
    this.skip();
    return false;
  }

  /** Passes over the value of a field. */
  skip(): void {
    switch (this.wireType) {
      case wireVarint:
        this.readVarint();
        return;
      case wireFixed64:
        this.advance(8);
        return;
      case wireBytes:
        this.leave(this.enter());
        return;
      case wireFixed32:
        this.advance(4);
        return;
      default:
        this.fail(`can't skip unknown wire type ${this.wireType}`);
    }
  }

  /** A whole number; beyond 53 bits it is only near. */
  varint(): number {
    this.readVarint();
    return this.high * twoTo32 + this.low;
  }

  /** A number while safe, a bigint beyond. */
  int64(): number | bigint {
    this.readVarint();
    const high = this.high | 0;
    if (high >= -0x20_0000 && high < 0x20_0000) {
      const value = high * twoTo32 + this.low;
      if (Number.isSafeInteger(value)) return value;
    }
    return (BigInt(high) << 32n) | BigInt(this.low);
  }

  bool(): boolean {
    this.readVarint();
    return this.low !== 0 || this.high !== 0;
  }

  double(): number {
    const at = this.position;
    this.advance(8);
    return this.failure === '' ? this.view.getFloat64(at, true) : 0;
  }

  text(): string {
    const outer = this.enter();
    const text = this.textBetween(this.position, this.end);
    this.leave(outer);
    return text;
  }

  /** The bytes themselves, a view that lives as long as the message. */
  sized(): Uint8Array {
    const outer = this.enter();
    const bytes = this.bytes.subarray(this.position, this.end);
    this.leave(outer);
    return bytes;
  }

  /** Goes into a nested message: `field` ends at its end. Give the result to `leave`. */
  enter(): number {
    const size = this.varint();
    const outer = this.end;
    if (this.failure !== '' || this.position + size > outer) this.fail('unexpected EOF');
    else this.end = this.position + size;
    return outer;
  }

  leave(outer: number): void {
    if (this.failure !== '') return;
    this.position = this.end;
    this.end = outer;
  }

  fail(reason: string): void {
    if (this.failure === '') this.failure = reason;
    this.position = this.end;
  }

  private advance(count: number): void {
    if (this.position + count > this.end) this.fail('unexpected EOF');
    else this.position += count;
  }

  private readVarint(): void {
    const { bytes, end } = this;
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const at = this.position;
      if (at >= end) {
        this.fail('unexpected EOF');
        break;
      }
      this.position = at + 1;
      const byte = bytes[at] ?? 0;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high |= bits >>> 4;
      } else if (shift < 63) high |= bits << (shift - 32);
      else high |= (bits & 1) << 31;
      if (byte < 0x80) {
        this.low = low >>> 0;
        this.high = high >>> 0;
        return;
      }
    }
    this.low = 0;
    this.high = 0;
    this.fail('integer overflow');
  }

  private textBetween(start: number, end: number): string {
    if (this.failure !== '' || start === end) return '';
    const { bytes } = this;
    if (end - start > longestCached) return decodeUtf8(bytes.subarray(start, end));
    let hash = end - start;
    let isAscii = true;
    for (let i = start; i < end; i++) {
      const byte = bytes[i] ?? 0;
      if (byte > 0x7f) isAscii = false;
      hash = (Math.imul(hash, 31) + byte) | 0;
    }
    if (!isAscii) return decodeUtf8(bytes.subarray(start, end));
    const slot = hash & (cacheSlots - 1);
    const known = this.cache[slot];
    if (known !== undefined && this.isText(known, start, end)) return known;
    const text = decodeUtf8(bytes.subarray(start, end));
    this.cache[slot] = text;
    return text;
  }

  private isText(text: string, start: number, end: number): boolean {
    if (text.length !== end - start) return false;
    for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== this.bytes[start + i]) return false;
    return true;
  }
}
