/** Services of Docker Swarm over the Engine API, in the version that 1.5.4 asks for. */
import { err, ok, type Result } from '../../base/result.ts';
import type { ClientTls, HttpSender, OutgoingOutcome } from '../outgoing/http-sender.ts';
import { askInTurn, below, isRecord, jsonObject, reply, textBelow, type ScalingClient } from './scaling-client.ts';

export interface SwarmOptions {
  readonly servers: readonly string[];
  readonly tls: ClientTls | undefined;
  readonly sender: HttpSender;
}

interface Service {
  readonly id: string;
  /** Of the service as it was read: an update of another one is refused by the server. */
  readonly version: number;
  /** Whole, as an update replaces all of it. */
  readonly spec: Record<string, unknown>;
  readonly mode: Record<string, unknown>;
  readonly replicated: Record<string, unknown>;
  readonly replicas: number;
}

export function createSwarmClient({ servers, tls, sender }: SwarmOptions): ScalingClient {
  const ask = askInTurn({ servers, headers: {}, tls, sender });

  const serviceOf = async (name: string): Promise<Result<Service, string>> => {
    const path = `/v1.30/services/${encodeURIComponent(name)}`;
    const answer = accepted(
      await ask({ method: 'GET', path }),
      `failed create GET request for ${JSON.stringify(path)}`,
    );
    const service = answer.ok ? readService(answer.value) : answer;
    return service.ok ? service : err(`failed to get swarm service for ${JSON.stringify(name)}: ${service.error}`);
  };
  const setReplicas = async (name: string, replicas: number): Promise<Result<void, string>> => {
    const found = await serviceOf(name);
    if (!found.ok) return found;
    const { id, version, spec, mode, replicated } = found.value;
    const updated = accepted(
      await ask({
        method: 'POST',
        path: `/v1.30/services/${encodeURIComponent(id)}/update?version=${version}`,
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ ...spec, Mode: { ...mode, Replicated: { ...replicated, Replicas: replicas } } }),
      }),
      `update service request failed for ${JSON.stringify(id)}`,
    );
    return updated.ok ? ok(undefined) : updated;
  };
  return {
    replicas: ({ name }, done) =>
      reply(
        serviceOf(name).then((service) => (service.ok ? ok(service.value.replicas) : service)),
        done,
      ),
    setReplicas: ({ name }, replicas, done) => reply(setReplicas(name, replicas), done),
    async test() {
      const answer = accepted(await ask({ method: 'GET', path: '/info' }), 'failed create GET request for "/info"');
      if (!answer.ok) return err(`failed to query server version: ${answer.error}`);
      const info = jsonObject(answer.value);
      const version = info.ok ? textBelow(info.value, 'ServerVersion') : '';
      return version === '' ? err('got empty version from server') : ok(undefined);
    },
  };
}

function accepted(outcome: OutgoingOutcome, attempt: string): Result<string, string> {
  if (outcome.kind === 'failed') return err(`${attempt}: swarm client request failed: ${outcome.reason}`);
  if (outcome.status === 200) return ok(outcome.body);
  const refusal = jsonObject(outcome.body);
  if (!refusal.ok) return err(`failed to understand swarm server response: Code: ${outcome.status}: ${refusal.error}`);
  const message = textBelow(refusal.value, 'message');
  return err(message || `failed to understand swarm server error response: Code: ${outcome.status}`);
}

/** A service that is not replicated ends the whole process in 1.5.4; here it is an error. */
function readService(body: string): Result<Service, string> {
  const service = jsonObject(body);
  if (!service.ok) return err(`failed to decode swarm server response into a service: Code: 200: ${service.error}`);
  const version = below(service.value, 'Version', 'Index');
  const spec = below(service.value, 'Spec');
  const mode = below(spec, 'Mode');
  const replicated = below(mode, 'Replicated');
  const replicas = below(replicated, 'Replicas');
  if (!isRecord(spec) || !isRecord(mode) || !isRecord(replicated) || typeof replicas !== 'number')
    return err('the service is not replicated: Spec.Mode.Replicated.Replicas must be a number');
  if (typeof version !== 'number') return err('failed to decode swarm server response: Version.Index must be a number');
  return ok({ id: textBelow(service.value, 'ID'), version, spec, mode, replicated, replicas });
}
