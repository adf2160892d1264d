/**
 * The last hour as the page saw it, for the timeline and the life of an alert: spans of status per member,
 * spans of faults. Recorded from differences between states; nothing is guessed for the time before.
 */
import type { ActiveFault, HostState } from '../../electron/contract/state.ts';
import { memberFacts, type MapStatus } from './members.ts';

export interface StatusSpan {
  readonly status: MapStatus;
  readonly from: number;
  /** Null while it lasts. */
  readonly to: number | null;
}

export interface FaultSpan {
  readonly id: string;
  readonly kind: ActiveFault['kind'];
  readonly members: readonly string[];
  readonly from: number;
  readonly to: number | null;
}

export interface History {
  /** When recording began; null before the first state. */
  readonly since: number | null;
  /** By member name, oldest first. */
  readonly statuses: Readonly<Record<string, readonly StatusSpan[]>>;
  readonly faults: readonly FaultSpan[];
}

export const emptyHistory: History = { since: null, statuses: {}, faults: [] };

const keptMs = 3_600_000;
const spanLimit = 500;

export function recordState(history: History, before: HostState | null, host: HostState, at: number): History {
  const isSameLab = before === null || before.lab.plan.dir === host.lab.plan.dir;
  const base = isSameLab ? history : emptyHistory;
  return {
    since: base.since ?? at,
    statuses: before?.members === host.members && isSameLab ? base.statuses : recordStatuses(base, host, at),
    faults: before?.faults === host.faults && isSameLab ? base.faults : recordFaults(base.faults, host.faults, at),
  };
}

function recordStatuses(history: History, host: HostState, at: number): History['statuses'] {
  const statuses: Record<string, readonly StatusSpan[]> = {};
  const names = new Set(host.members.map((member) => member.name));
  for (const [name, spans] of Object.entries(history.statuses))
    if (!names.has(name)) statuses[name] = closed(spans, at);
  for (const member of host.members) {
    const facts = memberFacts(host, member);
    statuses[member.name] = withStatus(history.statuses[member.name] ?? [], facts.status, facts.since, at);
  }
  return statuses;
}

function withStatus(spans: readonly StatusSpan[], status: MapStatus, since: number, at: number): readonly StatusSpan[] {
  const last = spans.at(-1);
  if (last !== undefined && last.to === null && last.status === status) return spans;
  // A belief is older than the notice that brings it, but never older than the one before.
  const from = Math.min(at, Math.max(since, last?.from ?? 0, last?.to ?? 0));
  const before = closed(spans, from).filter((span) => span.to === null || span.to > at - keptMs);
  return [...before, { status, from, to: null }].slice(-spanLimit);
}

function closed(spans: readonly StatusSpan[], at: number): readonly StatusSpan[] {
  const last = spans.at(-1);
  return last === undefined || last.to !== null
    ? spans
    : [...spans.slice(0, -1), { ...last, to: Math.max(at, last.from) }];
}

function recordFaults(known: readonly FaultSpan[], active: readonly ActiveFault[], at: number): readonly FaultSpan[] {
  const ids = new Set(active.map((fault) => fault.id));
  const kept = known
    .filter((fault) => fault.to === null || fault.to > at - keptMs)
    .map((fault) => (fault.to === null && !ids.has(fault.id) ? { ...fault, to: at } : fault));
  const open = new Set(kept.filter((fault) => fault.to === null).map((fault) => fault.id));
  const begun = active
    .filter((fault) => !open.has(fault.id))
    .map((fault) => ({ ...fault, from: fault.since, to: null }));
  return [...kept, ...begun.map(({ id, kind, members, from, to }) => ({ id, kind, members, from, to }))].slice(
    -spanLimit,
  );
}

/** The fault that lay on a member's process at an instant. */
export function processFaultAt(history: History, member: string, at: number): FaultSpan | null {
  const found = history.faults.findLast(
    (fault) =>
      isProcessFault(fault) &&
      fault.members.includes(member) &&
      fault.from <= at &&
      (fault.to === null || fault.to > at),
  );
  return found ?? null;
}

export function isProcessFault(fault: Pick<FaultSpan, 'kind'>): boolean {
  return fault.kind === 'crash' || fault.kind === 'freeze' || fault.kind === 'stop';
}

/** How long before `at` a status began and whether it lasts, or null when nothing was recorded then. */
export function statusAt(history: History, member: string, at: number): StatusSpan | null {
  return history.statuses[member]?.findLast((span) => span.from <= at && (span.to === null || span.to > at)) ?? null;
}
