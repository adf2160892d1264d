/** Messages to bytes: a type byte, then one map with its keys in ascending byte order. */
import { ByteSink, concatBytes } from './bytes.ts';
import type {
  Ack,
  Alive,
  Dead,
  FullSync,
  IndirectPing,
  MessageSource,
  Nack,
  PacketMessage,
  Ping,
  StreamMessage,
  Suspect,
  SyncRecord,
} from './message.ts';
import { typeByte } from './message-type.ts';
import { MsgpackWriter } from './msgpack-writer.ts';

export function writePacketMessage(message: PacketMessage): Uint8Array {
  switch (message.kind) {
    case 'ping':
      return writePing(message);
    case 'indirect-ping':
      return writeIndirectPing(message);
    case 'ack':
      return writeAck(message);
    case 'nack':
      return writeNack(message);
    case 'alive':
      return writeAlive(message);
    case 'suspect':
    case 'dead':
      return writeAccusation(message);
    case 'user':
      return concatBytes(Uint8Array.of(typeByte.user), message.payload);
  }
}

export function writeStreamMessage(message: StreamMessage): Uint8Array {
  switch (message.kind) {
    case 'ping':
      return writePing(message);
    case 'ack':
      return writeAck(message);
    case 'full-sync':
      return writeFullSync(message);
    case 'user':
      return concatBytes(
        start(typeByte.user).map(1).text('UserMsgLen').uint(message.payload.length).done(),
        message.payload,
      );
    case 'error':
      return start(typeByte.error).map(1).text('Error').text(message.text).done();
  }
}

function start(type: number): MsgpackWriter {
  const sink = new ByteSink();
  sink.byte(type);
  return new MsgpackWriter(sink);
}

function writePing(ping: Ping): Uint8Array {
  const writer = start(typeByte.ping).map(2 + sourceFields(ping.source));
  writer.text('Node').text(ping.node).text('SeqNo').uint(ping.seqNo);
  return writeSource(writer, ping.source).done();
}

function writeIndirectPing(ping: IndirectPing): Uint8Array {
  const writer = start(typeByte.indirectPing).map(5 + sourceFields(ping.source));
  writer
    .text('Nack')
    .bool(ping.wantsNack)
    .text('Node')
    .text(ping.node)
    .text('Port')
    .uint(ping.port)
    .text('SeqNo')
    .uint(ping.seqNo);
  return writeSource(writer, ping.source).text('Target').bytesOrNil(ping.target).done();
}

function writeAck(ack: Ack): Uint8Array {
  return start(typeByte.ack).map(2).text('Payload').bytesOrNil(ack.payload).text('SeqNo').uint(ack.seqNo).done();
}

function writeNack(nack: Nack): Uint8Array {
  return start(typeByte.nack).map(1).text('SeqNo').uint(nack.seqNo).done();
}

function writeAlive(alive: Alive): Uint8Array {
  return start(typeByte.alive)
    .map(6)
    .text('Addr')
    .bytesOrNil(alive.address)
    .text('Incarnation')
    .uint(alive.incarnation)
    .text('Meta')
    .bytesOrNil(alive.meta)
    .text('Node')
    .text(alive.node)
    .text('Port')
    .uint(alive.port)
    .text('Vsn')
    .bytesOrNil(alive.versions)
    .done();
}

function writeAccusation(accusation: Suspect | Dead): Uint8Array {
  return start(typeByte[accusation.kind])
    .map(3)
    .text('From')
    .text(accusation.from)
    .text('Incarnation')
    .uint(accusation.incarnation)
    .text('Node')
    .text(accusation.node)
    .done();
}

function writeFullSync(sync: FullSync): Uint8Array {
  const sink = new ByteSink(128 * (1 + sync.records.length));
  sink.byte(typeByte.pushPull);
  const writer = new MsgpackWriter(sink).map(3);
  writer
    .text('Join')
    .bool(sync.isJoin)
    .text('Nodes')
    .uint(sync.records.length)
    .text('UserStateLen')
    .uint(sync.userState.length);
  for (const record of sync.records) writeSyncRecord(writer, record);
  sink.append(sync.userState);
  return sink.view();
}

function writeSyncRecord(writer: MsgpackWriter, record: SyncRecord): void {
  writer
    .map(7)
    .text('Addr')
    .bytesOrNil(record.address)
    .text('Incarnation')
    .uint(record.incarnation)
    .text('Meta')
    .bytesOrNil(record.meta)
    .text('Name')
    .text(record.name)
    .text('Port')
    .uint(record.port)
    .text('State')
    .uint(record.state)
    .text('Vsn')
    .bytesOrNil(record.versions);
}

/** The source fields are left out one by one when they are empty or zero. */
function sourceFields(source: MessageSource | null): number {
  if (source === null) return 0;
  return Number(source.address.length > 0) + Number(source.port > 0) + Number(source.name !== '');
}

function writeSource(writer: MsgpackWriter, source: MessageSource | null): MsgpackWriter {
  if (source === null) return writer;
  if (source.address.length > 0) writer.text('SourceAddr').bytes(source.address);
  if (source.name !== '') writer.text('SourceNode').text(source.name);
  if (source.port > 0) writer.text('SourcePort').uint(source.port);
  return writer;
}
