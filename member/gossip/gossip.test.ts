/**
 * Clusters in virtual time. Bounds are those of `gossip-timings`: what clusters of the real library need for the
 * same, on loopback at LAN values.
 */
import { describe, expect, test } from 'vitest';
import { present } from '../base/assert.ts';
import { seededRandom } from '../base/random.ts';
import { createGossip } from './gossip.ts';
import { lanSettings } from './settings.ts';
import { exampleOptions } from './testing/example-options.ts';
import { VirtualNetwork, type VirtualMember } from './testing/virtual-network.ts';
import { writeCompound } from './wire/compound.ts';
import { writePacketMessage } from './wire/message-writer.ts';
import { nilBytes } from './wire/bytes.ts';

const utf8 = new TextEncoder();
const seeds = Array.from({ length: 30 }, (_, index) => index + 1);
const median = (values: readonly number[]): number =>
  present([...values].sort((a, b) => a - b)[values.length >> 1], 'a value');

function allAlive(members: readonly VirtualMember[], size: number): boolean {
  return members.every((member) => {
    const statuses = Object.values(member.view());
    return statuses.length === size && statuses.every((status) => status === 'alive');
  });
}

/** A settled cluster, disturbed at a random phase of its timers. */
function settled(seed: number, size: number, loss = 0): { network: VirtualNetwork; members: readonly VirtualMember[] } {
  const network = new VirtualNetwork({ seed, loss });
  const members = network.startCluster(size);
  expect(network.runUntil(() => allAlive(members, size), 60_000)).not.toBeNull();
  network.runFor(1_000 + ((seed * 977) % 3_000));
  return { network, members };
}

const deathsOf = (observer: VirtualMember, sinceMs = 0): string[] =>
  observer.events.flatMap(({ atMs, event }) =>
    atMs >= sinceMs && event.kind === 'leave' && event.member.status === 'dead' ? [event.member.name] : [],
  );

describe('joining', () => {
  test.each([
    [3, 600],
    [5, 600],
    [8, 60_000],
  ])('%i members that join through the first know each other within %i ms', (size, limitMs) => {
    const durations = seeds.map((seed) => {
      const network = new VirtualNetwork({ seed });
      const members = network.startCluster(size);
      return network.runUntil(() => allAlive(members, size), limitMs);
    });
    expect(durations).not.toContain(null);
    expect(median(durations.map(Number))).toBeLessThan(450);
  });

  test('an address where nobody listens fails the join with its reason, and one good address is enough', () => {
    const network = new VirtualNetwork({ seed: 1 });
    const [first, second] = [network.start('m1'), network.start('m2')];
    const lonely = network.command(second, { kind: 'join', addresses: ['127.0.0.1:1'] });
    const mixed = network.command(second, { kind: 'join', addresses: ['127.0.0.1:1', 'nonsense:', '127.0.0.1:10000'] });
    network.runFor(1_000);
    expect(second.replies.get(lonely)).toEqual({ ok: false, error: 'joining 127.0.0.1:1: connection refused' });
    expect(second.replies.get(mixed)).toMatchObject({ ok: true, value: { kind: 'joined', contacted: 1 } });
    expect(first.view()).toEqual({ m1: 'alive', m2: 'alive' });
  });

  test('a host name stands for all of its addresses', () => {
    const network = new VirtualNetwork({ seed: 1 });
    const first = network.start('m1');
    network.nameHost('seed.example', ['127.0.0.2', '127.0.0.1']);
    const second = network.start('m2');
    const known = network.command(second, { kind: 'join', addresses: ['seed.example:10000'] });
    const unknown = network.command(second, { kind: 'join', addresses: ['other.example'] });
    network.runFor(1_000);
    expect(second.replies.get(known)).toMatchObject({
      ok: true,
      value: { contacted: 1, errors: ['joining 127.0.0.2:10000: connection refused'] },
    });
    expect(second.replies.get(unknown)).toEqual({ ok: false, error: 'resolving other.example: no such host' });
    expect(first.view()).toEqual({ m1: 'alive', m2: 'alive' });
  });

  test('a silent address fails the join after the stream time-out', () => {
    const network = new VirtualNetwork({ seed: 1 });
    const [first, second] = [network.start('m1'), network.start('m2')];
    network.cut(second, first);
    const request = network.join(second, first);
    network.runFor(9_999);
    expect(second.replies.get(request)).toBeUndefined();
    network.runFor(2);
    expect(second.replies.get(request)).toEqual({ ok: false, error: 'joining 127.0.0.1:10000: no connection in time' });
  });

  test('D29: members with another cluster ID in their metadata stay strangers', () => {
    const network = new VirtualNetwork({ seed: 1 });
    const ours = utf8.encode('cluster-1');
    const isOurs = (meta: Uint8Array): boolean => meta.join() === ours.join();
    const aliveVeto = ({ meta }: { meta: Uint8Array }): string | null => (isOurs(meta) ? null : 'another cluster');
    const members = [network.start('m1', { meta: ours, aliveVeto }), network.start('m2', { meta: ours, aliveVeto })];
    const stranger = network.start('m3', { meta: utf8.encode('cluster-2') });
    const [first, second] = members;
    if (first !== undefined && second !== undefined) network.join(second, first);
    if (first !== undefined) network.join(stranger, first);
    network.runFor(5_000);
    expect(members.map((member) => member.view())).toEqual([
      { m1: 'alive', m2: 'alive' },
      { m1: 'alive', m2: 'alive' },
    ]);
  });

  test('a merge veto refuses a join on both sides', () => {
    const network = new VirtualNetwork({ seed: 1 });
    const first = network.start('m1', { mergeVeto: () => 'closed' });
    const second = network.start('m2', { mergeVeto: () => 'closed' });
    const request = network.join(second, first);
    network.runFor(1_000);
    expect([first.view(), second.view()]).toEqual([{ m1: 'alive' }, { m2: 'alive' }]);
    expect(second.replies.get(request)).toEqual({ ok: false, error: 'joining 127.0.0.1:10000: closed' });
  });
});

