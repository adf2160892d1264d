/**
 * From a configuration to a running member. Everything is opened in an order in which a failure leaves nothing behind:
 * ports first (a port in use stops the start before anything is written), then the store, the member, its tasks, and
 * at last the API begins to answer. The end goes the other way round.
 */
import { readFileSync } from 'node:fs';
import { LineProtocolParser } from '../influx/line-protocol/parse.ts';
import type { LinkFault } from '../api/private-channel.ts';
import { err, ok, type Result } from '../base/result.ts';
import { version } from '../base/version.ts';
import type { MemberConfig } from '../config/config.ts';
import { openGossipSockets, type GossipSockets } from '../shell/gossip/gossip-sockets.ts';
import { openApiServer, type ApiServer, type ApiServerOptions } from '../shell/http/api-server.ts';
import type { Router } from '../shell/http/router.ts';
import type { Log } from '../shell/log/log.ts';
import { openStore, type DurableStore } from '../shell/store/lmdb-store.ts';
import { advertised, isLocalOnly, memberAddresses, type MemberAddresses } from './member-addresses.ts';
import { createSystemRandom } from './system-random.ts';
import { systemClock } from './system-clock.ts';
import { openRpc, type RpcService } from '../shell/rpc/rpc-service.ts';
import { startServices, type Services } from './services.ts';

export interface RunOptions {
  readonly config: MemberConfig;
  readonly log: Log;
  readonly isLabMember: boolean;
  readonly commandLine: readonly string[];
  /** The member cannot keep its promises any longer. */
  readonly onFatal: (reason: string) => void;
}

export interface RunningDaemon {
  readonly memberId: string;
  readonly clusterId: string;
  readonly addresses: { readonly api: string; readonly rpc: string; readonly gossip: string };
  setLinkFaults(faults: readonly LinkFault[]): void;
  /** Reads again what is loaded from files. */
  reload(): void;
  stop(): Promise<void>;
}

/** What is open so far, for an end in the reverse order. */
interface Opened {
  readonly api: ApiServer;
  readonly gossip: GossipSockets;
  readonly rpc: RpcService;
  readonly store: DurableStore;
}

export async function runMember(options: RunOptions): Promise<Result<RunningDaemon, string>> {
  const { config, log } = options;
  const addresses = memberAddresses(config, options.isLabMember);
  if (!addresses.ok) return addresses;
  const begun: { services: Services | undefined } = { services: undefined };
  let isReady: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => {
    isReady = resolve;
  });
  const opened = await openAll(options, addresses.value, {
    router: () => begun.services?.router ?? noRoutes,
    takeWrite: (query, body) => (begun.services === undefined ? 'declined' : begun.services.takeWrite(query, body)),
    ready,
  });
  if (!opened.ok) return opened;
  const told = {
    api: advertised(addresses.value.api, opened.value.api.address.port),
    rpc: advertised(addresses.value.rpc, opened.value.rpc.port),
    gossip: advertised(addresses.value.gossip, opened.value.gossip.bindPort),
  };
  const services = await startServices({
    ...opened.value,
    ...options,
    addresses: told,
    isReachableFromOutside: !isLocalOnly(addresses.value.rpc),
    apiPort: opened.value.api.address.port,
    parser: new LineProtocolParser(),
  });
  if (!services.ok) {
    await closeAll(opened.value, 0);
    return services;
  }
  begun.services = services.value;
  isReady();
  log.info(
    'listening on',
    ['service', 'http'],
    ['addr', told.api],
    ['protocol', config.http['https-enabled'] ? 'https' : 'http'],
  );
  return ok({
    memberId: services.value.memberId,
    clusterId: services.value.clusterId(),
    addresses: told,
    setLinkFaults(faults) {
      opened.value.gossip.setLinkFaults(faults);
      opened.value.rpc.setLinkFaults(faults);
    },
    reload: () => services.value.reload(),
    stop: () => stop(opened.value, services.value, config),
  });
}

/** Nobody is answered before the services have begun; what asks earlier waits for `ready`. */
const noRoutes: Router = { find: () => undefined, list: () => new Map() };

