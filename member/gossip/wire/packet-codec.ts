/** Datagrams: label header, encryption, CRC header, then a message, which may be compressed or a compound. */
import { encryptionOverhead, open, seal } from './encryption.ts';
import { compoundHeaderOverhead, readCompound } from './compound.ts';
import { concatBytes } from './bytes.ts';
import { crc32 } from './crc32.ts';
import { decompressBody, readCompressedBody, writeCompressed } from './compress.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { labelOverhead, withLabel, withoutLabel } from './label.ts';
import { limits } from '../settings.ts';
import { MsgpackReader } from './msgpack-reader.ts';
import { outgoingEncryption, type Envelope } from './envelope.ts';
import type { PacketMessage } from './message.ts';
import { readPacketMessage } from './message-reader.ts';
import type { RejectReason } from './reject-reason.ts';
import { typeByte } from './message-type.ts';

const crcHeaderBytes = 5;

/** Compounds and compressed messages inside each other, deeper than anybody writes them. */
const nestingLimit = 8;

/** Bytes that broadcasts may take in a packet that already holds a message of `messageBytes`. */
export function broadcastBudget(envelope: Envelope, packetSizeLimit: number, messageBytes: number): number {
  const encryption = outgoingEncryption(envelope);
  const overhead = encryption === null ? 0 : encryptionOverhead(encryption.version);
  return packetSizeLimit - messageBytes - compoundHeaderOverhead - labelOverhead(envelope.label) - overhead;
}

/** `message` is a whole message with its type byte. The CRC is for receivers known to understand it. */
export function writePacket(envelope: Envelope, message: Uint8Array, hasCrc: boolean): Uint8Array {
  let bytes = message;
  if (envelope.isCompressing) {
    const compressed = writeCompressed(bytes);
    if (compressed.length < bytes.length) bytes = compressed;
  }
  if (hasCrc) bytes = concatBytes(crcHeader(bytes), bytes);
  const encryption = outgoingEncryption(envelope);
  if (encryption !== null) bytes = seal(encryption, bytes, envelope.label);
  return withLabel(envelope.label, bytes);
}

export interface PacketReading {
  /** In the order in which they stand in the packet. */
  readonly messages: readonly PacketMessage[];
  /** One for each part that could not be read. */
  readonly rejections: readonly RejectReason[];
}

export function readPacket(envelope: Envelope, bytes: Uint8Array): PacketReading {
  const plain = openPacket(envelope, bytes);
  if (!plain.ok) return { messages: [], rejections: [plain.error] };
  const reading = new MessageCollector();
  reading.collect(plain.value, 0);
  return reading;
}

/** Takes the layers off that are there once per packet: label, encryption, checksum. */
function openPacket(envelope: Envelope, bytes: Uint8Array): Result<Uint8Array, RejectReason> {
  const unlabelled = withoutLabel(envelope.label, bytes);
  if (!unlabelled.ok) return unlabelled;
  let plain = unlabelled.value;
  if (envelope.encryption !== null) {
    const opened = open(envelope.encryption, plain, envelope.label);
    if (opened.ok) plain = opened.value;
    else if (envelope.isVerifyingIncoming) return opened;
  }
  return checkCrc(plain);
}

function crcHeader(bytes: Uint8Array): Uint8Array {
  const crc = crc32(bytes);
  return Uint8Array.of(typeByte.crc, crc >>> 24, (crc >>> 16) & 0xff, (crc >>> 8) & 0xff, crc & 0xff);
}

/** Without a whole checksum header the bytes are taken as they are. */
function checkCrc(bytes: Uint8Array): Result<Uint8Array, RejectReason> {
  if (bytes[0] !== typeByte.crc || bytes.length < crcHeaderBytes) return ok(bytes);
  const checked = bytes.subarray(crcHeaderBytes);
  const isRight = crcHeader(checked).every((byte, index) => byte === bytes[index]);
  return isRight ? ok(checked) : err('checksum');
}

class MessageCollector implements PacketReading {
  readonly messages: PacketMessage[] = [];
  readonly rejections: RejectReason[] = [];
  /** For the whole packet, however often it nests: a few bytes must not unpack to gigabytes. */
  readonly #budget = { bytes: limits.decompressedBytes };

  collect(bytes: Uint8Array, depth: number): void {
    if (depth > nestingLimit) {
      this.rejections.push('nesting');
    } else if (bytes[0] === typeByte.compound) {
      this.#collectCompound(bytes.subarray(1), depth);
    } else if (bytes[0] === typeByte.compress) {
      this.#collectCompressed(bytes, depth);
    } else {
      const message = readPacketMessage(bytes);
      if (message.ok) this.messages.push(message.value);
      else this.rejections.push(message.error);
    }
  }

  #collectCompound(body: Uint8Array, depth: number): void {
    const compound = readCompound(body);
    if (!compound.ok) {
      this.rejections.push(compound.error);
      return;
    }
    for (const part of compound.value.parts) this.collect(part, depth + 1);
    if (compound.value.missing > 0) this.rejections.push('truncated');
  }

  #collectCompressed(bytes: Uint8Array, depth: number): void {
    const reader = new MsgpackReader(bytes, 1);
    const body = readCompressedBody(reader);
    const plain = reader.failure === null ? decompressBody(body, this.#budget) : err(reader.failure);
    if (!plain.ok) {
      this.rejections.push(plain.error);
      return;
    }
    this.collect(plain.value, depth + 1);
  }
}
