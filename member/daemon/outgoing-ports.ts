/** Outgoing posts and InfluxDB as pipelines and handlers see them, over the configuration in force. */
import { readFileSync } from 'node:fs';
import { err, ok, type Result } from '../base/result.ts';
import type { MemberConfig } from '../config/config.ts';
import type { HttpPort, InfluxFailure, InfluxPort } from '../pipeline/environment.ts';
import { createInfluxClient, type InfluxClient, type InfluxSettings } from '../shell/influx/influx-client.ts';
import type { HttpSender } from '../shell/outgoing/http-sender.ts';

/** An element of `[[httppost]]`, its template files read. */
export interface Endpoint {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly alertTemplate: string;
  readonly rowTemplate: string;
}

/** Undefined: there is none of that name. Called at each use, so that a change acts at once. */
export function endpointOf(config: MemberConfig, name: string): Endpoint | undefined {
  const element = config.httppost.find((candidate) => candidate.endpoint === name);
  if (element === undefined) return undefined;
  const { username, password } = element['basic-auth'];
  const authorization =
    typeof username === 'string' && username !== ''
      ? {
          Authorization: `Basic ${Buffer.from(`${username}:${typeof password === 'string' ? password : ''}`).toString('base64')}`,
        }
      : {};
  return {
    url: element.url,
    headers: { ...authorization, ...texts(element.headers) },
    alertTemplate:
      element['alert-template'] === '' ? fileText(element['alert-template-file']) : element['alert-template'],
    rowTemplate: element['row-template'] === '' ? fileText(element['row-template-file']) : element['row-template'],
  };
}

/** Header values of the configuration: texts, numbers and booleans. */
export function texts(map: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(map).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}

/** A template file that cannot be read renders as nothing was configured. */
function fileText(path: string): string {
  if (path === '') return '';
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

export function createHttpPort(sender: HttpSender, config: () => MemberConfig, memberId: () => string): HttpPort {
  return {
    endpoint(name) {
      const endpoint = endpointOf(config(), name);
      return endpoint === undefined ? undefined : { rowTemplate: endpoint.rowTemplate };
    },
    post(request, done) {
      const endpoint = request.target.kind === 'endpoint' ? endpointOf(config(), request.target.name) : undefined;
      const url = request.target.kind === 'url' ? request.target.url : endpoint?.url;
      if (url === undefined) {
        queueMicrotask(() => done({ kind: 'failed', reason: 'the endpoint is not configured any more' }));
        return;
      }
      sender.send(
        {
          method: 'POST',
          url,
          headers: {
            'Content-Type': 'application/json',
            ...endpoint?.headers,
            ...request.headers,
            'X-Kapacitor-Member': memberId(),
          },
          body: request.body,
          timeoutMs: request.timeoutNs === 0n ? null : Number(request.timeoutNs / 1_000_000n),
        },
        (outcome) =>
          done(outcome.kind === 'answer' ? { kind: 'answer', status: outcome.status, body: outcome.body } : outcome),
      );
    },
  };
}

function influxSettings(element: MemberConfig['influxdb'][number]): InfluxSettings {
  return {
    name: element.name,
    urls: element.urls,
    username: element.username,
    password: element.password,
    timeoutMs: element.timeout === 0n ? null : Number(element.timeout / 1_000_000n),
    tls: {
      ca: element['ssl-ca'],
      cert: element['ssl-cert'],
      key: element['ssl-key'],
      isInsecure: element['insecure-skip-verify'],
    },
  };
}

/** Why an enabled element cannot be used: a certificate that cannot be read. */
export function influxProblem(config: MemberConfig, sender: HttpSender): string | undefined {
  for (const element of config.influxdb) {
    const client = element.enabled ? createInfluxClient(influxSettings(element), sender) : undefined;
    if (client?.ok === false) return `${element.name}: ${client.error}`;
  }
  return undefined;
}

export interface InfluxClusters {
  readonly port: InfluxPort;
  /** The client of a configured cluster; empty is the default one. */
  client(name: string): Result<InfluxClient, string>;
  /** Clients are made anew from the configuration. */
  reset(): void;
}

export function createInfluxClusters(sender: HttpSender, config: () => MemberConfig): InfluxClusters {
  const clients = new Map<string, Result<InfluxClient, string>>();
  const elementOf = (name: string): MemberConfig['influxdb'][number] | undefined => {
    const enabled = config().influxdb.filter((element) => element.enabled);
    if (name !== '') return enabled.find((element) => element.name === name);
    return enabled.find((element) => element.default) ?? (enabled.length === 1 ? enabled[0] : undefined);
  };
  const client = (name: string): Result<InfluxClient, string> => {
    const element = elementOf(name);
    if (element === undefined)
      return err(name === '' ? 'no default InfluxDB cluster is configured' : `no such InfluxDB config ${name}`);
    let held = clients.get(element.name);
    if (held === undefined) {
      held = createInfluxClient(influxSettings(element), sender);
      clients.set(element.name, held);
    }
    return held;
  };
  const refused = (message: string): InfluxFailure => ({ message, isTransient: false });
  return {
    client,
    reset: () => clients.clear(),
    port: {
      check(cluster) {
        const found = client(cluster);
        return found.ok ? ok(undefined) : found;
      },
      write(request, done) {
        const found = client(request.cluster);
        if (!found.ok) return queueMicrotask(() => done(refused(found.error)));
        const parameters: Record<string, string> = { db: request.database };
        if (request.retentionPolicy !== '') parameters['rp'] = request.retentionPolicy;
        if (request.consistency !== '') parameters['consistency'] = request.consistency;
        if (request.precision !== '') parameters['precision'] = request.precision;
        found.value.write(parameters, request.lines, done);
      },
      select(cluster, statement, receiver) {
        const found = client(cluster);
        if (found.ok) return found.value.select(statement, receiver);
        queueMicrotask(() => receiver.done(found.error));
        return () => undefined;
      },
      execute(cluster, statement, done) {
        const found = client(cluster);
        if (found.ok) found.value.execute(statement, done);
        else queueMicrotask(() => done(refused(found.error)));
      },
    },
  };
}
