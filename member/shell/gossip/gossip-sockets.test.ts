/** The adapter on loopback, with real machines on it. */
import { createSocket } from 'node:dgram';
import { createConnection } from 'node:net';
import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { present } from '../../base/assert.ts';
import type { GossipObservation } from '../../base/observation.ts';
import { seededRandom } from '../../base/random.ts';
import { createGossip, type Gossip } from '../../gossip/gossip.ts';
import type { GossipCommand } from '../../gossip/input.ts';
import type { GossipOptions } from '../../gossip/options.ts';
import type { GossipEvent, GossipReply } from '../../gossip/output.ts';
import { lanSettings } from '../../gossip/settings.ts';
import type { Result } from '../../base/result.ts';
import { until } from '../testing/until.ts';
import { GossipDriver } from './gossip-driver.ts';
import { openGossipSockets, type GossipSockets } from './gossip-sockets.ts';
import { nodeAesGcm } from './node-aes-gcm.ts';

/** Fast enough for a test, slow enough for a busy machine. */
const settings = { ...lanSettings, probeIntervalMs: 200, probeTimeoutMs: 100, gossipIntervalMs: 20, suspicionMult: 4 };

class Peer {
  readonly gossip: Gossip;
  readonly sockets: GossipSockets;
  readonly driver: GossipDriver;
  readonly events: GossipEvent[] = [];
  readonly observations: GossipObservation[] = [];

  constructor(name: string, sockets: GossipSockets, changes: Partial<GossipOptions>) {
    this.sockets = sockets;
    this.gossip = createGossip({
      name,
      advertise: sockets.advertise,
      meta: new Uint8Array(0),
      settings,
      random: seededRandom(sockets.bindPort),
      ...changes,
    });
    this.driver = new GossipDriver({
      gossip: this.gossip,
      sockets,
      onEvent: (event) => this.events.push(event),
      onObservation: (observation) => this.observations.push(observation),
    });
  }

  get address(): string {
    return `${this.sockets.advertise.host}:${this.sockets.advertise.port}`;
  }

  command(command: GossipCommand): Promise<Result<GossipReply, string>> {
    return new Promise((resolve) => this.driver.command(command, resolve));
  }

  join(other: Peer): Promise<Result<GossipReply, string>> {
    return this.command({ kind: 'join', addresses: [other.address] });
  }

  /** How many of its probes came to this: of one member, or of all. */
  probes(kind: 'probe-started' | 'probe-acked', member?: string): number {
    return this.observations.filter((one) => one.kind === kind && one.member === (member ?? one.member)).length;
  }

  view(): Record<string, string> {
    return Object.fromEntries(this.gossip.members().map((member) => [member.name, member.status]));
  }

  close(): Promise<void> {
    this.driver.stop();
    return new Promise((resolve) => this.sockets.close(resolve));
  }
}

const peers: Peer[] = [];

async function open(port = 0): Promise<GossipSockets> {
  const opened = await openGossipSockets({
    bindHost: '127.0.0.1',
    bindPort: port,
    advertise: null,
    random: seededRandom(1),
    onError: () => {},
  });
  if (!opened.ok) throw new Error(opened.error);
  return opened.value;
}

async function start(name: string, changes: Partial<GossipOptions> = {}): Promise<Peer> {
  const peer = new Peer(name, await open(), changes);
  peers.push(peer);
  return peer;
}

async function startThree(changes: Partial<GossipOptions> = {}): Promise<readonly [Peer, Peer, Peer]> {
  const three = [await start('m1', changes), await start('m2', changes), await start('m3', changes)] as const;
  const [first, second, third] = three;
  await second.join(first);
  await third.join(first);
  await areAlive(three, 3);
  return three;
}

/** Each of these comes to know so many, all alive. */
async function areAlive(peers: readonly Peer[], size: number): Promise<void> {
  await until(
    () => peers.map((peer) => Object.values(peer.view()).join()),
    (seen) => seen.every((statuses) => statuses === Array.from({ length: size }, () => 'alive').join()),
    10_000,
  );
}

afterEach(async () => {
  await Promise.all(peers.splice(0).map((peer) => peer.close()));
});

