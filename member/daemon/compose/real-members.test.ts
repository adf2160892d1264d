import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { HandlerSpec } from '../../alerts/event.ts';
import type { Publication } from '../../alerts/publication.ts';
import { seededRandom } from '../../base/random.ts';
import { ok } from '../../base/result.ts';
import type { JsonValue } from '../../base/store.ts';
import { lanSettings } from '../../gossip/settings.ts';
import { openGossipSockets, type GossipSockets } from '../../shell/gossip/gossip-sockets.ts';
import { openRpc, type RpcService } from '../../shell/rpc/rpc-service.ts';
import { openStore, type DurableStore } from '../../shell/store/lmdb-store.ts';
import { until } from '../../shell/testing/until.ts';
import type { Member, MemberOptions, MemberPorts } from '../compose.ts';
import { startMember } from '../compose.ts';

/** One member of this process on real sockets and a real store. */
interface Real {
  readonly member: Member;
  readonly sockets: GossipSockets;
  readonly rpc: RpcService;
  readonly store: DurableStore;
  readonly address: string;
  readonly attempts: string[];
  readonly setAside: Map<string, JsonValue>;
}

const folder = mkdtempSync(join(tmpdir(), 'members-'));
const running: Real[] = [];
let seed = 0;

async function start(name: string, ports: { gossip: number; rpc: number } = { gossip: 0, rpc: 0 }): Promise<Real> {
  const random = seededRandom(++seed);
  const sockets = await openGossipSockets({
    bindHost: '127.0.0.1',
    bindPort: ports.gossip,
    advertise: null,
    random,
    onError: (text) => expect.unreachable(text),
  });
  const rpc = await openRpc({ host: '127.0.0.1', port: ports.rpc }, { random });
  const store = openStore(join(folder, `${name}.db`));
  if (!sockets.ok || !rpc.ok || !store.ok) throw new Error('a port or the store cannot be opened');
  const attempts: string[] = [];
  const setAside = new Map<string, JsonValue>();
  const memberPorts: MemberPorts = {
    clock: {
      nowMs: () => performance.now(),
      wallMs: () => Date.now(),
      startTimer(delayMs, run) {
        const timer = setTimeout(run, delayMs);
        return { cancel: () => clearTimeout(timer) };
      },
      afterPendingIo: (run) => sockets.value.afterPendingPackets(run),
    },
    random,
    gossip: sockets.value,
    rpc: rpc.value.calls,
    store: {
      rows: (table) => store.value.rows(table),
      commit: (batch, done) => void store.value.commit(batch).then(done),
    },
    setAside: {
      write(fileName, content, done) {
        setAside.set(fileName, content);
        setImmediate(() => done(ok(undefined)));
      },
    },
    handlers: {
      attempt(handler, event, _limitMs, done) {
        attempts.push(`${handler.id} ${event.id}`);
        setImmediate(() => done({ error: null, durationMs: 1 }));
      },
    },
  };
  const address = `127.0.0.1:${rpc.value.port}`;
  const member = startMember(memberOptions(`127.0.0.1:${sockets.value.bindPort}`, address), memberPorts);
  if (!member.ok) throw new Error(member.error);
  const real = {
    member: member.value,
    sockets: sockets.value,
    rpc: rpc.value,
    store: store.value,
    address,
    attempts,
    setAside,
  };
  running.push(real);
  return real;
}

function memberOptions(gossip: string, rpc: string): MemberOptions {
  return {
    addresses: { gossip, rpc, api: '127.0.0.1:9092' },
    roles: ['worker'],
    redundancy: 2,
    delayPerMemberMs: 2_000,
    fullSyncIntervalMs: 60_000,
    handlerRetryForMs: 0,
    persistTopics: true,
    joinSecret: '',
    isReachableFromOutside: false,
    clusteringRefusal: null,
    importedIds: null,
    gossipSettings: lanSettings,
    prepareHandler: () => ok({ effect: { kind: 'send' }, matches: null }),
    run: 'run',
    onFatal: (reason) => expect.unreachable(reason),
  };
}

