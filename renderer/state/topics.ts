import type { AlertRecord, HostState, TopicOwners } from '../../electron/contract/state.ts';
import { nameOf } from './names.ts';

/** Member name → rank, for one topic. */
export type Ranks = Readonly<Record<string, number>>;

export function ranksOf(host: HostState, topic: TopicOwners | null): Ranks {
  if (topic === null) return {};
  return Object.fromEntries(topic.owners.map((owner, rank) => [nameOf(host.members, owner), rank]));
}

/** The topic asked for, else the one of the newest alert, else the first with owners. */
export function shownTopic(host: HostState, wanted: string | null): TopicOwners | null {
  const byName = (name: string | null | undefined): TopicOwners | undefined =>
    host.topics.find((topic) => topic.topic === name);
  const owned = host.topics.filter((topic) => topic.owners.length > 0);
  return byName(wanted) ?? owned[0] ?? host.topics[0] ?? null;
}

/** An owner that holds an event and lets the time of lower ranks pass. */
export interface Waiting {
  readonly key: string;
  readonly member: string;
  readonly rank: number;
  readonly event: string;
  readonly level: AlertRecord['level'];
  readonly topic: string;
  readonly from: number;
  readonly until: number;
  /** Owners of lower rank, whose silence is being waited out. */
  readonly before: readonly string[];
}

/** Every wait that is not over yet: no later step of that member, and nobody has handled the event. */
export function allWaits(host: HostState): readonly Waiting[] {
  return host.alerts.filter((alert) => alert.outcome === 'pending').flatMap((alert) => waitsOf(host, alert));
}

/** A dropped copy ends no wait: it may be the same event from another publisher. */
const ends = new Set(['took-over', 'handled', 'attempted', 'told']);

function waitsOf(host: HostState, alert: AlertRecord): readonly Waiting[] {
  if (alert.steps.some((step) => step.did === 'handled' || step.did === 'took-over')) return [];
  const ranks = ranksOf(host, host.topics.find((topic) => topic.topic === alert.topic) ?? null);
  const waits = new Map<string, Waiting>();
  for (const step of alert.steps) {
    const member = nameOf(host.members, step.member);
    if (ends.has(step.did)) waits.delete(member);
    if (step.did !== 'waiting') continue;
    const rank = step.rank ?? ranks[member] ?? 1;
    const before = Object.entries(ranks)
      .filter(([, other]) => other < rank)
      .map(([name]) => name);
    const until = step.at + rank * host.lab.plan.delayPerMemberMs;
    waits.set(member, {
      key: alert.key,
      member,
      rank,
      event: alert.event,
      level: alert.level,
      topic: alert.topic,
      from: step.at,
      until,
      before,
    });
  }
  return [...waits.values()];
}

/** `web-03` of `cpu_high:web-03`: chips and lanes show the part that tells events apart. */
export function shortEvent(event: string): string {
  const tail = event.split(':').at(-1);
  return tail === undefined || tail === '' ? event : tail;
}
