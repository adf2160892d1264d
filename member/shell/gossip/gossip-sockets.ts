/**
 * Gossip's two sockets, UDP and TCP on one port: carries out what the machine says and hands in what arrives. It
 * keeps no queue that grows with the traffic: packets are handled as the system delivers them, and what the
 * system's own buffer cannot hold is lost, as on any network.
 */
import { lookup } from 'node:dns/promises';
import { createSocket, type Socket as PacketSocket } from 'node:dgram';
import { createConnection, createServer, isIPv6, type Server, type Socket } from 'node:net';
import type { LinkFault } from '../../api/private-channel.ts';
import { unreachable } from '../../base/assert.ts';
import type { Random } from '../../base/random.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Endpoint, GossipInput, StreamId } from '../../gossip/input.ts';
import { formatEndpoint } from '../../gossip/ip-address.ts';
import type { GossipOutput } from '../../gossip/output.ts';
import { limits } from '../../gossip/settings.ts';
import { GossipStream } from './gossip-stream.ts';
import { LinkFaults } from './link-faults.ts';

/** The outputs that go to the network, and what comes back from there; its time is added by whoever keeps the clock. */
export type NetworkOutput = Exclude<GossipOutput, { readonly kind: 'event' | 'observation' | 'reply' }>;
type WithoutTime<Input> = Input extends unknown ? Omit<Input, 'atMs'> : never;
export type NetworkInput = WithoutTime<Exclude<GossipInput, { readonly kind: 'start' | 'wake' | 'command' }>>;

export interface GossipSocketsOptions {
  /** An IP address, or a wildcard. */
  readonly bindHost: string;
  /** 0: one that is free for both protocols. */
  readonly bindPort: number;
  /** What others are told: host (a name is resolved) and port, 0 for the bound one. Needed with a wildcard. */
  readonly advertise: Endpoint | null;
  /** Draws the faults of lossy links. */
  readonly random: Random;
  /** A mistake of the system's that concerns no single packet or stream. */
  readonly onError: (text: string) => void;
}

/** What is given to the network and received from it, since the start. */
export interface TrafficCounters {
  packetsSent: number;
  packetBytesSent: number;
  packetsReceived: number;
  packetsDropped: number;
  streamsDialled: number;
  /** Both directions of the streams that were dialled from here. */
  dialledBytes: number;
}

const receiveBufferBytes = 2 * 1024 * 1024;
/** Packets handed to the system and not yet taken, or waiting on a slow link. */
const outstandingLimit = 4_096;
const bindAttempts = 20;
/** A turn of the event loop reads some 32 packets; a full receive buffer takes more turns, a flood never ends. */
const drainTurns = 64;

export async function openGossipSockets(options: GossipSocketsOptions): Promise<Result<GossipSockets, string>> {
  const { bindPort } = options;
  const bindHost = isWildcard(options.bindHost) ? ok(options.bindHost) : await addressOf(options.bindHost);
  if (!bindHost.ok) return err(`gossip address ${options.bindHost}: ${bindHost.error}`);
  let failure = '';
  for (let attempt = 0; attempt < (bindPort === 0 ? bindAttempts : 1); attempt++) {
    const bound = await bindBoth(bindHost.value, bindPort);
    if (!bound.ok) {
      failure = bound.error;
      continue;
    }
    const advertise = await advertisedEndpoint(options.advertise, bindHost.value, bound.value.port);
    if (advertise.ok) return ok(new GossipSockets(options, bound.value, advertise.value));
    bound.value.packets.close();
    bound.value.server.close();
    return advertise;
  }
  return err(failure);
}

interface BoundSockets {
  readonly packets: PacketSocket;
  readonly server: Server;
  readonly port: number;
}

export class GossipSockets {
  readonly advertise: Endpoint;
  readonly bindPort: number;
  readonly counters: TrafficCounters = {
    packetsSent: 0,
    packetBytesSent: 0,
    packetsReceived: 0,
    packetsDropped: 0,
    streamsDialled: 0,
    dialledBytes: 0,
  };
  readonly #packets: PacketSocket;
  readonly #server: Server;
  readonly #faults: LinkFaults;
  readonly #streams = new Map<StreamId, GossipStream>();
  /** Streams of the machine, and those that it has closed and that are not gone yet. */
  readonly #open = new Set<GossipStream>();
  readonly #delayed = new Set<NodeJS.Timeout>();
  #receive: (input: NetworkInput) => void = () => {};
  #accepted = 0;
  #outstanding = 0;
  #isClosed = false;

