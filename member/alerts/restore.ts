/** The state of before a restart, from the rows of the store. A row that cannot be read is left alone, not trusted. */
import { memberId, type MemberId } from '../base/ids.ts';
import type { JsonValue, StoreRows } from '../base/store.ts';
import type { AlertsTable, RestoredTables } from './alerts-io.ts';
import { isLevel } from './level.ts';
import { isStoredCompletion, isStoredCopy, isStoredRegister } from './message-reader.ts';
import type { PublicationCopy, WirePublication } from './messages.ts';
import { hashCompletion } from './owning.ts';
import type { AlertsState, OutboxEntry, Pending, Register, Retry } from './state.ts';
import { ensureTopic, fromWireRegister, setRegister } from './topics.ts';
import { eventKey } from './event-key.ts';
import { fromWirePublication } from './wire.ts';

export function restoreTables(state: AlertsState, tables: RestoredTables): void {
  for (const row of rows(tables, 'alert-registers', isStoredRegister)) {
    setRegister(ensureTopic(state, row.topic), row.event, fromWireRegister(row));
  }
  for (const row of rows(tables, 'alert-inline', isStoredRegister)) {
    const events = state.closedInline.get(row.topic) ?? new Map<string, Register>();
    state.closedInline.set(row.topic, events.set(row.event, fromWireRegister(row)));
  }
  for (const row of rows(tables, 'alert-deletions', isDeletion)) state.deletions.set(row.topic, row.atWallMs);
  for (const row of rows(tables, 'alert-completed', isStoredCompletion)) {
    state.completed.set(row.key, row);
    hashCompletion(state, row, 1);
  }
  for (const [key, value] of tables['alert-outbox'] ?? []) restoreOutbox(state, Number(key), value);
  for (const [, value] of tables['alert-pending'] ?? []) restorePending(state, value);
  for (const [id, value] of tables['alert-retries'] ?? []) restoreRetry(state, id, value);
}

function rows<Row>(
  tables: RestoredTables,
  table: AlertsTable,
  isRow: (value: unknown) => value is Row,
): readonly Row[] {
  const all: StoreRows = tables[table] ?? [];
  return all.flatMap(([, value]): readonly Row[] => (isRow(value) ? [value] : []));
}

function isDeletion(value: unknown): value is { topic: string; atWallMs: number } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'topic' in value &&
    typeof value.topic === 'string' &&
    'atWallMs' in value &&
    typeof value.atWallMs === 'number'
  );
}

function restoreOutbox(state: AlertsState, sequence: number, value: JsonValue): void {
  if (!Number.isSafeInteger(sequence) || !isStoredCopy(value)) return;
  // Proven by the check above.
  const copy = value as PublicationCopy & { publishedWallMs?: unknown; targets?: unknown };
  const publication = fromWirePublication(copy.publication);
  const entry: OutboxEntry = {
    sequence,
    key: copy.key,
    trail: { ordinal: copy.ordinal, via: copy.via, cause: copy.cause },
    publication,
    owners: copy.owners,
    ownersVersion: copy.ownersVersion,
    unacknowledged: new Set(memberIds(copy.targets)),
    publishedWallMs: typeof copy.publishedWallMs === 'number' ? copy.publishedWallMs : 0,
  };
  state.outbox.set(sequence, entry);
  state.nextSequence = Math.max(state.nextSequence, sequence + 1);
  if (copy.via.length > 0) return;
  // What was published before the restart counts on, so that a further equal publication is a further event.
  const base = eventKey(publication, '');
  const count = Math.max(state.ordinals.get(base)?.count ?? 0, Number(copy.ordinal) + 1);
  state.ordinals.set(base, { count, atMs: state.nowMs });
}

function memberIds(value: unknown): readonly MemberId[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  return list.filter((id): id is string => typeof id === 'string').map(memberId);
}

function restorePending(state: AlertsState, value: JsonValue): void {
  if (!isStoredCopy(value)) return;
  // Proven by the check above.
  const copy = value as PublicationCopy & { union?: unknown; receivedWallMs?: unknown };
  if (state.completed.has(copy.key)) return;
  const union = new Set<MemberId>([...copy.owners, ...memberIds(copy.union)]);
  const listed = copy.owners.indexOf(state.options.self);
  const pending: Pending = {
    key: copy.key,
    publication: fromWirePublication(copy.publication),
    trail: { ordinal: copy.ordinal, via: copy.via, cause: copy.cause },
    owners: copy.owners,
    ownersVersion: copy.ownersVersion,
    union,
    rank: listed >= 0 ? listed : [...union].indexOf(state.options.self),
    receivedMs: state.nowMs,
    receivedWallMs: typeof copy.receivedWallMs === 'number' ? copy.receivedWallMs : state.wallMs,
    // It may have been handled before the restart, here or elsewhere.
    phase: 'waiting',
    askFirst: 'not-synced',
    asked: new Set<MemberId>(),
    mustYield: false,
    askUntilMs: 0,
    cause: 'owner-failed',
    attemptsLeft: 0,
    hasStarted: false,
    round: 0,
  };
  state.pending.set(copy.key, pending);
}

function restoreRetry(state: AlertsState, id: string, value: JsonValue): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  const { publication, handler, previousLevel, untilWallMs, tries } = value as { readonly [name: string]: JsonValue };
  const copy = { key: '', ordinal: '', via: [], cause: 'first-owner', owners: [], ownersVersion: 0, publication };
  if (
    !isStoredCopy(copy) ||
    typeof handler !== 'string' ||
    !isLevel(previousLevel) ||
    typeof untilWallMs !== 'number' ||
    typeof tries !== 'number'
  )
    return;
  // Proven by the check above.
  const stored = fromWirePublication(publication as unknown as WirePublication);
  const retry: Retry = { id, publication: stored, previousLevel, handler, untilWallMs, tries };
  state.timers.set(`retry ${id}`, state.nowMs, { kind: 'retry', retry });
}
