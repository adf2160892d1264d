/** Streams: one message each way at most, every one with a deadline, their number and their buffers bounded. */
import type { Millis } from '../base/deadline.ts';
import type { Endpoint, StreamId } from './input.ts';
import { limits } from './settings.ts';
import type { GossipState } from './state.ts';
import type { StreamMessage } from './wire/message.ts';
import { StreamReader, type StreamReading } from './wire/stream-reader.ts';
import { writeStream } from './wire/stream-writer.ts';

/** Why we dialled. */
export type StreamPurpose =
  | { readonly kind: 'join'; readonly request: number }
  | { readonly kind: 'full-sync' }
  | { readonly kind: 'ping'; readonly seqNo: number }
  | { readonly kind: 'user-message'; readonly request: number };

interface DialledStream {
  readonly kind: 'dialled';
  readonly to: Endpoint;
  readonly purpose: StreamPurpose;
  readonly request: Uint8Array;
  readonly reader: StreamReader;
  isConnected: boolean;
  deadlineMs: Millis;
}

interface AcceptedStream {
  readonly kind: 'accepted';
  readonly from: Endpoint;
  readonly reader: StreamReader;
  readonly deadlineMs: Millis;
}

export type StreamSession = DialledStream | AcceptedStream;

/** What came of a stream; it needs no more inputs. */
export type StreamOutcome =
  /** A request of somebody: may be answered, then the stream has to be closed. */
  | {
      readonly kind: 'request';
      readonly stream: StreamId;
      readonly from: Endpoint;
      readonly reading: Exclude<StreamReading, { kind: 'incomplete' }>;
    }
  /** The reply to ours; null where none is given. The stream is closed. */
  | {
      readonly kind: 'reply';
      readonly to: Endpoint;
      readonly purpose: StreamPurpose;
      readonly message: StreamMessage | null;
    }
  | { readonly kind: 'failed'; readonly to: Endpoint; readonly purpose: StreamPurpose; readonly reason: string };

/**
 * `message` is a whole message with its type byte. Without `deadlineMs` the settings' time-out counts, for the
 * connection and for the reply.
 */
export function dialStream(
  state: GossipState,
  to: Endpoint,
  purpose: StreamPurpose,
  message: Uint8Array,
  deadlineMs?: Millis,
): void {
  const stream: StreamId = `dialled-${++state.serial}`;
  state.streams.set(stream, {
    kind: 'dialled',
    to,
    purpose,
    request: writeStream(state.envelope, message, true),
    reader: new StreamReader(state.envelope, false),
    isConnected: false,
    deadlineMs: deadlineMs ?? state.nowMs + state.settings.streamTimeoutMs,
  });
  state.outputs.push({ kind: 'dial-stream', stream, to });
}

export function acceptStream(state: GossipState, stream: StreamId, from: Endpoint): void {
  if (state.streams.size >= limits.streams) {
    state.outputs.push({ kind: 'abort-stream', stream });
    return;
  }
  const deadlineMs = state.nowMs + state.settings.streamTimeoutMs;
  state.streams.set(stream, { kind: 'accepted', from, reader: new StreamReader(state.envelope, true), deadlineMs });
}

export function handleConnected(state: GossipState, stream: StreamId): StreamOutcome | null {
  const session = state.streams.get(stream);
  if (session?.kind !== 'dialled') return null;
  session.isConnected = true;
  const { to, purpose } = session;
  state.outputs.push({ kind: 'write-stream', stream, to, bytes: session.request });
  if (purpose.kind === 'user-message') {
    closeStream(state, stream);
    return { kind: 'reply', to, purpose, message: null };
  }
  if (purpose.kind !== 'ping') session.deadlineMs = state.nowMs + state.settings.streamTimeoutMs;
  return null;
}

export function handleStreamBytes(state: GossipState, stream: StreamId, bytes: Uint8Array): StreamOutcome | null {
  const session = state.streams.get(stream);
  if (session === undefined) return null;
  const reading = session.reader.push(bytes);
  if (reading.kind === 'incomplete') {
    if (session.kind === 'dialled' || isAffordable(state)) return null;
    dropStream(state, stream);
    return null;
  }
  if (session.kind === 'accepted') {
    state.streams.delete(stream);
    return { kind: 'request', stream, from: session.from, reading };
  }
  closeStream(state, stream);
  const { to, purpose } = session;
  if (reading.kind === 'rejected')
    return { kind: 'failed', to, purpose, reason: `unreadable reply: ${reading.reason}` };
  return { kind: 'reply', to, purpose, message: reading.message };
}

/** The other side will send no more. A message that is not there by now will not come. */
export function handleStreamEnd(state: GossipState, stream: StreamId): StreamOutcome | null {
  const session = state.streams.get(stream);
  if (session === undefined) return null;
  closeStream(state, stream);
  return session.kind === 'accepted'
    ? null
    : { kind: 'failed', to: session.to, purpose: session.purpose, reason: 'the stream ended before the reply' };
}

export function handleStreamFailure(state: GossipState, stream: StreamId, reason: string): StreamOutcome | null {
  const session = state.streams.get(stream);
  if (session === undefined) return null;
  state.streams.delete(stream);
  return session.kind === 'accepted' ? null : { kind: 'failed', to: session.to, purpose: session.purpose, reason };
}

export function expireStreams(state: GossipState): readonly StreamOutcome[] {
  const outcomes: StreamOutcome[] = [];
  for (const [stream, session] of state.streams) {
    if (session.deadlineMs > state.nowMs) continue;
    dropStream(state, stream);
    if (session.kind === 'accepted') continue;
    const reason = session.isConnected ? 'no reply in time' : 'no connection in time';
    outcomes.push({ kind: 'failed', to: session.to, purpose: session.purpose, reason });
  }
  return outcomes;
}

/** Answers a request; `message` is a whole message with its type byte. */
export function answerStream(
  state: GossipState,
  stream: StreamId,
  message: Uint8Array,
  to: Endpoint | null = null,
): void {
  state.outputs.push({ kind: 'write-stream', stream, to, bytes: writeStream(state.envelope, message, false) });
}

export function closeStream(state: GossipState, stream: StreamId): void {
  state.streams.delete(stream);
  state.outputs.push({ kind: 'close-stream', stream });
}

function dropStream(state: GossipState, stream: StreamId): void {
  state.streams.delete(stream);
  state.outputs.push({ kind: 'abort-stream', stream });
}

/** Whether what accepted streams hold of unfinished messages is within bounds, in number and in bytes. */
function isAffordable(state: GossipState): boolean {
  let bytes = 0;
  let fullSyncs = 0;
  for (const session of state.streams.values()) {
    if (session.kind === 'dialled') continue;
    bytes += session.reader.buffered;
    if (session.reader.isInFullSync) fullSyncs++;
  }
  return bytes <= limits.streamBufferBytes && fullSyncs <= limits.inboundFullSyncs;
}
