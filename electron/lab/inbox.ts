/**
 * The lab's own receiver of alerts: handlers post to `/t/<topic>`, `GET /deliveries` lists what came, grouped by
 * event. Bound to loopback, and closed to web pages (a request with a foreign Host or an Origin is refused).
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { ok, err, type Result } from '../../member/base/result.ts';
import type { LevelName } from '../contract/state.ts';
import type { InboxDelivery } from './alert-log.ts';

const bodyLimit = 4 * 1024 * 1024;
const keptEvents = 10_000;

interface Received {
  readonly topic: string;
  readonly id: string;
  readonly time: string;
  readonly level: string;
  readonly by: { member: string | null; at: string; path: string }[];
}

export class Inbox {
  readonly url: string;
  private readonly server: Server;
  private readonly received = new Map<string, Received>();
  private readonly onDelivery: (delivery: InboxDelivery) => void;
  private readonly host: string;
  private total = 0;

  private constructor(server: Server, port: number, onDelivery: (delivery: InboxDelivery) => void) {
    this.server = server;
    this.host = `127.0.0.1:${port}`;
    this.url = `http://${this.host}`;
    this.onDelivery = onDelivery;
    server.on('request', (request: IncomingMessage, response: ServerResponse) => void this.serve(request, response));
  }

  static open(port: number, onDelivery: (delivery: InboxDelivery) => void): Promise<Result<Inbox, string>> {
    return new Promise((resolve) => {
      const server = createServer();
      server.once('error', (error) => resolve(err(`the inbox cannot listen on 127.0.0.1:${port}: ${error.message}`)));
      server.listen(port, '127.0.0.1', () => resolve(ok(new Inbox(server, port, onDelivery))));
    });
  }

  get count(): number {
    return this.total;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = Date.now();
    const path = (request.url ?? '').split('?')[0] ?? '';
    if (request.headers.host !== this.host || request.headers.origin !== undefined) {
      return answer(response, 403, { error: 'this inbox takes no requests from web pages' });
    }
    if (request.method === 'GET' && path === '/deliveries') {
      return answer(response, 200, {
        deliveries: [...this.received.values()].map((event) => ({ ...event, count: event.by.length })),
      });
    }
    const topic = /^\/t\/(.+)$/.exec(path)?.[1];
    if (request.method !== 'POST' || topic === undefined)
      return answer(response, 404, { error: 'post alerts to /t/TOPIC, read /deliveries' });
    const body = await readBody(request);
    if (body === null) return answer(response, 413, { error: `alerts here have at most ${bodyLimit} bytes` });
    const alert = readAlert(body);
    if (alert === null) return answer(response, 400, { error: 'an alert is a JSON object with id, time and level' });
    const sender = request.headers['x-kapacitor-member'];
    this.keep({ ...alert, topic: decoded(topic), member: typeof sender === 'string' ? sender : null, at, path });
    answer(response, 200, {});
  }

  private keep(delivery: InboxDelivery): void {
    const { topic, event, time, level, member, path } = delivery;
    const key = JSON.stringify([topic, event, time, level]);
    const known = this.received.get(key) ?? { topic, id: event, time, level, by: [] };
    known.by.push({ member, at: new Date(delivery.at).toISOString(), path });
    this.received.set(key, known);
    this.total++;
    const [oldest] = this.received.keys();
    if (this.received.size > keptEvents && oldest !== undefined) this.received.delete(oldest);
    this.onDelivery(delivery);
  }
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' }).end(`${JSON.stringify(body)}\n`);
}

/** Null when it is too long. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    size += bytes.length;
    if (size > bodyLimit) return null;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString();
}

function readAlert(body: string): { event: string; time: string; level: LevelName } | null {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return null;
  }
  if (typeof json !== 'object' || json === null) return null;
  const { id, time, level } = json as Record<string, unknown>;
  if (typeof id !== 'string' || typeof time !== 'string') return null;
  if (level !== 'OK' && level !== 'INFO' && level !== 'WARNING' && level !== 'CRITICAL') return null;
  return { event: id, time, level };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
