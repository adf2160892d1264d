import { topicOwners } from '../../alerts/queries.ts';
import type { HandlerSpec } from '../../alerts/event.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { ClusterError, HandlerChange } from '../../cluster/cluster-io.ts';
import type { AlertsLink } from './alerts-link.ts';
import type { ClusterLink } from './cluster-link.ts';
import type { HandlersApi, OperationError } from './member.ts';

/** What the original puts before the reason of a refusal. */
const prefixes = {
  create: 'failed to create handler: ',
  replace: 'failed to update handler: ',
  delete: 'failed to delete handler: ',
} as const;

export function handlersApi(cluster: ClusterLink, alerts: AlertsLink): HandlersApi {
  const change = (topic: string, wanted: HandlerChange): Promise<Result<void, OperationError>> =>
    new Promise((resolve) => {
      const owners = topicOwners(alerts.state, topic).map(({ id }) => id);
      cluster.command({ kind: 'change-handler', change: wanted, owners }, (result) => {
        resolve(result.ok ? ok(undefined) : err(refusal(wanted.kind, result.error)));
      });
    });
  return {
    list: (topic) => cluster.core.handlers().filter((handler) => handler.topic === topic),
    get: (topic, id) => cluster.core.handlers().find((handler) => handler.topic === topic && handler.id === id),
    create: async (spec) => withSpec(spec, await change(spec.topic, { kind: 'create', definition: spec })),
    replace: async (topic, id, spec) =>
      withSpec(spec, await change(topic, { kind: 'replace', topic, id, definition: spec })),
    delete: (topic, id) => change(topic, { kind: 'delete', topic, id }),
  };
}

function withSpec(spec: HandlerSpec, result: Result<void, OperationError>): Result<HandlerSpec, OperationError> {
  return result.ok ? ok(spec) : result;
}

function refusal(kind: HandlerChange['kind'], error: ClusterError): OperationError {
  if (error.code === 'not-found') return { status: 404, message: error.message };
  return { status: 500, message: prefixes[kind] + error.message };
}
