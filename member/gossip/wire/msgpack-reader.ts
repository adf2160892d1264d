import { nilBytes } from './bytes.ts';
import type { RejectReason } from './reject-reason.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads both flavours of MessagePack, from bytes that anybody may have written. It never throws: the first
 * mistake stays in `failure`, and every read after it answers a zero value.
 */
export class MsgpackReader {
  readonly #bytes: Uint8Array;
  #offset: number;
  #failure: RejectReason | null = null;

  constructor(bytes: Uint8Array, offset = 0) {
    this.#bytes = bytes;
    this.#offset = offset;
  }

  get failure(): RejectReason | null {
    return this.#failure;
  }

  get offset(): number {
    return this.#offset;
  }

  /** Reads a map. `onKey` must read or skip exactly one value. */
  map(onKey: (key: string) => void): void {
    const entries = this.#mapLength();
    for (let i = 0; i < entries && this.#failure === null; i++) {
      const key = this.text();
      if (this.#failure === null) onKey(key);
    }
  }

  text(): string {
    const raw = this.#raw(this.#byte());
    if (this.#failure !== null) return '';
    try {
      return decoder.decode(raw);
    } catch {
      this.#fail('text');
      return '';
    }
  }

  /** A byte string; nil is an empty one. An array of small integers is accepted too. */
  bytes(): Uint8Array {
    const type = this.#byte();
    const items = this.#arrayLength(type);
    if (items === null) return type === 0xc0 ? nilBytes : this.#raw(type).slice();
    if (items > this.#bytes.length - this.#offset) return this.#fail('truncated');
    const bytes = new Uint8Array(items);
    for (let i = 0; i < items && this.#failure === null; i++) bytes[i] = this.uint(0xff);
    return bytes;
  }

  /** An integer from 0 to `max`, of any width and sign that holds it. */
  uint(max: number): number {
    const value = this.#integer(this.#byte());
    if (value >= 0 && value <= max) return value;
    this.#fail('number-range');
    return 0;
  }

  bool(): boolean {
    const type = this.#byte();
    if (type === 0xc3) return true;
    if (type !== 0xc2 && type !== 0xc0) this.#fail('type-mismatch');
    return false;
  }

  /** Skips one value of any type, however deeply nested, without recursion. */
  skip(): void {
    let pending = 1;
    while (pending > 0 && this.#failure === null) {
      pending--;
      const type = this.#byte();
      const items = this.#arrayLength(type);
      if (items !== null) pending += items;
      else if (isMap(type)) pending += 2 * this.#mapLengthOf(type);
      else this.#skipScalar(type);
      // Every value takes a byte, so a longer promise cannot be kept.
      if (pending > this.#bytes.length - this.#offset) this.#fail('truncated');
    }
  }

  #skipScalar(type: number): void {
    if (type <= 0x7f || type >= 0xe0 || type === 0xc0 || type === 0xc2 || type === 0xc3) return;
    const width = scalarWidth(type);
    if (width !== null) this.#take(width);
    else if (type >= 0xc7 && type <= 0xc9) this.#take(this.#unsigned(extensionLengthWidth(type)) + 1);
    else this.#raw(type);
  }

  #mapLength(): number {
    const type = this.#byte();
    if (type === 0xc0 || this.#failure !== null) return 0;
    if (isMap(type)) return this.#mapLengthOf(type);
    this.#fail('type-mismatch');
    return 0;
  }

  #mapLengthOf(type: number): number {
    return type === 0xde ? this.#unsigned(2) : type === 0xdf ? this.#unsigned(4) : type & 0x0f;
  }

  /** Null if the type is no array. */
  #arrayLength(type: number): number | null {
    if (type >= 0x90 && type <= 0x9f) return type & 0x0f;
    if (type === 0xdc) return this.#unsigned(2);
    return type === 0xdd ? this.#unsigned(4) : null;
  }

  #raw(type: number): Uint8Array {
    if (type >= 0xa0 && type <= 0xbf) return this.#take(type & 0x1f);
    switch (type) {
      case 0xc0:
        return nilBytes;
      case 0xc4:
      case 0xd9:
        return this.#take(this.#unsigned(1));
      case 0xc5:
      case 0xda:
        return this.#take(this.#unsigned(2));
      case 0xc6:
      case 0xdb:
        return this.#take(this.#unsigned(4));
      default:
        return this.#fail('type-mismatch');
    }
  }

  #integer(type: number): number {
    if (type <= 0x7f) return type;
    if (type >= 0xe0) return type - 0x100;
    switch (type) {
      case 0xc0:
        return 0;
      case 0xcc:
        return this.#unsigned(1);
      case 0xcd:
        return this.#unsigned(2);
      case 0xce:
        return this.#unsigned(4);
      case 0xcf:
        return this.#unsigned(4) * 0x1_0000_0000 + this.#unsigned(4);
      case 0xd0:
        return (this.#unsigned(1) << 24) >> 24;
      case 0xd1:
        return (this.#unsigned(2) << 16) >> 16;
      case 0xd2:
        return this.#unsigned(4) | 0;
      case 0xd3:
        return (this.#unsigned(4) | 0) * 0x1_0000_0000 + this.#unsigned(4);
      default:
        this.#fail('type-mismatch');
        return 0;
    }
  }

  #unsigned(width: number): number {
    let value = 0;
    for (let i = 0; i < width; i++) value = value * 0x100 + this.#byte();
    return value;
  }

  #byte(): number {
    const value = this.#failure === null ? this.#bytes[this.#offset] : undefined;
    if (value === undefined) {
      this.#fail('truncated');
      return 0xc0;
    }
    this.#offset++;
    return value;
  }

  #take(length: number): Uint8Array {
    if (this.#failure !== null) return nilBytes;
    const end = this.#offset + length;
    if (end > this.#bytes.length) return this.#fail('truncated');
    const taken = this.#bytes.subarray(this.#offset, end);
    this.#offset = end;
    return taken;
  }

  #fail(reason: RejectReason): Uint8Array {
    this.#failure ??= reason;
    return nilBytes;
  }
}

function isMap(type: number): boolean {
  return (type >= 0x80 && type <= 0x8f) || type === 0xde || type === 0xdf;
}

/** Bytes after the type byte of numbers and fixed extensions; null for all else. */
function scalarWidth(type: number): number | null {
  switch (type) {
    case 0xcc:
    case 0xd0:
      return 1;
    case 0xcd:
    case 0xd1:
    case 0xd4:
      return 2;
    case 0xd5:
      return 3;
    case 0xca:
    case 0xce:
    case 0xd2:
      return 4;
    case 0xd6:
      return 5;
    case 0xcb:
    case 0xcf:
    case 0xd3:
      return 8;
    case 0xd7:
      return 9;
    case 0xd8:
      return 17;
    default:
      return null;
  }
}

function extensionLengthWidth(type: number): number {
  return type === 0xc7 ? 1 : type === 0xc8 ? 2 : 4;
}
