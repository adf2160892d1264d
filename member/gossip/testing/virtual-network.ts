/**
 * Several gossip machines on a network that is a data structure: time jumps to the next delivery or deadline,
 * order is (time, sequence), and a seed fixes everything. Packets may be lost, delayed and cut off; members may
 * be killed, paused and resumed.
 */
import { never, type Millis } from '../../base/deadline.ts';
import { randomBelow, randomFloat, seededRandom, type Random } from '../../base/random.ts';
import type { GossipObservation } from '../../base/observation.ts';
import { createGossip, type Gossip } from '../gossip.ts';
import type { Endpoint, GossipCommand, GossipInput, StreamId } from '../input.ts';
import type { GossipOptions } from '../options.ts';
import type { GossipEvent, GossipMember, GossipOutput, GossipReply } from '../output.ts';
import { lanSettings } from '../settings.ts';
import type { Result } from '../../base/result.ts';
import { nilBytes } from '../wire/bytes.ts';

/** An input without its time. */
type Happening = GossipInput extends infer Input ? (Input extends GossipInput ? Omit<Input, 'atMs'> : never) : never;

interface StreamEnd {
  readonly member: VirtualMember;
  readonly stream: StreamId;
}

export interface NetworkOptions {
  readonly seed: number;
  /** Each packet and each piece of a stream takes between these. */
  readonly latencyMs?: readonly [min: number, max: number];
  /** 0 to 1; of packets. */
  readonly loss?: number;
}

export class VirtualMember {
  readonly endpoint: Endpoint;
  readonly gossip: Gossip;
  readonly events: { readonly atMs: Millis; readonly event: GossipEvent }[] = [];
  readonly observations: { readonly atMs: Millis; readonly observation: GossipObservation }[] = [];
  readonly replies = new Map<number, Result<GossipReply, string>>();
  state: 'running' | 'paused' | 'dead' = 'running';
  /** What came while it was paused. */
  readonly backlog: Happening[] = [];
  scheduledWakeMs: Millis = never;

  constructor(endpoint: Endpoint, gossip: Gossip) {
    this.endpoint = endpoint;
    this.gossip = gossip;
  }

  get name(): string {
    return this.gossip.name;
  }

  /** Statuses by name, as this member sees them. */
  view(): Record<string, GossipMember['status']> {
    return Object.fromEntries(this.gossip.members().map((member) => [member.name, member.status]));
  }

  /** When it first saw that event about that member, at or after a time. */
  firstEvent(kind: 'join' | 'leave' | 'update', name: string, sinceMs: Millis = 0): Millis | undefined {
    return this.events.find(({ atMs, event }) => atMs >= sinceMs && event.kind === kind && event.member.name === name)
      ?.atMs;
  }
}

export class VirtualNetwork {
  nowMs: Millis = 0;
  readonly members: VirtualMember[] = [];
  readonly #random: Random;
  readonly #latencyMs: readonly [number, number];
  readonly #loss: number;
  readonly #queue: { readonly atMs: Millis; readonly sequence: number; readonly run: () => void }[] = [];
  readonly #streams = new Map<string, StreamEnd>();
  readonly #streamArrivals = new Map<string, Millis>();
  readonly #hosts = new Map<string, readonly string[]>();
  readonly #cuts = new Set<string>();
  #sequence = 0;
  #requests = 0;

  constructor(options: NetworkOptions) {
    this.#random = seededRandom(options.seed);
    this.#latencyMs = options.latencyMs ?? [0, 2];
    this.#loss = options.loss ?? 0;
  }

