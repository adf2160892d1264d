/** The adapter on loopback, with real machines on it. */
import { createSocket } from 'node:dgram';
import { createConnection } from 'node:net';
import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { present } from '../../base/assert.ts';
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
    this.driver = new GossipDriver({ gossip: this.gossip, sockets, onEvent: (event) => this.events.push(event) });
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
      (seen) => !seen.includes('alive'),
      5_000,
    );
    expect([first, second].map((peer) => peer.view()['m3'])).toEqual(['left', 'left']);
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

describe('D30: link faults', () => {
  const cutTo = (peer: Peer) => ({ peerAddresses: [peer.address], cut: true, delayMs: 0, jitterMs: 0, loss: 0 });

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
    const [first, second] = [await start('m1'), await start('m2')];
    second.sockets.setLinkFaults([cutTo(first)]);
    let reply: Result<GossipReply, string> | null = null;
    second.driver.command({ kind: 'join', addresses: [first.address] }, (result) => (reply = result));
    await until(
      () => second.gossip.members().length,
      (size) => size === 1,
      1_000,
    );
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
    for (let i = 0; i < 20_000; i++) {
      const packet = present(noise[i % noise.length], 'packet');
      if (i % 200 === 0) await new Promise((resolve) => flood.send(packet, port, '127.0.0.1', resolve));
      else flood.send(packet, port, '127.0.0.1');
    }
    const sockets = noise.map(() => createConnection({ host: '127.0.0.1', port }).on('error', () => undefined));
    for (const [index, socket] of sockets.entries()) socket.end(present(noise[index], 'bytes'));
    await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve).resume())));
    await new Promise<void>((resolve) => flood.close(() => resolve()));
    expect(first.sockets.counters.packetsReceived).toBeGreaterThan(1_000);
    // On a busy machine the flood may have cost an answer; a member that still answers is soon believed again.
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
  test('hears what was said in the meantime before it judges others', async () => {
    const [first, second, third] = await startThree();
    // Blocks the one thread of all three: every deadline passes, every answer waits in a socket.
    for (let round = 0; round < 3; round++) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_500);
      await areAlive([first, second, third], 3);
    }
    expect([first, second, third].flatMap((peer) => peer.events.filter((event) => event.kind === 'leave'))).toEqual([]);
  });
});
