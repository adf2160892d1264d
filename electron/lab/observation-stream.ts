/**
 * Reads the observations of one member process: JSON lines, numbered, read again from the last number after a break.
 * Another process counts anew and so gets a stream of its own.
 */
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { StringDecoder } from 'node:string_decoder';
import type { StampedObservation } from '../../member/base/observation.ts';

export interface ObservationStreamOptions {
  readonly url: (after: number) => string;
  readonly onObservation: (observation: StampedObservation) => void;
  readonly onConnected: (isConnected: boolean) => void;
}

const retryMs = 500;
const lineLimit = 1 << 20;

export class ObservationStream {
  private readonly options: ObservationStreamOptions;
  private run = '';
  private seq = 0;
  private asked: ClientRequest | null = null;
  private timer: NodeJS.Timeout | null = null;
  private isClosed = false;
  private isConnected = false;

  constructor(options: ObservationStreamOptions) {
    this.options = options;
    this.connect();
  }

  close(): void {
    this.isClosed = true;
    if (this.timer !== null) clearTimeout(this.timer);
    this.asked?.destroy();
    this.tell(false);
  }

  private connect(): void {
    const asked = request(this.options.url(this.seq), (response) => this.read(response));
    this.asked = asked;
    asked.on('error', () => this.again());
    asked.on('close', () => this.again());
    asked.end();
  }

  private read(response: IncomingMessage): void {
    if (response.statusCode !== 200) {
      // A foreign engine has no such route; asking again costs little, and its successor may have it.
      response.resume();
      return;
    }
    this.tell(true);
    const decoder = new StringDecoder('utf8');
    let rest = '';
    response.on('data', (chunk: Buffer) => {
      const lines = (rest + decoder.write(chunk)).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > lineLimit) response.destroy();
      for (const line of lines) this.take(line);
    });
  }

  private take(line: string): void {
    const observation = readObservation(line);
    if (observation === null) return;
    // Another process answers than before, and counts anew.
    if (observation.run !== this.run) {
      this.run = observation.run;
      this.seq = 0;
    }
    if (observation.seq <= this.seq) return;
    this.seq = observation.seq;
    this.options.onObservation(observation);
  }

  /** One retry at a time, whichever of error and close came first. */
  private again(): void {
    this.tell(false);
    if (this.isClosed || this.timer !== null) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.connect();
    }, retryMs);
  }

  private tell(isConnected: boolean): void {
    if (this.isConnected === isConnected) return;
    this.isConnected = isConnected;
    this.options.onConnected(isConnected);
  }
}

/** Null for a line that is none, such as an empty one that keeps the connection alive. */
function readObservation(line: string): StampedObservation | null {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof json !== 'object' || json === null || !('seq' in json) || !('run' in json) || !('kind' in json))
    return null;
  // Members are of the same build as the lab; what matters for following the stream is checked.
  return typeof json.seq === 'number' && typeof json.run === 'string' ? (json as StampedObservation) : null;
}
