/** `host:port` with a name, an IPv4 address or a bracketed IPv6 address, and a port from 1 to 65535. */
export function isHostPort(text: string): boolean {
  const match = /^(?:\[[0-9A-Fa-f:.%]+\]|[^\s:/[\]]+):(\d{1,5})$/.exec(text);
  if (match === null || text.length > 300) return false;
  const port = Number(match[1]);
  return port >= 1 && port <= 65_535;
}
