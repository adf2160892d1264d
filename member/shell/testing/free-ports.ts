/**
 * Ports for programs that a test starts, often more than once on the same port. What the system chooses for port 0
 * would not do: a port that was let go may at once be another's, a client's connection included.
 */
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/** Above the ports of labs, below those that systems choose from. */
const firstPort = 20_000;
const endPort = 32_000;
const blockLength = 50;

let nextPort = firstPort;
let endOfBlock = firstPort;
let turn: Promise<unknown> = Promise.resolve();

/** All different, free for TCP and UDP on 127.0.0.1 a moment ago, and given to no other test of this machine. */
export function freePorts(count: number): Promise<number[]> {
  const ports = turn.then(() => take(count));
  turn = ports.catch(() => undefined);
  return ports;
}

async function take(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    if (nextPort === endOfBlock) await claimBlock();
    const port = nextPort++;
    if ((await isFree(port)) && (await isFreeForUdp(port))) ports.push(port);
  }
  return ports;
}

/** A block is its owner's for as long as that process lives: it holds the first port, and only the rest is given. */
async function claimBlock(): Promise<void> {
  for (let block = endOfBlock; block < endPort; block += blockLength) {
    if (!(await hold(block))) continue;
    nextPort = block + 1;
    endOfBlock = block + blockLength;
    return;
  }
  throw new Error(`no block of ports from ${firstPort} to ${endPort - 1} is free`);
}

function hold(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(true)).unref();
  });
}

export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function isFreeForUdp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => socket.close(() => resolve(false)));
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => socket.close(() => resolve(true)));
  });
}
