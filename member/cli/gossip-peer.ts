#!/usr/bin/env node
/**
 * gossip-peer: our gossip alone, as a program. Flags, commands on stdin and the JSON lines on stdout are those of
 * memberlist-peer, which runs the real library, so that the two can be mixed in one cluster and compared; and there are
 * `cut NAME in|out|both` and `heal`.
 */
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { parseGoDuration } from '../base/duration.ts';
import type { GossipObservation } from '../base/observation.ts';
import { seededRandom } from '../base/random.ts';
import type { Result } from '../base/result.ts';
import { createGossip, type Gossip } from '../gossip/gossip.ts';
import type { GossipCommand, StreamId } from '../gossip/input.ts';
import { formatEndpoint } from '../gossip/ip-address.ts';
import type { GossipEvent, GossipMember, GossipReply } from '../gossip/output.ts';
import { limits } from '../gossip/settings.ts';
import { versionBytes } from '../gossip/versions.ts';
import { GossipDriver } from '../shell/gossip/gossip-driver.ts';
import {
  openGossipSockets,
  type GossipSockets,
  type NetworkInput,
  type NetworkOutput,
} from '../shell/gossip/gossip-sockets.ts';
import { nodeAesGcm } from '../shell/gossip/node-aes-gcm.ts';
import { gossipPeerUsage, parseGossipPeerFlags, splitList, type GossipPeerFlags } from './gossip-peer-flags.ts';

const defaultWaitMs = 5_000;

/** One line; `t` is Unix time in milliseconds with a fraction. */
function emit(ev: string, fields: Readonly<Record<string, unknown>> = {}): void {
  const t = Math.round((performance.timeOrigin + performance.now()) * 1_000) / 1_000;
  process.stdout.write(`${JSON.stringify({ ev, t, ...fields })}\n`);
}

