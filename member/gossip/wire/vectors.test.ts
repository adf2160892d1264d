/** Every wire vector of the real library: read, rejected, and written again to the same bytes. */
import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { present } from '../../base/assert.ts';
import vectorFile from '../testdata/vectors.json' with { type: 'json' };
import type { ByteString, FieldValue, Layer, Vectors, WireVector } from '../testing/conformance.ts';
import type { AesGcm } from './aes-gcm.ts';
import { nilBytes } from './bytes.ts';
import { writeCompound } from './compound.ts';
import { writeCompressed } from './compress.ts';
import { createEncryption } from './encryption.ts';
import type { Envelope } from './envelope.ts';
import { withLabel } from './label.ts';
import type { MessageSource, PacketMessage, StreamMessage, SyncRecord } from './message.ts';
import { writePacketMessage, writeStreamMessage } from './message-writer.ts';
import { readPacket, writePacket } from './packet-codec.ts';
import { StreamReader, type StreamReading } from './stream-reader.ts';
import { writeStream } from './stream-writer.ts';

const { keys, vectors } = vectorFile as unknown as Vectors;
const fromHex = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));
const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const utf8 = new TextEncoder();

function aesGcm(nonce = ''): AesGcm {
  const cipherOf = (key: Uint8Array): 'aes-128-gcm' | 'aes-192-gcm' | 'aes-256-gcm' =>
    key.length === 16 ? 'aes-128-gcm' : key.length === 24 ? 'aes-192-gcm' : 'aes-256-gcm';
  return {
    nonce: () => fromHex(nonce),
    seal(key, nonce, plain, additionalData) {
      const cipher = createCipheriv(cipherOf(key), key, nonce).setAAD(additionalData);
      return new Uint8Array(Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]));
    },
    open(key, nonce, sealed, additionalData) {
      const decipher = createDecipheriv(cipherOf(key), key, nonce).setAAD(additionalData);
      decipher.setAuthTag(sealed.subarray(sealed.length - 16));
      try {
        return new Uint8Array(
          Buffer.concat([decipher.update(sealed.subarray(0, sealed.length - 16)), decipher.final()]),
        );
      } catch {
        return null;
      }
    },
  };
}

function envelopeOf(vector: WireVector, nonce = '', version = 1): Envelope {
  const ring = vector.keyring?.map((name) => fromHex(present(keys[name], name)));
  return {
    label: utf8.encode(vector.label ?? ''),
    encryption: ring === undefined ? null : createEncryption(ring, aesGcm(nonce), version === 0 ? 1 : 2),
    isVerifyingIncoming: true,
    isEncryptingOutgoing: true,
    isCompressing: false,
  };
}

function bytesOf(value: FieldValue | undefined): Uint8Array {
  if (value === null || value === undefined) return nilBytes;
  return fromHex(present((value as ByteString).bytes, 'bytes'));
}

