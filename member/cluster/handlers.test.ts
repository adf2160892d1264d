import { describe, expect, test } from 'vitest';
import type { HandlerChange } from './cluster-io.ts';
import type { HandlerDefinition } from './handler-definition.ts';
import { CoreWorld, type CoreBox, type CoreOverrides } from './testing/core-world.ts';

function three(world: CoreWorld, overrides: CoreOverrides = {}): { a: CoreBox; b: CoreBox; c: CoreBox } {
  const a = world.start('a');
  const b = world.start('b', overrides);
  const c = world.start('c');
  for (const other of [b, c]) expect(world.ask(a, { kind: 'add-member', rpc: other.rpc }).ok).toBe(true);
  world.runFor(500);
  return { a, b, c };
}

const definition = (id: string, kind = 'log'): HandlerDefinition => ({
  id,
  topic: 'cpu',
  kind,
  options: { path: '/tmp/x' },
  match: '',
});
const change = (wanted: HandlerChange, owners: readonly CoreBox[] = []) =>
  ({ kind: 'change-handler', change: wanted, owners: owners.map(({ id }) => id) }) as const;
const create = (id: string, kind?: string): HandlerChange => ({ kind: 'create', definition: definition(id, kind) });
const replace = (id: string, kind: string): HandlerChange => ({
  kind: 'replace',
  topic: 'cpu',
  id,
  definition: definition(id, kind),
});
const remove = (id: string): HandlerChange => ({ kind: 'delete', topic: 'cpu', id });
const held = (box: CoreBox): string =>
  box.up
    .handlers()
    .map(({ id, kind }) => `${id}=${kind}`)
    .join(' ');

