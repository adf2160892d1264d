/** What is done with what came over streams. */
import { sourceEndpoint } from './dissemination.ts';
import type { Endpoint, StreamId } from './input.ts';
import { mergeState, ourState } from './full-sync.ts';
import { concludeJoinAttempt } from './join.ts';
import { handleStreamAck } from './probe.ts';
import { emitEvent, observeRejection, replyError, replyOk, type GossipState } from './state.ts';
import { answerStream, closeStream, type StreamOutcome, type StreamPurpose } from './streams.ts';
import { nilBytes } from './wire/bytes.ts';
import type { StreamMessage } from './wire/message.ts';
import { writeStreamMessage } from './wire/message-writer.ts';
import type { RejectReason } from './wire/reject-reason.ts';

export function handleStreamOutcome(state: GossipState, outcome: StreamOutcome | null): void {
  if (outcome === null) return;
  if (outcome.kind === 'failed') {
    concludeRequest(state, outcome.to, outcome.purpose, outcome.reason);
  } else if (outcome.kind === 'reply') {
    concludeRequest(
      state,
      outcome.to,
      outcome.purpose,
      handleReply(state, outcome.to, outcome.purpose, outcome.message),
    );
  } else {
    const { stream, from, reading } = outcome;
    const refusal = reading.kind === 'message' ? handleRequest(state, stream, from, reading.message) : reading.reason;
    if (reading.kind === 'rejected' && reading.isAnswered) {
      answerStream(state, stream, writeStreamMessage({ kind: 'error', text: errorText(reading.reason) }));
    }
    if (refusal !== null) observeRejection(state, from, refusal);
    closeStream(state, stream);
  }
}

/** A reason if the request is refused, else null. */
function handleRequest(state: GossipState, stream: StreamId, from: Endpoint, message: StreamMessage): string | null {
  switch (message.kind) {
    case 'ping':
      if (message.node !== '' && message.node !== state.name) return `stream ping for another member: ${message.node}`;
      answerStream(
        state,
        stream,
        writeStreamMessage({ kind: 'ack', seqNo: message.seqNo, payload: nilBytes }),
        sourceEndpoint(message.source),
      );
      return null;
    case 'full-sync':
      // Ours goes out before theirs is merged: they learn what we held, not their own words.
      answerStream(state, stream, ourState(state, message.isJoin));
      return mergeState(state, from, message);
    case 'user':
      if (message.payload.length > 0) emitEvent(state, { kind: 'user-message', payload: message.payload });
      return null;
    case 'ack':
    case 'error':
      return 'unsupported-type';
  }
}

/** A reason if the reply is of no use, else null. */
function handleReply(
  state: GossipState,
  to: Endpoint,
  purpose: StreamPurpose,
  message: StreamMessage | null,
): string | null {
  if (message === null) return null;
  if (message.kind === 'error') return `remote error: ${message.text}`;
  if (purpose.kind === 'ping') {
    if (message.kind !== 'ack' || message.seqNo !== purpose.seqNo) return `unexpected reply to a ping: ${message.kind}`;
    handleStreamAck(state, purpose.seqNo);
    return null;
  }
  return message.kind === 'full-sync'
    ? mergeState(state, to, message)
    : `unexpected reply to a full sync: ${message.kind}`;
}

function concludeRequest(state: GossipState, to: Endpoint, purpose: StreamPurpose, failure: string | null): void {
  switch (purpose.kind) {
    case 'join':
      concludeJoinAttempt(state, purpose.request, to, failure);
      return;
    case 'user-message':
      if (failure === null) replyOk(state, purpose.request, { kind: 'done' });
      else replyError(state, purpose.request, failure);
      return;
    case 'full-sync':
      if (failure !== null) observeRejection(state, to, `full sync failed: ${failure}`);
      return;
    case 'ping':
      // The probe's own deadline decides what silence means.
      return;
  }
}

/** Where the library has a text of its own, that one: operators search for it. */
function errorText(reason: RejectReason): string {
  switch (reason) {
    case 'no-key':
      return 'remote state is encrypted and encryption is not configured';
    case 'not-encrypted':
      return 'encryption is configured but remote state is not encrypted';
    case 'decrypt':
      return 'no installed keys could decrypt the message';
    case 'too-large':
      return 'remote node state is larger than limit';
    default:
      return `unreadable message: ${reason}`;
  }
}
