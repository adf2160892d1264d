/** A server on loopback that stands in for an API, and keeps what it was asked. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Answer {
  readonly status?: number;
  readonly body: string;
}

export interface StandIn {
  readonly url: string;
  readonly asked: Asked[];
  close(): Promise<void>;
}

export async function standIn(answer: (asked: Asked) => Answer): Promise<StandIn> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const one: Asked = { method, path: url, headers, body: Buffer.concat(pieces).toString('utf8') };
      asked.push(one);
      const { status = 200, body } = answer(one);
      response.writeHead(status).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Servers with one state: the number of replicas of one resource, under the names that the three APIs have for it. */
export function kubernetesAnswer(state: { replicas: number }): (asked: Asked) => Answer {
  return ({ method, path, body }) => {
    if (path === '/api') return { body: '{"versions":["v1"]}' };
    if (path.includes('/gone/')) return refusal(404, 'deployments.extensions "gone" not found');
    if (path.includes('/broken/')) return { status: 502, body: '<html>bad gateway</html>' };
    if (method === 'PATCH') {
      if (path.includes('/contested/')) return refusal(409, 'the object has been modified');
      state.replicas = patched(body);
    }
    const metadata = path.includes('/unlinked/') ? { name: 'app' } : { name: 'app', selfLink: `${path}?linked` };
    return { body: JSON.stringify({ kind: 'Scale', metadata, spec: { replicas: state.replicas } }) };
  };
}

function patched(body: string): number {
  const patch: unknown = JSON.parse(body);
  const [first]: unknown[] = Array.isArray(patch) ? patch : [];
  return typeof first === 'object' && first !== null && 'value' in first ? Number(first.value) : 0;
}

function refusal(status: number, message: string): Answer {
  return { status, body: JSON.stringify({ message }) };
}

export function swarmAnswer(state: { replicas: number; version: number }): (asked: Asked) => Answer {
  return ({ method, path, body }) => {
    if (path === '/info') return { body: '{"ServerVersion":"17.12"}' };
    if (path.includes('/gone')) return refusal(404, 'service gone not found');
    if (path.includes('/silent')) return { status: 500, body: '{}' };
    const Mode = path.includes('/everywhere') ? { Global: {} } : { Replicated: { Replicas: state.replicas } };
    if (method !== 'POST') {
      const Spec = { Name: 'web', Labels: { a: 'b' }, TaskTemplate: { ContainerSpec: { Image: 'img' } }, Mode };
      return { body: JSON.stringify({ ID: 'id-1', Version: { Index: state.version }, Spec }) };
    }
    if (!path.endsWith(`?version=${state.version}`)) return refusal(500, 'rpc error: update out of sequence');
    state.version++;
    state.replicas = Number(/"Replicas":(\d+)/.exec(body)?.[1]);
    return { body: '{"Warnings":null}' };
  };
}

export function ec2Answer(state: { replicas: number }): (asked: Asked) => Answer {
  return ({ body }) => {
    const asked = new URLSearchParams(body);
    const group = asked.get('AutoScalingGroupName') ?? asked.get('AutoScalingGroupNames.member.1') ?? '';
    if (group === 'busy' && asked.get('Action') === 'SetDesiredCapacity') {
      const error = '<Code>ScalingActivityInProgress</Code><Message>Activity &quot;1&quot; is in progress</Message>';
      return { status: 400, body: `<ErrorResponse><Error><Type>Sender</Type>${error}</Error></ErrorResponse>` };
    }
    if (asked.get('Action') === 'SetDesiredCapacity') {
      state.replicas = Number(asked.get('DesiredCapacity'));
      return { body: '<SetDesiredCapacityResponse/>' };
    }
    const member = `<member><AutoScalingGroupName>${group}</AutoScalingGroupName><DesiredCapacity>${state.replicas}</DesiredCapacity></member>`;
    const groups = group === 'gone' ? '' : member;
    return {
      body: `<DescribeAutoScalingGroupsResponse><DescribeAutoScalingGroupsResult><AutoScalingGroups>${groups}</AutoScalingGroups></DescribeAutoScalingGroupsResult></DescribeAutoScalingGroupsResponse>`,
    };
  };
}
