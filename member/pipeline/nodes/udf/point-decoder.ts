/** Data messages of a function, read into one scratch point or batch head that is used again. */
import type { Cell, ValueType } from '../../../tick/lambda/column.ts';
import { nanosOf, secondsOf } from '../../../influx/block.ts';
import type { WireReader } from './wire-reader.ts';
import { wireBytes, wireFixed64, wireVarint } from './wire-writer.ts';

/** Where a field has values of several types, the later of these stays, as in 1.5.4. */
const precedence: Readonly<Partial<Record<ValueType, number>>> = { string: 0, int: 1, float: 2, bool: 3 };

/** The point read last. */
export class PointDecoder {
  seconds = 0;
  nanos = 0;
  name = '';
  database = '';
  retentionPolicy = '';
  byName = false;
  readonly dimensions: string[] = [];
  tagKeys: string[] = [];
  tagValues: string[] = [];
  readonly fieldNames: string[] = [];
  readonly fieldTypes: ValueType[] = [];
  readonly fieldValues: Cell[] = [];
  private key = '';
  private cell: Cell = 0;

  read(reader: WireReader): void {
    this.reset();
    for (let field = reader.field(); field !== 0; field = reader.field()) this.readField(reader, field);
  }

  /** Somebody keeps the arrays of the tags. */
  renewTags(): void {
    this.tagKeys = [];
    this.tagValues = [];
  }

  /** Of a batch, whose points say nothing of where they come from. */
  rename(name: string): void {
    this.name = name;
    this.database = '';
    this.retentionPolicy = '';
  }

  private reset(): void {
    this.seconds = 0;
    this.nanos = 0;
    this.name = '';
    this.database = '';
    this.retentionPolicy = '';
    this.byName = false;
    this.dimensions.length = 0;
    this.tagKeys.length = 0;
    this.tagValues.length = 0;
    this.fieldNames.length = 0;
    this.fieldTypes.length = 0;
    this.fieldValues.length = 0;
  }

  private readField(reader: WireReader, field: number): void {
    if (field === 1 || field === 11) {
      if (!reader.is(wireVarint)) return;
      if (field === 11) this.byName = reader.bool();
      else this.readTime(reader);
      return;
    }
    if (field > 12) {
      reader.skip();
      return;
    }
    if (!reader.is(wireBytes)) return;
    switch (field) {
      case 2:
        this.name = reader.text();
        return;
      case 3:
        this.database = reader.text();
        return;
      case 4:
        this.retentionPolicy = reader.text();
        return;
      case 5:
        // The group follows from tags and dimensions.
        reader.text();
        return;
      case 6:
        this.dimensions.push(reader.text());
        return;
      case 7:
        this.readEntry(reader, 'string');
        putTag(this.tagKeys, this.tagValues, this.key, String(this.cell));
        return;
      case 8:
        this.putField(reader, 'float');
        return;
      case 9:
        this.putField(reader, 'int');
        return;
      case 10:
        this.putField(reader, 'string');
        return;
      default:
        this.putField(reader, 'bool');
    }
  }

  private readTime(reader: WireReader): void {
    reader.varint();
    const { low, high } = reader;
    if (high >= 0x8000_0000) {
      const ns = BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low));
      this.seconds = secondsOf(ns);
      this.nanos = nanosOf(ns);
      return;
    }
    // Long division by 10^9, in digits of 16 bits.
    const first = Math.floor(high / 1e9);
    const middle = (high - first * 1e9) * 0x1_0000 + (low >>> 16);
    const second = Math.floor(middle / 1e9);
    const last = (middle - second * 1e9) * 0x1_0000 + (low & 0xffff);
    const third = Math.floor(last / 1e9);
    this.seconds = first * 0x1_0000_0000 + second * 0x1_0000 + third;
    this.nanos = last - third * 1e9;
  }

  private putField(reader: WireReader, type: ValueType): void {
    this.readEntry(reader, type);
    const { key } = this;
    const known = this.fieldNames.indexOf(key);
    if (known < 0) {
      this.fieldNames.push(key);
      this.fieldTypes.push(type);
      this.fieldValues.push(this.cell);
      return;
    }
    if ((precedence[this.fieldTypes[known] ?? 'string'] ?? 0) > (precedence[type] ?? 0)) return;
    this.fieldTypes[known] = type;
    this.fieldValues[known] = this.cell;
  }

  /** A map's entry into `key` and `cell`; either may be left out when it is the zero of its type. */
  private readEntry(reader: WireReader, type: ValueType): void {
    this.key = '';
    this.cell = type === 'string' ? '' : type === 'bool' ? false : 0;
    const outer = reader.enter();
    for (let field = reader.field(); field !== 0; field = reader.field()) {
      if (field === 1 && reader.is(wireBytes)) this.key = reader.text();
      else if (field === 2) this.readValue(reader, type);
      else if (field > 2) reader.skip();
    }
    reader.leave(outer);
  }

  private readValue(reader: WireReader, type: ValueType): void {
    if (type === 'float') {
      if (reader.is(wireFixed64)) this.cell = reader.double();
    } else if (type === 'string') {
      if (reader.is(wireBytes)) this.cell = reader.text();
    } else if (reader.is(wireVarint)) this.cell = type === 'bool' ? reader.bool() : reader.int64();
  }
}

/** What begins and ends a batch. */
export interface BatchMark {
  readonly name: string;
  readonly tagKeys: string[];
  readonly tagValues: string[];
  readonly byName: boolean;
  /** Only at the end. */
  readonly timeNs: bigint;
}

export function readBegin(reader: WireReader): BatchMark {
  return readMark(reader, 3, 0);
}

export function readEnd(reader: WireReader): BatchMark {
  return readMark(reader, 4, 3);
}

function readMark(reader: WireReader, tagsField: number, timeField: number): BatchMark {
  let name = '';
  let byName = false;
  let timeNs = 0n;
  const tagKeys: string[] = [];
  const tagValues: string[] = [];
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1 && reader.is(wireBytes)) name = reader.text();
    else if (field === tagsField && reader.is(wireBytes)) readTag(reader, tagKeys, tagValues);
    else if (field === timeField && reader.is(wireVarint)) timeNs = BigInt(reader.int64());
    else if (field === 5 && reader.is(wireVarint)) byName = reader.bool();
    else if (![1, tagsField, timeField, 5].includes(field)) reader.skip();
  }
  return { name, tagKeys, tagValues, byName, timeNs };
}

function readTag(reader: WireReader, keys: string[], values: string[]): void {
  let key = '';
  let value = '';
  const outer = reader.enter();
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1 && reader.is(wireBytes)) key = reader.text();
    else if (field === 2 && reader.is(wireBytes)) value = reader.text();
    else if (field > 2) reader.skip();
  }
  reader.leave(outer);
  putTag(keys, values, key, value);
}

function putTag(keys: string[], values: string[], key: string, value: string): void {
  const known = keys.indexOf(key);
  if (known >= 0) values[known] = value;
  else {
    keys.push(key);
    values.push(value);
  }
}