describe('failure detection', () => {
  test.each([3, 5, 8])(
    'a killed member of %i is reported dead by all survivors between 5 and 9 s, by the first with a median under 6.5 s',
    (size) => {
      const firsts: number[] = [];
      for (const seed of seeds) {
        const { network, members } = settled(seed, size);
        const victim = present(members[seed % size], 'victim');
        const survivors = members.filter((member) => member !== victim);
        const killedMs = network.nowMs;
        network.kill(victim);
        const tookMs = network.runUntil(
          () => survivors.every((survivor) => survivor.view()[victim.name] === 'dead'),
          9_000,
        );
        expect([seed, tookMs]).not.toEqual([seed, null]);
        const reportedMs = survivors.map(
          (survivor) => Number(survivor.firstEvent('leave', victim.name, killedMs)) - killedMs,
        );
        firsts.push(Math.min(...reportedMs));
        expect(survivors.flatMap((survivor) => deathsOf(survivor)).every((name) => name === victim.name)).toBe(true);
      }
      expect(Math.min(...firsts)).toBeGreaterThanOrEqual(5_000);
      expect(median(firsts)).toBeLessThan(6_500);
    },
  );

  test('a killed member that starts again under its name and address is back within seconds, at a higher incarnation', () => {
    const { network, members } = settled(3, 3);
    const [first, second, victim] = members;
    if (first === undefined || second === undefined || victim === undefined) throw new Error('three members');
    network.kill(victim);
    network.runFor(8_500);
    expect([first.view().m3, second.view().m3]).toEqual(['dead', 'dead']);
    const again = network.start('m3', { advertise: victim.endpoint });
    network.join(again, second);
    expect(network.runUntil(() => allAlive([first, second, again], 3), 2_000)).not.toBeNull();
    expect(first.gossip.members().find((member) => member.name === 'm3')?.incarnation).toBeGreaterThan(1);
  });

  test.each([1_000, 2_000, 3_000, 4_000])('invariant 6: a pause of %i ms costs nobody its membership', (pauseMs) => {
    for (const seed of seeds.slice(0, 10)) {
      const { network, members } = settled(seed, 3 + (seed % 3));
      const paused = present(members[1], 'member');
      network.pause(paused);
      network.runFor(pauseMs);
      network.resume(paused);
      network.runFor(10_000);
      expect(members.flatMap((member) => deathsOf(member))).toEqual([]);
      expect(allAlive(members, members.length)).toBe(true);
    }
  });

  test('invariant 6: a member that was stopped for long declares nobody dead, and refutes its own death at once', () => {
    for (const seed of seeds.slice(0, 10)) {
      const { network, members } = settled(seed, 3);
      const paused = present(members[seed % 3], 'member');
      network.pause(paused);
      network.runFor(12_000);
      const others = members.filter((member) => member !== paused);
      expect(others.map((member) => member.view()[paused.name])).toEqual(['dead', 'dead']);
      network.resume(paused);
      expect(network.runUntil(() => allAlive(members, 3), 1_000)).not.toBeNull();
      network.runFor(10_000);
      expect(deathsOf(paused)).toEqual([]);
    }
  });

  test('invariant 6: packet loss of 10 % in two minutes costs nobody its membership', () => {
    for (const seed of seeds.slice(0, 5)) {
      const { network, members } = settled(seed, 5, 0.1);
      network.runFor(120_000);
      expect(members.flatMap((member) => deathsOf(member))).toEqual([]);
    }
  });

  test('a link that is cut in one direction is bridged by relays', () => {
    const { network, members } = settled(7, 4);
    const [first, second] = members;
    if (first === undefined || second === undefined) throw new Error('two members');
    network.cut(first, second);
    network.runFor(60_000);
    expect(members.flatMap((member) => deathsOf(member))).toEqual([]);
    expect(
      first.observations.some(({ observation }) => observation.kind === 'probe-acked' && observation.via === 'relay'),
    ).toBe(true);
  });

  test('a member that is cut off is declared dead, declares the others dead, and all find together after healing', () => {
    const { network, members } = settled(11, 3);
    const lonely = present(members[2], 'member');
    const others = members.filter((member) => member !== lonely);
    for (const other of others) {
      network.cut(other, lonely);
      network.cut(lonely, other);
    }
    network.runFor(12_000);
    expect(others.map((member) => member.view()[lonely.name])).toEqual(['dead', 'dead']);
    expect(lonely.view()).toEqual({ m1: 'dead', m2: 'dead', m3: 'alive' });
    network.heal();
    const [first] = others;
    if (first !== undefined) network.join(lonely, first);
    expect(network.runUntil(() => allAlive(members, 3), 5_000)).not.toBeNull();
  });

  test('health: missing nacks and refutations raise the score, answered probes lower it again', () => {
    const { network, members } = settled(5, 3);
    const [first, , victim] = members;
    if (first === undefined || victim === undefined) throw new Error('three members');
    network.kill(victim);
    const scores: number[] = [];
    network.runUntil(() => {
      scores.push(first.gossip.healthScore());
      return false;
    }, 30_000);
    expect(Math.max(...scores)).toBeGreaterThanOrEqual(1);
    expect(first.gossip.healthScore()).toBe(0);
  });

  test('dead members are forgotten after 30 s, at the end of a probe round', () => {
    const { network, members } = settled(2, 3);
    const victim = present(members[1], 'member');
    const survivors = members.filter((member) => member !== victim);
    network.kill(victim);
    network.runFor(45_000);
    expect(survivors.map((member) => member.view())).toEqual([
      { m1: 'alive', m3: 'alive' },
      { m1: 'alive', m3: 'alive' },
    ]);
    expect(
      survivors.every((member) => member.events.some(({ event }) => event.kind === 'forgotten' && event.name === 'm2')),
    ).toBe(true);
  });
});

