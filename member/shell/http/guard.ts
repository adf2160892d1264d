/**
 * D26: a member on loopback refuses a request whose `Host` is not its own or whose `Origin` is not allowed, so that a
 * web page cannot reach it (DNS rebinding, cross-site posts).
 */
export interface GuardSettings {
  /** `[http] allowed-origins`; `*` switches the guard off, as 1.5.4 has none. */
  readonly allowedOrigins: readonly string[];
  /** True for members of a lab and for members bound to loopback. */
  readonly isGuarded: boolean;
  /** Further names of this member: its hostname, its advertised address. */
  readonly hosts: readonly string[];
}

const loopbackNames: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]', '::1']);

/** The reason why the request is refused, or undefined. */
export function refusal(
  settings: GuardSettings,
  port: number,
  host: string | undefined,
  origin: string | undefined,
): string | undefined {
  if (!settings.isGuarded || settings.allowedOrigins.includes('*')) return undefined;
  if (host !== undefined && !isOwnHost(settings, port, host)) return `host ${host} is not a name of this member`;
  if (origin === undefined || settings.allowedOrigins.includes(origin)) return undefined;
  return `origin ${origin} is not allowed; see [http] allowed-origins`;
}

function isOwnHost(settings: GuardSettings, port: number, host: string): boolean {
  const match = /^(.*?)(?::(\d+))?$/.exec(host.toLowerCase());
  if (match === null) return false;
  const [, name = '', hostPort] = match;
  if (hostPort !== undefined && Number(hostPort) !== port) return false;
  return loopbackNames.has(name) || settings.hosts.some((own) => own.toLowerCase() === name);
}