  /** Starts a member on a port of its own, or on that of a dead one. */
  start(name: string, changes: Partial<GossipOptions> = {}): VirtualMember {
    const advertise = changes.advertise ?? { host: '127.0.0.1', port: 10_000 + this.members.length };
    const random = seededRandom(this.#random.nextUint32());
    const gossip = createGossip({ name, advertise, meta: nilBytes, settings: lanSettings, random, ...changes });
    const member = new VirtualMember(advertise, gossip);
    this.members.push(member);
    this.#step(member, { kind: 'start' });
    return member;
  }

  /** Members `m1` … `mN` that all join through the first, a little apart, and know each other. */
  startCluster(size: number, changes: Partial<GossipOptions> = {}): readonly VirtualMember[] {
    const started = Array.from({ length: size }, (_, index) => {
      this.runFor(randomBelow(this.#random, 50));
      return this.start(`m${index + 1}`, changes);
    });
    const [first, ...others] = started;
    if (first !== undefined) for (const member of others) this.join(member, first);
    return started;
  }

  join(member: VirtualMember, through: VirtualMember): number {
    return this.command(member, { kind: 'join', addresses: [`${through.endpoint.host}:${through.endpoint.port}`] });
  }

  /** The number under which the reply will be found. */
  command(member: VirtualMember, command: GossipCommand): number {
    const request = ++this.#requests;
    this.#deliver(member, { kind: 'command', request, command });
    return request;
  }

  /** Without a word, its port closed, as a killed process. */
  kill(member: VirtualMember): void {
    member.state = 'dead';
    for (const [key, far] of this.#streams) {
      if (key.startsWith(`${this.members.indexOf(member)}/`))
        this.#later(() => this.#deliver(far.member, { kind: 'stream-failed', stream: far.stream, reason: 'reset' }));
    }
  }

  /** Its sockets go on receiving, nothing is handled: SIGSTOP. */
  pause(member: VirtualMember): void {
    member.state = 'paused';
  }

  resume(member: VirtualMember): void {
    member.state = 'running';
    for (const happening of member.backlog.splice(0)) this.#step(member, happening);
    this.#step(member, { kind: 'wake' });
  }

  /** Nothing arrives from one at the other; the opposite direction stays. */
  cut(from: VirtualMember, to: VirtualMember): void {
    this.#cuts.add(`${from.endpoint.port}>${to.endpoint.port}`);
  }

  heal(): void {
    this.#cuts.clear();
  }

  nameHost(host: string, addresses: readonly string[]): void {
    this.#hosts.set(host, addresses);
  }

  runFor(durationMs: number): void {
    this.runUntil(() => false, durationMs);
  }

  /** Runs until it holds; the time it took, or null if the limit passed first. */
  runUntil(holds: () => boolean, limitMs: number): number | null {
    const startMs = this.nowMs;
    const endMs = startMs + limitMs;
    while (!holds()) {
      const next = this.#queue[0];
      if (next === undefined || next.atMs > endMs) {
        this.nowMs = endMs;
        return null;
      }
      this.#queue.shift();
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.run();
    }
    return this.nowMs - startMs;
  }

  #step(member: VirtualMember, happening: Happening): void {
    for (const output of member.gossip.step({ ...happening, atMs: this.nowMs })) this.#carryOut(member, output);
    const deadlineMs = member.gossip.nextDeadline();
    if (deadlineMs >= member.scheduledWakeMs) return;
    member.scheduledWakeMs = deadlineMs;
    this.#at(deadlineMs, () => {
      member.scheduledWakeMs = never;
      if (member.state === 'running') this.#step(member, { kind: 'wake' });
    });
  }

