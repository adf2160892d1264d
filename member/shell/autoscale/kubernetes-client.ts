/** The `scale` resource of the Kubernetes API, as 1.5.4 speaks to it: `extensions/v1beta1`, read and patched. */
import { err, ok, type Result } from '../../base/result.ts';
import type { ScaledResource } from '../../pipeline/node-ports.ts';
import type { ClientTls, HttpSender, OutgoingOutcome } from '../outgoing/http-sender.ts';
import { askInTurn, below, jsonObject, reply, textBelow, type ScalingClient } from './scaling-client.ts';

export interface KubernetesOptions {
  readonly servers: readonly string[];
  readonly token: string;
  readonly tls: ClientTls | undefined;
  readonly sender: HttpSender;
}

interface Scale {
  readonly replicas: number;
  readonly name: string;
  /** Path of the resource; newer servers leave it out. */
  readonly selfLink: string;
}

const namespaces = '/apis/extensions/v1beta1/namespaces';

export function createKubernetesClient(options: KubernetesOptions): ScalingClient {
  const { servers, token, tls, sender } = options;
  const ask = askInTurn({ servers, headers: { Authorization: `Bearer ${token}` }, tls, sender });

  const scaleOf = async (resource: ScaledResource): Promise<Result<Scale, string>> => {
    const answer = accepted(await ask({ method: 'GET', path: pathOf(resource) }));
    const scale = answer.ok ? readScale(answer.value) : answer;
    return scale.ok ? scale : err(`failed to get scale ${named(resource)}: ${scale.error}`);
  };
  const setScale = async (resource: ScaledResource, replicas: number): Promise<Result<void, string>> => {
    const scale = await scaleOf(resource);
    if (!scale.ok) return scale;
    const { name, selfLink } = scale.value;
    const patched = accepted(
      await ask({
        method: 'PATCH',
        path: selfLink.startsWith('/') ? selfLink : pathOf(resource),
        headers: { 'Content-Type': 'application/json-patch+json' },
        body: JSON.stringify([{ op: 'replace', path: '/spec/replicas', value: replicas }]),
      }),
    );
    if (patched.ok) return ok(undefined);
    return err(`failed to update scale ${named({ ...resource, name: name || resource.name })}: ${patched.error}`);
  };
  return {
    replicas: (resource, done) =>
      reply(
        scaleOf(resource).then((scale) => (scale.ok ? ok(scale.value.replicas) : scale)),
        done,
      ),
    setReplicas: (resource, replicas, done) => reply(setScale(resource, replicas), done),
    async test() {
      const answer = accepted(await ask({ method: 'GET', path: '/api' }));
      return answer.ok ? ok(undefined) : err(`failed to query server versions: ${answer.error}`);
    },
  };
}

function pathOf({ namespace, kind, name }: ScaledResource): string {
  return [namespaces, ...[namespace, kind, name].map(encodeURIComponent), 'scale'].join('/');
}

function named({ namespace, kind, name }: ScaledResource): string {
  return `${namespace}/${kind}/${name}`;
}

/** The body of an answer with status 200; any other should hold a `Status` that says why. */
function accepted(outcome: OutgoingOutcome): Result<string, string> {
  if (outcome.kind === 'failed') return err(`k8s client request failed: ${outcome.reason}`);
  if (outcome.status === 200) return ok(outcome.body);
  const status = jsonObject(outcome.body);
  if (!status.ok) return err(`failed to understand k8s server response: Code: ${outcome.status}: ${status.error}`);
  return err(textBelow(status.value, 'message') || `Code: ${outcome.status}`);
}

/** A scale without a number of replicas has none: the API leaves out a zero. */
function readScale(body: string): Result<Scale, string> {
  const scale = jsonObject(body);
  if (!scale.ok) return err(`failed to decode k8s server response into a scale: Code: 200: ${scale.error}`);
  const replicas = below(scale.value, 'spec', 'replicas') ?? 0;
  if (typeof replicas !== 'number')
    return err('failed to decode k8s server response into a scale: spec.replicas must be a number');
  return ok({
    replicas,
    name: textBelow(scale.value, 'metadata', 'name'),
    selfLink: textBelow(scale.value, 'metadata', 'selfLink'),
  });
}
