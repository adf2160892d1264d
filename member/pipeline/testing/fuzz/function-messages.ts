/** The protocol as a fuzzing function sees it: strict about what the member writes, free in what it answers. */
import { assert } from '../../../base/assert.ts';
import { messageField } from '../../nodes/udf/messages.ts';
import { WireReader } from '../../nodes/udf/wire-reader.ts';
import { wireBytes, wireFixed64, wireVarint, WireWriter } from '../../nodes/udf/wire-writer.ts';

/** Floats are numbers, integers bigints. */
export type FunctionValue = number | bigint | string | boolean;

export interface FunctionPoint {
  timeNs: bigint;
  name: string;
  database: string;
  retentionPolicy: string;
  group: string;
  dimensions: string[];
  byName: boolean;
  readonly tags: Map<string, string>;
  fields: (readonly [key: string, value: FunctionValue])[];
}

/** Begin or end of a batch: of a begin the size, of an end the time. */
export interface FunctionMark {
  name: string;
  group: string;
  byName: boolean;
  readonly tags: Map<string, string>;
  size: bigint;
  timeNs: bigint;
}

export interface GivenOption {
  readonly name: string;
  readonly types: readonly number[];
}

export type FunctionRequest =
  | {
      readonly kind: 'init';
      readonly options: readonly GivenOption[];
      readonly taskId: string;
      readonly nodeId: string;
    }
  | { readonly kind: 'keepalive'; readonly timeNs: bigint }
  | { readonly kind: 'snapshot' }
  | { readonly kind: 'restore'; readonly snapshot: Uint8Array }
  | { readonly kind: 'begin' | 'end'; readonly mark: FunctionMark }
  | { readonly kind: 'point'; readonly point: FunctionPoint };

// ---- requests ----

export function readRequest(frame: Uint8Array<ArrayBuffer>): FunctionRequest {
  const reader = new WireReader();
  reader.reset(frame);
  const field = reader.field();
  assert(reader.wireType === wireBytes, 'a request is one message');
  const outer = reader.enter();
  const request = readBody(reader, field);
  reader.leave(outer);
  assert(reader.failure === '', `a request can be read: ${reader.failure}`);
  assert(!reader.hasMore(), 'a request is one message alone');
  return request;
}

function readBody(reader: WireReader, field: number): FunctionRequest {
  switch (field) {
    case messageField.init:
      return readInit(reader);
    case messageField.keepalive:
      return { kind: 'keepalive', timeNs: readOnly(reader, () => BigInt(reader.int64())) ?? 0n };
    case messageField.snapshot:
      assert(!reader.hasMore(), 'nothing is said with the request of a snapshot');
      return { kind: 'snapshot' };
    case messageField.restore:
      return { kind: 'restore', snapshot: readOnly(reader, () => reader.sized().slice()) ?? new Uint8Array(0) };
    case messageField.begin:
      return { kind: 'begin', mark: readMark(reader, false) };
    case messageField.point:
      return { kind: 'point', point: readPoint(reader) };
    default:
      assert(field === messageField.end, `a request is known: ${field}`);
      return { kind: 'end', mark: readMark(reader, true) };
  }
}

/** The one field of a message. */
function readOnly<T>(reader: WireReader, read: () => T): T | undefined {
  let value: T | undefined;
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    assert(field === 1, `a field is known: ${field}`);
    value = read();
  }
  return value;
}

function readInit(reader: WireReader): FunctionRequest {
  const options: GivenOption[] = [];
  let taskId = '';
  let nodeId = '';
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) {
      const outer = reader.enter();
      options.push(readOption(reader));
      reader.leave(outer);
    } else if (field === 2) taskId = reader.text();
    else nodeId = reader.text();
  }
  return { kind: 'init', options, taskId, nodeId };
}

function readOption(reader: WireReader): GivenOption {
  let name = '';
  const types: number[] = [];
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) name = reader.text();
    else {
      const outer = reader.enter();
      assert(reader.field() === 1, 'the type of a value comes first');
      const type = reader.varint();
      types.push(type);
      assert(reader.field() === type + 2, 'a value is of its type');
      reader.skip();
      reader.leave(outer);
    }
  }
  return { name, types };
}

function readMark(reader: WireReader, isEnd: boolean): FunctionMark {
  const mark = { name: '', group: '', byName: false, tags: new Map<string, string>(), size: 0n, timeNs: 0n };
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) mark.name = reader.text();
    else if (field === 2) mark.group = reader.text();
    else if (field === (isEnd ? 4 : 3))
      readEntry(
        reader,
        '',
        () => reader.text(),
        (key, tag) => mark.tags.set(key, tag),
      );
    else if (field === 5) mark.byName = reader.bool();
    else if (isEnd) mark.timeNs = BigInt(reader.int64());
    else mark.size = BigInt(reader.int64());
  }
  return mark;
}