  constructor(options: GossipSocketsOptions, bound: BoundSockets, advertise: Endpoint) {
    this.#faults = new LinkFaults(options.random);
    this.#packets = bound.packets;
    this.#server = bound.server;
    this.advertise = advertise;
    this.bindPort = bound.port;
    this.#server.maxConnections = limits.streams;
    this.#packets.on('message', (bytes, source) =>
      this.#onPacket(bytes, { host: plainIp(source.address), port: source.port }),
    );
    this.#packets.on('error', (error) => options.onError(`gossip packets: ${error.message}`));
    this.#server.on('connection', (socket) => this.#onConnection(socket));
    this.#server.on('error', (error) => options.onError(`gossip streams: ${error.message}`));
  }

  /** From now on what arrives goes to `receive`. Streams of a machine that was attached before are torn down. */
  attach(receive: (input: NetworkInput) => void): void {
    this.#streams.clear();
    for (const stream of this.#open) stream.destroy();
    this.#receive = receive;
  }

  perform(output: NetworkOutput): void {
    if (this.#isClosed) return;
    switch (output.kind) {
      case 'send-packet':
        this.#sendPacket(output.to, output.bytes);
        return;
      case 'dial-stream':
        this.#dial(output.stream, output.to);
        return;
      case 'write-stream':
        this.#streams.get(output.stream)?.write(output.to, output.bytes);
        return;
      case 'close-stream':
        this.#forget(output.stream)?.end();
        return;
      case 'abort-stream':
        this.#forget(output.stream)?.destroy();
        return;
      case 'resolve-host':
        void this.#resolve(output.query, output.host);
        return;
      default:
        unreachable(output);
    }
  }

  /** D30, on what this member sends. `incomingCuts`: gossip addresses from which nothing is to arrive. */
  setLinkFaults(outgoing: readonly LinkFault[], incomingCuts: readonly string[] = []): void {
    this.#faults.replace(outgoing, incomingCuts);
    for (const stream of this.#open) stream.flush();
  }

  /**
   * Calls `run` once the packets that had arrived are handed in. A process that stood still must hear what others
   * said in the meantime before it judges them.
   */
  afterPendingPackets(run: () => void, turns = drainTurns): void {
    const received = this.counters.packetsReceived;
    setImmediate(() => {
      if (this.counters.packetsReceived === received || turns <= 1) run();
      else this.afterPendingPackets(run, turns - 1);
    });
  }

  close(done: () => void): void {
    if (this.#isClosed) {
      done();
      return;
    }
    this.#isClosed = true;
    this.#receive = () => {};
    for (const timer of this.#delayed) clearTimeout(timer);
    for (const stream of this.#open) stream.destroy();
    this.#packets.close(() => this.#server.close(() => done()));
  }

  #onPacket(bytes: Uint8Array, from: Endpoint): void {
    this.counters.packetsReceived++;
    if (!this.#faults.isCutFrom(from)) this.#receive({ kind: 'packet', from, bytes });
  }

  #sendPacket(to: Endpoint, bytes: Uint8Array): void {
    const fate = this.#faults.packetFate(to);
    if (fate.kind === 'lost' || this.#outstanding >= outstandingLimit || to.port === 0) {
      this.counters.packetsDropped++;
      return;
    }
    this.#outstanding++;
    if (fate.delayMs === 0) {
      this.#hand(to, bytes);
      return;
    }
    const timer = setTimeout(() => {
      this.#delayed.delete(timer);
      this.#hand(to, bytes);
    }, fate.delayMs);
    this.#delayed.add(timer);
  }

  #hand(to: Endpoint, bytes: Uint8Array): void {
    this.counters.packetsSent++;
    this.counters.packetBytesSent += bytes.length;
    this.#packets.send(bytes, to.port, to.host, (error) => {
      this.#outstanding--;
      if (error !== null && !this.#isClosed) this.#receive({ kind: 'packet-failed', to, reason: error.message });
    });
  }

  #dial(id: StreamId, to: Endpoint): void {
    const stream = this.#newStream(id, to);
    this.counters.streamsDialled++;
    stream.dial(() => {
      const socket = createConnection({ host: to.host, port: to.port, allowHalfOpen: true, noDelay: true });
      stream.adopt(socket);
      socket.once('connect', () => this.#deliver(id, stream, { kind: 'stream-connected', stream: id }));
      socket.once('close', () => (this.counters.dialledBytes += socket.bytesRead + socket.bytesWritten));
      this.#listen(id, stream, socket);
    });
  }

  #onConnection(socket: Socket): void {
    const id: StreamId = `accepted-${++this.#accepted}`;
    const stream = this.#newStream(id, null);
    stream.adopt(socket.setNoDelay(true));
    this.#listen(id, stream, socket);
    const from = { host: plainIp(socket.remoteAddress ?? ''), port: socket.remotePort ?? 0 };
    this.#receive({ kind: 'stream-accepted', stream: id, from });
  }

  #newStream(id: StreamId, peer: Endpoint | null): GossipStream {
    const stream = new GossipStream(peer, this.#faults, (gone) => this.#open.delete(gone));
    this.#streams.set(id, stream);
    this.#open.add(stream);
    return stream;
  }

  #listen(id: StreamId, stream: GossipStream, socket: Socket): void {
    socket.on('data', (bytes: Uint8Array) =>
      stream.take(() => this.#deliver(id, stream, { kind: 'stream-bytes', stream: id, bytes })),
    );
    socket.on('end', () => stream.take(() => this.#deliver(id, stream, { kind: 'stream-ended', stream: id })));
    socket.on('error', (error) => {
      this.#deliver(id, stream, { kind: 'stream-failed', stream: id, reason: error.message });
      if (this.#streams.get(id) === stream) this.#streams.delete(id);
    });
  }

  /** Nothing of a stream that the machine has closed, or of one that belonged to a former machine. */
  #deliver(id: StreamId, stream: GossipStream, input: NetworkInput): void {
    if (this.#streams.get(id) === stream) this.#receive(input);
  }

  #forget(id: StreamId): GossipStream | undefined {
    const stream = this.#streams.get(id);
    this.#streams.delete(id);
    return stream;
  }

  async #resolve(query: number, host: string): Promise<void> {
    const receive = this.#receive;
    const result = await resolveHost(host);
    if (receive !== this.#receive) return;
    if (result.ok) receive({ kind: 'host-resolved', query, hosts: result.value, error: null });
    else receive({ kind: 'host-resolved', query, hosts: [], error: result.error });
  }
}

async function resolveHost(host: string): Promise<Result<readonly string[], string>> {
  try {
    return ok((await lookup(host, { all: true })).map(({ address }) => address));
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
}

/** The one address of a host that members tell each other: of a name that has both kinds the IPv4, as Go takes it. */
async function addressOf(host: string): Promise<Result<string, string>> {
  const resolved = await resolveHost(host);
  if (!resolved.ok) return resolved;
  const address = resolved.value.find((one) => !isIPv6(one)) ?? resolved.value[0];
  return address === undefined ? err('no address found') : ok(address);
}

async function advertisedEndpoint(
  advertise: Endpoint | null,
  bindHost: string,
  boundPort: number,
): Promise<Result<Endpoint, string>> {
  if (advertise === null) {
    if (isWildcard(bindHost)) return err(`gossip on all interfaces (${bindHost}): an address to advertise is needed`);
    return ok({ host: bindHost, port: boundPort });
  }
  const host = await addressOf(advertise.host);
  if (!host.ok) return err(`gossip advertise address ${formatEndpoint(advertise)}: ${host.error}`);
  return ok({ host: host.value, port: advertise.port === 0 ? boundPort : advertise.port });
}

async function bindBoth(host: string, port: number): Promise<Result<BoundSockets, string>> {
  const server = createServer({ allowHalfOpen: true });
  const packets = createSocket({ type: isIPv6(host) ? 'udp6' : 'udp4', lookup: passThrough });
  try {
    const boundPort = await listen(server, host, port);
    await bind(packets, host, boundPort);
    growReceiveBuffer(packets);
    return ok({ packets, server, port: boundPort });
  } catch (error) {
    packets.close();
    server.close();
    return err(
      `gossip address ${formatEndpoint({ host, port })}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('no port'));
      else resolve(address.port);
    });
  });
}

function bind(packets: PacketSocket, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    packets.once('error', reject);
    packets.bind({ address: host, port }, () => {
      packets.off('error', reject);
      resolve();
    });
  });
}

/** As much as the system allows: a burst, or a moment in which we do not read, should not cost packets. */
function growReceiveBuffer(packets: PacketSocket): void {
  for (let bytes = receiveBufferBytes; bytes >= 65_536; bytes /= 2) {
    try {
      packets.setRecvBufferSize(bytes);
      return;
    } catch {
      // Refused: half of it may be allowed.
      continue;
    }
  }
}

/** Every host we send to is an IP address already: no resolver, no thread, no delay. */
function passThrough(
  host: string,
  family: unknown,
  answer: (error: Error | null, address: string, family: number) => void,
): void {
  const isV6 =
    family === 6 || (typeof family === 'object' && family !== null && 'family' in family && family.family === 6);
  answer(null, host, isV6 ? 6 : 4);
}

function isWildcard(host: string): boolean {
  return host === '' || host === '0.0.0.0' || host === '::';
}

/** A dual-stack socket names IPv4 peers in IPv6 form. */
function plainIp(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice('::ffff:'.length) : address;
}
