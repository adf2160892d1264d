/** Reaches the supervisor of a lab through its control socket: command lines, and windows onto a lab of another host. */
import { createConnection, type Socket } from 'node:net';
import type { Answer, LabBridge } from '../contract/bridge.ts';
import type { RequestName } from '../contract/requests.ts';
import { wireBridge } from '../contract/wire-bridge.ts';
import { type ControlFile, readControlFile } from './control-file.ts';
import { readLines } from './socket-lines.ts';
import type { WireServer } from './wire-server.ts';

export interface ControlClient {
  readonly pid: number;
  readonly bridge: LabBridge;
  /** A call by name, checked by the host alone. */
  ask(name: string, input: unknown): Promise<Answer<unknown>>;
  /** The calls beyond the contract, see ControlServer. */
  control(name: 'quit' | 'link' | 'scenario', input: unknown): Promise<Answer<unknown>>;
  /** Resolves when the supervisor hangs up. */
  readonly closed: Promise<void>;
  close(): void;
}

const connectLimitMs = 3_000;

/** Null when nobody supervises the lab in this folder. */
export async function connectControl(dir: string): Promise<ControlClient | null> {
  const opened = await openSocket(dir);
  if (opened === null) return null;
  const { socket, pid } = opened;
  const wire = wireBridge((text) => socket.write(`${text}\n`));
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => {
      wire.closed();
      resolve();
    });
  });
  opened.onLine((line) => wire.receive(line));
  wire.opened();
  // Names the page's contract does not know travel on the same wire; the host checks them.
  const ask = (name: string, input: unknown): Promise<Answer<unknown>> =>
    wire.bridge.request(name as RequestName, input as never);
  return {
    pid,
    bridge: wire.bridge,
    ask,
    control: (name, input) => ask(`control.${name}`, input),
    closed,
    close: () => socket.end(),
  };
}

/** Whether the process that wrote this file is there. */
export async function isSupervised(file: ControlFile): Promise<boolean> {
  const opened = await reach(file);
  opened?.socket.end();
  return opened !== null;
}

/** Serves pages of this process from the lab of another one. Null when nobody supervises it. */
export async function attachedWire(dir: string): Promise<{ wire: WireServer; pid: number } | null> {
  const first = await openSocket(dir);
  if (first === null) return null;
  first.socket.end();
  return { pid: first.pid, wire: { connect: (send, hangUp) => attach(dir, send, hangUp) } };
}

function attach(dir: string, send: (text: string) => void, hangUp: () => void): ReturnType<WireServer['connect']> {
  let socket: Socket | null = null;
  let isOpen = true;
  const waiting: string[] = [];
  void openSocket(dir).then((opened) => {
    if (opened === null || !isOpen) {
      opened?.socket.end();
      if (isOpen) hangUp();
      isOpen = false;
      return;
    }
    ({ socket } = opened);
    opened.onLine(send);
    for (const text of waiting.splice(0)) opened.socket.write(`${text}\n`);
    opened.socket.on('close', () => {
      if (isOpen) hangUp();
      isOpen = false;
    });
  });
  return {
    receive(text) {
      if (!isOpen || text.includes('\n')) return false;
      if (socket === null) waiting.push(text);
      else socket.write(`${text}\n`);
      return true;
    },
    close() {
      isOpen = false;
      socket?.end();
    },
  };
}

interface OpenSocket {
  readonly socket: Socket;
  readonly pid: number;
  onLine(listener: (line: string) => void): void;
}

async function openSocket(dir: string): Promise<OpenSocket | null> {
  const file = await readControlFile(dir);
  return file === null ? null : reach(file);
}

function reach(file: ControlFile): Promise<OpenSocket | null> {
  return new Promise((resolve) => {
    const socket = createConnection(file.address);
    const give = (opened: OpenSocket | null): void => {
      clearTimeout(timer);
      if (opened === null) socket.destroy();
      resolve(opened);
    };
    const timer = setTimeout(() => give(null), connectLimitMs);
    // Nobody listens any more: the file is of a supervisor that was killed.
    socket.on('error', () => give(null));
    socket.on('close', () => give(null));
    socket.on('connect', () => socket.write(`${file.token}\n`));
    let listener: ((line: string) => void) | null = null;
    const early: string[] = [];
    readLines(socket, (line) => {
      if (listener !== null) listener(line);
      else if (line === 'ok')
        give({ socket, pid: file.pid, onLine: (next) => ((listener = next), early.splice(0).forEach(next)) });
      else early.push(line);
    });
  });
}
