/** The clusters that autoscale nodes speak to, over the configuration in force: `[[kubernetes]]`, `[[swarm]]`, `[[ec2]]`. */
import { readFileSync } from 'node:fs';
import { err, ok, type Result } from '../base/result.ts';
import type { MemberConfig } from '../config/config.ts';
import type { AutoscalePort, ScalingCluster, ScalingSystem } from '../pipeline/node-ports.ts';
import { createEc2Client } from '../shell/autoscale/ec2-client.ts';
import { createKubernetesClient } from '../shell/autoscale/kubernetes-client.ts';
import type { ScalingClient } from '../shell/autoscale/scaling-client.ts';
import { createSwarmClient } from '../shell/autoscale/swarm-client.ts';
import type { HttpSender } from '../shell/outgoing/http-sender.ts';
import { readTls } from '../shell/outgoing/read-tls.ts';
import { systemClock } from './system-clock.ts';

export interface ScalingClusters {
  readonly port: AutoscalePort;
  /** By the `id` of an element, which must be enabled. */
  client(system: ScalingSystem, id: string): Result<ScalingClient, string>;
}

export interface ScalingClustersOptions {
  readonly sender: HttpSender;
  readonly config: () => MemberConfig;
  /** Of the process: where Kubernetes is, from within it, and what stands in for AWS. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** How messages name an element of each section, as in 1.5.4. */
const names: Readonly<Record<ScalingSystem, string>> = {
  kubernetes: 'kubernetes cluster',
  swarm: 'swarm cluster',
  ec2: 'ec2 region',
};

type ElementOf<S extends ScalingSystem> = MemberConfig[S][number];
type Make<S extends ScalingSystem> = (
  element: ElementOf<S>,
  options: ScalingClustersOptions,
) => Result<ScalingClient, string>;

export function createScalingClusters(options: ScalingClustersOptions): ScalingClusters {
  // A changed element is another object, and gets another client.
  const clients = new WeakMap<object, ScalingClient>();
  const clientOf = <S extends ScalingSystem>(
    system: S,
    elements: readonly ElementOf<S>[],
    id: string,
    make: Make<S>,
  ): Result<ScalingClient, string> => {
    // Of several with one name the last counts, as in 1.5.4.
    const element = elements.filter((candidate) => candidate.id === id).at(-1);
    if (element === undefined) return err(`unknown ${names[system]} ${JSON.stringify(id)}, cannot get client`);
    if (!element.enabled) return err('service is not enabled');
    const held = clients.get(element);
    if (held !== undefined) return ok(held);
    const made = make(element, options);
    if (made.ok) clients.set(element, made.value);
    return made;
  };
  const client = (system: ScalingSystem, id: string): Result<ScalingClient, string> => {
    const { kubernetes, swarm, ec2 } = options.config();
    if (system === 'kubernetes') return clientOf(system, kubernetes, id, makeKubernetes);
    return system === 'swarm' ? clientOf(system, swarm, id, makeSwarm) : clientOf(system, ec2, id, makeEc2);
  };
  return {
    client,
    port: {
      cluster(system, id) {
        const found = client(system, id);
        if (!found.ok) return found;
        // Looked for at each use, so that a change of the configuration acts at once.
        const now = (): ScalingCluster => {
          const current = client(system, id);
          return current.ok ? current.value : unavailable(current.error);
        };
        return ok({
          replicas: (resource, done) => now().replicas(resource, done),
          setReplicas: (resource, replicas, done) => now().setReplicas(resource, replicas, done),
        });
      },
    },
  };
}

function unavailable(error: string): ScalingCluster {
  return {
    replicas: (_resource, done) => queueMicrotask(() => done(err(error))),
    setReplicas: (_resource, _replicas, done) => queueMicrotask(() => done(err(error))),
  };
}

const makeKubernetes: Make<'kubernetes'> = (element, { sender, environment }) => {
  if (element['in-cluster']) return fromWithin(sender, environment);
  const tls = readTls({ ca: element['ca-path'], cert: '', key: '', isInsecure: false });
  if (!tls.ok) return err(`failed to create k8s client config: ${tls.error}`);
  return ok(createKubernetesClient({ servers: element['api-servers'], token: element.token, tls: tls.value, sender }));
};

const podSecrets = '/var/run/secrets/kubernetes.io/serviceaccount';

/** What Kubernetes gives to every pod. */
function fromWithin(
  sender: HttpSender,
  environment: ScalingClustersOptions['environment'],
): Result<ScalingClient, string> {
  try {
    const token = readFileSync(`${podSecrets}/token`, 'utf8');
    const ca = readFileSync(`${podSecrets}/ca.crt`, 'utf8');
    const host = environment['KUBERNETES_SERVICE_HOST'] ?? '';
    const servers = [`https://${host === '' ? 'kubernetes' : host}`];
    return ok(createKubernetesClient({ servers, token, tls: { isInsecure: false, ca }, sender }));
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    return err(`failed to create k8s client config: in-cluster is set, but this is no pod: ${cause}`);
  }
}

const makeSwarm: Make<'swarm'> = (element, { sender }) => {
  const tls = readTls({
    ca: element['ssl-ca'],
    cert: element['ssl-cert'],
    key: element['ssl-key'],
    isInsecure: element['insecure-skip-verify'],
  });
  if (!tls.ok) return err(`failed to create swarm client config: ${tls.error}`);
  return ok(createSwarmClient({ servers: element.servers, tls: tls.value, sender }));
};

const makeEc2: Make<'ec2'> = (element, { sender, environment }) =>
  ok(
    createEc2Client({
      region: element.region,
      accessKey: element['access-key'],
      secretKey: element['secret-key'],
      endpoint: environment['AWS_ENDPOINT_URL_AUTO_SCALING'] ?? environment['AWS_ENDPOINT_URL'] ?? '',
      sender,
      wallMs: systemClock.wallMs,
    }),
  );
