/**
 * What the stream of observations says about gossip: how fast each direction of a link answers, which
 * direction is unanswered, and why a member is suspected. References stay equal while nothing visible
 * changed, so that a chatty stream draws nothing anew.
 */
import type { LabMember } from '../../electron/contract/state.ts';
import type { ObservationNotice } from '../../electron/contract/notices.ts';
import { nameOf } from './names.ts';
import { readNumber, readText, readTexts } from './observation-fields.ts';

/** One direction: what `from` knows of its probes of `to`. */
interface LaneFacts {
  readonly roundTripMs: number | null;
  readonly answeredAt: number;
  /** When the last probe failed, if nothing was answered since. */
  readonly failedAt: number | null;
}

interface WhyLine {
  readonly at: number;
  readonly text: string;
  /** The line that changed the belief. */
  readonly strong: boolean;
}

export interface GossipFacts {
  /** Key: `from>to`, by member names. */
  readonly lanes: Readonly<Record<string, LaneFacts>>;
  /** By member name: the story of its present or last suspicion, oldest first. */
  readonly why: Readonly<Record<string, readonly WhyLine[]>>;
  /** Probes begun per second, whole seconds since 1970 → count; the last two minutes. */
  readonly probes: Readonly<Record<number, number>>;
  /** Incarnation with which a member last refuted, and when. */
  readonly refuted: Readonly<Record<string, { readonly incarnation: number; readonly at: number }>>;
}

export const emptyFacts: GossipFacts = { lanes: {}, why: {}, probes: {}, refuted: {} };

/** A round trip is shown anew after this long, unless it changed by more than a third. */
const roundTripRefreshMs = 1_000;
const whyLimit = 40;
const rateWindowSeconds = 120;

export const laneKey = (from: string, to: string): string => `${from}>${to}`;

export function observe(
  facts: GossipFacts,
  notices: readonly ObservationNotice[],
  members: readonly LabMember[],
  at: number,
): GossipFacts {
  const draft = {
    lanes: { ...facts.lanes },
    why: { ...facts.why },
    probes: { ...facts.probes },
    refuted: { ...facts.refuted },
  };
  let changed = false;
  for (const notice of notices) {
    const about = readText(notice.observation, 'member');
    const kind = readText(notice.observation, 'kind');
    if (kind === null || about === null) continue;
    if (take(draft, kind, notice, nameOf(members, about), members)) changed = true;
  }
  return changed ? { ...draft, probes: recentProbes(draft.probes, at) } : facts;
}

interface Draft {
  lanes: Record<string, LaneFacts>;
  why: Record<string, readonly WhyLine[]>;
  probes: Record<number, number>;
  refuted: Record<string, { readonly incarnation: number; readonly at: number }>;
}

function take(
  draft: Draft,
  kind: string,
  notice: ObservationNotice,
  target: string,
  members: readonly LabMember[],
): boolean {
  const { member: observer, at, observation } = notice;
  const tell = (text: string, strong = false): boolean => addWhy(draft, target, { at, text, strong });
  const tellProbe = (text: string): boolean => addWhy(draft, target, { at, text, strong: false }, true);
  switch (kind) {
    case 'probe-started':
      return countProbe(draft, at);
    case 'probe-acked':
      return answered(draft, observer, target, readNumber(observation, 'roundTripMs'), at);
    case 'probe-indirect':
      return tellProbe(
        indirectText(
          observer,
          readTexts(observation, 'relays').map((relay) => nameOf(members, relay)),
        ),
      );
    case 'probe-failed':
      draft.lanes[laneKey(observer, target)] = { ...laneOf(draft, observer, target), failedAt: at };
      return tellProbe(`${observer} got no ack through others`);
    case 'suspected':
      return tell(suspectedText(observer, nameOf(members, readText(observation, 'from') ?? observer)), true);
    case 'suspicion-confirmed':
      return tell(`${observer}: ${nameOf(members, readText(observation, 'from') ?? '')} confirms, less time is left`);
    case 'refuted':
      draft.refuted[target] = { incarnation: readNumber(observation, 'incarnation') ?? 0, at };
      return tell(`refuted, incarnation ${readNumber(observation, 'incarnation') ?? 0}`, true);
    case 'status':
      return readText(observation, 'status') === 'dead'
        ? tell(`${observer} declared it dead`, true)
        : aliveAgain(draft, target, observation);
    default:
      return false;
  }
}

function laneOf(draft: Draft, from: string, to: string): LaneFacts {
  return draft.lanes[laneKey(from, to)] ?? { roundTripMs: null, answeredAt: 0, failedAt: null };
}

function answered(draft: Draft, from: string, to: string, roundTripMs: number | null, at: number): boolean {
  const lane = laneOf(draft, from, to);
  const known = lane.roundTripMs;
  const isNews =
    lane.failedAt !== null ||
    known === null ||
    roundTripMs === null ||
    at - lane.answeredAt >= roundTripRefreshMs ||
    Math.abs(roundTripMs - known) > known / 3;
  if (!isNews) return false;
  draft.lanes[laneKey(from, to)] = { roundTripMs: roundTripMs ?? known, answeredAt: at, failedAt: null };
  return true;
}

function countProbe(draft: Draft, at: number): boolean {
  const second = Math.floor(at / 1000);
  const isNewSecond = draft.probes[second] === undefined;
  draft.probes[second] = (draft.probes[second] ?? 0) + 1;
  return isNewSecond;
}

function recentProbes(probes: Record<number, number>, at: number): Record<number, number> {
  const oldest = Math.floor(at / 1000) - rateWindowSeconds;
  const seconds = Object.keys(probes).map(Number);
  if (seconds.every((second) => second >= oldest)) return probes;
  return Object.fromEntries(
    seconds.filter((second) => second >= oldest).map((second) => [second, probes[second] ?? 0]),
  );
}

const suspects = 'suspects it';

function isEnd(line: WhyLine): boolean {
  return line.strong && (line.text.startsWith('refuted') || line.text.endsWith('dead'));
}

function addWhy(draft: Draft, target: string, line: WhyLine, isProbe = false): boolean {
  const lines = draft.why[target] ?? [];
  // Once it is suspected, further probes without an answer say nothing new.
  if (isProbe && lines.some((known) => known.text.endsWith(suspects)) && !lines.some(isEnd)) return false;
  // A probe that begins after a refutation or a death opens a new story.
  const isOver = lines.some(isEnd);
  draft.why[target] = [...(isOver && !line.strong ? [] : lines), line].slice(-whyLimit);
  return true;
}

function aliveAgain(draft: Draft, target: string, observation: ObservationNotice['observation']): boolean {
  if (
    readText(observation, 'status') !== 'alive' ||
    draft.why[target] === undefined ||
    readText(observation, 'previous') === 'suspect'
  )
    return false;
  delete draft.why[target];
  return true;
}

function indirectText(observer: string, relays: readonly string[]): string {
  return relays.length === 0
    ? `${observer} probed it, no ack, and has nobody to ask`
    : `${observer} probed it, no ack, asks ${relays.join(' and ')}`;
}

function suspectedText(observer: string, from: string): string {
  return from === observer ? `${observer} ${suspects}` : `${observer} heard it from ${from}`;
}
