import { describe, expect, test } from 'vitest';
import { clusterId, memberId } from '../base/ids.ts';
import { seededRandom } from '../base/random.ts';
import type { StoreRows } from '../base/store.ts';
import { createCluster } from './cluster.ts';
import type { ClusterOptions, ClusterTable } from './cluster-io.ts';
import { isSameSecret } from './credentials.ts';
import { isHostPort } from './host-port.ts';
import { CoreWorld } from './testing/core-world.ts';
import { ownVersionRanges } from './versions.ts';

function options(changes: Partial<ClusterOptions> = {}): ClusterOptions {
  return {
    addresses: { gossip: 'h:9090', rpc: 'h:9091', api: 'h:9092' },
    roles: ['worker'],
    versions: ownVersionRanges,
    redundancy: 0,
    delayPerMemberMs: 10_000,
    fullSyncIntervalMs: 300_000,
    joinSecret: '',
    isReachableFromOutside: false,
    clusteringRefusal: null,
    importedIds: null,
    random: seededRandom(1),
    rows: () => [],
    ...changes,
  };
}

const imported = {
  memberId: memberId('f74f3547-efaf-4e6e-8b05-fb12b19f8287'),
  clusterId: clusterId('876ddfb4-1879-4f40-87e2-4080c04d3096'),
};

describe('a member by itself', () => {
  test('D1: it makes its IDs at the first start and keeps them; what it says first is on disk first', () => {
    const world = new CoreWorld();
    const a = world.start('a');
    const first = a.up.identity;
    expect([first.state, a.rows.get('cluster-identity')?.size]).toEqual(['uninitialized', 1]);
    world.crash(a);
    expect(world.start('a').up.identity).toEqual(first);
    const created = createCluster(options());
    const kinds = created.ok ? created.value.step({ kind: 'start', nowMs: 0, wallMs: 1 }).map(({ kind }) => kind) : [];
    expect(kinds).toEqual(['persist', 'handlers-changed', 'members-changed', 'observe']);
  });

  test('D1: the IDs of an original are taken over once', () => {
    const created = createCluster(options({ importedIds: imported }));
    expect(created.ok ? [created.value.identity.memberId, created.value.identity.clusterId] : []).toEqual([
      imported.memberId,
      imported.clusterId,
    ]);
    const world = new CoreWorld();
    const own = world.start('a').id;
    world.crash(world.start('a'));
    expect(own).not.toBe(imported.memberId);
  });

  test('D29: names that do not fit into the metadata stop the start', () => {
    const created = createCluster(
      options({ addresses: { gossip: `${'g'.repeat(250)}:1`, rpc: `${'r'.repeat(250)}:1`, api: 'h:1' } }),
    );
    expect(created.ok ? '' : created.error).toContain('the metadata of this member takes');
  });

  test('a store row that cannot be read stops the start and is named', () => {
    const rows = (table: ClusterTable): StoreRows => (table === 'cluster-members' ? [['x', { id: 'x' }]] : []);
    expect(createCluster(options({ rows }))).toEqual({
      ok: false,
      error: 'the store has an unreadable row cluster-members/x',
    });
  });

  test('D29: gossip without our metadata, or of another cluster, is refused', () => {
    const world = new CoreWorld();
    const [a, b] = [world.start('a'), world.start('b')];
    const versions = {
      protocolMin: 1,
      protocolMax: 5,
      protocolCurrent: 2,
      delegateMin: 0,
      delegateMax: 0,
      delegateCurrent: 0,
    };
    const offered = { name: b.id, host: '127.0.0.1', port: 1, versions, incarnation: 1, status: 'alive' } as const;
    expect(a.up.vetoGossip({ ...offered, meta: new Uint8Array() })).toBe('it has no metadata of a member');
    expect(a.up.vetoGossip({ ...offered, name: 'peer-1', meta: a.meta })).toBe('it has no metadata of a member');
    expect(a.up.vetoGossip({ ...offered, meta: b.meta })).toBe(`it belongs to cluster ${b.up.identity.clusterId}`);
    expect(a.up.vetoGossip({ ...offered, meta: a.meta })).toBeNull();
  });

  test('D28: calls without the key of the cluster are turned away, but for those of strangers', () => {
    const world = new CoreWorld();
    const a = world.start('a');
    const good = a.up.credentials();
    const probe = { kind: 'probe' } as const;
    const refusal = { kind: 'unauthenticated', clusterId: a.up.identity.clusterId };
    expect(a.up.admit(good, probe)).toBeNull();
    expect(a.up.admit(null, probe)).toEqual(refusal);
    expect(a.up.admit({ ...good, key: good.key.replace(/./, 'x') }, null)).toEqual(refusal);
    expect(a.up.admit({ ...good, clusterId: imported.clusterId }, null)).toEqual(refusal);
    expect(
      a.up.admit(null, { kind: 'hello', member: a.id, clusterId: good.clusterId, versions: ownVersionRanges }),
    ).toBeNull();
  });

  test('a changed address of a restarted member reaches the others', () => {
    const world = new CoreWorld();
    const [a, b] = [world.start('a'), world.start('b')];
    world.ask(a, { kind: 'add-member', rpc: b.rpc });
    world.crash(b);
    Object.assign(b.overrides, { redundancy: 5 });
    world.start('b');
    world.runFor(1_000);
    expect(a.up.members().find(({ record }) => record.id === b.id)?.record).toMatchObject({ redundancy: 5 });
  });
});

describe('small things', () => {
  test('secrets are compared whole', () => {
    expect([
      isSameSecret('abc', 'abc'),
      isSameSecret('abc', 'abd'),
      isSameSecret('abc', 'abcabc'),
      isSameSecret('', ''),
      isSameSecret('a', ''),
    ]).toEqual([true, false, false, true, false]);
  });

  test.each([
    ['kapacitor-1:9091', true],
    ['127.0.0.1:1', true],
    ['[::1]:65535', true],
    ['::1:9091', false],
    ['a:65536', false],
    ['a b:1', false],
    [':9091', false],
    ['a:', false],
  ])('%j as host:port: %s', (text, isOne) => {
    expect(isHostPort(text)).toBe(isOne);
  });
});
