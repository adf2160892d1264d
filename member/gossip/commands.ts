/** What the application asks for. */
import type { BroadcastToken } from './broadcast-queue.ts';
import type { GossipCommand } from './input.ts';
import { endpointOf, sendToMember } from './dissemination.ts';
import { startJoin } from './join.ts';
import { isDeadOrLeft } from './member-table.ts';
import { announceOurselves, handleDead } from './membership.ts';
import { limits } from './settings.ts';
import { finishBroadcasts, ourRecord, replyError, replyOk, type GossipState } from './state.ts';
import { dialStream } from './streams.ts';
import { writePacketMessage, writeStreamMessage } from './wire/message-writer.ts';

/** The largest datagram, less what layers may add. */
const packetPayloadLimit = 65_507 - 512;

export function handleCommand(state: GossipState, request: number, command: GossipCommand): void {
  switch (command.kind) {
    case 'join':
      startJoin(state, request, command.addresses);
      return;
    case 'leave':
      leave(state, request, command.timeoutMs);
      return;
    case 'update-meta':
      updateMeta(state, request, command.meta, command.timeoutMs);
      return;
    case 'broadcast-user-message':
      broadcastUserMessage(state, request, command.payload, command.name);
      return;
    case 'send-user-message':
      sendUserMessage(state, request, command);
      return;
    case 'set-user-state':
      if (command.state.length > limits.frameBytes) {
        replyError(
          state,
          request,
          `user state of ${command.state.length} bytes: at most ${limits.frameBytes} are allowed`,
        );
        return;
      }
      state.userState = command.state;
      replyOk(state, request, { kind: 'done' });
      return;
  }
}

export function expireBroadcastWaits(state: GossipState): void {
  for (const [token, wait] of state.broadcastWaits) {
    if (wait.deadlineMs > state.nowMs) continue;
    state.broadcastWaits.delete(token);
    replyError(state, wait.request, wait.timeoutText);
  }
}

/** A second leave finds nothing to do. */
function leave(state: GossipState, request: number, timeoutMs: number): void {
  if (state.isLeaving) {
    replyOk(state, request, { kind: 'done' });
    return;
  }
  state.isLeaving = true;
  const { incarnation } = ourRecord(state);
  announce(state, request, timeoutMs, 'timeout waiting for leave broadcast', (token) =>
    handleDead(state, { kind: 'dead', incarnation, node: state.name, from: state.name }, token),
  );
}

function updateMeta(state: GossipState, request: number, meta: Uint8Array, timeoutMs: number): void {
  if (meta.length > limits.metaBytes) {
    replyError(state, request, `metadata of ${meta.length} bytes: at most ${limits.metaBytes} are allowed`);
  } else if (state.isLeaving) {
    replyError(state, request, 'this member has left');
  } else {
    announce(state, request, timeoutMs, 'timeout waiting for update broadcast', (token) =>
      announceOurselves(state, meta, token),
    );
  }
}

/** Answers once the broadcast that `send` makes is through. Whoever is alone has nobody to wait for. */
function announce(
  state: GossipState,
  request: number,
  timeoutMs: number,
  timeoutText: string,
  send: (token: BroadcastToken) => void,
): void {
  const hasListener = state.members.all().some((record) => record.name !== state.name && !isDeadOrLeft(record));
  const token = ++state.serial;
  if (hasListener) state.broadcastWaits.set(token, { request, deadlineMs: state.nowMs + timeoutMs, timeoutText });
  send(token);
  if (!hasListener) replyOk(state, request, { kind: 'done' });
}

function broadcastUserMessage(state: GossipState, request: number, payload: Uint8Array, name: string | null): void {
  finishBroadcasts(state, state.userBroadcasts.enqueue(name, payload));
  finishBroadcasts(state, state.userBroadcasts.prune(limits.userBroadcasts));
  replyOk(state, request, { kind: 'done' });
}

function sendUserMessage(
  state: GossipState,
  request: number,
  command: Extract<GossipCommand, { kind: 'send-user-message' }>,
): void {
  const { payload, via } = command;
  const member = state.members.get(command.member);
  const limit = via === 'packet' ? packetPayloadLimit : limits.frameBytes;
  if (member === undefined || isDeadOrLeft(member)) {
    replyError(state, request, `no live member "${command.member}"`);
  } else if (payload.length > limit) {
    replyError(state, request, `user message of ${payload.length} bytes: at most ${limit} are allowed by ${via}`);
  } else if (via === 'packet') {
    sendToMember(state, member, [writePacketMessage({ kind: 'user', payload })]);
    replyOk(state, request, { kind: 'done' });
  } else {
    dialStream(
      state,
      endpointOf(member),
      { kind: 'user-message', request },
      writeStreamMessage({ kind: 'user', payload }),
    );
  }
}
