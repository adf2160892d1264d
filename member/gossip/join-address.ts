import { err, ok, type Result } from '../base/result.ts';

/** Whom to join: a host (name or IP address), a port, and the member expected there (empty: whoever answers). */
export interface JoinAddress {
  readonly host: string;
  readonly port: number;
  readonly member: string;
}

/** Reads `host`, `host:port`, `[v6]:port`, a bare IPv6 address, each perhaps after `name/`. */
export function parseJoinAddress(text: string, defaultPort: number): Result<JoinAddress, string> {
  const slash = text.indexOf('/');
  const member = slash < 0 ? '' : text.slice(0, slash);
  if (slash === 0) return err(`join address "${text}": the member name before "/" is empty`);
  const place = text.slice(slash + 1);
  const bracketed = /^\[([^[\]]+)\](?::(\d+))?$/.exec(place);
  const simple = /^([^:[\]]+)(?::(\d+))?$/.exec(place);
  const bareIpv6 = /^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*$/.test(place) ? [place, place] : null;
  const match = bracketed ?? simple ?? bareIpv6;
  const host = match?.[1];
  if (host === undefined) return err(`join address "${text}": not host, host:port, [v6]:port or name/host:port`);
  const port = match?.[2] === undefined ? defaultPort : Number(match[2]);
  if (port < 1 || port > 65_535) return err(`join address "${text}": the port is not between 1 and 65535`);
  return ok({ host, port, member });
}
