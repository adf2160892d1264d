/**
 * Serves the page to a browser on this computer, and the wire over a WebSocket. A link holds a token that opens once
 * and is exchanged for a cookie; every request names this host exactly, and a socket also this origin. So neither
 * another user's process nor a foreign web page gets in.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { err, ok, type Result } from '../../member/base/result.ts';
import { freshSecret, isSameSecret } from './secret.ts';
import type { WireServer } from './wire-server.ts';

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

/** Terminal, editor and graph set styles at run time; scripts come from files alone. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export function contentType(path: string): string {
  return contentTypes[extname(path)] ?? 'application/octet-stream';
}

/** The file of a request path inside the folder; null when it lies outside. `/` is the page itself. */
export function fileInside(folder: string, path: string): string | null {
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return null;
  }
  const file = normalize(join(folder, decoded === '/' ? 'index.html' : decoded));
  return file.startsWith(folder + sep) && !decoded.includes('\0') ? file : null;
}

const firstPort = 19_070;
const portsTried = 10;
/** A page that does not read is dropped; it comes back for a fresh snapshot. */
const unsentLimit = 16 * 1024 * 1024;

export class BrowserServer {
  readonly origin: string;
  private readonly server: Server;
  private readonly sockets = new WebSocketServer({ noServer: true, maxPayload: 4 * 1024 * 1024 });
  private readonly folder: string;
  private readonly wire: WireServer;
  private readonly host: string;
  private readonly cookie: string;
  private readonly links = new Set<string>();
  private readonly sessions = new Set<string>();

  private constructor(server: Server, port: number, folder: string, wire: WireServer) {
    this.server = server;
    this.folder = normalize(folder);
    this.wire = wire;
    this.host = `127.0.0.1:${port}`;
    this.origin = `http://${this.host}`;
    // Browsers share cookies between ports; two labs must not.
    this.cookie = `kapacitor_lab_${port}`;
    server.on('request', (request: IncomingMessage, response: ServerResponse) => void this.serve(request, response));
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.upgrade(request, socket, head),
    );
  }

  /** `port` 0 is any free one; without one the lab's usual ones are tried first. */
  static async open(folder: string, wire: WireServer, port?: number): Promise<Result<BrowserServer, string>> {
    const ports = port === undefined ? [...Array.from({ length: portsTried }, (_, i) => firstPort + i), 0] : [port];
    let reason = '';
    for (const wanted of ports) {
      const server = createServer();
      const listening = await listen(server, wanted);
      if (listening.ok) return ok(new BrowserServer(server, listening.value, folder, wire));
      reason = listening.error;
    }
    return err(`the browser host cannot listen on 127.0.0.1: ${reason}`);
  }

  /** A link that opens the page once. */
  newLink(): string {
    const token = freshSecret();
    this.links.add(token);
    return `${this.origin}/start/${token}`;
  }

  close(): Promise<void> {
    for (const socket of this.sockets.clients) socket.terminate();
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('Content-Security-Policy', contentSecurityPolicy);
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Referrer-Policy', 'no-referrer');
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
    response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
    response.setHeader('Cache-Control', 'no-cache');
    if (request.headers.host !== this.host) return say(response, 421, `This is ${this.host}.`);
    if (request.method !== 'GET' && request.method !== 'HEAD') return say(response, 405, 'Only GET.');
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const token = /^\/start\/([\w-]+)$/.exec(path)?.[1];
    if (token !== undefined) return this.exchange(token, response);
    if (!this.hasSession(request)) {
      return say(response, 401, 'Open the link that the lab has printed; "kapacitor-lab status" prints a new one.');
    }
    const file = fileInside(this.folder, path);
    const content = file === null ? null : await readFile(file).catch(() => null);
    if (file === null || content === null) return say(response, 404, 'There is no such file.');
    response.writeHead(200, { 'Content-Type': contentType(file), 'Content-Length': content.length });
    response.end(request.method === 'HEAD' ? undefined : content);
  }

  /** A link opens once; whoever comes second with it, be it a log reader, gets nothing. */
  private exchange(token: string, response: ServerResponse): void {
    const link = [...this.links].find((known) => isSameSecret(token, known));
    if (link === undefined)
      return say(response, 403, 'This link was used already; "kapacitor-lab status" prints a new one.');
    this.links.delete(link);
    const session = freshSecret();
    this.sessions.add(session);
    response.setHeader('Set-Cookie', `${this.cookie}=${session}; HttpOnly; SameSite=Strict; Path=/`);
    response.writeHead(303, { Location: '/' }).end();
  }

  private hasSession(request: IncomingMessage): boolean {
    const cookies = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
    const given = cookies.find((pair) => pair.startsWith(`${this.cookie}=`))?.slice(this.cookie.length + 1);
    return given !== undefined && [...this.sessions].some((session) => isSameSecret(given, session));
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // A browser that goes away in the middle of the upgrade.
    socket.on('error', () => socket.destroy());
    const refuse = (status: string): void =>
      void socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    if (request.headers.host !== this.host) return refuse('421 Misdirected Request');
    if (request.url !== '/wire') return refuse('404 Not Found');
    if (request.headers.origin !== this.origin || !this.hasSession(request)) return refuse('403 Forbidden');
    this.sockets.handleUpgrade(request, socket, head, (webSocket) => this.connected(webSocket));
  }

  private connected(socket: WebSocket): void {
    const send = (text: string): void => {
      if (socket.bufferedAmount > unsentLimit) socket.terminate();
      else socket.send(text);
    };
    const connection = this.wire.connect(send, () => socket.close(1001, 'the lab has ended'));
    socket.on('message', (data, isBinary) => {
      const text = isBinary || !Buffer.isBuffer(data) ? null : data.toString();
      if (text === null || !connection.receive(text)) socket.close(1008, 'this is no message of the lab');
    });
    socket.on('close', () => connection.close());
    // Its close follows, and ends what was opened for it.
    socket.on('error', () => socket.terminate());
  }
}

function listen(server: Server, port: number): Promise<Result<number, string>> {
  return new Promise((resolve) => {
    server.once('error', (error) => resolve(err(error.message)));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      resolve(ok(typeof address === 'object' && address !== null ? address.port : port));
    });
  });
}

function say(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}
