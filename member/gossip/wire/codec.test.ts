/** Laws of the codecs: what is written is read back, and no bytes whatever make a reader throw. */
import { crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nilBytes } from './bytes.ts';
import { readCompound, writeCompound } from './compound.ts';
import { crc32 } from './crc32.ts';
import type { Envelope } from './envelope.ts';
import { lzwCompress, lzwDecompress } from './lzw.ts';
import type { PacketMessage, StreamMessage } from './message.ts';
import { readPacketMessage } from './message-reader.ts';
import { writePacketMessage, writeStreamMessage } from './message-writer.ts';
import { MsgpackReader } from './msgpack-reader.ts';
import { MsgpackWriter } from './msgpack-writer.ts';
import { readPacket, writePacket } from './packet-codec.ts';
import { StreamReader } from './stream-reader.ts';
import { writeStream } from './stream-writer.ts';

const plainEnvelope: Envelope = {
  label: nilBytes,
  encryption: null,
  isVerifyingIncoming: true,
  isEncryptingOutgoing: true,
  isCompressing: false,
};
const megabyte = 1024 * 1024;

/** Copies into this realm: fast-check's arrays compare equal only so. */
const bytes = (maxLength: number) =>
  fc.uint8Array({ maxLength }).map((array) => (array.length === 0 ? nilBytes : Uint8Array.from(array)));
const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const name = fc.string({ maxLength: 40, unit: 'grapheme' });
const address = fc
  .oneof(fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.uint8Array({ minLength: 16, maxLength: 16 }))
  .map((array) => Uint8Array.from(array));
const source = fc.option(
  fc.record({ address, port: fc.integer({ min: 1, max: 0xffff }), name: fc.string({ minLength: 1, maxLength: 10 }) }),
);

const ping = fc.record({ kind: fc.constant('ping' as const), seqNo: u32, node: name, source });
const ack = fc.record({ kind: fc.constant('ack' as const), seqNo: u32, payload: bytes(40) });
const user = fc.record({
  kind: fc.constant('user' as const),
  payload: fc.uint8Array({ maxLength: 300 }).map((array) => Uint8Array.from(array)),
});
const packetMessage: fc.Arbitrary<PacketMessage> = fc.oneof(
  ping,
  ack,
  user,
  fc.record({ kind: fc.constant('nack' as const), seqNo: u32 }),
  fc.record({
    kind: fc.constant('indirect-ping' as const),
    seqNo: u32,
    target: address,
    port: u16,
    node: name,
    wantsNack: fc.boolean(),
    source,
  }),
  fc.record({
    kind: fc.constant('alive' as const),
    incarnation: u32,
    node: name,
    address,
    port: u16,
    meta: bytes(512),
    versions: bytes(6),
  }),
  fc.record({ kind: fc.constantFrom('suspect' as const, 'dead' as const), incarnation: u32, node: name, from: name }),
);
const syncRecord = fc.record({
  name,
  address,
  port: u16,
  meta: bytes(80),
  incarnation: u32,
  state: fc.integer({ min: 0, max: 3 }),
  versions: bytes(6),
});
const streamMessage: fc.Arbitrary<StreamMessage> = fc.oneof(
  ping,
  ack,
  user,
  fc.record({ kind: fc.constant('error' as const), text: name }),
  fc.record({
    kind: fc.constant('full-sync' as const),
    isJoin: fc.boolean(),
    records: fc.array(syncRecord, { maxLength: 6 }),
    userState: bytes(200),
  }),
);

