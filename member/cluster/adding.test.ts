import { describe, expect, test } from 'vitest';
import { CoreWorld, type CoreBox } from './testing/core-world.ts';

const add = (box: CoreBox) => ({ kind: 'add-member', rpc: box.rpc }) as const;

function pair(world: CoreWorld): { a: CoreBox; b: CoreBox } {
  return { a: world.start('a'), b: world.start('b') };
}

/** Both are members of one cluster in the eyes of both, or neither of them is of the other's; nothing is pending. */
function expectAllOrNothing(a: CoreBox, b: CoreBox): void {
  const isFull = a.up.identity.clusterId === b.up.identity.clusterId;
  expect({
    states: [a.up.state, b.up.state],
    lists: [a, b].map((box) => [...box.list()].sort()),
    invitations: [a, b].map((box) => box.rows.get('cluster-invitations')?.size ?? 0),
  }).toEqual({
    states: isFull ? ['initialized', 'initialized'] : ['uninitialized', 'uninitialized'],
    lists: isFull
      ? [
          ['a alive', 'b alive'],
          ['a alive', 'b alive'],
        ]
      : [['a alive'], ['b alive']],
    invitations: [0, 0],
  });
}

describe('adding a member', () => {
  test('a single member founds the cluster, keeps its cluster ID, and both list both alive', () => {
    const world = new CoreWorld();
    const { a, b } = pair(world);
    const founded = a.up.identity.clusterId;
    const reply = world.ask(a, add(b));
    expect(reply).toEqual({
      ok: true,
      value: { kind: 'added', member: b.id, wasAlreadyThere: false, handlersSetAside: [] },
    });
    expect(a.up.identity.clusterId).toBe(founded);
    expectAllOrNothing(a, b);
    expect(a.up.state).toBe('initialized');
    expect(a.up.identity.key).toBe(b.up.identity.key);
  });

  test('every member hears of a newcomer, whoever added it', () => {
    const world = new CoreWorld();
    const { a, b } = pair(world);
    const c = world.start('c');
    world.ask(a, add(b));
    world.ask(b, add(c));
    world.runFor(200);
    for (const box of [a, b, c]) expect(box.list().length).toBe(3);
    expect(a.observations.filter(({ kind }) => kind === 'member-added')).toEqual([
      { kind: 'member-added', member: b.id, by: a.id },
      { kind: 'member-added', member: c.id, by: b.id },
    ]);
  });

  test.each(['nobody there', 'cut off'])(
    'an address that does not answer (%s): an error within 10 s, nothing changed on either side',
    (how) => {
      const world = new CoreWorld();
      const { a, b } = pair(world);
      const before = [a.dump(), b.dump()];
      const startMs = world.nowMs;
      if (how === 'cut off') world.cut(a, b);
      const rpc = how === 'cut off' ? b.rpc : 'nowhere:9091';
      const reply = world.ask(a, { kind: 'add-member', rpc });
      expect(reply.ok ? null : reply.error.code).toBe('unreachable');
      expect(reply.ok ? null : reply.error.message).toContain(`member at ${rpc} does not answer`);
      expect(world.nowMs - startMs).toBeLessThan(10_000);
      expect([a.dump(), b.dump()]).toEqual(before);
    },
  );

  test('the address of the member itself is an error, also under another name', () => {
    const world = new CoreWorld();
    const { a } = pair(world);
    const own = world.ask(a, add(a));
    expect(own.ok ? null : own.error).toEqual({
      code: 'bad-request',
      message: 'cannot add a:9091: it is this member itself',
    });
    const alias = world.start('alias');
    alias.core = a.core;
    const other = world.ask(a, add(alias));
    expect(other.ok ? null : other.error.message).toBe('cannot add alias:9091: it is this member itself');
  });

  test.each(['', 'b', 'b:', 'b:0', 'b:70000', 'http://b:9091', 'b c:9091'])('%j is no RPC address', (rpc) => {
    const world = new CoreWorld();
    const { a } = pair(world);
    const reply = world.ask(a, { kind: 'add-member', rpc });
    expect(reply.ok ? null : reply.error).toEqual({
      code: 'bad-request',
      message: `invalid RPC address ${JSON.stringify(rpc)}: expected host:port`,
    });
  });

  test('a newcomer that is in this cluster already: success, nothing changed', () => {
    const world = new CoreWorld();
    const { a, b } = pair(world);
    world.ask(a, add(b));
    world.runFor(100);
    const before = [a.dump(), b.dump()];
    const reply = world.ask(a, add(b));
    expect(reply.ok && reply.value.kind === 'added' && reply.value.wasAlreadyThere).toBe(true);
    world.runFor(100);
    expect([a.dump(), b.dump()]).toEqual(before);
  });

  test('a newcomer that is initialized in another cluster: an error naming that cluster, nothing changed', () => {
    const world = new CoreWorld();
    const { a, b } = pair(world);
    const c = world.start('c');
    world.ask(b, add(c));
    world.runFor(100);
    const before = [a.dump(), b.dump(), c.dump()];
    const reply = world.ask(a, add(c));
    expect(reply.ok ? null : reply.error).toEqual({
      code: 'conflict',
      message: `member ${c.id} is already part of another cluster: ${b.up.identity.clusterId}`,
    });
    expect([a.dump(), b.dump(), c.dump()]).toEqual(before);
  });

  test('an adder that dies half-way, at any step: the newcomer is a full member or stays uninitialized', () => {
    const outcomes = new Set<string>();
    for (let lastStep = 2; lastStep < 14; lastStep++) {
      const world = new CoreWorld(lastStep);
      const { a, b } = pair(world);
      world.beforeStep = (box) => {
        if (box === a && a.core !== undefined && a.steps >= lastStep) world.crash(a);
      };
      world.command(a, add(b));
      world.runFor(20_000);
      world.beforeStep = () => undefined;
      // Never in between: it holds either both memberships or its own alone.
      expect([1, 2]).toContain(b.list().length);
      if (a.core === undefined) world.start('a');
      world.runFor(40_000);
      expectAllOrNothing(a, b);
      outcomes.add(a.up.state);
    }
    expect([...outcomes].sort()).toEqual(['initialized', 'uninitialized']);
  });

  test('a newcomer that dies half-way, at any step: it is a full member or stays uninitialized', () => {
    const outcomes = new Set<string>();
    for (let lastStep = 1; lastStep < 8; lastStep++) {
      const world = new CoreWorld(lastStep);
      const { a, b } = pair(world);
      world.beforeStep = (box) => {
        if (box === b && b.core !== undefined && b.steps >= lastStep) world.crash(b);
      };
      world.command(a, add(b));
      world.runFor(20_000);
      world.beforeStep = () => undefined;
      if (b.core === undefined) world.start('b');
      world.runFor(40_000);
      expectAllOrNothing(a, b);
      outcomes.add(b.up.state);
    }
    expect([...outcomes].sort()).toEqual(['initialized', 'uninitialized']);
  });

  test('D8: an invitation whose answer was lost is completed at the next contact', () => {
    const world = new CoreWorld();
    const { a, b } = pair(world);
    let isLossy = true;
    // Nothing that leaves b arrives: a must ask again by itself.
    world.fate = (from, _to, call) => {
      if (from === b) return 'lose-request';
      return isLossy && call.request.kind === 'invite' ? 'lose-answer' : 'deliver';
    };
    const reply = world.ask(a, add(b));
    isLossy = false;
    expect(reply.ok ? null : reply.error.code).toBe('unreachable');
    expect(b.up.state).toBe('initialized');
    world.runFor(20_000);
    expectAllOrNothing(a, b);
    expect(a.up.state).toBe('initialized');
  });

  test('D8: an invitation that never arrived is withdrawn at the next contact, and does not work later', () => {
    const world = new CoreWorld();
    const { a, b } = pair(world);
    world.fate = (_from, _to, call) => (call.request.kind === 'invite' ? 'lose-request' : 'deliver');
    world.ask(a, add(b));
    world.runFor(20_000);
    expectAllOrNothing(a, b);
    expect(b.up.state).toBe('uninitialized');
    world.fate = () => 'deliver';
    const late = {
      kind: 'invite',
      adder: a.id,
      clusterId: a.up.identity.clusterId,
      key: a.up.identity.key,
      epoch: b.up.identity.lastEpoch,
      joinSecret: '',
      versions: { rpc: { min: 1, max: 1 }, metadata: { min: 1, max: 1 }, store: { min: 1, max: 1 } },
      membership: { members: a.up.members().map(({ record }) => record), removed: [] },
      handlers: [],
    } as const;
    const answers: unknown[] = [];
    b.answers.set(-1, (answer) => answers.push(answer));
    world.feed(b, { kind: 'call', token: -1, credentials: null, request: late });
    expect(answers).toEqual([{ ok: true, value: { kind: 'invite', outcome: { kind: 'stale' } } }]);
  });

  test('two members add the same newcomer at once: one wins, the other is told that it is there', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const world = new CoreWorld(seed);
      const { a, b } = pair(world);
      world.ask(a, add(b));
      world.runFor(100);
      const c = world.start('c');
      const first = world.command(a, add(c));
      const second = world.command(b, add(c));
      world.runUntil(() => a.replies.has(first) && b.replies.has(second), 20_000);
      const replies = [a.replies.get(first), b.replies.get(second)];
      const there = replies.map(
        (reply) => reply?.ok === true && reply.value.kind === 'added' && reply.value.wasAlreadyThere,
      );
      expect(there.filter(Boolean).length).toBe(1);
      world.runFor(1_000);
      for (const box of [a, b, c]) expect(box.list().length).toBe(3);
    }
  });

  test('two clusters add the same newcomer at once: one wins, the other is told which', () => {
    const world = new CoreWorld();
    const { a, b } = pair(world);
    const c = world.start('c');
    const first = world.command(a, add(c));
    const second = world.command(b, add(c));
    world.runUntil(() => a.replies.has(first) && b.replies.has(second), 20_000);
    const replies = [a.replies.get(first), b.replies.get(second)];
    expect(replies.filter((reply) => reply?.ok === true).length).toBe(1);
    const refused = replies.find((reply) => reply?.ok === false);
    expect(refused?.ok === false ? refused.error.message : '').toBe(
      `member ${c.id} is already part of another cluster: ${c.up.identity.clusterId}`,
    );
  });

  test('two single members add each other at once, in any order of messages: exactly one cluster, of the lower cluster ID', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const world = new CoreWorld(seed);
      const { a, b } = pair(world);
      const clusters = [a.up.identity.clusterId, b.up.identity.clusterId];
      const lower = [...clusters].sort()[0] ?? '';
      const first = world.command(a, add(b));
      const isTogether = seed % 2 === 0;
      if (!isTogether) world.runFor(seed % 5);
      const second = world.command(b, add(a));
      world.runUntil(() => a.replies.has(first) && b.replies.has(second), 20_000);
      expect([a.replies.get(first)?.ok, b.replies.get(second)?.ok]).toEqual([true, true]);
      world.runFor(1_000);
      expectAllOrNothing(a, b);
      expect(a.up.state).toBe('initialized');
      expect(isTogether ? [lower] : clusters).toContain(a.up.identity.clusterId);
    }
  });

  test('three single members that add each other in a ring end in one cluster or in a clear refusal', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const world = new CoreWorld(seed);
      const boxes = ['a', 'b', 'c'].map((name) => world.start(name));
      const [a, b, c] = boxes;
      if (a === undefined || b === undefined || c === undefined) throw new Error('three');
      const asked = [
        [a, world.command(a, add(b))],
        [b, world.command(b, add(c))],
        [c, world.command(c, add(a))],
      ] as const;
      world.runUntil(() => asked.every(([box, request]) => box.replies.has(request)), 20_000);
      world.runFor(2_000);
      const clusters = new Map<string, string[]>();
      for (const box of boxes)
        clusters.set(box.up.identity.clusterId, [...(clusters.get(box.up.identity.clusterId) ?? []), box.name]);
      for (const box of boxes) {
        const mates = clusters.get(box.up.identity.clusterId) ?? [];
        expect(box.list().length).toBe(mates.length);
        expect(box.up.state).toBe(mates.length > 1 ? 'initialized' : 'uninitialized');
      }
    }
  });

  test('a newcomer with another join secret refuses, one with the same joins', () => {
    const world = new CoreWorld();
    const a = world.start('a', { joinSecret: 'sesame' });
    const b = world.start('b', { joinSecret: 'other' });
    const c = world.start('c', { joinSecret: 'sesame' });
    const refused = world.ask(a, add(b));
    expect(refused.ok ? null : refused.error).toEqual({
      code: 'conflict',
      message: `member ${b.id} refuses: the [rpc] join-secret of this member is not its own`,
    });
    expect(b.up.state).toBe('uninitialized');
    expect(world.ask(a, add(c)).ok).toBe(true);
  });

  test('D28: an uninitialized member that is reachable from outside without a join secret warns at each start', () => {
    const world = new CoreWorld();
    const a = world.start('a', { isReachableFromOutside: true });
    expect(a.observations.filter(({ kind }) => kind === 'health-warning').length).toBe(1);
    expect(a.up.warnings().length).toBe(1);
    world.crash(a);
    world.start('a');
    expect(a.observations.filter(({ kind }) => kind === 'health-warning').length).toBe(2);
  });

  test('D5: without a licence it neither adds nor is added, with the reason', () => {
    const world = new CoreWorld();
    const a = world.start('a');
    const b = world.start('b', { clusteringRefusal: 'license-path cannot be read' });
    const there = world.ask(a, add(b));
    const back = world.ask(b, add(a));
    expect([there, back].map((reply) => (reply.ok ? null : reply.error.message))).toEqual([
      `member ${b.id} does not cluster: license-path cannot be read`,
      'this member does not cluster: license-path cannot be read',
    ]);
  });

  test('D7: members without a common version refuse each other with a line that names both ranges', () => {
    const world = new CoreWorld();
    const range = { min: 1, max: 1 };
    const a = world.start('a');
    const b = world.start('b', { versions: { rpc: range, metadata: { min: 2, max: 3 }, store: range } });
    const reply = world.ask(a, add(b));
    expect(reply.ok ? null : reply.error.message).toBe(
      `cannot add member ${b.id}: no common metadata version: this member speaks 1, the other one 2 to 3`,
    );
  });

  test('D6: the largest setting wins everywhere, redundancy 0 being every member, and the mismatch is noticed', () => {
    const world = new CoreWorld();
    const a = world.start('a', { redundancy: 2, delayPerMemberMs: 2_000 });
    const b = world.start('b', { redundancy: 3, delayPerMemberMs: 5_000 });
    world.ask(a, add(b));
    expect([a.up.settings(), b.up.settings()]).toEqual([
      { redundancy: 3, delayPerMemberMs: 5_000 },
      { redundancy: 3, delayPerMemberMs: 5_000 },
    ]);
    expect(a.observations).toContainEqual({
      kind: 'settings-mismatch',
      setting: 'redundancy',
      values: { [a.id]: 2, [b.id]: 3 },
    });
    expect(b.observations).toContainEqual({
      kind: 'settings-mismatch',
      setting: 'redundancy',
      values: { [a.id]: 2, [b.id]: 3 },
    });
    const c = world.start('c', { redundancy: 0, delayPerMemberMs: 1_000 });
    world.ask(a, add(c));
    world.runFor(100);
    expect(b.up.settings()).toEqual({ redundancy: 0, delayPerMemberMs: 5_000 });
    expect(b.up.warnings().length).toBe(2);
  });

  test('D20: a newcomer may own topics once it has caught up, and all members agree on the version of the owners', () => {
    const world = new CoreWorld();
    const { a, b } = pair(world);
    world.ask(a, add(b));
    world.runFor(100);
    const mayOwn = (box: CoreBox): boolean[] => box.up.members().map(({ record }) => record.mayOwn);
    expect(a.up.members().find(({ record }) => record.id === b.id)?.record.mayOwn).toBe(false);
    const before = a.up.ownersVersion();
    expect(b.up.ownersVersion()).toBe(before);
    world.feed(b, { kind: 'topics-synced' });
    world.runFor(100);
    expect([mayOwn(a), mayOwn(b)]).toEqual([
      [true, true],
      [true, true],
    ]);
    expect(a.up.ownersVersion()).toBeGreaterThan(before);
    expect(b.up.ownersVersion()).toBe(a.up.ownersVersion());
  });

  test('a member that restarts finds the others from its store, also under a new address', () => {
    const world = new CoreWorld();
    const { a, b } = pair(world);
    world.ask(a, add(b));
    world.crash(b);
    world.runFor(60_000);
    expect(a.list().filter((line) => line.startsWith('b'))).toEqual(['b dead']);
    world.start('b');
    world.runFor(500);
    expectAllOrNothing(a, b);
    expect(a.up.state).toBe('initialized');
  });
});
