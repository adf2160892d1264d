import { afterEach, beforeEach, expect, test } from 'vitest';
import { err, ok, type Result } from '../../base/result.ts';
import type { ScaledResource } from '../../pipeline/node-ports.ts';
import { createHttpSender, type HttpSender } from '../outgoing/http-sender.ts';
import { createEc2Client } from './ec2-client.ts';
import { createKubernetesClient } from './kubernetes-client.ts';
import type { ScalingClient } from './scaling-client.ts';
import { createSwarmClient } from './swarm-client.ts';
import {
  ec2Answer,
  kubernetesAnswer,
  standIn,
  swarmAnswer,
  type Answer,
  type Asked,
  type StandIn,
} from './testing/stand-in.ts';

let sender: HttpSender;
let open: StandIn[] = [];
beforeEach(() => {
  sender = createHttpSender();
});
afterEach(async () => {
  sender.close();
  for (const server of open) await server.close();
  open = [];
});

async function serving(answer: (asked: Asked) => Answer): Promise<StandIn> {
  const server = await standIn(answer);
  open.push(server);
  return server;
}

const named = (name: string): ScaledResource => ({ namespace: 'ns', kind: 'deployments', name });
const replicas = (client: ScalingClient, name: string): Promise<Result<number, string>> =>
  new Promise((resolve) => client.replicas(named(name), resolve));
const setReplicas = (client: ScalingClient, name: string, count: number): Promise<Result<void, string>> =>
  new Promise((resolve) => client.setReplicas(named(name), count, resolve));
const calls = ({ asked }: StandIn): readonly string[] =>
  asked.map(({ method, path, body }) => `${method} ${path} ${body}`.trim());

const scalePath = '/apis/extensions/v1beta1/namespaces/ns/deployments';

test('Kubernetes: the scale is read, and patched where it says it is', async () => {
  const state = { replicas: 2 };
  const server = await serving(kubernetesAnswer(state));
  const client = createKubernetesClient({ servers: [`${server.url}/ignored`], token: 'tok', tls: undefined, sender });
  expect([await replicas(client, 'app'), await setReplicas(client, 'app', 5), state.replicas]).toEqual([
    ok(2),
    ok(undefined),
    5,
  ]);
  expect(calls(server)).toEqual([
    `GET ${scalePath}/app/scale`,
    `GET ${scalePath}/app/scale`,
    `PATCH ${scalePath}/app/scale?linked [{"op":"replace","path":"/spec/replicas","value":5}]`,
  ]);
  const headers = server.asked[2]?.headers;
  expect([headers?.authorization, headers?.['content-type']]).toEqual(['Bearer tok', 'application/json-patch+json']);
  expect(await client.test()).toEqual(ok(undefined));
});

test('Kubernetes: a scale without a link to itself is patched where it was read; a name stays within its path', async () => {
  const server = await serving(kubernetesAnswer({ replicas: 2 }));
  const client = createKubernetesClient({ servers: [server.url], token: '', tls: undefined, sender });
  expect(await setReplicas(client, 'unlinked', 3)).toEqual(ok(undefined));
  expect(await replicas(client, '../../x')).toEqual(ok(3));
  expect(calls(server).slice(1)).toEqual([
    `PATCH ${scalePath}/unlinked/scale [{"op":"replace","path":"/spec/replicas","value":3}]`,
    `GET ${scalePath}/..%2F..%2Fx/scale`,
  ]);
});

test('Kubernetes: each request goes to the next of the servers', async () => {
  const servers = [await serving(kubernetesAnswer({ replicas: 1 })), await serving(kubernetesAnswer({ replicas: 2 }))];
  const client = createKubernetesClient({ servers: servers.map(({ url }) => url), token: '', tls: undefined, sender });
  const found = [await replicas(client, 'app'), await replicas(client, 'app'), await replicas(client, 'app')];
  expect(found).toEqual([ok(2), ok(1), ok(2)]);
});

test('Kubernetes: what the API refuses is told in its words', async () => {
  const server = await serving(kubernetesAnswer({ replicas: 2 }));
  const client = createKubernetesClient({ servers: [server.url], token: '', tls: undefined, sender });
  expect([await replicas(client, 'gone'), await setReplicas(client, 'contested', 3)]).toEqual([
    err('failed to get scale ns/deployments/gone: deployments.extensions "gone" not found'),
    err('failed to update scale ns/deployments/app: the object has been modified'),
  ]);
  const broken = await replicas(client, 'broken');
  expect(broken.ok ? '' : broken.error).toMatch(
    /^failed to get scale ns\/deployments\/broken: failed to understand k8s server response: Code: 502: /,
  );
});

