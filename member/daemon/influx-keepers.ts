/** One subscription keeper per enabled `[[influxdb]]` element, made anew when the section changes. */
import { ok, type Result } from '../base/result.ts';
import type { MemberConfig } from '../config/config.ts';
import type { InfluxClusters } from './outgoing-ports.ts';
import { formatHostPort, parseListenAddress } from '../shell/http/listen-address.ts';
import { startSubscriptionKeeper, type SubscriptionKeeper } from '../shell/influx/subscription-keeper.ts';
import type { Wanted } from '../shell/influx/subscription-plan.ts';
import type { Logger } from '../shell/log/log.ts';
import { openUdpListener, type UdpListener, type UdpListenerOptions } from '../shell/udp/udp-listener.ts';

type Element = MemberConfig['influxdb'][number];

export interface KeepersOptions {
  readonly clusters: InfluxClusters;
  readonly config: () => MemberConfig;
  readonly identity: () => { readonly memberId: string; readonly clusterId: string };
  /** Of the API, once it is bound. */
  readonly apiPort: number;
  readonly isHttps: boolean;
  readonly logger: Logger;
  readonly udp: Omit<UdpListenerOptions, 'database' | 'retentionPolicy' | 'readBufferBytes'>;
  readonly now: () => number;
}

export interface InfluxKeepers {
  /** Starts what is enabled, ends what is not. */
  restart(): void;
  /** POST /subscriptions: looks at all of them now. */
  sync(): Promise<void>;
  count(): number;
  close(): void;
}

export function createInfluxKeepers(options: KeepersOptions): InfluxKeepers {
  const keepers = new Map<string, SubscriptionKeeper>();
  const listeners = new Map<string, Promise<Result<UdpListener, string>>>();

  const close = (): void => {
    for (const keeper of keepers.values()) keeper.close();
    keepers.clear();
    for (const listener of listeners.values())
      void listener.then((opened) => (opened.ok ? opened.value.close() : undefined));
    listeners.clear();
  };
  const start = (element: Element): void => {
    const client = options.clusters.client(element.name);
    const logger = options.logger.with(['service', 'influxdb'], ['cluster', element.name]);
    if (!client.ok) {
      logger.error('cannot use this InfluxDB', ['err', client.error]);
      return;
    }
    const ports = new Map<string, number>();
    const keeper = startSubscriptionKeeper({
      client: client.value,
      logger,
      wanted: () => wantedOf(element, options, ports),
      syncIntervalMs: Number(element['subscriptions-sync-interval'] / 1_000_000n),
      startupTimeoutMs: Number(element['startup-timeout'] / 1_000_000n),
      now: options.now,
      ...(element['subscription-protocol'] === 'udp'
        ? { prepare: (databases) => listen({ element, databases, ports, logger, listeners, udp: options.udp }) }
        : {}),
    });
    keepers.set(element.name, keeper);
  };
  return {
    restart() {
      close();
      options.clusters.reset();
      for (const element of options.config().influxdb) {
        if (element.enabled && !element['disable-subscriptions']) start(element);
      }
    },
    async sync() {
      await Promise.all([...keepers.values()].map((keeper) => keeper.sync()));
    },
    count: () => [...keepers.values()].reduce((sum, keeper) => sum + keeper.count(), 0),
    close,
  };
}

interface Listening {
  readonly element: Element;
  readonly databases: readonly { readonly db: string; readonly rp: string }[];
  /** Where the bound ports go, by database and policy. */
  readonly ports: Map<string, number>;
  readonly listeners: Map<string, Promise<Result<UdpListener, string>>>;
  readonly udp: KeepersOptions['udp'];
  readonly logger: Logger;
}

/** Over UDP each database has a port of its own, as a datagram does not say where it belongs. */
async function listen({ element, databases, ports, listeners, udp, logger }: Listening): Promise<void> {
  for (const { db, rp } of databases) {
    const place = placeKey(db, rp);
    const key = `${element.name}\u0000${place}`;
    let listener = listeners.get(key);
    if (listener === undefined) {
      listener = openUdpListener(
        { host: element['udp-bind'], port: 0 },
        { ...udp, logger, database: db, retentionPolicy: rp, readBufferBytes: element['udp-read-buffer'] },
      );
      listeners.set(key, listener);
    }
    const opened = await listener;
    if (opened.ok) ports.set(place, opened.value.port);
    else logger.error('failed to start UDP listener', ['err', opened.error]);
  }
}

function wantedOf(element: Element, options: KeepersOptions, udpPorts: ReadonlyMap<string, number>): Wanted {
  const { memberId, clusterId } = options.identity();
  const config = options.config();
  const host = element['kapacitor-hostname'] === '' ? config.hostname : element['kapacitor-hostname'];
  const protocol = element['subscription-protocol'];
  const port = element['http-port'] === 0 ? options.apiPort : element['http-port'];
  return {
    name: `kapacitor-${element['subscription-mode'] === 'server' ? memberId : clusterId}`,
    destination: (db, rp) =>
      `${protocol}://${formatHostPort(host, protocol === 'udp' ? (udpPorts.get(placeKey(db, rp)) ?? 0) : port)}`,
    included: policies(element.subscriptions),
    excluded: policies(element['excluded-subscriptions']),
  };
}

function policies(map: Readonly<Record<string, unknown>>): Record<string, readonly string[]> {
  return Object.fromEntries(Object.entries(map).map(([db, list]) => [db, Array.isArray(list) ? list.map(String) : []]));
}

function placeKey(db: string, rp: string): string {
  return `${db}\u0000${rp}`;
}

/** `[[udp]]`: listeners of the configuration. */
export async function openUdpInputs(
  config: MemberConfig,
  options: KeepersOptions['udp'],
): Promise<Result<readonly UdpListener[], string>> {
  const opened: UdpListener[] = [];
  for (const element of config.udp) {
    if (!element.enabled) continue;
    const address = parseListenAddress(element['bind-address']);
    const listener = address.ok
      ? await openUdpListener(address.value, {
          ...options,
          database: element.database,
          retentionPolicy: element['retention-policy'],
          readBufferBytes: element['read-buffer'],
        })
      : address;
    if (listener.ok) {
      opened.push(listener.value);
      continue;
    }
    for (const open of opened) await open.close();
    return listener;
  }
  return ok(opened);
}
