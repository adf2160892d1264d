/** Which addresses a member binds and which it tells others (D2). */
import type { MemberConfig } from '../config/config.ts';
import { formatHostPort, isLoopback, parseListenAddress, type ListenAddress } from '../shell/http/listen-address.ts';
import { err, ok, type Result } from '../base/result.ts';

export interface ServiceAddress {
  readonly bind: ListenAddress;
  /** Host and port for others; port 0 stands for the bound one. */
  readonly advertise: ListenAddress;
}

export interface MemberAddresses {
  readonly api: ServiceAddress;
  readonly rpc: ServiceAddress;
  readonly gossip: ServiceAddress;
}

export function memberAddresses(config: MemberConfig, isLabMember: boolean): Result<MemberAddresses, string> {
  const { hostname, http, rpc, cluster } = config;
  const api = service('[http]', http['bind-address'], '', hostname, isLabMember ? '127.0.0.1' : '');
  if (!api.ok) return api;
  const calls = service('[rpc]', rpc['bind-address'], rpc['advertise-address'], hostname, hostname);
  if (!calls.ok) return calls;
  const gossip = service('[cluster]', cluster['bind-address'], cluster['advertise-address'], hostname, hostname);
  return gossip.ok ? ok({ api: api.value, rpc: calls.value, gossip: gossip.value }) : gossip;
}

function service(
  section: string,
  bind: string,
  advertise: string,
  hostname: string,
  missingHost: string,
): Result<ServiceAddress, string> {
  const bound = parseListenAddress(bind);
  if (!bound.ok) return err(`${section} bind-address = ${bound.error}`);
  const told = advertise === '' ? undefined : parseListenAddress(advertise);
  if (told?.ok === false) return err(`${section} advertise-address = ${told.error}`);
  const host = bound.value.host === '' ? missingHost : bound.value.host;
  const isOpen = host === '' || host === '0.0.0.0' || host === '::';
  return ok({
    bind: { host, port: bound.value.port },
    advertise: told?.value ?? { host: isOpen ? hostname : host, port: bound.value.port },
  });
}

/** `host:port` for others, once the bound port is known. */
export function advertised(address: ServiceAddress, boundPort: number): string {
  const { host, port } = address.advertise;
  return formatHostPort(host, port === 0 ? boundPort : port);
}

/** Reachable from this machine alone. */
export function isLocalOnly(address: ServiceAddress): boolean {
  return isLoopback(address.bind.host);
}