describe('standalone handlers', () => {
  test('a handler made on one member is on all of them when the answer comes', () => {
    const world = new CoreWorld();
    const { a, b, c } = three(world);
    expect(world.ask(b, change(create('x'), [a, b, c]))).toEqual({ ok: true, value: { kind: 'handler-changed' } });
    expect([a, b, c].map(held)).toEqual(['x=log', 'x=log', 'x=log']);
    expect(a.observations).toContainEqual({
      kind: 'handler-changed',
      topic: 'cpu',
      handler: 'x',
      change: 'created',
      by: b.id,
    });
    world.ask(c, change(replace('x', 'post')));
    world.ask(a, change(create('y')));
    expect([a, b, c].map(held)).toEqual(['x=post y=log', 'x=post y=log', 'x=post y=log']);
    world.ask(b, change(remove('x')));
    expect([a, b, c].map(held)).toEqual(['y=log', 'y=log', 'y=log']);
  });

  test('refusals have the texts of the original', () => {
    const world = new CoreWorld();
    const { a } = three(world);
    world.ask(a, change(create('x')));
    world.ask(a, change(create('y')));
    const renamed: HandlerChange = { kind: 'replace', topic: 'cpu', id: 'x', definition: definition('y') };
    const errors = [create('x'), replace('z', 'log'), renamed, remove('z')].map((wanted) =>
      world.ask(a, change(wanted)),
    );
    expect(errors.map((reply) => (reply.ok ? 'ok' : `${reply.error.code}: ${reply.error.message}`))).toEqual([
      'failed: cannot register handler, handler with ID "x" already exists',
      'not-found: unknown handler: "z"',
      'failed: handler spec already exists',
      'ok',
    ]);
  });

  test('renaming a handler deletes the old one everywhere', () => {
    const world = new CoreWorld();
    const { a, b, c } = three(world);
    world.ask(a, change(create('x')));
    world.ask(b, change({ kind: 'replace', topic: 'cpu', id: 'x', definition: definition('z') }));
    expect([a, b, c].map(held)).toEqual(['z=log', 'z=log', 'z=log']);
  });

  test('D24: a change names every owner that shows no sign of life, and changes nothing', () => {
    const world = new CoreWorld();
    const { a, b, c } = three(world);
    const [dead, cut] = [b.id, c.id];
    world.crash(b);
    world.cut(a, c);
    world.runFor(50);
    const request = world.command(a, { kind: 'change-handler', change: create('x'), owners: [a.id, dead, cut] });
    world.runUntil(() => a.replies.has(request), 10_000);
    const reply = a.replies.get(request);
    const silent = [dead, cut]
      .sort()
      .map((id) => `status of ${id} is dead`)
      .join(', ');
    expect(reply?.ok === false ? reply.error.message : '').toBe(`could not verify liveness of topic owners: ${silent}`);
    expect(held(a)).toBe('');
  });

  test('D24: members that own nothing of the topic need not answer; they get the change later', () => {
    const world = new CoreWorld();
    const { a, b, c } = three(world);
    world.crash(c);
    world.runFor(50);
    expect(world.ask(a, change(create('x'), [a, b])).ok).toBe(true);
    world.start('c');
    world.runFor(1_000);
    expect([a, b, c].map(held)).toEqual(['x=log', 'x=log', 'x=log']);
  });

  test('concurrent changes on both sides of a cut converge on the later one', () => {
    const world = new CoreWorld();
    const { a, b, c } = three(world);
    world.ask(a, change(create('x')));
    world.cut(a, b);
    world.cut(a, c);
    world.runFor(100);
    world.ask(a, change(replace('x', 'tcp')));
    world.runFor(3_000);
    world.ask(b, change(replace('x', 'post')));
    world.ask(a, change(create('only-a')));
    world.ask(b, change(create('only-b')));
    world.heal();
    world.runFor(30_000);
    const all = 'only-a=log only-b=log x=post';
    expect([a, b, c].map(held)).toEqual([all, all, all]);
  });

  test('changes of the same instant converge by member ID', () => {
    const world = new CoreWorld();
    const { a, b, c } = three(world);
    world.ask(a, change(create('x')));
    world.command(a, change(replace('x', 'tcp')));
    world.command(b, change(replace('x', 'post')));
    world.runFor(60_000);
    const winner = a.id > b.id ? 'x=tcp' : 'x=post';
    expect([a, b, c].map(held)).toEqual([winner, winner, winner]);
  });

  test('a change whose time is more than 10 minutes ahead is refused with an observation until the clocks agree', () => {
    const world = new CoreWorld();
    const { a, b, c } = three(world, { clockOffsetMs: 600_500 });
    world.ask(b, change(create('x')));
    expect([a, b, c].map(held)).toEqual(['', 'x=log', '']);
    expect(a.observations.find(({ kind }) => kind === 'clock-ahead')).toMatchObject({
      kind: 'clock-ahead',
      member: b.id,
    });
    world.runFor(60_000);
    expect([a, b, c].map(held)).toEqual(['x=log', 'x=log', 'x=log']);
  });

  test('a member whose clock is behind changes what it has seen all the same', () => {
    const world = new CoreWorld();
    const { a, b, c } = three(world, { clockOffsetMs: -400_000 });
    world.ask(a, change(create('x')));
    world.ask(b, change(replace('x', 'post')));
    expect([a, b, c].map(held)).toEqual(['x=post', 'x=post', 'x=post']);
  });

  test('D12: a tombstone stays until every member has acknowledged it, and a deleted handler never comes back', () => {
    const world = new CoreWorld();
    const { a, b, c } = three(world);
    world.ask(a, change(create('x')));
    world.crash(c);
    world.runFor(50);
    world.ask(a, change(remove('x')));
    world.runFor(100_000);
    expect([a.rows.get('cluster-handlers')?.size, b.rows.get('cluster-handlers')?.size]).toEqual([1, 1]);
    world.start('c');
    world.runFor(100_000);
    expect([a, b, c].map(held)).toEqual(['', '', '']);
    expect([a, b, c].map((box) => box.rows.get('cluster-handlers')?.size)).toEqual([0, 0, 0]);
  });

  test('D12: a removed member is not waited for', () => {
    const world = new CoreWorld();
    const { a, b, c } = three(world);
    const member = c.id;
    world.ask(a, change(create('x')));
    world.crash(c);
    world.runFor(50);
    world.ask(a, change(remove('x')));
    world.ask(b, { kind: 'remove-member', id: member });
    world.runFor(100_000);
    expect([a, b].map((box) => box.rows.get('cluster-handlers')?.size)).toEqual([0, 0]);
  });

  test('D9: a newcomer brings handlers of other IDs, equal ones are one, differing ones are named and set aside', () => {
    const world = new CoreWorld();
    const { a, b, c } = three(world);
    const d = world.start('d');
    for (const wanted of [create('same'), create('differs', 'post')]) world.ask(a, change(wanted));
    for (const wanted of [create('same'), create('differs', 'tcp'), create('new')]) world.ask(d, change(wanted));
    const reply = world.ask(b, { kind: 'add-member', rpc: d.rpc });
    expect(reply.ok && reply.value.kind === 'added' ? reply.value.handlersSetAside : null).toEqual(['cpu/differs']);
    world.runFor(35_000);
    for (const box of [a, b, c, d]) expect(held(box)).toBe('differs=post new=log same=log');
    expect(d.setAside.map(({ name }) => name)).toEqual([
      `${a.up.identity.clusterId}.${d.up.credentials().epoch}.conflicts`,
    ]);
    expect(d.observations).toContainEqual({
      kind: 'handler-set-aside',
      topic: 'cpu',
      handler: 'differs',
      reason: 'the cluster has another handler of this ID',
    });
  });

  test('four hundred handlers, 3 MB of them, reach a member that was away, in chunks', () => {
    const world = new CoreWorld();
    const { a, b, c } = three(world);
    world.crash(c);
    world.runFor(50);
    const long = 'x'.repeat(7_500);
    for (let i = 0; i < 400; i++) {
      const wanted = { id: `h${i}`, topic: 'cpu', kind: 'log', options: { path: long }, match: '' };
      world.ask(a, change({ kind: 'create', definition: wanted }));
    }
    let largest = 0;
    world.fate = (_from, _to, call) => {
      if (call.request.kind === 'push-handlers')
        largest = Math.max(largest, JSON.stringify(call.request.entries).length);
      return 'deliver';
    };
    world.start('c');
    world.runFor(35_000);
    expect([b, c].map((box) => box.up.handlers().length)).toEqual([400, 400]);
    expect(largest).toBeLessThanOrEqual(1024 * 1024);
  });
});
