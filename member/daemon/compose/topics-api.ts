import { eventState, pendingCount, topic, topicEvents, topicOwners, topics } from '../../alerts/queries.ts';
import type { ClusterTopics } from '../../api/cluster-routes.ts';
import type { AlertsLink } from './alerts-link.ts';
import type { TopicsApi } from './member.ts';

export function topicsApi(alerts: AlertsLink): TopicsApi {
  return {
    list: (filter) => topics(alerts.state, filter),
    get: (id) => topic(alerts.state, id),
    events: (id, minLevel) => topicEvents(alerts.state, id, minLevel),
    event: (id, event) => eventState(alerts.state, id, event),
    updateEvent: (id, event, state) => alerts.step({ kind: 'update-event', topic: id, event, state }),
    delete: (id) => alerts.step({ kind: 'delete-topic', topic: id }),
    owners: () => ownersView(alerts),
  };
}

/** Shared topics only: a task's own topic has no owners (D13). */
function ownersView({ state }: AlertsLink): ClusterTopics {
  const all = topics(state, { pattern: '', minLevel: 'OK' });
  const shared = all.ok ? all.value.filter(({ isInline }) => !isInline) : [];
  return {
    topics: shared.map(({ id, level }) => ({
      topic: id,
      level,
      owners: topicOwners(state, id).map((owner) => ({ id: owner.id, rank: owner.rank, status: owner.status })),
      pending: pendingCount(state, id),
    })),
  };
}
