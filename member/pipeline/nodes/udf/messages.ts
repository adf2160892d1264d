/**
 * Management messages of the protocol between a member and its functions: requests as they are written, responses as
 * they are read. Field numbers are those of the documented protocol; unknown fields are passed over.
 */
import { err, ok } from '../../../base/result.ts';
import type { Result } from '../../../base/result.ts';
import type { WireReader } from './wire-reader.ts';
import { wireBytes, wireFixed64, wireVarint } from './wire-writer.ts';
import type { WireWriter } from './wire-writer.ts';

/** In the order of their numbers. */
const optionTypes = ['BOOL', 'INT', 'DOUBLE', 'STRING', 'DURATION'] as const;

/** As error texts name it. */
export type UdfOptionType = (typeof optionTypes)[number];

export interface UdfInfo {
  readonly wants: 'stream' | 'batch';
  readonly provides: 'stream' | 'batch';
  /** The types of each option's values. */
  readonly options: ReadonlyMap<string, readonly UdfOptionType[]>;
}

export type UdfOptionValue =
  | { readonly type: 'BOOL'; readonly value: boolean }
  | { readonly type: 'INT' | 'DURATION'; readonly value: bigint }
  | { readonly type: 'DOUBLE'; readonly value: number }
  | { readonly type: 'STRING'; readonly value: string };

export interface UdfOption {
  readonly name: string;
  readonly values: readonly UdfOptionValue[];
}

export interface InitRequest {
  readonly options: readonly UdfOption[];
  readonly taskId: string;
  readonly nodeId: string;
}

/** Fields of the messages that wrap all others. */
export const messageField = {
  info: 1,
  init: 2,
  keepalive: 3,
  snapshot: 4,
  restore: 5,
  error: 6,
  begin: 16,
  point: 17,
  end: 18,
} as const;

export interface Outcome {
  readonly success: boolean;
  readonly error: string;
}

// ---- requests ----

export function writeEmptyRequest(writer: WireWriter, field: number): void {
  const frame = writer.open();
  writer.tag(field, wireBytes);
  writer.varint(0);
  writer.close(frame);
}

export function writeKeepalive(writer: WireWriter, wallNs: bigint): void {
  const frame = writer.open();
  writer.tag(messageField.keepalive, wireBytes);
  const body = writer.open();
  writer.tag(1, wireVarint);
  writer.int64(wallNs);
  writer.close(body);
  writer.close(frame);
}

export function writeRestore(writer: WireWriter, snapshot: Uint8Array): void {
  const frame = writer.open();
  writer.tag(messageField.restore, wireBytes);
  const body = writer.open();
  writer.tag(1, wireBytes);
  writer.sized(snapshot);
  writer.close(body);
  writer.close(frame);
}

export function writeInit(writer: WireWriter, { options, taskId, nodeId }: InitRequest): void {
  const frame = writer.open();
  writer.tag(messageField.init, wireBytes);
  const body = writer.open();
  for (const option of options) writeOption(writer, option);
  writer.tag(2, wireBytes);
  writer.text(taskId);
  writer.tag(3, wireBytes);
  writer.text(nodeId);
  writer.close(body);
  writer.close(frame);
}

function writeOption(writer: WireWriter, { name, values }: UdfOption): void {
  writer.tag(1, wireBytes);
  const option = writer.open();
  writer.tag(1, wireBytes);
  writer.text(name);
  for (const value of values) {
    writer.tag(2, wireBytes);
    const start = writer.open();
    writer.tag(1, wireVarint);
    writer.varint(optionTypes.indexOf(value.type));
    writeValue(writer, value);
    writer.close(start);
  }
  writer.close(option);
}

function writeValue(writer: WireWriter, { type, value }: UdfOptionValue): void {
  switch (type) {
    case 'BOOL':
      writer.tag(2, wireVarint);
      writer.bool(value);
      return;
    case 'INT':
      writer.tag(3, wireVarint);
      writer.int64(value);
      return;
    case 'DOUBLE':
      writer.tag(4, wireFixed64);
      writer.double(value);
      return;
    case 'STRING':
      writer.tag(5, wireBytes);
      writer.text(value);
      return;
    case 'DURATION':
      writer.tag(6, wireVarint);
      writer.int64(value);
  }
}

// ---- responses; the reader stands in the message's body ----

/** Of init and restore. */
export function readOutcome(reader: WireReader): Outcome {
  let success = false;
  let error = '';
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1 && reader.is(wireVarint)) success = reader.bool();
    else if (field === 2 && reader.is(wireBytes)) error = reader.text();
    else if (field > 2) reader.skip();
  }
  return { success, error };
}

export function readError(reader: WireReader): string {
  let error = '';
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1 && reader.is(wireBytes)) error = reader.text();
    else if (field > 1) reader.skip();
  }
  return error;
}

/** A copy, which may be kept. */
export function readSnapshot(reader: WireReader): Uint8Array {
  let snapshot = new Uint8Array(0);
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1 && reader.is(wireBytes)) snapshot = reader.sized().slice();
    else if (field > 1) reader.skip();
  }
  return snapshot;
}

/** The error says what we cannot work with; what cannot be read is the reader's failure. */
export function readInfo(reader: WireReader): Result<UdfInfo, string> {
  let wants = 0;
  let provides = 0;
  const options = new Map<string, readonly UdfOptionType[]>();
  let problem: string | undefined;
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1 && reader.is(wireVarint)) wants = reader.varint();
    else if (field === 2 && reader.is(wireVarint)) provides = reader.varint();
    else if (field === 3 && reader.is(wireBytes)) {
      const outer = reader.enter();
      const option = readOptionInfo(reader);
      reader.leave(outer);
      if (option.ok) options.set(option.value.name, option.value.types);
      else problem ??= option.error;
    } else if (field > 3) reader.skip();
  }
  if (problem !== undefined) return err(problem);
  const edges = { wants: edgeTypes[wants], provides: edgeTypes[provides] };
  if (edges.wants === undefined) return err(`unknown edge type ${wants} wanted`);
  if (edges.provides === undefined) return err(`unknown edge type ${provides} provided`);
  return ok({ wants: edges.wants, provides: edges.provides, options });
}

const edgeTypes: readonly ('stream' | 'batch' | undefined)[] = ['stream', 'batch'];

interface OptionInfo {
  readonly name: string;
  readonly types: readonly UdfOptionType[];
}

/** An entry of a map: key and value. */
function readOptionInfo(reader: WireReader): Result<OptionInfo, string> {
  let name = '';
  const numbers: number[] = [];
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1 && reader.is(wireBytes)) name = reader.text();
    else if (field === 2 && reader.is(wireBytes)) {
      const outer = reader.enter();
      readTypes(reader, numbers);
      reader.leave(outer);
    } else if (field > 2) reader.skip();
  }
  const types: UdfOptionType[] = [];
  for (const number of numbers) {
    const type = optionTypes[number];
    if (type === undefined) return err(`option ${name}: unknown type ${number}`);
    types.push(type);
  }
  return ok({ name, types });
}

/** One by one or packed, as the writer liked. */
function readTypes(reader: WireReader, into: number[]): void {
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1 && reader.wireType === wireVarint) into.push(reader.varint());
    else if (field === 1 && reader.wireType === wireBytes) {
      const outer = reader.enter();
      while (reader.hasMore()) into.push(reader.varint());
      reader.leave(outer);
    } else reader.skip();
  }
}
