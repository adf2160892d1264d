/** Joining: a full exchange with each address in turn. One that answers is enough. */
import type { Endpoint } from './input.ts';
import { formatEndpoint, formatIp, parseIp } from './ip-address.ts';
import { parseJoinAddress, type JoinAddress } from './join-address.ts';
import { ourState } from './full-sync.ts';
import { replyError, replyOk, type GossipState } from './state.ts';
import { dialStream } from './streams.ts';

export interface JoinOperation {
  readonly request: number;
  /** As they were given, still to be read. */
  readonly entries: string[];
  /** Of the entry being worked on, still to be dialled. */
  readonly targets: Endpoint[];
  /** The host whose addresses the shell was asked for. */
  resolving: { readonly query: number; readonly address: JoinAddress } | null;
  contacted: number;
  readonly errors: string[];
}

export function startJoin(state: GossipState, request: number, addresses: readonly string[]): void {
  const operation: JoinOperation = {
    request,
    entries: [...addresses],
    targets: [],
    resolving: null,
    contacted: 0,
    errors: [],
  };
  state.joins.set(request, operation);
  advance(state, operation);
}

export function handleResolved(
  state: GossipState,
  query: number,
  hosts: readonly string[],
  error: string | null,
): void {
  for (const operation of state.joins.values()) {
    if (operation.resolving?.query !== query) continue;
    const { host, port } = operation.resolving.address;
    operation.resolving = null;
    const addresses = hosts.map(parseIp).filter((address) => address !== null);
    if (addresses.length === 0) operation.errors.push(`resolving ${host}: ${error ?? 'no address found'}`);
    for (const address of addresses) operation.targets.push({ host: formatIp(address), port });
    advance(state, operation);
    return;
  }
}

/** One exchange is over: `failure` tells why it failed, null that it went well. */
export function concludeJoinAttempt(state: GossipState, request: number, to: Endpoint, failure: string | null): void {
  const operation = state.joins.get(request);
  if (operation === undefined) return;
  if (failure === null) operation.contacted++;
  else operation.errors.push(`joining ${formatEndpoint(to)}: ${failure}`);
  advance(state, operation);
}

/** Starts what is to be done next; with nothing left, answers. */
function advance(state: GossipState, operation: JoinOperation): void {
  for (;;) {
    const target = operation.targets.shift();
    if (target !== undefined) {
      dialStream(state, target, { kind: 'join', request: operation.request }, ourState(state, true));
      return;
    }
    const entry = operation.entries.shift();
    if (entry === undefined) {
      finish(state, operation);
      return;
    }
    const parsed = parseJoinAddress(entry, state.bindPort);
    if (!parsed.ok) {
      operation.errors.push(parsed.error);
      continue;
    }
    const address = parseIp(parsed.value.host);
    if (address === null) {
      operation.resolving = { query: ++state.serial, address: parsed.value };
      state.outputs.push({ kind: 'resolve-host', query: operation.resolving.query, host: parsed.value.host });
      return;
    }
    operation.targets.push({ host: formatIp(address), port: parsed.value.port });
  }
}

function finish(state: GossipState, operation: JoinOperation): void {
  const { request, contacted, errors } = operation;
  state.joins.delete(request);
  if (contacted > 0) replyOk(state, request, { kind: 'joined', contacted, errors });
  else replyError(state, request, errors.length > 0 ? errors.join('; ') : 'no address to join');
}
