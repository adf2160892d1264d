/** What the service tests do: systems are asked something, an endpoint is posted to; what is not enabled says so. */
import { isSectionName, type MemberConfig } from '../config/config.ts';
import type { ScalingSystem } from '../pipeline/node-ports.ts';
import type { HttpSender } from '../shell/outgoing/http-sender.ts';
import type { ServiceTestApi } from '../shell/http/routes/service-tests.ts';
import { isWireObject, type WireObject } from '../tasks/wire-value.ts';
import { endpointOf, texts, type InfluxClusters } from './outgoing-ports.ts';
import type { ScalingClusters } from './scaling-clusters.ts';

const timeoutMs = 10_000;

export interface TestedServices {
  readonly clusters: InfluxClusters;
  readonly scaling: ScalingClusters;
  readonly sender: HttpSender;
}

export function createServiceTests(
  config: () => MemberConfig,
  { clusters, scaling, sender }: TestedServices,
): ServiceTestApi {
  return {
    async run(service, options) {
      switch (service) {
        case 'influxdb':
          return testInflux(text(options, 'cluster'), clusters);
        case 'httppost':
          return testPost(options, config(), sender);
        case 'kubernetes':
        case 'swarm':
        case 'ec2':
          return testScaling(service, text(options, 'id'), scaling);
        default:
          return {
            success: false,
            message: isEnabled(config(), service) ? 'this version cannot test it' : 'service is not enabled',
          };
      }
    },
  };
}

async function testInflux(cluster: string, clusters: InfluxClusters): Promise<{ success: boolean; message: string }> {
  const client = clusters.client(cluster);
  if (!client.ok) return { success: false, message: client.error };
  const answer = await client.value.ping(timeoutMs);
  if (!answer.ok) return { success: false, message: answer.error };
  // The original refuses a test that names no cluster; ours tests the default one, and says so.
  return { success: true, message: cluster === '' ? 'tested the default cluster' : '' };
}

/** The words of a refusal are the original's. */
async function testScaling(
  system: ScalingSystem,
  id: string,
  scaling: ScalingClusters,
): Promise<{ success: boolean; message: string }> {
  const client = scaling.client(system, id);
  if (!client.ok) {
    const refusal = client.error.endsWith(notKnown)
      ? client.error.slice(0, -notKnown.length)
      : `failed to get client: ${client.error}`;
    const message = system === 'ec2' ? `discoverer ${JSON.stringify(id)} is not enabled or does not exist` : refusal;
    return { success: false, message };
  }
  const tested = await client.value.test();
  return { success: tested.ok, message: tested.ok ? '' : tested.error };
}

const notKnown = ', cannot get client';

async function testPost(
  options: WireObject,
  config: MemberConfig,
  sender: HttpSender,
): Promise<{ success: boolean; message: string }> {
  const endpoint = endpointOf(config, text(options, 'endpoint'));
  const url = endpoint?.url ?? text(options, 'url');
  const given = options['headers'];
  const headers = isWireObject(given) ? texts(given) : {};
  const outcome = await sender.exchange({
    method: 'POST',
    url: url === '' ? 'http://localhost:3000/' : url,
    headers: { 'Content-Type': 'application/json', ...endpoint?.headers, ...headers },
    body: '{}',
    timeoutMs,
  });
  if (outcome.kind === 'failed') return { success: false, message: outcome.reason };
  const success = outcome.status >= 200 && outcome.status < 300;
  return { success, message: success ? '' : `unexpected response code ${outcome.status}` };
}

function isEnabled(config: MemberConfig, service: string): boolean {
  if (!isSectionName(service)) return false;
  const section: unknown = config[service];
  const elements: readonly unknown[] = Array.isArray(section) ? section : [section];
  return elements.some(
    (element) => typeof element === 'object' && element !== null && Reflect.get(element, 'enabled') === true,
  );
}

function text(options: WireObject, name: string): string {
  const value = options[name];
  return typeof value === 'string' ? value : '';
}
