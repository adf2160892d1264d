import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emptyPoint, pointResponse, readRequest, type AgentPoint } from '../../../shell/udf/testing/agent-messages.ts';
import { present } from '../../../base/assert.ts';
import { decodeBase64, encodeBase64 } from '../../../base/base64.ts';
import { nanosOf, secondsOf, timeNs } from '../../../influx/block.ts';
import { GroupTable } from '../../engine/groups.ts';
import { allRows } from '../../engine/rows.ts';
import { RowsBuilder } from '../../engine/rows-builder.ts';
import type { Rows } from '../../engine/rows.ts';
import { FrameReader } from './frame-reader.ts';
import { PointDecoder } from './point-decoder.ts';
import { PointEncoder, writeTimeNs } from './point-encoder.ts';
import { UdfOutput } from './udf-output.ts';
import { WireReader } from './wire-reader.ts';
import { WireWriter } from './wire-writer.ts';

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const name = fc.oneof(fc.string({ maxLength: 12 }), fc.string({ unit: 'grapheme', maxLength: 90 }));
const canonical = (value: bigint): number | bigint => {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
};

function readerOf(bytes: Uint8Array): WireReader {
  const reader = new WireReader();
  reader.reset(new Uint8Array(bytes));
  return reader;
}

/** The one message in a stream of bytes. */
function onlyFrame(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const frames: Uint8Array<ArrayBuffer>[] = [];
  new FrameReader().feed(new Uint8Array(bytes), (frame) => frames.push(frame.slice()) > 0);
  expect(frames).toHaveLength(1);
  return present(frames[0], 'a frame');
}

const point: fc.Arbitrary<AgentPoint> = fc.record({
  time: int64,
  name,
  database: name,
  retentionPolicy: name,
  group: fc.constant(''),
  dimensions: fc.constant([]),
  byName: fc.constant(false),
  tags: fc.dictionary(name, name, { maxKeys: 4, noNullPrototype: true }),
  doubles: fc.dictionary(
    name.map((text) => `d${text}`),
    fc.double(),
    { maxKeys: 3, noNullPrototype: true },
  ),
  ints: fc.dictionary(
    name.map((text) => `i${text}`),
    int64,
    { maxKeys: 3, noNullPrototype: true },
  ),
  strings: fc.dictionary(
    name.map((text) => `s${text}`),
    name,
    { maxKeys: 3, noNullPrototype: true },
  ),
  bools: fc.dictionary(
    name.map((text) => `b${text}`),
    fc.boolean(),
    { maxKeys: 3, noNullPrototype: true },
  ),
});

/** A tag that no assignment sets. */
const oddTags: AgentPoint = { ...emptyPoint(), tags: { ['__proto__']: 'a' } };

/** As rows, in a block of its own. */
function rowsOf(from: AgentPoint, groups: GroupTable): Rows {
  const builder = new RowsBuilder({ ...from, tagTable: groups.tags });
  for (const [key, value] of Object.entries(from.doubles)) builder.setField(key, 'float', value);
  for (const [key, value] of Object.entries(from.ints)) builder.setField(key, 'int', canonical(value));
  for (const [key, value] of Object.entries(from.strings)) builder.setField(key, 'string', value);
  for (const [key, value] of Object.entries(from.bools)) builder.setField(key, 'bool', value);
  const tags = groups.tags.internRecord(from.tags);
  builder.addRow(secondsOf(from.time), nanosOf(from.time), tags.id, 0);
  return builder.finish();
}