function textOf(value: FieldValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function sourceOf(fields: Readonly<Record<string, FieldValue>>): MessageSource | null {
  const { SourceAddr, SourcePort = 0, SourceNode = '' } = fields;
  if (SourceAddr === undefined && SourcePort === 0 && SourceNode === '') return null;
  return { address: bytesOf(SourceAddr), port: Number(SourcePort), name: textOf(SourceNode) };
}

/** The message that a vector describes. */
function messageOf(layer: Layer): PacketMessage | StreamMessage {
  const fields = layer.fields ?? {};
  const text = (key: string): string => textOf(fields[key]);
  const number = (key: string): number => Number(fields[key]);
  switch (layer.type) {
    case 'ping':
      return { kind: 'ping', seqNo: number('SeqNo'), node: text('Node'), source: sourceOf(fields) };
    case 'indirectPing':
      return {
        kind: 'indirect-ping',
        seqNo: number('SeqNo'),
        target: bytesOf(fields['Target']),
        port: number('Port'),
        node: text('Node'),
        wantsNack: fields['Nack'] === true,
        source: sourceOf(fields),
      };
    case 'ack':
      return { kind: 'ack', seqNo: number('SeqNo'), payload: bytesOf(fields['Payload']) };
    case 'nack':
      return { kind: 'nack', seqNo: number('SeqNo') };
    case 'alive':
      return {
        kind: 'alive',
        incarnation: number('Incarnation'),
        node: text('Node'),
        address: bytesOf(fields['Addr']),
        port: number('Port'),
        meta: bytesOf(fields['Meta']),
        versions: bytesOf(fields['Vsn']),
      };
    case 'suspect':
    case 'dead':
      return { kind: layer.type, incarnation: number('Incarnation'), node: text('Node'), from: text('From') };
    case 'user':
    case 'userStream':
      return { kind: 'user', payload: bytesOf(layer.payload) };
    case 'err':
      return { kind: 'error', text: text('Error') };
    case 'pushPull':
      return {
        kind: 'full-sync',
        isJoin: layer.header?.['Join'] === true,
        records: (layer.nodes ?? []).map(recordOf),
        userState: bytesOf(layer.userState),
      };
    default:
      throw new Error(`unknown layer ${layer.type}`);
  }
}

function recordOf(fields: Readonly<Record<string, FieldValue>>): SyncRecord {
  return {
    name: textOf(fields['Name']),
    address: bytesOf(fields['Addr']),
    port: Number(fields['Port']),
    meta: bytesOf(fields['Meta']),
    incarnation: Number(fields['Incarnation']),
    state: Number(fields['State']),
    versions: bytesOf(fields['Vsn']),
  };
}

function leavesOf(layer: Layer): readonly Layer[] {
  if (layer.inner !== undefined) return leavesOf(layer.inner);
  return layer.parts === undefined ? [layer] : layer.parts.flatMap(leavesOf);
}

/** Nil and empty count as equal, and payloads too long for the file are given as their hash. */
function normalized(message: object, asHash: boolean): unknown {
  return JSON.parse(
    JSON.stringify(message, (_, value: unknown) => {
      if (!(value instanceof Uint8Array)) return value;
      return asHash ? { sha256: createHash('sha256').update(value).digest('hex'), length: value.length } : toHex(value);
    }),
  );
}

/** Messages in a form that can be compared with what `describeLayers` makes of a vector. */
function describeMessages(messages: readonly object[], vector: WireVector): readonly unknown[] {
  return messages.map((message) => normalized(message, isHashed(vector)));
}

function describeLayers(vector: WireVector): readonly unknown[] {
  const leaves =
    vector.decoded === undefined ? [] : leavesOf(vector.decoded).filter((leaf) => leaf.reject === undefined);
  return leaves.map((leaf) =>
    isHashed(vector) ? { kind: 'user', payload: leaf.payload } : normalized(messageOf(leaf), false),
  );
}

function isHashed(vector: WireVector): boolean {
  return JSON.stringify(vector.decoded ?? {}).includes('sha256');
}

function rejectionsOf(vector: WireVector): readonly (string | undefined)[] {
  if (vector.decoded === undefined) return [vector.reject];
  const rejections = leavesOf(vector.decoded).flatMap((leaf) => leaf.reject ?? []);
  return vector.decoded.truncated === undefined ? rejections : [...rejections, 'truncated'];
}

function encode(vector: WireVector, layer: Layer): Uint8Array {
  if (layer.reject !== undefined) return fromHex(present(layer.hex, 'hex'));
  const isStream = vector.channel === 'tcp';
  if (layer.type === 'compound') return writeCompound((layer.parts ?? []).map((part) => encode(vector, part)));
  if (layer.inner === undefined) {
    const message = messageOf(layer);
    return isStream ? writeStreamMessage(message as StreamMessage) : writePacketMessage(message as PacketMessage);
  }
  const inner = encode(vector, layer.inner);
  const envelope = envelopeOf(vector, layer.nonce, layer.version);
  const unlabelled = { ...envelope, label: nilBytes };
  switch (layer.type) {
    case 'label':
      return withLabel(utf8.encode(layer.label), inner);
    case 'encrypted':
      if (!isStream)
        return writePacket(envelope, inner, false).subarray(
          envelope.label.length === 0 ? 0 : 2 + envelope.label.length,
        );
      return writeStream(envelope, inner, false);
    case 'crc':
      return writePacket({ ...unlabelled, encryption: null }, inner, true);
    case 'compress':
      return writeCompressed(inner);
    default:
      throw new Error(`unknown layer ${layer.type}`);
  }
}

function readStream(vector: WireVector, chunkBytes: number): StreamReading {
  const reader = new StreamReader(envelopeOf(vector), vector.reply !== true);
  const bytes = fromHex(vector.hex);
  let reading: StreamReading = { kind: 'incomplete' };
  for (let i = 0; i < bytes.length && reading.kind === 'incomplete'; i += chunkBytes)
    reading = reader.push(bytes.subarray(i, i + chunkBytes));
  return reading;
}

describe('packets of the real library', () => {
  test.each(vectors.filter((vector) => vector.channel === 'udp').map((vector) => [vector.id, vector] as const))(
    '%s',
    (_, vector) => {
      const { messages, rejections } = readPacket(envelopeOf(vector), fromHex(vector.hex));
      expect({ messages: describeMessages(messages, vector), rejections }).toEqual({
        messages: describeLayers(vector),
        rejections: rejectionsOf(vector),
      });
    },
  );
});

describe('streams of the real library, at once and in pieces', () => {
  test.each(vectors.filter((vector) => vector.channel === 'tcp').map((vector) => [vector.id, vector] as const))(
    '%s',
    (_, vector) => {
      const readings = [1, 7, 1_000_000].map((chunkBytes) => {
        const reading = readStream(vector, chunkBytes);
        return {
          messages: describeMessages(reading.kind === 'message' ? [reading.message] : [], vector),
          rejections: reading.kind === 'rejected' ? [reading.reason] : [],
        };
      });
      const wanted = { messages: describeLayers(vector), rejections: rejectionsOf(vector) };
      expect(readings).toEqual([wanted, wanted, wanted]);
    },
  );
});

describe('written again, to the byte', () => {
  const isWritten = (vector: WireVector): boolean =>
    vector.decoded !== undefined && vector.encode !== 'none' && !isHashed(vector);
  test.each(vectors.filter(isWritten).map((vector) => [vector.id, vector] as const))('%s', (_, vector) => {
    expect(toHex(encode(vector, present(vector.decoded, 'decoded')))).toBe(vector.hex);
  });

  test.each(vectors.filter(isHashed).map((vector) => [vector.id, vector] as const))('%s', (_, vector) => {
    const [message] = readPacket(envelopeOf(vector), fromHex(vector.hex)).messages;
    expect(toHex(writeCompressed(writePacketMessage(present(message, 'message'))))).toBe(vector.hex);
  });
});
