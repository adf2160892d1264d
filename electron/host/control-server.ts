/**
 * The control socket of a lab: through it command lines and further windows act on the lab that this process
 * supervises. One line with the token, then the wire of the contract, one text a line. Besides the contract's calls it
 * takes `control.quit`, `control.link` and `control.scenario`.
 */
import { chmodSync, mkdirSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { err, ok, type Result } from '../../member/base/result.ts';
import type { Answer } from '../contract/bridge.ts';
import { controlAddress } from '../lab/lab-files.ts';
import { isSupervised } from './control-client.ts';
import { claimControlFile, type ControlFile, removeControlFile } from './control-file.ts';
import type { Host } from './host.ts';
import { freshSecret, isSameSecret } from './secret.ts';
import { readLines } from './socket-lines.ts';
import { wireServer, type WireConnection, type WireServer } from './wire-server.ts';

export interface ControlActions {
  /** Stops the lab and ends the host; the socket closes when that is done. */
  quit(): void;
  /** A new link to the page; null when this host serves none. */
  link(): string | null;
  /** Plays a scenario to its end: name of a bundled one, or the text of a file. */
  scenario(input: { readonly name: string; readonly text: string | null }): Promise<Result<void, string>>;
}

export class ControlServer {
  private readonly server: Server;
  private readonly file: ControlFile;
  private readonly dir: string;
  private readonly wire: WireServer;
  private readonly sockets = new Set<Socket>();

  private constructor(server: Server, file: ControlFile, dir: string, wire: WireServer) {
    this.server = server;
    this.file = file;
    this.dir = dir;
    this.wire = wire;
    server.on('connection', (socket) => this.connected(socket));
  }

  /** The error says which process supervises the lab already. */
  static async open(dir: string, host: Host, actions: ControlActions): Promise<Result<ControlServer, string>> {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const file: ControlFile = { pid: process.pid, address: controlAddress(dir), token: freshSecret() };
    const server = createServer();
    const problem = await new Promise<string | null>((resolve) => {
      server.once('error', (error) => resolve(error.message));
      server.listen(file.address, () => resolve(null));
    });
    if (problem !== null) return err(`the control socket ${file.address} cannot be opened: ${problem}`);
    if (process.platform !== 'win32') chmodSync(file.address, 0o600);
    const control = new ControlServer(server, file, dir, wireServer(withControl(host, actions)));
    const holder = await claimControlFile(dir, file, isSupervised);
    if (holder === null) return ok(control);
    await control.close();
    return err(`the lab in ${dir} runs already, supervised by process ${holder.pid}`);
  }

  async close(): Promise<void> {
    await removeControlFile(this.dir, this.file);
    for (const socket of this.sockets) socket.end();
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      setTimeout(() => this.sockets.forEach((socket) => socket.destroy()), 500).unref();
    });
  }

  private connected(socket: Socket): void {
    this.sockets.add(socket);
    let connection: WireConnection | null = null;
    // A client that is killed; its close follows.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.sockets.delete(socket);
      connection?.close();
    });
    readLines(socket, (line) => {
      if (connection !== null) {
        if (!connection.receive(line)) socket.destroy();
      } else if (isSameSecret(line, this.file.token)) {
        socket.write('ok\n');
        connection = this.wire.connect(
          (text) => socket.write(`${text}\n`),
          () => socket.end(),
        );
      } else {
        socket.destroy();
      }
    });
  }
}

function withControl(host: Host, actions: ControlActions): Pick<Host, 'answer' | 'follow'> {
  return {
    follow: (stream, parameter, listener, isVisible) => host.follow(stream, parameter, listener, isVisible),
    async answer(name, input): Promise<Answer<unknown>> {
      switch (name) {
        case 'control.quit':
          actions.quit();
          return { ok: true, value: null };
        case 'control.link':
          return { ok: true, value: actions.link() };
        case 'control.scenario': {
          const played = await actions.scenario(scenarioInput(input));
          return played.ok
            ? { ok: true, value: null }
            : { ok: false, error: { code: 'refused', message: played.error, details: null } };
        }
        default:
          return host.answer(name, input);
      }
    },
  };
}

function scenarioInput(input: unknown): { name: string; text: string | null } {
  const { name, text } = typeof input === 'object' && input !== null ? (input as Record<string, unknown>) : {};
  return { name: typeof name === 'string' ? name : '', text: typeof text === 'string' ? text : null };
}