test('Kubernetes: a server that is not there is an error', async () => {
  const server = await standIn(() => ({ body: '' }));
  await server.close();
  const client = createKubernetesClient({ servers: [server.url], token: '', tls: undefined, sender });
  const found = await replicas(client, 'app');
  expect(found.ok ? '' : found.error).toMatch(
    /^failed to get scale ns\/deployments\/app: k8s client request failed: GET /,
  );
});

test('Swarm: a service is updated as a whole, in the version that was read', async () => {
  const state = { replicas: 3, version: 42 };
  const server = await serving(swarmAnswer(state));
  const client = createSwarmClient({ servers: [server.url], tls: undefined, sender });
  expect([await replicas(client, 'web'), await setReplicas(client, 'web', 7), state.replicas]).toEqual([
    ok(3),
    ok(undefined),
    7,
  ]);
  const spec =
    '{"Name":"web","Labels":{"a":"b"},"TaskTemplate":{"ContainerSpec":{"Image":"img"}},"Mode":{"Replicated":{"Replicas":7}}}';
  expect(calls(server)).toEqual([
    'GET /v1.30/services/web',
    'GET /v1.30/services/web',
    `POST /v1.30/services/id-1/update?version=42 ${spec}`,
  ]);
  expect(await client.test()).toEqual(ok(undefined));
});

test('Swarm: a service changed by others in between is refused', async () => {
  const state = { replicas: 3, version: 42 };
  const answer = swarmAnswer(state);
  const server = await serving((asked) => {
    if (asked.method === 'POST') state.version++;
    return answer(asked);
  });
  const client = createSwarmClient({ servers: [server.url], tls: undefined, sender });
  expect(await setReplicas(client, 'web', 7)).toEqual(err('rpc error: update out of sequence'));
});

test('Swarm: services that are not there, or run everywhere, are errors', async () => {
  const server = await serving(swarmAnswer({ replicas: 3, version: 1 }));
  const client = createSwarmClient({ servers: [server.url], tls: undefined, sender });
  expect([
    await replicas(client, 'gone'),
    await replicas(client, 'silent'),
    await replicas(client, 'everywhere'),
  ]).toEqual([
    err('failed to get swarm service for "gone": service gone not found'),
    err('failed to get swarm service for "silent": failed to understand swarm server error response: Code: 500'),
    err(
      'failed to get swarm service for "everywhere": the service is not replicated: Spec.Mode.Replicated.Replicas must be a number',
    ),
  ]);
});

const ec2 = (endpoint: string, secretKey = 'secret'): ScalingClient =>
  createEc2Client({
    region: 'eu-west-1',
    accessKey: 'AKIDEXAMPLE',
    secretKey,
    endpoint,
    sender,
    wallMs: () => Date.UTC(2026, 10, 25),
  });

test('EC2: the desired capacity of a group is read and set, in signed requests', async () => {
  const state = { replicas: 4 };
  const server = await serving(ec2Answer(state));
  const client = ec2(server.url);
  expect([await replicas(client, 'grp a'), await setReplicas(client, 'grp a', 6), state.replicas]).toEqual([
    ok(4),
    ok(undefined),
    6,
  ]);
  expect(calls(server)).toEqual([
    'POST / Action=DescribeAutoScalingGroups&AutoScalingGroupNames.member.1=grp+a&Version=2011-01-01',
    'POST / Action=SetDesiredCapacity&AutoScalingGroupName=grp+a&DesiredCapacity=6&HonorCooldown=false&Version=2011-01-01',
  ]);
  expect(server.asked[0]?.headers.authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20261125\/eu-west-1\/autoscaling\/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=[0-9a-f]{64}$/,
  );
});

test('EC2: what AWS refuses is told in its words; nothing is asked without credentials', async () => {
  const server = await serving(ec2Answer({ replicas: 4 }));
  expect([
    await setReplicas(ec2(server.url), 'busy', 6),
    await replicas(ec2(server.url), 'gone'),
    await replicas(ec2(server.url, ''), 'grp'),
  ]).toEqual([
    err('Failed to set desired capacity ScalingActivityInProgress: Activity "1" is in progress'),
    err('failed to get ec2 autoscaleGroup for "gone": there is no such group'),
    err(
      'failed to get ec2 autoscaleGroup for "grp": failed to create GET request for EmptyStaticCreds: static credentials are empty',
    ),
  ]);
  expect(server.asked).toHaveLength(2);
});
