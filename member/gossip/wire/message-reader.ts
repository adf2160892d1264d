/** Bytes to messages. Keys may come in any order, unknown ones are skipped, missing ones count as zero. */
import { err, ok, type Result } from '../../base/result.ts';
import { limits } from '../settings.ts';
import { nilBytes } from './bytes.ts';
import type {
  Ack,
  Alive,
  Dead,
  IndirectPing,
  MessageSource,
  Nack,
  PacketMessage,
  Ping,
  Suspect,
  SyncRecord,
  UserMessage,
} from './message.ts';
import { typeByte } from './message-type.ts';
import { MsgpackReader } from './msgpack-reader.ts';
import type { RejectReason } from './reject-reason.ts';

const u16 = 0xffff;
const u32 = 0xffff_ffff;

/** Reads one simple message, from its type byte on. */
export function readPacketMessage(bytes: Uint8Array): Result<PacketMessage, RejectReason> {
  const type = bytes[0];
  if (type === undefined) return err('empty');
  if (type === typeByte.user) return ok<UserMessage>({ kind: 'user', payload: bytes.slice(1) });
  const read = packetReaders.get(type);
  if (read === undefined) return err('unsupported-type');
  const reader = new MsgpackReader(bytes, 1);
  const message = read(reader);
  return reader.failure === null ? ok(message) : err(reader.failure);
}

const packetReaders: ReadonlyMap<number, (reader: MsgpackReader) => PacketMessage> = new Map<
  number,
  (reader: MsgpackReader) => PacketMessage
>([
  [typeByte.ping, readPing],
  [typeByte.indirectPing, readIndirectPing],
  [typeByte.ack, readAck],
  [typeByte.nack, readNack],
  [typeByte.alive, readAlive],
  [typeByte.suspect, readSuspect],
  [typeByte.dead, readDead],
]);

export function readPing(reader: MsgpackReader): Ping {
  let seqNo = 0;
  let node = '';
  const source = new SourceFields();
  reader.map((key) => {
    if (key === 'SeqNo') seqNo = reader.uint(u32);
    else if (key === 'Node') node = reader.text();
    else if (!source.read(key, reader)) reader.skip();
  });
  return { kind: 'ping', seqNo, node, source: source.value() };
}

function readIndirectPing(reader: MsgpackReader): IndirectPing {
  let seqNo = 0;
  let target = nilBytes;
  let port = 0;
  let node = '';
  let wantsNack = false;
  const source = new SourceFields();
  reader.map((key) => {
    if (key === 'SeqNo') seqNo = reader.uint(u32);
    else if (key === 'Target') target = reader.bytes();
    else if (key === 'Port') port = reader.uint(u16);
    else if (key === 'Node') node = reader.text();
    else if (key === 'Nack') wantsNack = reader.bool();
    else if (!source.read(key, reader)) reader.skip();
  });
  return { kind: 'indirect-ping', seqNo, target, port, node, wantsNack, source: source.value() };
}

export function readAck(reader: MsgpackReader): Ack {
  let seqNo = 0;
  let payload = nilBytes;
  reader.map((key) => {
    if (key === 'SeqNo') seqNo = reader.uint(u32);
    else if (key === 'Payload') payload = reader.bytes();
    else reader.skip();
  });
  return { kind: 'ack', seqNo, payload };
}

function readNack(reader: MsgpackReader): Nack {
  let seqNo = 0;
  reader.map((key) => {
    if (key === 'SeqNo') seqNo = reader.uint(u32);
    else reader.skip();
  });
  return { kind: 'nack', seqNo };
}

function readAlive(reader: MsgpackReader): Alive {
  let incarnation = 0;
  let node = '';
  let address = nilBytes;
  let port = 0;
  let meta = nilBytes;
  let versions = nilBytes;
  reader.map((key) => {
    if (key === 'Incarnation') incarnation = reader.uint(u32);
    else if (key === 'Node') node = reader.text();
    else if (key === 'Addr') address = reader.bytes();
    else if (key === 'Port') port = reader.uint(u16);
    else if (key === 'Meta') meta = reader.bytes();
    else if (key === 'Vsn') versions = reader.bytes();
    else reader.skip();
  });
  return { kind: 'alive', incarnation, node, address, port, meta, versions };
}

function readSuspect(reader: MsgpackReader): Suspect {
  return { kind: 'suspect', ...readAccusation(reader) };
}

function readDead(reader: MsgpackReader): Dead {
  return { kind: 'dead', ...readAccusation(reader) };
}

function readAccusation(reader: MsgpackReader): Omit<Suspect, 'kind'> {
  let incarnation = 0;
  let node = '';
  let from = '';
  reader.map((key) => {
    if (key === 'Incarnation') incarnation = reader.uint(u32);
    else if (key === 'Node') node = reader.text();
    else if (key === 'From') from = reader.text();
    else reader.skip();
  });
  return { incarnation, node, from };
}

export interface SyncHeader {
  readonly records: number;
  readonly userStateBytes: number;
  readonly isJoin: boolean;
}

export function readSyncHeader(reader: MsgpackReader): SyncHeader {
  let records = 0;
  let userStateBytes = 0;
  let isJoin = false;
  reader.map((key) => {
    if (key === 'Nodes') records = reader.uint(limits.syncRecords);
    else if (key === 'UserStateLen') userStateBytes = reader.uint(limits.frameBytes);
    else if (key === 'Join') isJoin = reader.bool();
    else reader.skip();
  });
  return { records, userStateBytes, isJoin };
}

export function readSyncRecord(reader: MsgpackReader): SyncRecord {
  let name = '';
  let address = nilBytes;
  let port = 0;
  let meta = nilBytes;
  let incarnation = 0;
  let state = 0;
  let versions = nilBytes;
  reader.map((key) => {
    if (key === 'Name') name = reader.text();
    else if (key === 'Addr') address = reader.bytes();
    else if (key === 'Port') port = reader.uint(u16);
    else if (key === 'Meta') meta = reader.bytes();
    else if (key === 'Incarnation') incarnation = reader.uint(u32);
    else if (key === 'State') state = reader.uint(u32);
    else if (key === 'Vsn') versions = reader.bytes();
    else reader.skip();
  });
  return { name, address, port, meta, incarnation, state, versions };
}

export function readUserHeader(reader: MsgpackReader): number {
  let payloadBytes = 0;
  reader.map((key) => {
    if (key === 'UserMsgLen') payloadBytes = reader.uint(limits.frameBytes);
    else reader.skip();
  });
  return payloadBytes;
}

export function readErrorText(reader: MsgpackReader): string {
  let text = '';
  reader.map((key) => {
    if (key === 'Error') text = reader.text();
    else reader.skip();
  });
  return text;
}

/** The three optional fields of pings. */
class SourceFields {
  #address = nilBytes;
  #port = 0;
  #name = '';

  read(key: string, reader: MsgpackReader): boolean {
    if (key === 'SourceAddr') this.#address = reader.bytes();
    else if (key === 'SourcePort') this.#port = reader.uint(u16);
    else if (key === 'SourceNode') this.#name = reader.text();
    else return false;
    return true;
  }

  value(): MessageSource | null {
    if (this.#address.length === 0 && this.#port === 0 && this.#name === '') return null;
    return { address: this.#address, port: this.#port, name: this.#name };
  }
}