async function stop(real: Real): Promise<void> {
  running.splice(running.indexOf(real), 1);
  await real.member.stop();
  await real.store.close();
}

async function three(): Promise<readonly [Real, Real, Real]> {
  const [a, b, c] = await Promise.all([start(`a${seed}`), start(`b${seed}`), start(`c${seed}`)]);
  for (const other of [b, c]) expect((await a.member.addMember(other.address)).ok).toBe(true);
  return [a, b, c];
}

function statuses(real: Real): string {
  return real.member
    .clusterView()
    .members.map(({ status }) => status)
    .join(' ');
}

/** The three see three, all alive: before the full sync after half a minute could have told them. */
async function areAlive(three: readonly Real[]): Promise<void> {
  await until(
    () => three.map(statuses),
    (seen) => seen.every((text) => text === 'alive alive alive'),
  );
}

const handler: HandlerSpec = { id: 'h', topic: 'cpu', kind: 'post', options: { url: 'http://x' }, match: '' };

function publication(event: string): Publication {
  return {
    topic: 'cpu',
    event,
    level: 'CRITICAL',
    timeNs: 1_790_000_000_000_000_000n,
    durationNs: 0n,
    message: '',
    details: '',
    series: [],
    name: 'cpu',
    group: '',
    tags: {},
    fields: { value: 1n },
    task: 't',
    category: '',
    recoverable: true,
    stateChangesOnly: false,
    stateChangesIntervalNs: 0n,
    replay: null,
  };
}

afterEach(async () => {
  await Promise.all([...running].map(stop));
  rmSync(folder, { recursive: true, force: true });
});

describe('members on real sockets and stores', () => {
  test('three join over loopback: each lists three alive within seconds, and one cluster ID', async () => {
    const startMs = performance.now();
    const all = await three();
    await areAlive(all);
    expect(performance.now() - startMs).toBeLessThan(5_000);
    expect(new Set(all.map(({ member }) => member.clusterId())).size).toBe(1);
    expect(all.map(({ member }) => member.clusterView().state)).toEqual(['initialized', 'initialized', 'initialized']);
  });

  test('a handler made on one is on all; an event published by all is delivered once', async () => {
    const all = await three();
    await areAlive(all);
    for (const { member } of all) expect(member.topics.owners().topics).toEqual([]);
    expect(await all[1].member.handlers.create(handler)).toEqual({ ok: true, value: handler });
    for (const { member } of all) expect(member.handlers.list('cpu')).toEqual([handler]);
    await until(() => all.every(({ member }) => (member.topics.owners().topics[0]?.owners.length ?? 0) === 2));
    for (let i = 0; i < 20; i++) for (const { member } of all) member.publish(publication(`e${i}`));
    const delivered = (): string[] => all.flatMap(({ attempts }) => attempts);
    await until(
      () => new Set(delivered()).size,
      (size) => size === 20,
    );
    await until(() => all.every(({ member }) => member.topics.events('cpu', 'OK')?.length === 20));
    expect(delivered().length).toBe(20);
  });

  test('a member that stops is left, restarts on its ports, and is alive again; a removed one is alone', async () => {
    const [a, b, c] = await three();
    const ports = { gossip: c.sockets.bindPort, rpc: c.rpc.port };
    const name = c.store.path.replace(/^.*\/|\.db.*$/g, '');
    const id = c.member.memberId;
    await stop(c);
    await until(() => statuses(a).includes('left') && statuses(b).includes('left'));
    const again = await start(name, ports);
    expect(again.member.memberId).toBe(id);
    await areAlive([a, b, again]);
    const clusterId = a.member.clusterId();
    expect(await b.member.removeMember(id)).toMatchObject({ ok: true, value: { wasTold: true } });
    expect([statuses(a), statuses(b), statuses(again)]).toEqual(['alive alive', 'alive alive', 'alive']);
    expect(again.member.clusterView()).toMatchObject({ state: 'uninitialized', 'member-id': id });
    expect(again.member.clusterId()).not.toBe(clusterId);
    expect((await a.member.addMember(again.address)).ok).toBe(true);
    await areAlive([a, b, again]);
  });
});
