/**
 * The head of a request that the write lane may take: `POST` to `/write` in HTTP/1.1 with a length and none but the
 * headers that writers send. Everything else, and everything doubtful, is for the full HTTP server.
 */

export interface LaneHead {
  /** Behind the `?`, undecoded. */
  readonly queryText: string;
  readonly host: string;
  readonly contentLength: number;
  /** Where the body begins. */
  readonly bodyStart: number;
}

/** More than any writer's head has. */
const headLimit = 4_096;
const knownLimit = 64;
const requestLine = /^POST (?:\/kapacitor\/v1)?\/write\?([!-~]*) HTTP\/1\.1$/;
const headerLine = /^([A-Za-z-]+): ?([ -~]*)$/;
const harmless: ReadonlySet<string> = new Set([
  'user-agent',
  'content-type',
  'accept',
  'accept-encoding',
  'accept-language',
  'sec-fetch-mode',
]);
const headEnd = Buffer.from('\r\n\r\n');
const firstBytes = Buffer.from('POST /');

/** Heads that a writer has sent are known again: of one writer they differ in the length alone. */
export class LaneHeadReader {
  private known = new Map<string, LaneHead>();

  read(bytes: Buffer): LaneHead | 'partial' | 'foreign' {
    const end = bytes.indexOf(headEnd);
    if (end < 0 || end > headLimit) return readLaneHead(bytes);
    const text = bytes.toString('latin1', 0, end);
    const known = this.known.get(text);
    if (known !== undefined) return known;
    const head = readLaneHead(bytes);
    if (typeof head === 'string') return head;
    if (this.known.size === knownLimit) this.known = new Map();
    this.known.set(text, head);
    return head;
  }
}

/** `partial`: more bytes may make it one; `foreign`: they cannot. */
export function readLaneHead(bytes: Buffer): LaneHead | 'partial' | 'foreign' {
  const known = Math.min(bytes.length, firstBytes.length);
  if (bytes.compare(firstBytes, 0, known, 0, known) !== 0) return 'foreign';
  const end = bytes.indexOf(headEnd);
  if (end < 0) return bytes.length > headLimit ? 'foreign' : 'partial';
  if (end > headLimit) return 'foreign';
  const [first = '', ...headers] = bytes.toString('latin1', 0, end).split('\r\n');
  const request = requestLine.exec(first);
  if (request === null) return 'foreign';
  let host: string | undefined;
  let contentLength: number | undefined;
  for (const line of headers) {
    const header = headerLine.exec(line);
    if (header === null) return 'foreign';
    const [, name = '', value = ''] = header;
    switch (name.toLowerCase()) {
      case 'host':
        if (host !== undefined) return 'foreign';
        host = value;
        break;
      case 'content-length':
        if (contentLength !== undefined || !/^\d{1,9}$/.test(value)) return 'foreign';
        contentLength = Number(value);
        break;
      case 'connection':
        if (value.toLowerCase() !== 'keep-alive') return 'foreign';
        break;
      default:
        if (!harmless.has(name.toLowerCase())) return 'foreign';
    }
  }
  if (host === undefined || contentLength === undefined) return 'foreign';
  return { queryText: request[1] ?? '', host, contentLength, bodyStart: end + headEnd.length };
}
