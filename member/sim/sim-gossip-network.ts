/** Simulated UDP and TCP sockets of gossip behind the composition's port. */
import type { GossipNetworkInput, GossipNetworkOutput, GossipNetworkPort } from '../daemon/compose.ts';
import type { SimNetwork } from './sim-network.ts';
import type { SimProcess } from './sim-process.ts';

const gossipPort = 9_090;

/** One end of a connection. */
interface StreamEnd {
  readonly host: string;
  readonly stream: string;
  readonly incarnation: number;
  readonly attachment: number;
  isOpen: boolean;
  other: StreamEnd | undefined;
}

interface Host {
  readonly host: string;
  readonly process: SimProcess;
  /** Who listens; undefined while the process is down. */
  receive: ((input: GossipNetworkInput) => void) | undefined;
  attachment: number;
  accepted: number;
  readonly ends: Map<string, StreamEnd>;
}

export class SimGossipNetwork {
  readonly #network: SimNetwork;
  readonly #hosts = new Map<string, Host>();

  constructor(network: SimNetwork) {
    this.#network = network;
  }

  addHost(host: string, process: SimProcess): void {
    this.#hosts.set(host, { host, process, receive: undefined, attachment: 0, accepted: 0, ends: new Map() });
  }

  port(host: string): GossipNetworkPort {
    const own = this.#host(host);
    return {
      advertise: { host, port: gossipPort },
      bindPort: gossipPort,
      attach: (receive) => {
        this.#dropStreams(own);
        own.receive = receive;
        own.attachment++;
      },
      perform: (output) => this.#perform(own, output),
      close: (done) => {
        this.gone(host);
        own.process.later(0, done);
      },
    };
  }

  /** The process has ended: its connections are reset, nothing listens. */
  gone(host: string): void {
    const own = this.#host(host);
    own.receive = undefined;
    own.attachment++;
    this.#dropStreams(own);
  }

  #perform(own: Host, output: GossipNetworkOutput): void {
    switch (output.kind) {
      case 'send-packet':
        return this.#packet(own, output.to.host, output.bytes);
      case 'dial-stream':
        return this.#dial(own, output.stream, output.to.host);
      case 'write-stream': {
        const end = own.ends.get(output.stream);
        const { bytes } = output;
        if (end !== undefined) this.#toOther(end, (stream) => ({ kind: 'stream-bytes', stream, bytes }));
        return;
      }
      case 'close-stream':
        return this.#close(own, output.stream, 'end');
      case 'abort-stream':
        return this.#close(own, output.stream, 'reset');
      case 'resolve-host': {
        const { query, host } = output;
        return own.process.later(1, () => own.receive?.({ kind: 'host-resolved', query, hosts: [host], error: null }));
      }
    }
  }

  #packet(own: Host, to: string, bytes: Uint8Array): void {
    const target = this.#hosts.get(to);
    if (target === undefined) return;
    const from = { host: own.host, port: gossipPort };
    this.#network.packet(own.host, to, () => {
      const { incarnation } = target.process;
      target.process.deliver(incarnation, () => target.receive?.({ kind: 'packet', from, bytes }));
    });
  }

  /** The system connects also for a process that stands still; a handshake needs both directions. */
  #dial(own: Host, stream: string, to: string): void {
    const near = this.#end(own, stream);
    const target = this.#hosts.get(to);
    this.#network.inOrder(own.host, to, () => {
      if (target?.receive === undefined) {
        return this.#network.inOrder(to, own.host, () => this.#fail(near, 'connection refused'));
      }
      const far = this.#end(target, `accepted-${++target.accepted}`);
      far.other = near;
      this.#network.inOrder(to, own.host, () => {
        if (!near.isOpen) return;
        near.other = far;
        this.#receive(near, { kind: 'stream-connected', stream });
      });
      this.#receive(far, { kind: 'stream-accepted', stream: far.stream, from: { host: own.host, port: 40_000 } });
      if (this.#network.breaks()) {
        this.#network.inOrder(own.host, to, () => this.#fail(far, 'connection reset'));
        this.#network.inOrder(to, own.host, () => this.#fail(near, 'connection reset'));
      }
    });
  }

  #close(own: Host, stream: string, how: 'end' | 'reset'): void {
    const end = own.ends.get(stream);
    if (end === undefined) return;
    if (how === 'end') this.#toOther(end, (other) => ({ kind: 'stream-ended', stream: other }));
    else this.#toOther(end, (other) => ({ kind: 'stream-failed', stream: other, reason: 'connection reset' }));
    end.isOpen = false;
    own.ends.delete(stream);
  }

  #dropStreams(own: Host): void {
    for (const stream of own.ends.keys()) this.#close(own, stream, 'reset');
  }

  #toOther(end: StreamEnd, input: (stream: string) => GossipNetworkInput): void {
    const { other } = end;
    if (other === undefined) return;
    this.#network.inOrder(end.host, other.host, () => this.#receive(other, input(other.stream)));
  }

  #receive(end: StreamEnd, input: GossipNetworkInput): void {
    const own = this.#host(end.host);
    own.process.deliver(end.incarnation, () => {
      if (!end.isOpen || own.attachment !== end.attachment) return;
      if (input.kind === 'stream-failed') {
        end.isOpen = false;
        own.ends.delete(end.stream);
      }
      own.receive?.(input);
    });
  }

  #fail(end: StreamEnd, reason: string): void {
    if (end.isOpen) this.#receive(end, { kind: 'stream-failed', stream: end.stream, reason });
  }

  #end(own: Host, stream: string): StreamEnd {
    const { incarnation } = own.process;
    const end = { host: own.host, stream, incarnation, attachment: own.attachment, isOpen: true, other: undefined };
    own.ends.set(stream, end);
    return end;
  }

  #host(host: string): Host {
    const found = this.#hosts.get(host);
    if (found === undefined) throw new Error(`no such host: ${host}`);
    return found;
  }
}