describe('leaving and changing', () => {
  test.each([3, 5])('a leave among %i is answered, and seen as "left" by all within 700 ms', (size) => {
    for (const seed of seeds) {
      const { network, members } = settled(seed, size);
      const leaver = present(members[seed % size], 'leaver');
      const others = members.filter((member) => member !== leaver);
      const request = network.command(leaver, { kind: 'leave', timeoutMs: 5_000 });
      expect(
        network.runUntil(() => others.every((member) => member.view()[leaver.name] === 'left'), 700),
      ).not.toBeNull();
      network.runFor(1_000);
      expect(leaver.replies.get(request)).toEqual({ ok: true, value: { kind: 'done' } });
      network.kill(leaver);
      network.runFor(10_000);
      expect(others.flatMap((member) => deathsOf(member))).toEqual([]);
    }
  });

  test('a member that left comes back as a new instance, also elsewhere', () => {
    const { network, members } = settled(4, 3);
    const [first, , leaver] = members;
    if (first === undefined || leaver === undefined) throw new Error('three members');
    network.command(leaver, { kind: 'leave', timeoutMs: 5_000 });
    network.runFor(2_000);
    network.kill(leaver);
    const again = network.start('m3', { advertise: { host: '127.0.0.1', port: 20_000 } });
    network.join(again, first);
    expect(network.runUntil(() => allAlive([first, again], 3), 3_000)).not.toBeNull();
    expect(first.gossip.members().find((member) => member.name === 'm3')?.port).toBe(20_000);
  });

  test('alone, leaving and updating are answered at once; after leaving, updating is refused', () => {
    const network = new VirtualNetwork({ seed: 1 });
    const member = network.start('m1');
    const requests = [
      network.command(member, { kind: 'update-meta', meta: utf8.encode('a'), timeoutMs: 1_000 }),
      network.command(member, { kind: 'update-meta', meta: new Uint8Array(513), timeoutMs: 1_000 }),
      network.command(member, { kind: 'leave', timeoutMs: 1_000 }),
      network.command(member, { kind: 'leave', timeoutMs: 1_000 }),
      network.command(member, { kind: 'update-meta', meta: utf8.encode('b'), timeoutMs: 1_000 }),
    ];
    expect(requests.map((request) => member.replies.get(request))).toEqual([
      { ok: true, value: { kind: 'done' } },
      { ok: false, error: 'metadata of 513 bytes: at most 512 are allowed' },
      { ok: true, value: { kind: 'done' } },
      { ok: true, value: { kind: 'done' } },
      { ok: false, error: 'this member has left' },
    ]);
  });

  test('a leave that nobody can be told of fails after its time-out', () => {
    const settings = { ...lanSettings, gossipIntervalMs: 0, probeIntervalMs: 0 };
    const network = new VirtualNetwork({ seed: 1 });
    const [first, second] = network.startCluster(2, { settings });
    if (first === undefined || second === undefined) throw new Error('two members');
    network.runFor(100);
    const request = network.command(second, { kind: 'leave', timeoutMs: 2_000 });
    network.runFor(2_001);
    expect(second.replies.get(request)).toEqual({ ok: false, error: 'timeout waiting for leave broadcast' });
  });

  test('new metadata is everywhere within a second, with an event', () => {
    const { network, members } = settled(6, 5);
    const changer = present(members[3], 'member');
    const sinceMs = network.nowMs;
    const request = network.command(changer, { kind: 'update-meta', meta: utf8.encode('v=2'), timeoutMs: 5_000 });
    expect(
      network.runUntil(
        () => members.every((member) => member.firstEvent('update', 'm4', sinceMs) !== undefined),
        1_000,
      ),
    ).not.toBeNull();
    network.runFor(2_000);
    expect(changer.replies.get(request)).toEqual({ ok: true, value: { kind: 'done' } });
  });
});

