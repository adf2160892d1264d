/** What others may read of the alerts core between steps. Nothing here changes it. */
import type { MemberId } from '../base/ids.ts';
import type { MemberStatus } from '../base/observation.ts';
import { ok, type Result } from '../base/result.ts';
import type { EventState } from './alerts-io.ts';
import { levelRank } from './level.ts';
import { ownersOf } from './owners.ts';
import type { Level } from './publication.ts';
import type { AlertsState, Topic } from './state.ts';
import { topicLevel } from './topics.ts';
import { compilePattern } from './topic-pattern.ts';

export interface TopicSummary {
  readonly id: string;
  readonly level: Level;
  /** Events of this topic that this member learned of since its start. */
  readonly collected: number;
  /** A task's own topic (D13). */
  readonly isInline: boolean;
}

/** One topic; undefined when it does not exist. */
export function topic(state: AlertsState, id: string): TopicSummary | undefined {
  const found = state.topics.get(id);
  return found === undefined ? undefined : summary(found);
}

/** Topics under a shell pattern (empty: all) and at or above a level, by id. The error is the original's text. */
export function topics(
  state: AlertsState,
  filter: { pattern: string; minLevel: Level },
): Result<readonly TopicSummary[], string> {
  const all = [...state.topics.values()].map(summary).sort((a, b) => (a.id < b.id ? -1 : 1));
  const high = all.filter(({ level }) => levelRank(level) >= levelRank(filter.minLevel));
  if (filter.pattern === '') return ok(high);
  const pattern = compilePattern(filter.pattern);
  return pattern.ok ? ok(high.filter(({ id }) => pattern.value.test(id))) : pattern;
}

function summary(found: Topic): TopicSummary {
  return { id: found.id, level: topicLevel(found), collected: found.collected, isInline: found.isInline };
}

/** Events of a topic at or above a level, worst first, then by id; undefined when the topic does not exist. */
export function topicEvents(
  state: AlertsState,
  id: string,
  minLevel: Level,
): readonly (EventState & { readonly id: string })[] | undefined {
  const found = state.topics.get(id);
  if (found === undefined) return undefined;
  return [...found.events]
    .filter(([, { level }]) => levelRank(level) >= levelRank(minLevel))
    .map(([event, register]) => ({ id: event, ...stateOf(register) }))
    .sort((a, b) => levelRank(b.level) - levelRank(a.level) || (a.id < b.id ? -1 : 1));
}

/** What a topic remembers of an event ID; an alert node restores its level from it when a group begins. */
export function eventState(state: AlertsState, topicId: string, event: string): EventState | undefined {
  const register = state.topics.get(topicId)?.events.get(event);
  return register === undefined ? undefined : stateOf(register);
}

function stateOf({ level, timeNs, durationNs, message, details }: EventState): EventState {
  return { level, timeNs, durationNs, message, details };
}

export interface OwnerSeen {
  readonly id: MemberId;
  readonly rank: number;
  readonly hash: number;
  readonly status: MemberStatus;
}

/** Owners of a topic by rank; empty for a task's own topic and on an uninitialized member. */
export function topicOwners(state: AlertsState, topicId: string): readonly OwnerSeen[] {
  const { isInitialized, members, redundancy } = state.view;
  if (!isInitialized || state.topics.get(topicId)?.isInline === true) return [];
  const able = members.some(({ mayOwn }) => mayOwn) ? members.filter(({ mayOwn }) => mayOwn) : members;
  const statuses = new Map(able.map(({ id, status }) => [id, status]));
  return ownersOf(topicId, [...statuses.keys()], redundancy).map((owner) => ({
    ...owner,
    status: statuses.get(owner.id) ?? 'dead',
  }));
}

/** Events of a topic that this member has received as an owner and that are not complete. */
export function pendingCount(state: AlertsState, topicId: string): number {
  let count = 0;
  for (const { publication } of state.pending.values()) if (publication.topic === topicId) count++;
  return count;
}
