/** What we believe of whom: the rules by which alive, suspect and dead messages change the member table. */
import { formatEndpoint, formatIp, isIpAddress } from './ip-address.ts';
import { broadcast, endpointOf } from './dissemination.ts';
import type { BroadcastToken } from './broadcast-queue.ts';
import { isDeadOrLeft, viewOf, type MemberRecord } from './member-table.ts';
import type { MemberStatus } from '../base/observation.ts';
import { changeHealth, emitEvent, observe, ourRecord, type GossipState } from './state.ts';
import { confirmationsOf, confirmSuspicion, startSuspicion } from './suspicion.ts';
import { limits } from './settings.ts';
import { noVersions, ownVersions, parseVersions, versionBytes } from './versions.ts';
import { equalBytes, nilBytes } from './wire/bytes.ts';
import type { Alive, Dead, Suspect } from './wire/message.ts';

const maxIncarnation = 0xffff_ffff;
const versionByteCount = 6;
const nameBytesLimit = 512;

/** What others say. A reason if the message could not be considered at all, else null. */
export function handleAlive(state: GossipState, received: Alive): string | null {
  if (state.isLeaving && received.node === state.name) return null;
  const alive = received.port === 0 ? { ...received, port: state.bindPort } : received;
  const flaw = findFlaw(alive) ?? veto(state, alive);
  if (flaw !== null) return flaw;
  const known = state.members.get(alive.node);
  if (known === undefined) return addMember(state, alive);
  const isMoving = !equalBytes(known.address, alive.address) || known.port !== alive.port;
  if (isMoving && !mayMove(state, known)) {
    const ours = endpointOf(known);
    const theirs = endpointOf(alive);
    emitEvent(state, { kind: 'conflict', name: known.name, ours, theirs });
    observe(state, {
      kind: 'address-conflict',
      member: known.name,
      ours: formatEndpoint(ours),
      theirs: formatEndpoint(theirs),
    });
    return null;
  }
  if (known.name === state.name) handleAliveAboutUs(state, known, alive);
  else if (alive.incarnation > known.incarnation || isMoving) takeAlive(state, known, alive, null);
  return null;
}

/** Our own start, and every change of our metadata. */
export function announceOurselves(state: GossipState, meta: Uint8Array, token: BroadcastToken | null): void {
  const incarnation = nextIncarnation(state);
  const versions = ownVersions(state.settings.protocolVersion);
  const { address, port } = state.source;
  const alive: Alive = {
    kind: 'alive',
    incarnation,
    node: state.name,
    address,
    port,
    meta: meta.length === 0 ? nilBytes : meta,
    versions: versionBytes(versions),
  };
  const known = state.members.get(state.name) ?? newRecord(state, alive);
  takeAlive(state, known, alive, token);
}

export function handleSuspect(state: GossipState, suspect: Suspect): void {
  const known = state.members.get(suspect.node);
  if (known === undefined || suspect.incarnation < known.incarnation) return;
  const running = state.suspicions.get(known.name);
  if (running !== undefined) {
    const confirmed = confirmSuspicion(running, suspect.from);
    if (confirmed === null) return;
    state.suspicions.set(known.name, confirmed);
    const remainingMs = Math.max(0, confirmed.deadlineMs - state.nowMs);
    observe(state, {
      kind: 'suspicion-confirmed',
      member: known.name,
      from: suspect.from,
      confirmations: confirmationsOf(confirmed),
      remainingMs,
    });
    broadcast(state, suspect);
    if (remainingMs === 0) declareDead(state, known);
    return;
  }
  if (known.status !== 'alive') return;
  if (known.name === state.name) {
    refute(state, suspect.incarnation);
    return;
  }
  broadcast(state, suspect);
  known.incarnation = suspect.incarnation;
  const suspicion = startSuspicion(state.settings, state.members.size, suspect.from, state.nowMs);
  state.suspicions.set(known.name, suspicion);
  const timeoutMs = suspicion.deadlineMs - state.nowMs;
  observe(state, {
    kind: 'suspected',
    member: known.name,
    from: suspect.from,
    incarnation: suspect.incarnation,
    timeoutMs,
  });
  changeStatus(state, known, 'suspect', suspect.from);
}

export function handleDead(state: GossipState, dead: Dead, token: BroadcastToken | null = null): void {
  const known = state.members.get(dead.node);
  if (known === undefined || dead.incarnation < known.incarnation) return;
  state.suspicions.delete(known.name);
  if (isDeadOrLeft(known)) return;
  if (known.name === state.name && !state.isLeaving) {
    refute(state, dead.incarnation);
    return;
  }
  broadcast(state, dead, token);
  known.incarnation = dead.incarnation;
  changeStatus(state, known, dead.node === dead.from ? 'left' : 'dead', dead.from);
}

/** Suspects whose time is over are dead. */
export function expireSuspicions(state: GossipState): void {
  for (const [name, suspicion] of state.suspicions) {
    const known = state.members.get(name);
    if (known !== undefined && suspicion.deadlineMs <= state.nowMs) declareDead(state, known);
  }
}