/** Ends the process once the lines are written. */
function exit(code: number): void {
  process.stdout.write('', () => process.exit(code));
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function payloadFields(bytes: Uint8Array): Record<string, unknown> {
  return { data: textOf(bytes), hex: hexOf(bytes), bytes: bytes.length };
}

function memberFields(member: GossipMember): Record<string, unknown> {
  const { name, host, port, meta, versions, status, incarnation } = member;
  return {
    node: name,
    addr: host,
    port,
    meta: textOf(meta),
    vsn: [...versionBytes(versions)],
    state: status,
    incarnation,
  };
}

class GossipPeer {
  readonly #flags: GossipPeerFlags;
  readonly #sockets: GossipSockets;
  readonly #gossip: Gossip;
  readonly #driver: GossipDriver;
  readonly #traced = new Map<StreamId, { readonly to: string; sent: string; received: string }>();
  readonly #cuts = new Map<string, { readonly isIn: boolean; readonly isOut: boolean }>();

  constructor(flags: GossipPeerFlags, sockets: GossipSockets) {
    this.#flags = flags;
    this.#sockets = sockets;
    this.#gossip = createGossip({
      name: flags.name,
      advertise: sockets.advertise,
      bindPort: sockets.bindPort,
      meta: flags.meta,
      settings: flags.settings,
      random: seededRandom(randomBytes(4).readUInt32LE()),
      label: flags.label,
      ...(flags.keys.length > 0 && { encryption: { keys: flags.keys, aesGcm: nodeAesGcm } }),
    });
    this.#driver = new GossipDriver({
      gossip: this.#gossip,
      sockets,
      onEvent: (event) => this.#onEvent(event),
      ...(flags.log !== 'none' && { onObservation: (observation: GossipObservation) => this.#log(observation) }),
      ...(flags.isTracing && {
        onNetworkOutput: (output: NetworkOutput) => this.#traceOutput(output),
        onNetworkInput: (input: NetworkInput) => this.#traceInput(input),
      }),
    });
    if (flags.userState.length > 0) this.#driver.command({ kind: 'set-user-state', state: flags.userState }, () => {});
  }

  start(): void {
    const { host: addr, port } = this.#sockets.advertise;
    emit('ready', {
      name: this.#flags.name,
      addr,
      port,
      pid: process.pid,
      protocol: this.#flags.settings.protocolVersion,
    });
    if (this.#flags.join.length > 0) this.#joinAtStart();
    if (this.#flags.watchMs > 0) this.#watch(this.#flags.watchMs);
  }

  handleLine(line: string): void {
    const match = /^(\S+)\s*(.*)$/s.exec(line.trim());
    if (match === null) return;
    const [, command = '', argument = ''] = match;
    switch (command) {
      case 'members':
        this.#printMembers();
        return;
      case 'stats':
        this.#printStats();
        return;
      case 'join':
        this.#join(splitList(argument));
        return;
      case 'leave':
        this.#leave(argument);
        return;
      case 'update-meta':
        this.#updateMeta(argument);
        return;
      case 'set-state':
        this.#command('set-state', { kind: 'set-user-state', state: Buffer.from(argument) });
        return;
      case 'user-broadcast':
        this.#command('user-broadcast', { kind: 'broadcast-user-message', payload: Buffer.from(argument), name: null });
        return;
      case 'send':
      case 'send-udp':
        this.#send(command, argument);
        return;
      case 'cut':
        this.#cut(argument);
        return;
      case 'heal':
        this.#cuts.clear();
        this.#applyCuts();
        emit('healed');
        return;
      case 'quit':
        this.quit(argument === 'leave');
        return;
      default:
        this.#fail(command, 'unknown command');
    }
  }

  /** Without leaving, others find out by probing. */
  quit(isLeaving: boolean): void {
    if (!isLeaving) {
      this.#shutDown();
      return;
    }
    this.#driver.command({ kind: 'leave', timeoutMs: defaultWaitMs }, (result) => {
      if (result.ok) emit('left');
      else emit('leave-error', { error: result.error });
      this.#shutDown();
    });
  }

  #shutDown(): void {
    this.#driver.stop();
    this.#sockets.close(() => {
      emit('exit');
      exit(0);
    });
  }

  #onEvent(event: GossipEvent): void {
    switch (event.kind) {
      case 'join':
      case 'leave':
      case 'update':
        emit(event.kind, memberFields(event.member));
        return;
      case 'conflict':
        emit('conflict', { node: event.name, mine: formatEndpoint(event.ours), theirs: formatEndpoint(event.theirs) });
        return;
      case 'user-message':
        emit('user', payloadFields(event.payload));
        return;
      case 'user-state':
        emit('remote-state', { ...payloadFields(event.state), join: event.isJoin });
        return;
      case 'status':
      case 'forgotten':
        // The library has no such events: -watch shows them.
        return;
    }
  }

  #joinAtStart(): void {
    const { join, joinRetryMs } = this.#flags;
    this.#join(join, () => {
      if (joinRetryMs > 0) setTimeout(() => this.#joinAtStart(), joinRetryMs);
    });
  }

  #join(addresses: readonly string[], onFailure: () => void = () => {}): void {
    this.#driver.command({ kind: 'join', addresses }, (result) => {
      if (!result.ok) {
        emit('join-error', { error: result.error });
        onFailure();
      } else if (result.value.kind === 'joined') {
        emit('joined', { contacted: result.value.contacted, members: this.#living().length });
      }
    });
  }

  #leave(argument: string): void {
    const ns = argument === '' ? BigInt(defaultWaitMs) * 1_000_000n : parseGoDuration(argument);
    if (ns === undefined) {
      this.#fail('leave', `invalid duration "${argument}"`);
      return;
    }
    this.#command('leave', { kind: 'leave', timeoutMs: Number(ns / 1_000_000n) }, () => emit('left'));
  }

  #updateMeta(text: string): void {
    const meta = new Uint8Array(Buffer.from(text));
    if (meta.length > limits.metaBytes) this.#fail('update-meta', `longer than ${limits.metaBytes} bytes`);
    else
      this.#command('update-meta', { kind: 'update-meta', meta, timeoutMs: defaultWaitMs }, () =>
        emit('updated', { meta: text }),
      );
  }

  #send(command: 'send' | 'send-udp', argument: string): void {
    const [member = '', ...words] = argument.split(' ');
    const payload = Buffer.from(words.join(' '));
    this.#command(command, {
      kind: 'send-user-message',
      member,
      payload,
      via: command === 'send' ? 'stream' : 'packet',
    });
  }

  #cut(argument: string): void {
    const [name = '', direction = 'both'] = argument.split(/\s+/);
    if (!this.#gossip.members().some((member) => member.name === name)) {
      this.#fail('cut', `no member "${name}"`);
    } else if (direction !== 'in' && direction !== 'out' && direction !== 'both') {
      this.#fail('cut', `direction "${direction}": in, out or both`);
    } else {
      this.#cuts.set(name, { isIn: direction !== 'out', isOut: direction !== 'in' });
      this.#applyCuts();
      emit('cut', { node: name, direction });
    }
  }

  #applyCuts(): void {
    const addressesOf = (isCut: (cut: { readonly isIn: boolean; readonly isOut: boolean }) => boolean): string[] =>
      this.#gossip.members().flatMap((member) => {
        const cut = this.#cuts.get(member.name);
        return cut !== undefined && isCut(cut) ? [formatEndpoint(member)] : [];
      });
    const peerAddresses = addressesOf((cut) => cut.isOut);
    const outgoing = [{ peerAddresses, cut: true, delayMs: 0, jitterMs: 0, loss: 0 }];
    this.#sockets.setLinkFaults(
      outgoing,
      addressesOf((cut) => cut.isIn),
    );
  }

  #printMembers(): void {
    const nodes = this.#gossip.members().map(memberFields);
    emit('members', { alive: this.#living().map((member) => member.name), nodes });
  }

  #printStats(): void {
    const { packetsSent, packetBytesSent, streamsDialled, dialledBytes } = this.#sockets.counters;
    emit('stats', {
      health: this.#gossip.healthScore(),
      members: this.#living().length,
      udpSentPackets: packetsSent,
      udpSentBytes: packetBytesSent,
      tcpDials: streamsDialled,
      tcpDialedBytes: dialledBytes,
    });
  }

  #living(): readonly GossipMember[] {
    return this.#gossip.members().filter((member) => member.status === 'alive' || member.status === 'suspect');
  }

  #command(name: string, command: GossipCommand, onDone: () => void = () => {}): void {
    this.#driver.command(command, (result: Result<GossipReply, string>) => {
      if (result.ok) onDone();
      else this.#fail(name, result.error);
    });
  }

  #fail(cmd: string, error: string): void {
    emit('error', { cmd, error });
  }

  #watch(intervalMs: number): void {
    const seen = new Map<string, string>();
    setInterval(() => {
      for (const { name, status, incarnation } of this.#gossip.members()) {
        const key = `${status}/${incarnation}`;
        if (seen.get(name) === key) continue;
        seen.set(name, key);
        emit('state', { node: name, state: status, incarnation });
      }
    }, intervalMs);
  }

  #log(observation: GossipObservation): void {
    const { kind, ...fields } = observation;
    const level =
      kind === 'packet-rejected' || kind === 'address-conflict' ? 'WARN' : kind.startsWith('probe') ? 'DEBUG' : 'INFO';
    const details = Object.entries(fields).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
    const msg = [kind, ...details].join(' ');
    if (this.#flags.log === 'json') emit('log', { level, msg });
    else process.stderr.write(`${new Date().toISOString()} [${level}] ${msg}\n`);
  }

  #traceOutput(output: NetworkOutput): void {
    switch (output.kind) {
      case 'send-packet':
        emit('packet', { to: formatEndpoint(output.to), hex: hexOf(output.bytes) });
        return;
      case 'dial-stream':
        this.#traced.set(output.stream, { to: formatEndpoint(output.to), sent: '', received: '' });
        return;
      case 'write-stream': {
        const traced = this.#traced.get(output.stream);
        if (traced !== undefined) traced.sent += hexOf(output.bytes);
        return;
      }
      case 'close-stream':
      case 'abort-stream': {
        const traced = this.#traced.get(output.stream);
        this.#traced.delete(output.stream);
        if (traced !== undefined) emit('stream', traced);
        return;
      }
      case 'resolve-host':
        return;
    }
  }

  #traceInput(input: NetworkInput): void {
    if (input.kind === 'stream-failed') this.#traced.delete(input.stream);
    if (input.kind !== 'stream-bytes') return;
    const traced = this.#traced.get(input.stream);
    if (traced !== undefined) traced.received += hexOf(input.bytes);
  }
}

async function main(): Promise<void> {
  process.stdout.on('error', () => process.exit(1));
  const flags = parseGossipPeerFlags(process.argv.slice(2));
  if (!flags.ok) {
    process.stderr.write(`${flags.error}\n${gossipPeerUsage}\n`);
    process.exitCode = 2;
    return;
  }
  const { bind, port, advertise } = flags.value;
  const sockets = await openGossipSockets({
    bindHost: bind,
    bindPort: port,
    advertise,
    random: seededRandom(randomBytes(4).readUInt32LE()),
    onError: (error) => emit('log', { level: 'ERR', msg: error }),
  });
  if (!sockets.ok) {
    emit('fatal', { error: sockets.error });
    exit(1);
    return;
  }
  const peer = new GossipPeer(flags.value, sockets.value);
  peer.start();
  process.on('SIGINT', () => peer.quit(false));
  process.on('SIGTERM', () => peer.quit(false));
  createInterface({ input: process.stdin })
    .on('line', (line) => peer.handleLine(line))
    .on('close', () => peer.quit(false));
}

void main();