describe('messages of the application', () => {
  const received = (member: VirtualMember): string[] =>
    member.events.flatMap(({ event }) =>
      event.kind === 'user-message' ? [Buffer.from(event.payload).toString()] : [],
    );

  test('broadcast, by packet and by stream', () => {
    const { network, members } = settled(8, 3);
    const [first, second, third] = members;
    if (first === undefined || second === undefined || third === undefined) throw new Error('three members');
    network.command(first, { kind: 'broadcast-user-message', payload: utf8.encode('all'), name: null });
    const requests = [
      network.command(first, {
        kind: 'send-user-message',
        member: 'm2',
        payload: utf8.encode('packet'),
        via: 'packet',
      }),
      network.command(first, {
        kind: 'send-user-message',
        member: 'm3',
        payload: new Uint8Array(100_000).fill(65),
        via: 'stream',
      }),
      network.command(first, { kind: 'send-user-message', member: 'm9', payload: nilBytes, via: 'packet' }),
    ];
    network.runFor(2_000);
    expect(new Set(received(second))).toEqual(new Set(['all', 'packet']));
    expect(new Set(received(third))).toEqual(new Set(['all', 'A'.repeat(100_000)]));
    expect(requests.map((request) => first.replies.get(request)?.ok)).toEqual([true, true, false]);
  });

  test('user state travels with every full sync', () => {
    const network = new VirtualNetwork({ seed: 1 });
    const [first, second] = [network.start('m1'), network.start('m2')];
    network.command(first, { kind: 'set-user-state', state: utf8.encode('of m1') });
    network.join(second, first);
    network.runFor(65_000);
    const states = second.events.flatMap(({ event }) =>
      event.kind === 'user-state' ? [[Buffer.from(event.state).toString(), event.isJoin]] : [],
    );
    expect(states.slice(0, 2)).toEqual([
      ['of m1', true],
      ['of m1', false],
    ]);
  });
});