describe('machines on real sockets', () => {
  test.each<[string, Partial<GossipOptions>]>([
    ['plain', {}],
    [
      'with a key and a label',
      { label: 'blue', encryption: { keys: [new Uint8Array(32).fill(7)], aesGcm: nodeAesGcm } },
    ],
    [
      'speaking protocol version 1 with a key',
      {
        settings: { ...settings, protocolVersion: 1 },
        encryption: { keys: [new Uint8Array(16).fill(7)], aesGcm: nodeAesGcm },
      },
    ],
  ])('three find each other, one leaves: %s', async (_, changes) => {
    const [first, second, third] = await startThree(changes);
    expect(await third.command({ kind: 'leave', timeoutMs: 5_000 })).toEqual({ ok: true, value: { kind: 'done' } });
    await until(
      () => [first, second].map((peer) => peer.view()['m3']),
      (seen) => seen.every((status) => status === 'left'),
      5_000,
    );
  });

  test('a member with another key is not let in, and is told why', async () => {
    const encryption = (fill: number) => ({
      encryption: { keys: [new Uint8Array(16).fill(fill)], aesGcm: nodeAesGcm },
    });
    const [first, second, plain] = [
      await start('m1', encryption(1)),
      await start('m2', encryption(2)),
      await start('m3'),
    ];
    expect(await second.join(first)).toMatchObject({ ok: false });
    expect(await plain.join(first)).toMatchObject({ ok: false });
    expect(await first.join(plain)).toEqual({
      ok: false,
      error: expect.stringMatching(/not-encrypted|remote state is encrypted and encryption is not configured/),
    });
    expect(first.view()).toEqual({ m1: 'alive' });
  });

  test('a closed member is noticed, and its port is free again', async () => {
    const [first, second, third] = await startThree();
    await third.close();
    await until(
      () => [first, second].map((peer) => peer.view()['m3']),
      (seen) => seen.every((status) => status === 'dead'),
      10_000,
    );
    const again = new Peer('m3', await open(third.sockets.bindPort), {});
    peers.push(again);
    expect(await again.join(first)).toMatchObject({ ok: true });
    await areAlive([first, second, again], 3);
  });

  test('user messages by packet and by stream, and a user state', async () => {
    const [first, second] = await startThree();
    const big = new Uint8Array(randomBytes(300_000));
    await second.command({ kind: 'send-user-message', member: 'm1', payload: Uint8Array.of(1, 2), via: 'packet' });
    await second.command({ kind: 'send-user-message', member: 'm1', payload: big, via: 'stream' });
    await second.command({ kind: 'set-user-state', state: Uint8Array.of(9) });
    await second.join(first);
    const received = () =>
      first.events.flatMap((event) => (event.kind === 'user-message' ? [event.payload.length] : []));
    await until(received, ({ length }) => length === 2, 5_000);
    expect(received().toSorted((a, b) => a - b)).toEqual([2, 300_000]);
    expect(first.events).toContainEqual({ kind: 'user-state', state: Uint8Array.of(9), isJoin: true });
  });

  test('a new machine takes over the sockets: streams of the former one are gone', async () => {
    const [first, , third] = await startThree();
    third.driver.stop();
    const successor = new Peer('m4', third.sockets, {});
    peers.push(successor);
    expect(await successor.join(first)).toMatchObject({ ok: true });
    await until(
      () => first.view(),
      (seen) => seen['m4'] === 'alive' && seen['m3'] !== 'alive',
      10_000,
    );
  });

  test('a host name is resolved', async () => {
    const [first, second] = [await start('m1'), await start('m2')];
    const joined = await second.command({ kind: 'join', addresses: [`localhost:${first.sockets.bindPort}`] });
    expect(joined).toMatchObject({ ok: true, value: { contacted: 1 } });
  });
});

const cutTo = (peer: Peer) => ({ peerAddresses: [peer.address], cut: true, delayMs: 0, jitterMs: 0, loss: 0 });

describe('D30: link faults', () => {
  test('cut off in both directions a member is declared dead, and comes back after healing', async () => {
    const [first, second, third] = await startThree();
    third.sockets.setLinkFaults([cutTo(first), cutTo(second)]);
    first.sockets.setLinkFaults([cutTo(third)]);
    second.sockets.setLinkFaults([cutTo(third)]);
    await until(
      () => [first.view()['m3'], second.view()['m3'], third.view()['m1']],
      (seen) => seen.every((status) => status === 'dead'),
      15_000,
    );
    for (const peer of [first, second, third]) peer.sockets.setLinkFaults([]);
    expect(await third.join(first)).toMatchObject({ ok: true });
    await areAlive([first, second, third], 3);
  });

  test('cut in one direction between two only, each declares the other dead: no way around is left', async () => {
    const [first, second] = [await start('m1'), await start('m2')];
    await second.join(first);
    await areAlive([first], 2);
    first.sockets.setLinkFaults([cutTo(second)]);
    await until(
      () => [first.view()['m2'], second.view()['m1']],
      (seen) => seen.every((status) => status === 'dead'),
      15_000,
    );
    expect(first.sockets.counters.packetsDropped).toBeGreaterThan(0);
  });

  test('a dial over a cut link hangs until the link is healed', async () => {
    const [first, second, third] = [await start('m1'), await start('m2'), await start('m3')];
    second.sockets.setLinkFaults([cutTo(first)]);
    let reply: Result<GossipReply, string> | null = null;
    second.driver.command({ kind: 'join', addresses: [first.address] }, (result) => (reply = result));
    // As long as it takes where nothing is cut.
    expect(await third.join(first)).toMatchObject({ ok: true });
    expect(reply).toBeNull();
    second.sockets.setLinkFaults([]);
    await until(() => reply !== null, Boolean, 5_000);
    expect(reply).toMatchObject({ ok: true });
  });

  test('a slow, lossy link costs nobody its membership', async () => {
    const [first, second, third] = await startThree();
    const slow = (peer: Peer) => ({ peerAddresses: [peer.address], cut: false, delayMs: 20, jitterMs: 20, loss: 0.1 });
    first.sockets.setLinkFaults([slow(second), slow(third)]);
    const request = second.command({ kind: 'update-meta', meta: Uint8Array.of(1), timeoutMs: 5_000 });
    await until(() => first.events.some((event) => event.kind === 'update'), Boolean, 5_000);
    expect(await request).toEqual({ ok: true, value: { kind: 'done' } });
    expect([first, second, third].flatMap((peer) => peer.events.filter((event) => event.kind === 'leave'))).toEqual([]);
  });
});

