/** The protocol as a function sees it, over a library of its own: what the member writes is read by other code here. */
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

export interface AgentPoint {
  time: bigint;
  name: string;
  database: string;
  retentionPolicy: string;
  group: string;
  dimensions: string[];
  byName: boolean;
  tags: Record<string, string>;
  doubles: Record<string, number>;
  ints: Record<string, bigint>;
  strings: Record<string, string>;
  bools: Record<string, boolean>;
}

export interface AgentBatch {
  name: string;
  group: string;
  tags: Record<string, string>;
  byName: boolean;
  size: bigint;
  tmax: bigint;
}

export type AgentOption = { readonly name: string; readonly values: readonly (boolean | bigint | number | string)[] };

export type AgentRequest =
  | { readonly kind: 'info' | 'snapshot' }
  | {
      readonly kind: 'init';
      readonly options: readonly AgentOption[];
      readonly taskId: string;
      readonly nodeId: string;
    }
  | { readonly kind: 'keepalive'; readonly time: bigint }
  | { readonly kind: 'restore'; readonly snapshot: Uint8Array }
  | { readonly kind: 'begin' | 'end'; readonly batch: AgentBatch }
  | { readonly kind: 'point'; readonly point: AgentPoint };

export interface AgentInfo {
  readonly wants: number;
  readonly provides: number;
  readonly options: Readonly<Record<string, readonly number[]>>;
}

export function readRequest(bytes: Uint8Array): AgentRequest {
  const reader = new BinaryReader(bytes);
  const [field] = reader.tag();
  const body = new BinaryReader(reader.bytes());
  switch (field) {
    case 1:
      return { kind: 'info' };
    case 2:
      return readInit(body);
    case 3:
      return { kind: 'keepalive', time: body.len === 0 ? 0n : (body.tag(), BigInt(body.int64())) };
    case 4:
      return { kind: 'snapshot' };
    case 5:
      return { kind: 'restore', snapshot: body.len === 0 ? new Uint8Array(0) : (body.tag(), body.bytes()) };
    case 16:
      return { kind: 'begin', batch: readBatch(body, false) };
    case 17:
      return { kind: 'point', point: readPoint(body) };
    case 18:
      return { kind: 'end', batch: readBatch(body, true) };
    default:
      throw new Error(`request ${field}`);
  }
}

function readInit(reader: BinaryReader): AgentRequest {
  const options: AgentOption[] = [];
  let taskId = '';
  let nodeId = '';
  while (reader.pos < reader.len) {
    const [field] = reader.tag();
    if (field === 1) options.push(readOption(new BinaryReader(reader.bytes())));
    else if (field === 2) taskId = reader.string();
    else nodeId = reader.string();
  }
  return { kind: 'init', options, taskId, nodeId };
}

function readOption(reader: BinaryReader): AgentOption {
  let name = '';
  const values: (boolean | bigint | number | string)[] = [];
  while (reader.pos < reader.len) {
    const [field] = reader.tag();
    if (field === 1) name = reader.string();
    else values.push(readOptionValue(new BinaryReader(reader.bytes())));
  }
  return { name, values };
}

function readOptionValue(reader: BinaryReader): boolean | bigint | number | string {
  let value: boolean | bigint | number | string = '';
  while (reader.pos < reader.len) {
    const [field] = reader.tag();
    if (field === 1) reader.int32();
    else if (field === 2) value = reader.bool();
    else if (field === 3 || field === 6) value = BigInt(reader.int64());
    else if (field === 4) value = reader.double();
    else value = reader.string();
  }
  return value;
}

function entry<T>(bytes: Uint8Array, into: Record<string, T>, none: T, read: (reader: BinaryReader) => T): void {
  const reader = new BinaryReader(bytes);
  let key = '';
  let value = none;
  while (reader.pos < reader.len) {
    const [field] = reader.tag();
    if (field === 1) key = reader.string();
    else value = read(reader);
  }
  // Not by assignment: a key may be `__proto__`.
  Object.defineProperty(into, key, { value, enumerable: true, writable: true, configurable: true });
}

export function emptyPoint(): AgentPoint {
  return {
    time: 0n,
    name: '',
    database: '',
    retentionPolicy: '',
    group: '',
    dimensions: [],
    byName: false,
    tags: {},
    doubles: {},
    ints: {},
    strings: {},
    bools: {},
  };
}

function readPoint(reader: BinaryReader): AgentPoint {
  const point = emptyPoint();
  while (reader.pos < reader.len) {
    const [field] = reader.tag();
    if (field === 1) point.time = BigInt(reader.int64());
    else if (field === 2) point.name = reader.string();
    else if (field === 3) point.database = reader.string();
    else if (field === 4) point.retentionPolicy = reader.string();
    else if (field === 5) point.group = reader.string();
    else if (field === 6) point.dimensions.push(reader.string());
    else if (field === 7) entry(reader.bytes(), point.tags, '', (value) => value.string());
    else if (field === 8) entry(reader.bytes(), point.doubles, 0, (value) => value.double());
    else if (field === 9) entry(reader.bytes(), point.ints, 0n, (value) => BigInt(value.int64()));
    else if (field === 10) entry(reader.bytes(), point.strings, '', (value) => value.string());
    else if (field === 11) point.byName = reader.bool();
    else entry(reader.bytes(), point.bools, false, (value) => value.bool());
  }
  return point;
}

