/** Takes a request's body whole: routes parse it from one buffer (performance.md 6.1). */
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

/** A bound on what one request may make the member hold. */
const bodyLimit = 256 * 1024 * 1024;

/** The body cannot be read; the text is the answer's, status 400 (413 when too large). */
export class BodyError extends Error {
  readonly status: number;
  constructor(message: string, status = 400) {
    super(message);
    this.status = status;
  }
}

const unpack = promisify(gunzip);

export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const packed = await collect(request);
  if (request.headers['content-encoding'] !== 'gzip') return packed;
  try {
    return await unpack(packed, { maxOutputLength: bodyLimit });
  } catch (error) {
    throw new BodyError(`gzip: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function collect(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let first: Buffer | undefined;
    let rest: Buffer[] | undefined;
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > bodyLimit) {
        reject(new BodyError(`request body is larger than ${bodyLimit} bytes`, 413));
        request.removeAllListeners('data');
        request.resume();
      } else if (first === undefined) first = chunk;
      else if (rest === undefined) rest = [first, chunk];
      else rest.push(chunk);
    });
    request.on('end', () => resolve(rest === undefined ? (first ?? emptyBody) : Buffer.concat(rest, size)));
    request.on('aborted', () => reject(new BodyError('request was aborted')));
    request.on('error', reject);
  });
}

const emptyBody = Buffer.alloc(0);