  #deliver(member: VirtualMember, happening: Happening): void {
    if (member.state === 'running') this.#step(member, happening);
    else if (member.state === 'paused') member.backlog.push(happening);
  }

  #carryOut(member: VirtualMember, output: GossipOutput): void {
    switch (output.kind) {
      case 'send-packet':
        this.#sendPacket(member, output.to, output.bytes);
        return;
      case 'dial-stream':
        this.#dial(member, output.stream, output.to);
        return;
      case 'write-stream':
        this.#onStream(member, output.stream, (far) => ({
          kind: 'stream-bytes',
          stream: far.stream,
          bytes: output.bytes.slice(),
        }));
        return;
      case 'close-stream':
        this.#onStream(member, output.stream, (far) => ({ kind: 'stream-ended', stream: far.stream }));
        return;
      case 'abort-stream':
        this.#onStream(member, output.stream, (far) => ({
          kind: 'stream-failed',
          stream: far.stream,
          reason: 'reset',
        }));
        return;
      case 'resolve-host': {
        const hosts = this.#hosts.get(output.host) ?? [];
        const error = hosts.length > 0 ? null : 'no such host';
        this.#later(() => this.#deliver(member, { kind: 'host-resolved', query: output.query, hosts, error }));
        return;
      }
      case 'event':
        member.events.push({ atMs: this.nowMs, event: output.event });
        return;
      case 'observation':
        member.observations.push({ atMs: this.nowMs, observation: output.observation });
        return;
      case 'reply':
        member.replies.set(output.request, output.result);
        return;
    }
  }

  #sendPacket(from: VirtualMember, to: Endpoint, bytes: Uint8Array): void {
    const target = this.#listening(to);
    if (target === undefined || this.#isCut(from, target) || randomFloat(this.#random) < this.#loss) return;
    const packet: Happening = { kind: 'packet', from: from.endpoint, bytes: bytes.slice() };
    this.#later(() => this.#deliver(target, packet));
  }

  #dial(member: VirtualMember, stream: StreamId, to: Endpoint): void {
    const target = this.#listening(to);
    if (target === undefined) {
      this.#later(() => this.#deliver(member, { kind: 'stream-failed', stream, reason: 'connection refused' }));
    } else if (!this.#isCut(member, target) && !this.#isCut(target, member)) {
      const accepted: StreamId = `accepted-${++this.#sequence}`;
      this.#streams.set(this.#key(member, stream), { member: target, stream: accepted });
      this.#streams.set(this.#key(target, accepted), { member, stream });
      this.#later(() => {
        this.#deliver(target, { kind: 'stream-accepted', stream: accepted, from: member.endpoint });
        this.#deliver(member, { kind: 'stream-connected', stream });
      });
    }
  }

  /** Pieces of a stream arrive in the order in which they were sent; over a cut link they never do. */
  #onStream(near: VirtualMember, stream: StreamId, happening: (far: StreamEnd) => Happening): void {
    const key = this.#key(near, stream);
    const far = this.#streams.get(key);
    if (far === undefined || this.#isCut(near, far.member)) return;
    const atMs = Math.max(this.nowMs + this.#latency(), this.#streamArrivals.get(key) ?? 0);
    this.#streamArrivals.set(key, atMs);
    this.#at(atMs, () => this.#deliver(far.member, happening(far)));
  }

  #key(member: VirtualMember, stream: StreamId): string {
    return `${this.members.indexOf(member)}/${stream}`;
  }

  #listening(endpoint: Endpoint): VirtualMember | undefined {
    return this.members.find(
      (member) =>
        member.state !== 'dead' && member.endpoint.port === endpoint.port && member.endpoint.host === endpoint.host,
    );
  }

  #isCut(from: VirtualMember, to: VirtualMember): boolean {
    return this.#cuts.has(`${from.endpoint.port}>${to.endpoint.port}`);
  }

  #latency(): number {
    const [min, max] = this.#latencyMs;
    return min + randomBelow(this.#random, max - min + 1);
  }

  #later(run: () => void): void {
    this.#at(this.nowMs + this.#latency(), run);
  }

  #at(atMs: Millis, run: () => void): void {
    if (atMs === never) return;
    const entry = { atMs, sequence: ++this.#sequence, run };
    let low = 0;
    let high = this.#queue.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.#queue[middle];
      if (other !== undefined && other.atMs <= atMs) low = middle + 1;
      else high = middle;
    }
    this.#queue.splice(low, 0, entry);
  }
}
