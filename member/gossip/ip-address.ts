/** IP addresses as the bytes that the protocol carries and compares, and as the text that sockets take. */

/** 4 or 16 bytes; null if the text is no IP address. An IPv4 address in IPv6 form becomes IPv4: the two never match. */
export function parseIp(text: string): Uint8Array | null {
  return parseIpv4(text) ?? parseIpv6(text);
}

export function isIpAddress(address: Uint8Array): boolean {
  return address.length === 4 || address.length === 16;
}

/** As Go prints it: IPv4 in IPv6 form as IPv4, else RFC 5952. Takes 4 or 16 bytes. */
export function formatIp(address: Uint8Array): string {
  if (address.length === 4) return address.join('.');
  if (isMappedIpv4(address)) return address.subarray(12).join('.');
  const groups = Array.from({ length: 8 }, (_, i) => ((address[2 * i] ?? 0) << 8) | (address[2 * i + 1] ?? 0));
  const zeros = longestZeroRun(groups);
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  if (zeros.length < 2) return hex(groups);
  return `${hex(groups.slice(0, zeros.start))}::${hex(groups.slice(zeros.start + zeros.length))}`;
}

/** `host:port`, with brackets around an IPv6 address. */
export function formatEndpoint(endpoint: { readonly host: string; readonly port: number }): string {
  return endpoint.host.includes(':') ? `[${endpoint.host}]:${endpoint.port}` : `${endpoint.host}:${endpoint.port}`;
}

function parseIpv4(text: string): Uint8Array | null {
  const parts = text.split('.');
  if (parts.length !== 4) return null;
  const address = new Uint8Array(4);
  for (const [index, part] of parts.entries()) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return null;
    address[index] = Number(part);
  }
  return address;
}

function parseIpv6(text: string): Uint8Array | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head, tail] = halves.map(parseGroups);
  if (head === undefined || head === null || tail === null) return null;
  const missing = 16 - head.length - (tail?.length ?? 0);
  if (tail === undefined ? missing !== 0 : missing < 2) return null;
  const address = new Uint8Array(16);
  address.set(head);
  if (tail !== undefined) address.set(tail, 16 - tail.length);
  return isMappedIpv4(address) ? address.slice(12) : address;
}

/** The bytes of groups separated by colons; the last may be an IPv4 address. */
function parseGroups(text: string): Uint8Array | null {
  if (text === '') return new Uint8Array(0);
  const bytes: number[] = [];
  const groups = text.split(':');
  for (const [index, group] of groups.entries()) {
    const ipv4 = index === groups.length - 1 ? parseIpv4(group) : null;
    if (ipv4 !== null) bytes.push(...ipv4);
    else if (/^[0-9a-fA-F]{1,4}$/.test(group))
      bytes.push(Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff);
    else return null;
  }
  return bytes.length <= 16 ? Uint8Array.from(bytes) : null;
}

function isMappedIpv4(address: Uint8Array): boolean {
  return address.subarray(0, 10).every((byte) => byte === 0) && address[10] === 0xff && address[11] === 0xff;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (const [index, group] of groups.entries()) {
    if (group !== 0) start = index + 1;
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start };
  }
  return best;
}
