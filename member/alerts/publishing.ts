/**
 * The publisher's side (cluster.md, *The way of an event* 1): an event of a local task goes to every owner of its
 * topic, from a durable outbox that keeps it until each has acknowledged, was removed, or the retention is over.
 */
import { ownersOf } from './owners.ts';
import { eventKey, eventRef } from './event-key.ts';
import type { MemberId } from '../base/ids.ts';
import type { Outgoing } from './outgoing.ts';
import type { Publication } from './publication.ts';
import type { AlertsState, OutboxEntry, Trail } from './state.ts';
import { toCopy } from './peers.ts';

/** The owners of a topic in the view of this moment, by rank. */
export function currentOwners(state: AlertsState, topic: string): readonly MemberId[] {
  const { members, redundancy } = state.view;
  const able = members.filter(({ mayOwn }) => mayOwn);
  const candidates = able.length > 0 ? able : members;
  return ownersOf(
    topic,
    candidates.map(({ id }) => id),
    redundancy,
  ).map(({ id }) => id);
}

/** What an owner needs of a copy, whether it came from a peer or from a task of its own. */
export interface ReceivedCopy {
  readonly key: string;
  readonly trail: Trail;
  readonly publication: Publication;
  readonly owners: readonly MemberId[];
  readonly ownersVersion: number;
}

/** Sends a publication to the owners of its topic; the copy for this member itself is returned. */
export function publishShared(
  state: AlertsState,
  out: Outgoing,
  publication: Publication,
  given: Trail | null,
): ReceivedCopy | null {
  const trail = given ?? { ordinal: nextOrdinal(state, publication), via: [], cause: 'first-owner' as const };
  const key = eventKey(publication, trail.ordinal);
  const owners = currentOwners(state, publication.topic);
  const { ownersVersion } = state.view;
  out.observe({ kind: 'published', ...eventRef(key, publication), task: publication.task, owners });
  const self = state.options.self;
  const others = owners.filter((id) => id !== self);
  if (others.length > 0) {
    const entry: OutboxEntry = {
      sequence: state.nextSequence++,
      key,
      trail,
      publication,
      owners,
      ownersVersion,
      unacknowledged: new Set(others),
      publishedWallMs: state.wallMs,
    };
    state.outbox.set(entry.sequence, entry);
    persistEntry(out, entry);
    for (const id of others) state.peers.get(id)?.publications.push(entry.sequence);
    if (state.outbox.size > state.options.outboxLimit) dropOldest(state, out);
  }
  return owners.includes(self) ? { key, trail, publication, owners, ownersVersion } : null;
}

/** The n-th publication of this member that agrees in all the rest (D15). */
function nextOrdinal(state: AlertsState, publication: Publication): string {
  const base = eventKey(publication, '');
  const count = state.ordinals.get(base)?.count ?? 0;
  state.ordinals.delete(base);
  state.ordinals.set(base, { count: count + 1, atMs: state.nowMs });
  return String(count);
}

export function outboxRowKey(sequence: number): string {
  return String(sequence).padStart(16, '0');
}

function persistEntry(out: Outgoing, entry: OutboxEntry): void {
  out.write('alert-outbox', outboxRowKey(entry.sequence), {
    ...toCopy(entry),
    publishedWallMs: entry.publishedWallMs,
    targets: [...entry.unacknowledged],
  });
}

function dropEntry(state: AlertsState, out: Outgoing, entry: OutboxEntry): void {
  state.outbox.delete(entry.sequence);
  out.write('alert-outbox', outboxRowKey(entry.sequence), null);
}

function dropOldest(state: AlertsState, out: Outgoing): void {
  const oldest = state.outbox.values().next().value;
  if (oldest === undefined) return;
  dropEntry(state, out, oldest);
  out.observe({ kind: 'publications-dropped', reason: 'queue-limit', count: 1 });
}

/** An owner has the publications on its disk. */
export function acknowledged(state: AlertsState, out: Outgoing, from: MemberId, sequences: readonly number[]): void {
  for (const sequence of sequences) {
    const entry = state.outbox.get(sequence);
    if (entry === undefined) continue;
    entry.unacknowledged.delete(from);
    if (entry.unacknowledged.size === 0) dropEntry(state, out, entry);
  }
}

/**
 * The set of owners changed. An entry that lost an owner before it acknowledged goes to the owners of now as well,
 * with the owner list of its publication, so that they know that they are new to it (D20); the copies for this
 * member itself are returned.
 */
export function reassignOutbox(state: AlertsState, out: Outgoing): readonly ReceivedCopy[] {
  const present = new Set(state.view.members.map(({ id }) => id));
  const own: ReceivedCopy[] = [];
  for (const entry of state.outbox.values()) {
    const gone = [...entry.unacknowledged].filter((id) => !present.has(id));
    if (gone.length === 0) continue;
    for (const id of gone) entry.unacknowledged.delete(id);
    const added = currentOwners(state, entry.publication.topic).filter((id) => !entry.owners.includes(id));
    for (const id of added) {
      if (id === state.options.self) own.push({ ...entry });
      else {
        entry.unacknowledged.add(id);
        state.peers.get(id)?.publications.push(entry.sequence);
      }
    }
    if (entry.unacknowledged.size === 0) dropEntry(state, out, entry);
    else persistEntry(out, entry);
  }
  return own;
}

/** D17: what was published longer ago than the retention is dropped, and noticed. */
export function pruneOutbox(state: AlertsState, out: Outgoing): void {
  let count = 0;
  for (const entry of state.outbox.values()) {
    if (state.wallMs - entry.publishedWallMs < state.options.retentionMs) break;
    dropEntry(state, out, entry);
    count++;
  }
  if (count > 0) out.observe({ kind: 'publications-dropped', reason: 'retention', count });
  for (const [base, { atMs }] of state.ordinals) {
    if (state.nowMs - atMs < state.options.retentionMs) break;
    state.ordinals.delete(base);
  }
}
