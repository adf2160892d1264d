/** Go-style listen addresses: `host:port`, `:port`, `[::1]:port`. */
import { err, ok, type Result } from '../../base/result.ts';

export interface ListenAddress {
  /** Empty: all interfaces. */
  readonly host: string;
  readonly port: number;
}

export function parseListenAddress(text: string): Result<ListenAddress, string> {
  const match = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) return err(`${JSON.stringify(text)} is not an address; use host:port or :port`);
  return ok({ host: match[1] ?? match[2] ?? '', port });
}

export function formatHostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** The reason of a failed listen, in Go's words where users know them, with the address. */
export function listenFailure(error: NodeJS.ErrnoException, kind: 'tcp' | 'udp', address: string): string {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: 'address already in use',
    EACCES: 'permission denied',
    EADDRNOTAVAIL: 'cannot assign requested address',
    ENOTFOUND: 'no such host',
  };
  const reason = (error.code === undefined ? undefined : reasons[error.code]) ?? error.message;
  return `listen ${kind} ${address}: bind: ${reason}`;
}