describe('the wire', () => {
  test('a point is read by other code as it was written', () => {
    fc.assert(
      fc.property(point, (made) => {
        const groups = new GroupTable();
        const writer = new WireWriter();
        expect(new PointEncoder(groups).writeRow(writer, rowsOf(made, groups), 0)).toBe(true);
        expect(readRequest(onlyFrame(writer.take()))).toEqual({ kind: 'point', point: made });
      }),
      { examples: [[oddTags]] },
    );
  });

  test('a point that other code has written is read as it was', () => {
    fc.assert(
      fc.property(point, (made) => {
        const groups = new GroupTable();
        const blocks: Rows[] = [];
        const output = new UdfOutput(groups, 'stream', { rows: (rows) => blocks.push(rows), batch: () => undefined });
        const reader = readerOf(onlyFrame(pointResponse(made)));
        expect(reader.field()).toBe(17);
        const outer = reader.enter();
        expect(output.take('point', reader)).toBeUndefined();
        reader.leave(outer);
        output.flush();
        expect(reader.failure).toBe('');
        const rows = present(blocks[0], 'a block');
        const again = new WireWriter();
        new PointEncoder(groups).writeRow(again, rows, 0);
        expect(readRequest(onlyFrame(again.take()))).toEqual({ kind: 'point', point: made });
      }),
      { examples: [[oddTags]] },
    );
  });

  test('a byte order mark at the beginning of a text belongs to it', () => {
    const writer = new WireWriter();
    writer.text('\ufeffm');
    expect(readerOf(writer.take()).text()).toBe('\ufeffm');
  });

  test('times keep every digit, both ways', () => {
    const times = fc.oneof(int64, fc.bigInt({ min: 0n, max: 4n * 10n ** 18n }));
    fc.assert(
      fc.property(times, (ns) => {
        const writer = new WireWriter();
        writer.tag(1, 0);
        writeTimeNs(writer, secondsOf(ns), nanosOf(ns));
        const bytes = writer.take();
        const plain = new WireWriter();
        plain.tag(1, 0);
        plain.int64(ns);
        expect(bytes).toEqual(plain.take());
        const decoder = new PointDecoder();
        decoder.read(readerOf(bytes));
        expect(timeNs(decoder.seconds, decoder.nanos)).toBe(ns);
      }),
    );
  });

  test('integers keep every digit, both ways', () => {
    fc.assert(
      fc.property(int64, (value) => {
        const writer = new WireWriter();
        writer.int64(canonical(value));
        expect(readerOf(writer.take()).int64()).toBe(canonical(value));
      }),
    );
  });

  test('messages are the same, however the bytes come', () => {
    const messages = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 });
    fc.assert(
      fc.property(messages, fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }), (made, sizes) => {
        const writer = new WireWriter();
        for (const message of made) writer.sized(message);
        const bytes = new Uint8Array(writer.take());
        const frames = new FrameReader();
        const heard: Uint8Array[] = [];
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const size = sizes[i % sizes.length] ?? 1;
          const fed = frames.feed(bytes.slice(at, at + size), (frame) => heard.push(frame.slice()) > 0);
          expect(fed.ok).toBe(true);
          at += size;
        }
        expect(frames.end().ok).toBe(true);
        expect(heard).toEqual(made);
      }),
    );
  });

  test('no bytes make a reader throw or go on for ever', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const groups = new GroupTable();
        const output = new UdfOutput(groups, 'batch', { rows: () => undefined, batch: () => undefined });
        for (const kind of ['begin', 'point', 'end', 'begin', 'end'] as const) output.take(kind, readerOf(bytes));
        output.flush();
        const reader = readerOf(bytes);
        while (reader.field() !== 0) reader.skip();
        expect(reader.hasMore()).toBe(false);
      }),
    );
  });

  test('a message that is too long is refused before room is made for it', () => {
    const reader = new FrameReader();
    expect(reader.feed(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x7f), () => true)).toEqual({
      ok: false,
      error: 'message of 34359738367 bytes, at most 268435456',
    });
    expect(new FrameReader().feed(new Uint8Array(10).fill(0xff), () => true).ok).toBe(false);
  });

  test('a value that the protocol cannot carry leaves nothing of its point behind', () => {
    const groups = new GroupTable();
    const builder = new RowsBuilder({ name: 'm', database: '', retentionPolicy: '', tagTable: groups.tags });
    builder.setField('age', 'duration', 5);
    builder.addRow(1, 0, groups.tags.intern([], []).id, 0);
    const writer = new WireWriter();
    expect(new PointEncoder(groups).writeRow(writer, builder.finish(), allRows(1)[0] ?? 0)).toBe(false);
    expect(writer.length).toBe(0);
  });

  test('base64 gives back what it was given, as Node writes it', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(encodeBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
        expect(decodeBase64(encodeBase64(bytes))).toEqual(bytes);
      }),
    );
    expect([decodeBase64('AAA'), decodeBase64('A*AA')]).toEqual([undefined, undefined]);
  });
});