function readPoint(reader: WireReader): FunctionPoint {
  const point = emptyPoint();
  const add = (key: string, value: FunctionValue): void => {
    assert(!point.fields.some(([known]) => known === key), `a field comes once: ${key}`);
    point.fields.push([key, value]);
  };
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) point.timeNs = BigInt(reader.int64());
    else if (field === 2) point.name = reader.text();
    else if (field === 3) point.database = reader.text();
    else if (field === 4) point.retentionPolicy = reader.text();
    else if (field === 5) point.group = reader.text();
    else if (field === 6) point.dimensions.push(reader.text());
    else if (field === 7)
      readEntry(
        reader,
        '',
        () => reader.text(),
        (key, tag) => point.tags.set(key, tag),
      );
    else if (field === 8) readEntry(reader, 0, () => reader.double(), add);
    else if (field === 9) readEntry(reader, 0n, () => BigInt(reader.int64()), add);
    else if (field === 10) readEntry(reader, '', () => reader.text(), add);
    else if (field === 11) point.byName = reader.bool();
    else {
      assert(field === 12, `a field of a point is known: ${field}`);
      readEntry(reader, false, () => reader.bool(), add);
    }
  }
  return point;
}

function readEntry<T>(reader: WireReader, none: T, read: () => T, add: (key: string, value: T) => void): void {
  const outer = reader.enter();
  let key = '';
  let value = none;
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) key = reader.text();
    else value = read();
  }
  reader.leave(outer);
  add(key, value);
}

export function emptyPoint(): FunctionPoint {
  return {
    timeNs: 0n,
    name: '',
    database: '',
    retentionPolicy: '',
    group: '',
    dimensions: [],
    byName: false,
    tags: new Map(),
    fields: [],
  };
}

// ---- responses ----

/** Writes messages, each behind its length. */
export class ResponseWriter {
  private readonly writer = new WireWriter();

  get length(): number {
    return this.writer.length;
  }

  take(): Uint8Array {
    return this.writer.take();
  }

  raw(bytes: readonly number[]): void {
    this.writer.raw(Uint8Array.from(bytes));
  }

  frame(bytes: readonly number[]): void {
    this.writer.sized(Uint8Array.from(bytes));
  }

  /** With an edge that there is none of. */
  info(): void {
    this.message(messageField.info, () => this.int(1, 7n));
  }

  outcome(request: 'init' | 'restore', error: string | null): void {
    this.message(messageField[request], () => {
      this.bool(1, error === null);
      if (error !== null) this.text(2, error);
    });
  }

  keepalive(timeNs: bigint): void {
    this.message(messageField.keepalive, () => this.int(1, timeNs));
  }

  snapshot(snapshot: Uint8Array): void {
    this.message(messageField.snapshot, () => {
      this.writer.tag(1, wireBytes);
      this.writer.sized(snapshot);
    });
  }

  error(text: string): void {
    this.message(messageField.error, () => this.text(1, text));
  }

  begin({ name, group, tags, size, byName }: FunctionMark): void {
    this.message(messageField.begin, () => {
      this.text(1, name);
      this.text(2, group);
      this.tags(3, tags);
      this.int(4, size);
      this.bool(5, byName);
    });
  }

  end({ name, group, tags, timeNs, byName }: FunctionMark): void {
    this.message(messageField.end, () => {
      this.text(1, name);
      this.text(2, group);
      this.int(3, timeNs);
      this.tags(4, tags);
      this.bool(5, byName);
    });
  }

  point(point: FunctionPoint): void {
    this.message(messageField.point, () => {
      this.int(1, point.timeNs);
      this.text(2, point.name);
      this.text(3, point.database);
      this.text(4, point.retentionPolicy);
      this.text(5, point.group);
      for (const dimension of point.dimensions) this.text(6, dimension);
      this.tags(7, point.tags);
      for (const [key, value] of point.fields) this.field(key, value);
      this.bool(11, point.byName);
    });
  }

  private message(field: number, write: () => void): void {
    const frame = this.writer.open();
    this.nested(field, write);
    this.writer.close(frame);
  }

  private nested(field: number, write: () => void): void {
    this.writer.tag(field, wireBytes);
    const start = this.writer.open();
    write();
    this.writer.close(start);
  }

  private tags(field: number, tags: ReadonlyMap<string, string>): void {
    for (const [key, value] of tags)
      this.nested(field, () => {
        this.text(1, key);
        this.text(2, value);
      });
  }

  private field(key: string, value: FunctionValue): void {
    const field = { number: 8, bigint: 9, string: 10, boolean: 12 } as const;
    switch (typeof value) {
      case 'number':
        this.nested(field.number, () => {
          this.text(1, key);
          this.writer.tag(2, wireFixed64);
          this.writer.double(value);
        });
        return;
      case 'bigint':
        this.nested(field.bigint, () => {
          this.text(1, key);
          this.int(2, value);
        });
        return;
      case 'string':
        this.nested(field.string, () => {
          this.text(1, key);
          this.text(2, value);
        });
        return;
      default:
        this.nested(field.boolean, () => {
          this.text(1, key);
          this.bool(2, value);
        });
    }
  }

  private text(field: number, text: string): void {
    this.writer.tag(field, wireBytes);
    this.writer.text(text);
  }

  private int(field: number, value: bigint): void {
    this.writer.tag(field, wireVarint);
    this.writer.int64(value);
  }

  private bool(field: number, value: boolean): void {
    this.writer.tag(field, wireVarint);
    this.writer.bool(value);
  }
}