/** Drops records that have been dead or left for long, at the end of a probe round. */
export function forgetTheDead(state: GossipState): void {
  const isForgotten = (record: MemberRecord): boolean =>
    isDeadOrLeft(record) &&
    record.name !== state.name &&
    state.nowMs - record.sinceMs > state.settings.gossipToTheDeadMs;
  for (const name of state.members.forget(isForgotten)) {
    emitEvent(state, { kind: 'forgotten', name });
    observe(state, { kind: 'forgotten', member: name });
  }
}

function findFlaw(alive: Alive): string | null {
  const [protocolMin = 0, protocolMax = 0] = alive.versions;
  if (alive.versions.length >= 3 && (protocolMin === 0 || protocolMax === 0 || protocolMin > protocolMax))
    return 'protocol versions out of order';
  if (!isIpAddress(alive.address)) return 'address';
  if (alive.node === '' || alive.node.length > nameBytesLimit) return 'name';
  return alive.meta.length > limits.metaBytes ? 'metadata too long' : null;
}

function veto(state: GossipState, alive: Alive): string | null {
  const { aliveVeto } = state.options;
  if (aliveVeto === undefined) return null;
  if (alive.versions.length < versionByteCount) return 'versions missing';
  const { node: name, port, meta, incarnation } = alive;
  return aliveVeto({
    name,
    host: formatIp(alive.address),
    port,
    meta,
    incarnation,
    versions: parseVersions(alive.versions),
    status: 'alive',
  });
}

function addMember(state: GossipState, alive: Alive): string | null {
  if (state.members.size >= limits.members) return 'member table full';
  if (alive.incarnation > 0) takeAlive(state, newRecord(state, alive), alive, null);
  return null;
}

/** Born dead: the alive message that follows makes it join. */
function newRecord(state: GossipState, alive: Alive): MemberRecord {
  const { node: name, address, port, meta } = alive;
  const record: MemberRecord = {
    name,
    address,
    port,
    meta,
    versions: noVersions,
    incarnation: 0,
    status: 'dead',
    sinceMs: state.nowMs,
  };
  state.members.add(record);
  return record;
}

/** A departed name may come back elsewhere at once, a dead one after a time, if at all. */
function mayMove(state: GossipState, known: MemberRecord): boolean {
  const { deadNodeReclaimMs } = state.settings;
  if (known.status === 'left') return true;
  return known.status === 'dead' && deadNodeReclaimMs > 0 && state.nowMs - known.sinceMs > deadNodeReclaimMs;
}

/** An echo is ignored; another process, or our former self, is answered with a higher incarnation. */
function handleAliveAboutUs(state: GossipState, ours: MemberRecord, alive: Alive): void {
  if (alive.incarnation < ours.incarnation) return;
  const isEcho =
    alive.incarnation === ours.incarnation &&
    equalBytes(alive.meta, ours.meta) &&
    equalBytes(alive.versions, versionBytes(ours.versions));
  if (!isEcho) refute(state, alive.incarnation);
}

function takeAlive(state: GossipState, known: MemberRecord, alive: Alive, token: BroadcastToken | null): void {
  const isNew = known.incarnation === 0;
  const wasGone = isDeadOrLeft(known);
  const hasNewMeta = !equalBytes(known.meta, alive.meta);
  state.suspicions.delete(known.name);
  broadcast(state, alive, token);
  if (alive.versions.length >= versionByteCount) known.versions = parseVersions(alive.versions);
  known.incarnation = alive.incarnation;
  known.meta = alive.meta;
  known.address = alive.address;
  known.port = alive.port;
  if (known.status !== 'alive') changeStatus(state, known, 'alive', null, isNew);
  if (!wasGone && hasNewMeta) emitEvent(state, { kind: 'update', member: viewOf(known) });
}

function refute(state: GossipState, accusedIncarnation: number): void {
  const ours = ourRecord(state);
  state.incarnation = Math.min(maxIncarnation, Math.max(nextIncarnation(state), accusedIncarnation + 1));
  ours.incarnation = state.incarnation;
  observe(state, { kind: 'refuted', member: ours.name, incarnation: ours.incarnation });
  changeHealth(state, 1);
  const { name: node, address, port, meta, incarnation } = ours;
  broadcast(state, { kind: 'alive', incarnation, node, address, port, meta, versions: versionBytes(ours.versions) });
}

/** Stays at the largest number of 32 bits: starting over at 0 would make us the past. */
function nextIncarnation(state: GossipState): number {
  state.incarnation = Math.min(maxIncarnation, state.incarnation + 1);
  return state.incarnation;
}

function declareDead(state: GossipState, known: MemberRecord): void {
  handleDead(state, { kind: 'dead', incarnation: known.incarnation, node: known.name, from: state.name });
}

function changeStatus(
  state: GossipState,
  record: MemberRecord,
  status: MemberStatus,
  from: string | null,
  isNew = false,
): void {
  const previous = isNew ? null : record.status;
  record.status = status;
  record.sinceMs = state.nowMs;
  const member = viewOf(record);
  observe(state, { kind: 'status', member: record.name, status, previous, from, incarnation: record.incarnation });
  if (isDeadOrLeft(record)) emitEvent(state, { kind: 'leave', member });
  else if (status === 'alive' && previous !== 'suspect') emitEvent(state, { kind: 'join', member });
  emitEvent(state, { kind: 'status', member, previous });
}
