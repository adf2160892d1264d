/** The lines between members: two lanes each, one per direction, with the faults set on them and what was measured. */
import type { HostState, LabMember, LinkFaultState } from '../../electron/contract/state.ts';
import { laneKey, type GossipFacts } from './gossip-facts.ts';
import { answers } from './members.ts';
import { nameOf } from './names.ts';
import { duration, numberOf, percent } from './words.ts';

/**
 * `unanswered`: asked, and no ack came, without a fault of ours on the lane. `down`: nothing is asked, because
 * the asking process does not run or the asked one is known to be gone. `not-yet`: they have not met.
 */
export type LaneState = 'healthy' | 'cut' | 'slow' | 'lossy' | 'unanswered' | 'down' | 'not-yet';

export interface Lane {
  readonly from: string;
  readonly to: string;
  readonly state: LaneState;
  readonly fault: LinkFaultState | null;
  readonly roundTripMs: number | null;
}

export type LinkSign = 'cut' | 'slow' | 'lossy';

export interface LinkFacts {
  readonly key: string;
  readonly a: string;
  readonly b: string;
  readonly there: Lane;
  readonly back: Lane;
  /** Drawn in the middle instead of the label when both lanes carry the same fault. */
  readonly sign: LinkSign | null;
  readonly label: string | null;
  /** As accessible names end: `healthy`, `slow 200 ms`, `cut towards kapacitor-3` … */
  readonly words: string;
  readonly hasFault: boolean;
}

const linkKey = (a: string, b: string): string => `${a}~${b}`;

export function allLinks(host: HostState, facts: GossipFacts): readonly LinkFacts[] {
  const links: LinkFacts[] = [];
  host.members.forEach((a, index) => {
    for (const b of host.members.slice(index + 1)) links.push(linkFacts(host, facts, a, b));
  });
  return links;
}

function linkFacts(host: HostState, facts: GossipFacts, a: LabMember, b: LabMember): LinkFacts {
  const there = laneOf(host, facts, a, b);
  const back = laneOf(host, facts, b, a);
  return {
    key: linkKey(a.name, b.name),
    a: a.name,
    b: b.name,
    there,
    back,
    sign: signOf(there, back),
    label: labelOf(there, back),
    words: wordsOf(there, back),
    hasFault: there.fault !== null || back.fault !== null,
  };
}

function laneOf(host: HostState, facts: GossipFacts, from: LabMember, to: LabMember): Lane {
  const fault =
    host.links.find(
      (link) => nameOf(host.members, link.from) === from.name && nameOf(host.members, link.to) === to.name,
    ) ?? null;
  const measured = facts.lanes[laneKey(from.name, to.name)];
  const view = from.views.find((candidate) => nameOf(host.members, candidate.member) === to.name)?.status ?? null;
  const state = faultState(fault) ?? gossipState(from, view, measured?.failedAt ?? null);
  return { from: from.name, to: to.name, state, fault, roundTripMs: measured?.roundTripMs ?? null };
}

function faultState(fault: LinkFaultState | null): LaneState | null {
  if (fault === null) return null;
  if (fault.cut) return 'cut';
  if (fault.loss > 0) return 'lossy';
  return fault.delayMs > 0 || fault.jitterMs > 0 ? 'slow' : null;
}

function gossipState(from: LabMember, view: string | null, failedAt: number | null): LaneState {
  if (!answers(from)) return from.views.length === 0 && from.process === 'starting' ? 'not-yet' : 'down';
  if (view === null) return 'not-yet';
  if (view === 'dead' || view === 'left') return 'down';
  return view === 'suspect' || failedAt !== null ? 'unanswered' : 'healthy';
}

function signOf(there: Lane, back: Lane): LinkSign | null {
  if (there.state !== back.state) {
    const one = [there.state, back.state].find((state) => state === 'slow' || state === 'lossy');
    return one ?? null;
  }
  return there.state === 'cut' || there.state === 'slow' || there.state === 'lossy' ? there.state : null;
}

function labelOf(there: Lane, back: Lane): string | null {
  if (there.fault !== null || back.fault !== null) return null;
  if (there.state === 'unanswered' || back.state === 'unanswered') return 'no ack';
  if (there.state !== 'healthy' && back.state !== 'healthy') return null;
  const measured = [there.roundTripMs, back.roundTripMs].filter((value) => value !== null);
  if (measured.length === 0) return null;
  return duration(measured.reduce((sum, value) => sum + value, 0) / measured.length);
}

function wordsOf(there: Lane, back: Lane): string {
  if (there.state === 'cut' && back.state === 'cut') return 'cut both ways';
  const cut = [there, back].find((lane) => lane.state === 'cut');
  if (cut !== undefined) return `cut towards ${cut.to}`;
  const fault = there.fault ?? back.fault;
  const kinds = [there.state, back.state];
  if (fault !== null && kinds.includes('slow')) return `slow ${duration(fault.delayMs)}`;
  if (fault !== null && kinds.includes('lossy')) return `lossy ${percent(fault.loss)}`;
  if (kinds.includes('unanswered')) return 'unanswered';
  if (kinds.every((kind) => kind === 'healthy')) return 'healthy';
  return kinds.includes('not-yet') ? 'not yet' : 'unanswered';
}

/** `Cut 1–3`, `slow 1–3`: how a fault of a link reads where room is short. */
export function shortLink(a: string, b: string): string {
  return `${numberOf(a)}–${numberOf(b)}`;
}