describe('the machine', () => {
  test('same seed, same inputs, same outputs', () => {
    const run = (): unknown => {
      const { network, members } = settled(9, 4, 0.05);
      network.runFor(20_000);
      return members.map((member) => member.observations);
    };
    expect(run()).toEqual(run());
  });

  test('100,000 packets of random bytes neither make it throw nor grow', () => {
    const gossip = createGossip(exampleOptions());
    gossip.step({ kind: 'start', atMs: 0 });
    const random = seededRandom(1);
    const kinds = new Map<string, number>();
    for (let i = 0; i < 100_000; i++) {
      const bytes = new Uint8Array(random.nextUint32() % 200);
      for (let j = 0; j < bytes.length; j++) bytes[j] = random.nextUint32();
      for (const output of gossip.step({
        kind: 'packet',
        atMs: i / 100,
        from: { host: '127.0.0.1', port: 1 },
        bytes,
      })) {
        const kind = output.kind === 'event' ? output.event.kind : output.kind;
        kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      }
    }
    expect(gossip.members().map((member) => member.name)).toEqual(['me']);
    // Whatever starts with an 8 is a message for the application, and 00 80 is a ping; of rejections only the first are noted.
    expect([...kinds.keys()].sort()).toEqual(['observation', 'send-packet', 'user-message']);
    expect(kinds.get('observation')).toBeLessThanOrEqual(20);
    expect(kinds.get('send-packet')).toBeLessThanOrEqual(20);
  });

  test('a suspect gets back the time in which we stood still, once, however much is heard before the deadlines', () => {
    const gossip = createGossip(exampleOptions());
    const from = { host: '127.0.0.1', port: 7947 };
    const address = Uint8Array.of(127, 0, 0, 1);
    const versions = Uint8Array.of(1, 5, 2, 0, 0, 0);
    const alive = { kind: 'alive', incarnation: 1, node: 'm2', address, port: 7947, meta: nilBytes, versions } as const;
    const suspect = { kind: 'suspect', incarnation: 1, node: 'm2', from: 'm3' } as const;
    const status = () => gossip.members().find((member) => member.name === 'm2')?.status;
    gossip.step({ kind: 'start', atMs: 0 });
    gossip.step({ kind: 'packet', atMs: 1, from, bytes: writePacketMessage(alive) });
    gossip.step({ kind: 'packet', atMs: 2, from, bytes: writePacketMessage(suspect) });
    for (let i = 0; i < 50; i++) gossip.step({ kind: 'packet', atMs: 10_000 + i, from, bytes: Uint8Array.of(8) });
    gossip.step({ kind: 'wake', atMs: 10_050 });
    expect(status()).toBe('suspect');
    while (gossip.nextDeadline() <= 14_100) gossip.step({ kind: 'wake', atMs: gossip.nextDeadline() });
    expect(status()).toBe('dead');
  });

  test('of one packet, alive messages are handled first', () => {
    const gossip = createGossip(exampleOptions());
    gossip.step({ kind: 'start', atMs: 0 });
    const alive = {
      kind: 'alive',
      incarnation: 1,
      node: 'm2',
      address: Uint8Array.of(127, 0, 0, 1),
      port: 7947,
      meta: nilBytes,
    } as const;
    const bytes = writeCompound([
      writePacketMessage({ kind: 'suspect', incarnation: 1, node: 'm2', from: 'm3' }),
      writePacketMessage({ ...alive, versions: Uint8Array.of(1, 5, 2, 0, 0, 0) }),
    ]);
    gossip.step({ kind: 'packet', atMs: 1, from: { host: '127.0.0.1', port: 7947 }, bytes });
    expect(gossip.members().map((member) => [member.name, member.status])).toEqual([
      ['m2', 'suspect'],
      ['me', 'alive'],
    ]);
  });

  test('a ping for somebody else is not answered; one without a name is, at its source', () => {
    const gossip = createGossip(exampleOptions());
    gossip.step({ kind: 'start', atMs: 0 });
    gossip.step({ kind: 'wake', atMs: 200 });
    const ping = (node: string) => writePacketMessage({ kind: 'ping', seqNo: 7, node, source: null });
    const from = { host: '127.0.0.1', port: 5 };
    const sent = (node: string) =>
      gossip
        .step({ kind: 'packet', atMs: 201, from, bytes: ping(node) })
        .flatMap((output) => (output.kind === 'send-packet' ? [output.to] : []));
    expect([sent('other'), sent(''), sent('me')]).toEqual([[], [from], [from]]);
  });
});

test('who knows nobody waits for no tick, and finds back to the raster of its start', () => {
  const gossip = createGossip(exampleOptions());
  gossip.step({ kind: 'start', atMs: 1_000 });
  const { gossipIntervalMs, fullSyncIntervalMs } = lanSettings;
  expect(gossip.nextDeadline()).toBeGreaterThanOrEqual(1_000 + fullSyncIntervalMs);
  const network = new VirtualNetwork({ seed: 3 });
  const first = network.start('m1');
  network.runFor(10 * gossipIntervalMs + 57);
  const second = network.start('m2');
  network.join(second, first);
  expect(network.runUntil(() => allAlive([first, second], 2), 600)).not.toBeNull();
});