function readBatch(reader: BinaryReader, isEnd: boolean): AgentBatch {
  const batch: AgentBatch = { name: '', group: '', tags: {}, byName: false, size: 0n, tmax: 0n };
  while (reader.pos < reader.len) {
    const [field] = reader.tag();
    if (field === 1) batch.name = reader.string();
    else if (field === 2) batch.group = reader.string();
    else if (field === (isEnd ? 4 : 3)) entry(reader.bytes(), batch.tags, '', (value) => value.string());
    else if (field === 5) batch.byName = reader.bool();
    else if (isEnd) batch.tmax = BigInt(reader.int64());
    else batch.size = BigInt(reader.int64());
  }
  return batch;
}

// ---- responses, each with its length in front ----

function framed(field: number, write: (writer: BinaryWriter) => void): Uint8Array {
  const writer = new BinaryWriter().tag(field, WireType.LengthDelimited).fork();
  write(writer);
  return new BinaryWriter().bytes(writer.join().finish()).finish();
}

export function infoResponse({ wants, provides, options }: AgentInfo): Uint8Array {
  return framed(1, (writer) => {
    writer.tag(1, WireType.Varint).int32(wants).tag(2, WireType.Varint).int32(provides);
    for (const [name, types] of Object.entries(options)) {
      writer.tag(3, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).string(name);
      writer.tag(2, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).fork();
      for (const type of types) writer.int32(type);
      writer.join().join().join();
    }
  });
}

/** Of init (2) and restore (5). */
export function outcomeResponse(field: 2 | 5, error: string): Uint8Array {
  return framed(field, (writer) =>
    writer
      .tag(1, WireType.Varint)
      .bool(error === '')
      .tag(2, WireType.LengthDelimited)
      .string(error),
  );
}

export function keepaliveResponse(time: bigint): Uint8Array {
  return framed(3, (writer) => writer.tag(1, WireType.Varint).int64(time));
}

export function snapshotResponse(snapshot: Uint8Array): Uint8Array {
  return framed(4, (writer) => writer.tag(1, WireType.LengthDelimited).bytes(snapshot));
}

export function errorResponse(error: string): Uint8Array {
  return framed(6, (writer) => writer.tag(1, WireType.LengthDelimited).string(error));
}

function putEntries<T>(
  writer: BinaryWriter,
  field: number,
  entries: Readonly<Record<string, T>>,
  put: (writer: BinaryWriter, value: T) => void,
): void {
  for (const [key, value] of Object.entries(entries)) {
    writer.tag(field, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).string(key);
    put(writer, value);
    writer.join();
  }
}

export function pointResponse(point: AgentPoint): Uint8Array {
  return framed(17, (writer) => {
    const text = (field: number, value: string): void =>
      void (value !== '' && writer.tag(field, WireType.LengthDelimited).string(value));
    writer.tag(1, WireType.Varint).int64(point.time);
    text(2, point.name);
    text(3, point.database);
    text(4, point.retentionPolicy);
    text(5, point.group);
    for (const dimension of point.dimensions) writer.tag(6, WireType.LengthDelimited).string(dimension);
    putEntries(writer, 7, point.tags, (to, value) => to.tag(2, WireType.LengthDelimited).string(value));
    putEntries(writer, 8, point.doubles, (to, value) => to.tag(2, WireType.Bit64).double(value));
    putEntries(writer, 9, point.ints, (to, value) => to.tag(2, WireType.Varint).int64(value));
    putEntries(writer, 10, point.strings, (to, value) => to.tag(2, WireType.LengthDelimited).string(value));
    putEntries(writer, 12, point.bools, (to, value) => to.tag(2, WireType.Varint).bool(value));
    if (point.byName) writer.tag(11, WireType.Varint).bool(true);
  });
}

export function beginResponse(batch: AgentBatch): Uint8Array {
  return framed(16, (writer) => {
    writer.tag(1, WireType.LengthDelimited).string(batch.name);
    putEntries(writer, 3, batch.tags, (to, value) => to.tag(2, WireType.LengthDelimited).string(value));
    writer.tag(4, WireType.Varint).int64(batch.size).tag(5, WireType.Varint).bool(batch.byName);
  });
}

export function endResponse(batch: AgentBatch): Uint8Array {
  return framed(18, (writer) => {
    writer.tag(1, WireType.LengthDelimited).string(batch.name).tag(3, WireType.Varint).int64(batch.tmax);
    putEntries(writer, 4, batch.tags, (to, value) => to.tag(2, WireType.LengthDelimited).string(value));
  });
}
