/**
 * Reads the one message of a stream as its bytes arrive. What was parsed is not parsed again, so that a state that
 * trickles in costs no more than one that comes at once.
 */
import { nilBytes, ByteSink, concatBytes } from './bytes.ts';
import { open } from './encryption.ts';
import type { Envelope } from './envelope.ts';
import { decompressBody, readCompressedBody } from './compress.ts';
import { withoutLabel } from './label.ts';
import type { StreamMessage, SyncRecord } from './message.ts';
import {
  readAck,
  readErrorText,
  readPing,
  readSyncHeader,
  readSyncRecord,
  readUserHeader,
  type SyncHeader,
} from './message-reader.ts';
import { typeByte } from './message-type.ts';
import { MsgpackReader } from './msgpack-reader.ts';
import type { RejectReason } from './reject-reason.ts';
import { frameHeaderBytes } from './stream-writer.ts';
import { limits } from '../settings.ts';

export type StreamReading =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'message'; readonly message: StreamMessage }
  /** `isAnswered`: what made it unreadable lies in the outer layers, and the other side is told. */
  | { readonly kind: 'rejected'; readonly reason: RejectReason; readonly isAnswered: boolean };

const incomplete: StreamReading = { kind: 'incomplete' };

/** A header or a record longer than this is nobody's. */
const mapBytesLimit = 1024 * 1024;

export class StreamReader {
  readonly #envelope: Envelope;
  #next: 'label' | 'frame' | 'compression' | 'message';
  #received = new ByteSink();
  /** All is there: what came decrypted or decompressed grows no further, whatever else arrives. */
  #isWhole = false;
  #body: SyncBody | null = null;

  /** Only what the dialling side sends starts with a label header. */
  constructor(envelope: Envelope, isFromDialler: boolean) {
    this.#envelope = envelope;
    this.#next = isFromDialler ? 'label' : 'frame';
  }

  /** Bytes held for the unfinished message. */
  get buffered(): number {
    return this.#received.length;
  }

  /** Whether what is being read is a full sync: these are limited in number. */
  get isInFullSync(): boolean {
    return this.#body !== null;
  }

  push(bytes: Uint8Array): StreamReading {
    if (!this.#isWhole) this.#received.append(bytes);
    if (this.#received.length > limits.decompressedBytes) return rejected('too-large', false);
    const reading = this.#removeLayers() ?? this.#readMessage(this.#received.view());
    return this.#isWhole && reading.kind === 'incomplete' ? rejected('truncated', false) : reading;
  }

  /** Null once the message itself lies open. */
  #removeLayers(): StreamReading | null {
    if (this.#received.length === 0) return incomplete;
    if (this.#next === 'label') {
      const unlabelled = withoutLabel(this.#envelope.label, this.#received.view());
      if (!unlabelled.ok) return unlabelled.error === 'truncated' ? incomplete : rejected(unlabelled.error, false);
      this.#hold(unlabelled.value);
      this.#next = 'frame';
      if (this.#received.length === 0) return incomplete;
    }
    if (this.#next === 'frame') {
      const failure = this.#decrypt(this.#received.view());
      if (failure !== null) return failure;
      this.#next = 'compression';
    }
    if (this.#next === 'compression') {
      const failure = this.#decompress(this.#received.view());
      if (failure !== null) return failure;
      this.#next = 'message';
    }
    return null;
  }

  #decrypt(bytes: Uint8Array): StreamReading | null {
    const { encryption, label, isVerifyingIncoming } = this.#envelope;
    if (bytes[0] !== typeByte.encrypt)
      return encryption !== null && isVerifyingIncoming ? rejected('not-encrypted', true) : null;
    if (encryption === null) return rejected('no-key', true);
    if (bytes.length < frameHeaderBytes) return incomplete;
    const header = bytes.slice(0, frameHeaderBytes);
    const length = header.subarray(1).reduce((value, byte) => value * 0x100 + byte, 0);
    if (length > limits.frameBytes) return rejected('too-large', true);
    const end = frameHeaderBytes + length;
    if (bytes.length < end) return incomplete;
    const opened = open(encryption, bytes.subarray(frameHeaderBytes, end), concatBytes(header, label));
    if (!opened.ok) return rejected(opened.error, true);
    this.#hold(opened.value);
    this.#isWhole = true;
    return null;
  }

  #decompress(bytes: Uint8Array): StreamReading | null {
    if (bytes[0] !== typeByte.compress) return null;
    const reader = new MsgpackReader(bytes, 1);
    const body = readCompressedBody(reader);
    if (reader.failure === 'truncated') return incomplete;
    if (reader.failure !== null) return rejected(reader.failure, true);
    const plain = decompressBody(body, { bytes: limits.decompressedBytes });
    if (!plain.ok) return rejected(plain.error, true);
    this.#hold(plain.value);
    this.#isWhole = true;
    return null;
  }

  #readMessage(bytes: Uint8Array): StreamReading {
    const reader = new MsgpackReader(bytes, 1);
    switch (bytes[0]) {
      case undefined:
        return rejected('empty', true);
      case typeByte.ping:
        return finish(reader, readPing(reader));
      case typeByte.ack:
        return finish(reader, readAck(reader));
      case typeByte.error:
        return finish(reader, { kind: 'error', text: readErrorText(reader) });
      case typeByte.user:
        return readUserStream(bytes, reader);
      case typeByte.pushPull:
        this.#body ??= new SyncBody();
        return this.#body.read(bytes);
      default:
        return rejected('unsupported-type', false);
    }
  }

  #hold(bytes: Uint8Array): void {
    const sink = new ByteSink(Math.max(1, bytes.length));
    sink.append(bytes);
    this.#received = sink;
  }
}