async function openAll(
  options: RunOptions,
  addresses: MemberAddresses,
  routing: Pick<ApiServerOptions, 'router' | 'takeWrite' | 'ready'>,
): Promise<Result<Opened, string>> {
  const { config, log } = options;
  const serverOptions = apiOptions(options, addresses, routing);
  if (!serverOptions.ok) return serverOptions;
  const api = await openApiServer(addresses.api.bind, serverOptions.value);
  if (!api.ok) return api;
  const random = createSystemRandom();
  const onError = (text: string): void => log.error(text);
  const gossip = await openGossipSockets({
    bindHost: addresses.gossip.bind.host,
    bindPort: addresses.gossip.bind.port,
    advertise: addresses.gossip.advertise,
    random,
    onError,
  });
  if (!gossip.ok) {
    await api.value.close(0);
    return err(`[cluster] bind-address: ${gossip.error}`);
  }
  const rpc = await openRpc(addresses.rpc.bind, { random, isLogging: config.rpc['enable-grpc-logging'] });
  if (!rpc.ok) {
    await Promise.all([api.value.close(0), closeGossip(gossip.value)]);
    return err(`[rpc] bind-address: ${rpc.error}`);
  }
  const store = openStore(config.storage.boltdb);
  if (!store.ok) {
    await Promise.all([api.value.close(0), closeGossip(gossip.value), closeRpc(rpc.value)]);
    return store;
  }
  if (store.value.boltPath !== undefined) {
    log.info(
      'left a BoltDB file of another Kapacitor alone',
      ['path', store.value.boltPath],
      ['store', store.value.path],
    );
  }
  return ok({ api: api.value, gossip: gossip.value, rpc: rpc.value, store: store.value });
}

function apiOptions(
  options: RunOptions,
  addresses: MemberAddresses,
  routing: Pick<ApiServerOptions, 'router' | 'takeWrite' | 'ready'>,
): Result<ApiServerOptions, string> {
  const { config } = options;
  const { http } = config;
  const plain: ApiServerOptions = {
    ...routing,
    version: version.compatible,
    logger: options.log.with(['service', 'http']),
    now: systemClock.wallMs,
    isAccessLogged: http['log-enabled'],
    isAuthEnabled: http['auth-enabled'],
    isPprofEnabled: http['pprof-enabled'],
    sharedSecret: http['shared-secret'],
    guard: {
      allowedOrigins: http['allowed-origins'],
      isGuarded: options.isLabMember || isLocalOnly(addresses.api),
      hosts: [config.hostname, addresses.api.advertise.host],
    },
  };
  if (!http['https-enabled']) return ok(plain);
  try {
    const cert = readFileSync(http['https-certificate']);
    const key = http['https-private-key'] === '' ? cert : readFileSync(http['https-private-key']);
    const isNewest = config.tls['min-version'].toUpperCase().replace('TLS', '') === '1.3';
    const { ciphers } = config.tls;
    return ok({
      ...plain,
      tls: {
        cert,
        key,
        minVersion: isNewest ? 'TLSv1.3' : 'TLSv1.2',
        ...(ciphers.length === 0 ? {} : { ciphers: ciphers.join(':') }),
      },
    });
  } catch (error) {
    return err(`[http] https-certificate: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function stop(opened: Opened, services: Services, config: MemberConfig): Promise<void> {
  await opened.api.close(Number(config.http['shutdown-timeout'] / 1_000_000n));
  await services.stop();
  await closeAll(opened, 0);
}

/** Gossip and RPC are closed by the member that ran on them; closing them again does nothing. */
async function closeAll(opened: Opened, limitMs: number): Promise<void> {
  await Promise.all([opened.api.close(limitMs), closeGossip(opened.gossip), closeRpc(opened.rpc)]);
  await opened.store.close();
}

function closeGossip(gossip: GossipSockets): Promise<void> {
  return new Promise((resolve) => gossip.close(resolve));
}

function closeRpc(rpc: RpcService): Promise<void> {
  return new Promise((resolve) => rpc.calls.close(resolve));
}
