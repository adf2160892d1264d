import { describe, expect, test } from 'vitest';
import { CoreWorld, type CoreBox } from './testing/core-world.ts';

function cluster(world: CoreWorld, ...names: readonly string[]): readonly CoreBox[] {
  const boxes = names.map((name) => world.start(name));
  const [adder, ...others] = boxes;
  if (adder === undefined) throw new Error('a cluster has members');
  for (const other of others) {
    const reply = world.ask(adder, { kind: 'add-member', rpc: other.rpc });
    if (!reply.ok) throw new Error(reply.error.message);
  }
  world.runFor(500);
  return boxes;
}

function three(world: CoreWorld): { a: CoreBox; b: CoreBox; c: CoreBox } {
  const [a, b, c] = cluster(world, 'a', 'b', 'c');
  if (a === undefined || b === undefined || c === undefined) throw new Error('three');
  return { a, b, c };
}

const remove = (id: string) => ({ kind: 'remove-member', id }) as const;
const names = (box: CoreBox): string =>
  box
    .list()
    .map((line) => line.split(' ')[0])
    .sort()
    .join(' ');
const handler = (topic: string, id: string) => ({ id, topic, kind: 'log', options: null, match: '' });

describe('removing a member', () => {
  test('the removed one is uninitialized with its member ID and a fresh cluster ID; the others forget it', () => {
    const world = new CoreWorld();
    const { a, b, c } = three(world);
    const clusterId = a.up.identity.clusterId;
    const member = c.id;
    expect(world.ask(a, remove(c.id))).toEqual({ ok: true, value: { kind: 'removed', wasTold: true } });
    expect([a, b, c].map(names)).toEqual(['a b', 'a b', 'c']);
    expect([c.up.state, c.id, c.up.identity.clusterId === clusterId]).toEqual(['uninitialized', member, false]);
    expect([a.up.state, a.up.identity.clusterId, b.up.identity.clusterId]).toEqual([
      'initialized',
      clusterId,
      clusterId,
    ]);
    expect(c.up.identity.key).not.toBe(a.up.identity.key);
    expect(b.observations).toContainEqual({ kind: 'member-removed', member, by: a.id });
    expect(c.observations).toContainEqual({
      kind: 'cluster-state',
      state: 'uninitialized',
      clusterId: c.up.identity.clusterId,
      cause: 'removed',
    });
  });

  test('any member removes any member, itself included', () => {
    const world = new CoreWorld();
    const { a, b, c } = three(world);
    expect(world.ask(b, remove(b.id)).ok).toBe(true);
    world.runFor(100);
    expect([a, b, c].map(names)).toEqual(['a c', 'b', 'a c']);
    expect(b.up.state).toBe('uninitialized');
    expect(world.ask(c, remove(a.id)).ok).toBe(true);
    expect([a, b, c].map(names)).toEqual(['a', 'b', 'c']);
    expect([a.up.state, c.up.state]).toEqual(['uninitialized', 'initialized']);
  });

  test('an unknown ID is an error that lists the known ones', () => {
    const world = new CoreWorld();
    const { a, b, c } = three(world);
    const ids = [a.id, b.id, c.id].sort().join(', ');
    for (const id of ['', 'kapacitor-2', '00000000-0000-4000-8000-000000000001']) {
      const reply = world.ask(a, remove(id));
      expect(reply.ok ? null : reply.error).toEqual({
        code: 'not-found',
        message: `unknown member ${JSON.stringify(id)}: the members are ${ids}`,
      });
    }
  });

  test('a single member that never joined cannot be removed', () => {
    const world = new CoreWorld();
    const a = world.start('a');
    const reply = world.ask(a, remove(a.id));
    expect(reply.ok ? null : reply.error.message).toBe(`member ${a.id} is not part of a cluster`);
  });

  test('one that is down is removed, and learns of it at its first contact', () => {
    const world = new CoreWorld();
    const { a, b, c } = three(world);
    const member = c.id;
    world.crash(c);
    const reply = world.ask(a, remove(member));
    expect(reply).toEqual({ ok: true, value: { kind: 'removed', wasTold: false } });
    expect([a, b].map(names)).toEqual(['a b', 'a b']);
    world.runFor(120_000);
    world.start('c');
    world.runFor(1_000);
    expect([a, b, c].map(names)).toEqual(['a b', 'a b', 'c']);
    expect([c.up.state, c.id]).toEqual(['uninitialized', member]);
  });

  test('one that is cut off is removed, and learns of it after the cut', () => {
    const world = new CoreWorld();
    const { a, b, c } = three(world);
    world.cut(a, c);
    world.cut(b, c);
    expect(world.ask(a, remove(c.id))).toEqual({ ok: true, value: { kind: 'removed', wasTold: false } });
    world.runFor(60_000);
    expect([names(a), names(c), c.up.state]).toEqual(['a b', 'a b c', 'initialized']);
    world.heal();
    world.runFor(40_000);
    expect([a, b, c].map(names)).toEqual(['a b', 'a b', 'c']);
    expect(c.up.state).toBe('uninitialized');
  });

  test('D10: a removed one that was away never slips in again, whoever it meets first, also if the remover is gone', () => {
    for (const first of ['a', 'b']) {
      const world = new CoreWorld();
      const { a, b, c } = three(world);
      world.crash(c);
      world.ask(a, remove(idOf(c)));
      world.runFor(2_000);
      if (first === 'b') world.crash(a);
      if (first === 'a') world.crash(b);
      world.start('c');
      world.runFor(60_000);
      expect(`${first}: ${c.up.state}`).toBe(`${first}: uninitialized`);
      world.start('a');
      world.start('b');
      world.runFor(60_000);
      expect([a, b, c].map(names)).toEqual(['a b', 'a b', 'c']);
      expect(a.up.identity.clusterId).toBe(b.up.identity.clusterId);
    }
  });

  test('D10: its old records, gossip and calls are turned away', () => {
    const world = new CoreWorld();
    const { a, c } = three(world);
    const old = {
      credentials: c.up.credentials(),
      record: c.up.members().find(({ record }) => record.id === c.id)?.record,
      meta: c.meta,
    };
    world.ask(a, remove(c.id));
    expect(a.up.admit(old.credentials, null)).toEqual({
      kind: 'removed',
      clusterId: old.credentials.clusterId,
      member: c.id,
      epoch: old.credentials.epoch,
      by: a.id,
    });
    const versions = {
      protocolMin: 1,
      protocolMax: 5,
      protocolCurrent: 2,
      delegateMin: 0,
      delegateMax: 0,
      delegateCurrent: 0,
    };
    const offered = { name: c.id, host: '127.0.0.1', port: 1, versions, incarnation: 9, status: 'alive' } as const;
    expect(a.up.vetoGossip({ ...offered, meta: old.meta })).toBe('it was removed');
    if (old.record === undefined) throw new Error('record');
    const request = {
      kind: 'sync-members',
      membership: { members: [old.record], removed: [] },
      handlersDigest: '',
    } as const;
    world.feed(a, { kind: 'call', token: 1, credentials: a.up.credentials(), request });
    expect(names(a)).toBe('a b');
  });

  test('D10: only a new add brings it back, with a higher epoch', () => {
    const world = new CoreWorld();
    const { a, b, c } = three(world);
    const before = c.up.credentials().epoch;
    world.ask(a, remove(c.id));
    world.runFor(100_000);
    expect(names(a)).toBe('a b');
    expect(world.ask(b, { kind: 'add-member', rpc: c.rpc }).ok).toBe(true);
    world.runFor(500);
    expect([a, b, c].map(names)).toEqual(['a b c', 'a b c', 'a b c']);
    expect(c.up.credentials().epoch).toBeGreaterThan(before);
  });

  test('adding one back before it has learnt of its removal works', () => {
    const world = new CoreWorld();
    const { a, b, c } = three(world);
    world.cut(a, c);
    world.cut(b, c);
    world.ask(a, remove(c.id));
    world.heal();
    expect(world.ask(b, { kind: 'add-member', rpc: c.rpc }).ok).toBe(true);
    world.runFor(40_000);
    expect([a, b, c].map(names)).toEqual(['a b c', 'a b c', 'a b c']);
  });

  test('a removal and the next membership that come in one message leave the newer record on disk', () => {
    const world = new CoreWorld();
    const { a, b, c } = three(world);
    world.cut(a, b);
    world.cut(a, c);
    world.ask(b, remove(c.id));
    world.ask(b, { kind: 'add-member', rpc: c.rpc });
    world.runFor(60_000);
    world.heal();
    world.runFor(30_000);
    expect(names(a)).toBe('a b c');
    expect(a.rows.get('cluster-members')?.get(c.id)).toMatchObject({ epoch: c.up.credentials().epoch });
    expect(a.observations.filter(({ kind }) => kind === 'member-removed' || kind === 'member-added').slice(-2)).toEqual(
      [
        { kind: 'member-removed', member: c.id, by: b.id },
        { kind: 'member-added', member: c.id, by: b.id },
      ],
    );
  });

  test('two halves that removed each other end as sets without a common cluster ID', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const world = new CoreWorld(seed);
      const [a, b, c, d] = cluster(world, 'a', 'b', 'c', 'd');
      if (a === undefined || b === undefined || c === undefined || d === undefined) throw new Error('four');
      for (const left of [a, b]) for (const right of [c, d]) world.cut(left, right);
      world.command(a, remove(c.id));
      world.command(b, remove(d.id));
      world.command(c, remove(a.id));
      world.command(d, remove(b.id));
      world.runFor(5_000 + seed * 1_000);
      world.heal();
      world.runFor(120_000);
      // Whoever holds a cluster ID lists exactly those that hold it.
      const boxes = [a, b, c, d];
      const mates = (box: CoreBox): string =>
        boxes
          .filter((other) => other.up.identity.clusterId === box.up.identity.clusterId)
          .map(({ name }) => name)
          .join(' ');
      expect(boxes.map(names)).toEqual(boxes.map(mates));
    }
  });

  test('a removal that is told is not told again after a restart', () => {
    const world = new CoreWorld();
    const { a, b, c } = three(world);
    world.ask(a, remove(c.id));
    world.runFor(1_000);
    world.crash(a);
    world.start('a');
    const calls: string[] = [];
    world.fate = (from, _to, call) => {
      if (from === a) calls.push(call.request.kind);
      return 'deliver';
    };
    world.runFor(100_000);
    expect(calls).not.toContain('tell-removed');
    expect(names(b)).toBe('a b');
  });

  test('D11: the replicated handlers are set aside on the removed member and no longer run there', () => {
    const world = new CoreWorld();
    const { a, b, c } = three(world);
    world.ask(a, {
      kind: 'change-handler',
      change: { kind: 'create', definition: handler('cpu', 'slack') },
      owners: [],
    });
    expect(c.up.handlers()).toEqual([handler('cpu', 'slack')]);
    const { clusterId, epoch } = c.up.credentials();
    world.ask(b, remove(c.id));
    expect(c.up.handlers()).toEqual([]);
    expect(a.up.handlers()).toEqual([handler('cpu', 'slack')]);
    expect(c.setAside.map(({ name }) => name)).toEqual([`${clusterId}.${epoch}.handlers`]);
    expect(JSON.stringify(c.setAside[0]?.content)).toContain('"topic":"cpu"');
    expect(c.rows.get('cluster-handlers')?.size ?? 0).toBe(0);
  });

  test('an invitation that hangs is withdrawn by removing the invited member', () => {
    const world = new CoreWorld();
    const a = world.start('a');
    const b = world.start('b');
    const c = world.start('c');
    world.fate = (from, _to, call) => {
      if (from === b) return 'lose-request';
      return call.request.kind === 'invite' ? 'lose-answer' : 'deliver';
    };
    world.command(a, { kind: 'add-member', rpc: b.rpc });
    world.runUntil(() => b.up.state === 'initialized', 1_000);
    const invited = b.id;
    world.crash(b);
    world.runFor(15_000);
    world.fate = () => 'deliver';
    const busy = world.ask(c, { kind: 'add-member', rpc: a.rpc });
    expect(busy.ok ? null : busy.error.code).toBe('conflict');
    expect(world.ask(a, remove(invited)).ok).toBe(true);
    expect(world.ask(c, { kind: 'add-member', rpc: a.rpc }).ok).toBe(true);
    world.start('b');
    world.runFor(60_000);
    expect([a, c].map(names)).toEqual(['a c', 'a c']);
    expect([names(b), b.up.state]).toEqual(['b', 'uninitialized']);
  });
});

function idOf(box: CoreBox): string {
  const identity = box.rows.get('cluster-identity')?.get('self');
  if (typeof identity !== 'object' || identity === null || !('memberId' in identity)) return '';
  return typeof identity.memberId === 'string' ? identity.memberId : '';
}