describe('round trips', () => {
  test('messages in packets, compressed or not, with and without a checksum', () => {
    fc.assert(
      fc.property(packetMessage, fc.boolean(), fc.boolean(), (message, isCompressing, hasCrc) => {
        const envelope = { ...plainEnvelope, isCompressing };
        const packet = writePacket(envelope, writePacketMessage(message), hasCrc);
        expect(readPacket(envelope, packet)).toMatchObject({ messages: [message], rejections: [] });
      }),
    );
  });

  test('messages in streams, in chunks of any size', () => {
    fc.assert(
      fc.property(
        streamMessage,
        fc.boolean(),
        fc.integer({ min: 1, max: 200 }),
        (message, isCompressing, chunkBytes) => {
          const envelope = { ...plainEnvelope, isCompressing, label: Uint8Array.of(1, 2, 3) };
          const written = writeStream(envelope, writeStreamMessage(message), true);
          const reader = new StreamReader(envelope, true);
          const readings = [];
          for (let i = 0; i < written.length; i += chunkBytes)
            readings.push(reader.push(written.subarray(i, i + chunkBytes)));
          expect(readings.pop()).toEqual({ kind: 'message', message });
          expect(readings.every((reading) => reading.kind === 'incomplete')).toBe(true);
        },
      ),
    );
  });

  test('compounds', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 200 }), { maxLength: 127 }), (parts) => {
        const reading = readCompound(writeCompound(parts).subarray(1));
        expect(reading.ok && { ...reading.value, parts: reading.value.parts.map((part) => [...part]) }).toEqual({
          parts: parts.map((part) => [...part]),
          missing: 0,
        });
      }),
    );
  });

  test('LZW, of noise and of repetition, past several fillings of its table', () => {
    const repetitive = fc
      .tuple(fc.uint8Array({ minLength: 1, maxLength: 50 }), fc.integer({ min: 1, max: 400 }))
      .map(([unit, times]) => {
        const repeated = new Uint8Array(unit.length * times);
        for (let i = 0; i < times; i++) repeated.set(unit, i * unit.length);
        return repeated;
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 20_000, size: 'max' }), repetitive), (plain) => {
        const unpacked = lzwDecompress(lzwCompress(plain), { bytes: megabyte });
        expect(unpacked.ok && Buffer.compare(unpacked.value, plain)).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  test('integers in their shortest form', () => {
    fc.assert(
      fc.property(u32, (value) => {
        const written = new MsgpackWriter().uint(value).done();
        expect(new MsgpackReader(written).uint(0xffff_ffff)).toBe(value);
        expect(written.length).toBe(value < 0x80 ? 1 : value < 0x100 ? 2 : value < 0x1_0000 ? 3 : 5);
      }),
    );
  });
});

describe('readers and strange bytes', () => {
  /** Valid messages with a few bytes changed come further than noise. */
  const damaged = fc
    .tuple(packetMessage, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }))
    .map(([message, changes]) => {
      const written = writePacketMessage(message);
      for (const [place, value] of changes) written[place % written.length] = value;
      return written;
    });

  test('a packet reader never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), damaged), (input) => {
        const { messages, rejections } = readPacket(plainEnvelope, input);
        expect(messages.length + rejections.length).toBeGreaterThanOrEqual(input[0] === 7 ? 0 : 1);
        readPacketMessage(input);
      }),
      { numRuns: 2_000 },
    );
  });

  test('a stream reader never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array({ maxLength: 300 }), damaged),
        fc.constantFrom(0, 2, 6, 8, 9, 13),
        (input, type) => {
          const readings = [Uint8Array.of(type, ...input), input].map(
            (bytes) => new StreamReader(plainEnvelope, true).push(bytes).kind,
          );
          expect(['incomplete', 'message', 'rejected']).toEqual(expect.arrayContaining(readings));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('LZW of noise ends in an error or in bytes, within its budget', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3_000 }), (noise) => {
        const budget = { bytes: 10_000 };
        const unpacked = lzwDecompress(noise, budget);
        expect(unpacked.ok ? unpacked.value.length : 0).toBeLessThanOrEqual(10_000);
        expect(budget.bytes).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 500 },
    );
  });

  test('skipping a value leaves the reader behind it, whatever its type', () => {
    const values = [
      'c0',
      'c3',
      '07',
      'ff',
      'cc80',
      'cd0101',
      'ca00000000',
      'cb0000000000000000',
      'd3ffffffffffffffff',
      'a3616263',
      'd90161',
      'c4020102',
    ];
    const nested = ['9301a16102', '820102039291c0a0', 'dc000101', 'd40102', 'c7020102ff', 'de000101c0'];
    for (const hex of [...values, ...nested]) {
      const reader = new MsgpackReader(new Uint8Array(Buffer.from(`${hex}2a`, 'hex')));
      reader.skip();
      expect([hex, reader.failure, reader.uint(255)]).toEqual([hex, null, 42]);
    }
  });

  test('a promise of four billion elements is refused at once', () => {
    const reader = new MsgpackReader(new Uint8Array(Buffer.from('ddffffffff01', 'hex')));
    reader.skip();
    expect(reader.failure).toBe('truncated');
  });

  test('compressed messages inside each other may not unpack to more than the budget of one packet', () => {
    const zeros = writeStream({ ...plainEnvelope, isCompressing: true }, new Uint8Array(30 * megabyte), false);
    const { messages, rejections } = readPacket(
      plainEnvelope,
      writeCompound([zeros, zeros, zeros].map((part) => part.slice())),
    );
    expect(messages).toEqual([]);
    expect(rejections).toContain('too-large');
  });
});

test('CRC-32 is that of zlib', () => {
  const hasZlib = typeof zlibCrc32 === 'function';
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
  fc.assert(fc.property(fc.uint8Array(), (input) => !hasZlib || crc32(input) === zlibCrc32(input)));
});