/** Header, records and user state of a full sync, remembered up to the last whole record. */
class SyncBody {
  #header: SyncHeader | null = null;
  readonly #records: SyncRecord[] = [];
  #offset = 1;

  read(bytes: Uint8Array): StreamReading {
    if (this.#header === null) {
      const reader = new MsgpackReader(bytes, this.#offset);
      const header = readSyncHeader(reader);
      if (reader.failure !== null) return unfinished(reader, bytes.length - this.#offset);
      this.#header = header;
      this.#offset = reader.offset;
    }
    const { records, userStateBytes, isJoin } = this.#header;
    while (this.#records.length < records) {
      const reader = new MsgpackReader(bytes, this.#offset);
      const record = readSyncRecord(reader);
      if (reader.failure !== null) return unfinished(reader, bytes.length - this.#offset);
      this.#records.push(record);
      this.#offset = reader.offset;
    }
    const end = this.#offset + userStateBytes;
    if (bytes.length < end) return incomplete;
    const userState = userStateBytes === 0 ? nilBytes : bytes.slice(this.#offset, end);
    return { kind: 'message', message: { kind: 'full-sync', isJoin, records: this.#records, userState } };
  }
}

function readUserStream(bytes: Uint8Array, reader: MsgpackReader): StreamReading {
  const payloadBytes = readUserHeader(reader);
  if (reader.failure !== null) return unfinished(reader, bytes.length);
  const end = reader.offset + payloadBytes;
  if (bytes.length < end) return incomplete;
  return { kind: 'message', message: { kind: 'user', payload: bytes.slice(reader.offset, end) } };
}

function finish(reader: MsgpackReader, message: StreamMessage): StreamReading {
  return reader.failure === null ? { kind: 'message', message } : unfinished(reader, reader.offset);
}

/** A map that broke off may still be completed; any other mistake is final. */
function unfinished(reader: MsgpackReader, bytesSoFar: number): StreamReading {
  const reason = reader.failure ?? 'truncated';
  if (reason !== 'truncated') return rejected(reason, false);
  return bytesSoFar > mapBytesLimit ? rejected('too-large', false) : incomplete;
}

function rejected(reason: RejectReason, isAnswered: boolean): StreamReading {
  return { kind: 'rejected', reason, isAnswered };
}