describe('strangers on the port', () => {
  test('a flood of random packets and streams: no crash, no growth, and probes are still answered', async () => {
    const [first, second, third] = await startThree();
    const flood = createSocket('udp4');
    const port = first.sockets.bindPort;
    const noise = Array.from({ length: 64 }, (_, index) => randomBytes(1 + ((index * 37) % 1_400)));
    const acked = () => [second, third].map((peer) => peer.probes('probe-acked', 'm1'));
    const before = acked();
    const areAcked = () => acked().every((count, index) => count > present(before[index], 'count'));
    // In portions that its buffer holds and that it has read before the next: pings are not to be lost among them.
    for (let portions = 0; portions < 300 || !areAcked(); portions++) {
      await Promise.all(
        noise.map((packet) => new Promise((resolve) => flood.send(packet, port, '127.0.0.1', resolve))),
      );
      await new Promise<void>((resolve) => first.sockets.afterPendingPackets(resolve));
    }
    const sockets = noise.map(() => createConnection({ host: '127.0.0.1', port }).on('error', () => undefined));
    for (const [index, socket] of sockets.entries()) socket.end(present(noise[index], 'bytes'));
    await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve).resume())));
    await new Promise<void>((resolve) => flood.close(() => resolve()));
    expect(first.sockets.counters.packetsReceived).toBeGreaterThan(1_000);
    const everyone = [first, second, third];
    await areAlive(everyone, 3);
    expect(everyone.flatMap((peer) => peer.events.filter((event) => event.kind === 'leave'))).toEqual([]);
  });

  test('a port that is taken is named', async () => {
    const first = await start('m1');
    const second = await openGossipSockets({
      bindHost: '127.0.0.1',
      bindPort: first.sockets.bindPort,
      advertise: null,
      random: seededRandom(1),
      onError: () => {},
    });
    expect(second).toEqual({
      ok: false,
      error: expect.stringContaining(`gossip address 127.0.0.1:${first.sockets.bindPort}: listen EADDRINUSE`),
    });
  });

  test('a host given by its name is bound and told by its address, IPv4 first', async () => {
    const named = { bindHost: 'localhost', bindPort: 0, random: seededRandom(1), onError: () => {} };
    const opened = await openGossipSockets({ ...named, advertise: { host: 'localhost', port: 0 } });
    if (!opened.ok) throw new Error(opened.error);
    expect(opened.value.advertise).toEqual({ host: '127.0.0.1', port: opened.value.bindPort });
    await new Promise<void>((resolve) => opened.value.close(resolve));
    const unknown = await openGossipSockets({ ...named, bindHost: 'no-such-host.invalid', advertise: null });
    expect(unknown).toEqual({
      ok: false,
      error: expect.stringMatching(/^gossip address no-such-host\.invalid: .*no-such-host\.invalid/),
    });
  });

  test('all interfaces without an address to advertise is refused', async () => {
    const opened = await openGossipSockets({
      bindHost: '0.0.0.0',
      bindPort: 0,
      advertise: null,
      random: seededRandom(1),
      onError: () => {},
    });
    expect(opened).toEqual({
      ok: false,
      error: 'gossip on all interfaces (0.0.0.0): an address to advertise is needed',
    });
  });
});

describe('invariant 6: a process that stood still', () => {
  /** Blocks the one thread of all members: every deadline passes, every answer waits in a socket. */
  const standStill = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

  test('hears what was said in the meantime before it judges others', async () => {
    const everyone = await startThree();
    for (let round = 0; round < 3; round++) {
      standStill(1_500);
      const started = () => everyone.map((peer) => peer.probes('probe-started'));
      const before = started();
      // Five intervals: a suspicion of before or just after would have become a death.
      await until(started, (counts) => counts.every((count, index) => count >= present(before[index], 'count') + 6));
      await areAlive(everyone, 3);
    }
    expect(everyone.flatMap((peer) => peer.events.filter((event) => event.kind === 'leave'))).toEqual([]);
  });

  test('gives a suspect back the time in which it could not be heard', async () => {
    const everyone = await startThree({ settings: { ...settings, suspicionMult: 20 } });
    const [first, second, third] = everyone;
    for (const peer of [first, second]) peer.sockets.setLinkFaults([cutTo(third)]);
    third.sockets.setLinkFaults([cutTo(first), cutTo(second)]);
    await until(() => first.view()['m3'] === 'suspect');
    for (const peer of everyone) peer.sockets.setLinkFaults([]);
    // The suspicion lasts for four seconds.
    standStill(4_500);
    await areAlive(everyone, 3);
    expect(everyone.flatMap((peer) => peer.events.filter((event) => event.kind === 'leave'))).toEqual([]);
  });
});
