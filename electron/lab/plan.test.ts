import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import toml from '@iarna/toml';
import { present } from '../../member/base/assert.ts';
import { memberConfig } from './member-config.ts';
import { parseMemberSetting } from './member-setting.ts';
import { addMember, makePlan, planSchema, portsOf, type Plan, type PlanOptions } from './plan.ts';

const options: PlanOptions = { name: 'triangle-mon', dir: '/labs/triangle-mon' };
const plan = (extra: Partial<PlanOptions> = {}, saved: Plan | null = null, taken: [number, string][] = []): Plan => {
  const made = makePlan({ ...options, ...extra }, saved, new Map(taken));
  if (!made.ok) throw new Error(made.error);
  return made.value;
};

describe('plan', () => {
  test('without options: three members on 19090 to 19098, redundancy 2, 2 s, generator', () => {
    expect(plan()).toEqual({
      version: 1,
      name: 'triangle-mon',
      dir: '/labs/triangle-mon',
      members: [
        { name: 'kapacitor-1', gossip: 19_090, rpc: 19_091, api: 19_092 },
        { name: 'kapacitor-2', gossip: 19_093, rpc: 19_094, api: 19_095 },
        { name: 'kapacitor-3', gossip: 19_096, rpc: 19_097, api: 19_098 },
      ],
      inboxPort: 19_080,
      influx: null,
      redundancy: 2,
      delayPerMemberMs: 2_000,
      data: { kind: 'generator' },
      engine: { kind: 'bundled' },
      settings: [],
      portNotes: [],
    });
  });

  test('M2: a taken port is named with its holder and what is used instead', () => {
    const made = plan({}, null, [
      [19_091, 'kafka (pid 2114)'],
      [9092, 'kafka (pid 2114)'],
    ]);
    expect([made.members[0], made.portNotes]).toEqual([
      { name: 'kapacitor-1', gossip: 19_090, rpc: 19_092, api: 19_093 },
      [
        { port: 9092, holder: 'kafka (pid 2114)', instead: 19_093 },
        { port: 19_091, holder: 'kafka (pid 2114)', instead: 19_092 },
      ],
    ]);
  });

  test('M2: a saved plan keeps its ports, and replaces only those that are taken now', () => {
    const saved = plan();
    expect(plan({}, saved)).toEqual(saved);
    const again = plan({}, saved, [[19_094, 'unknown process']]);
    expect(again.members[1]).toEqual({ name: 'kapacitor-2', gossip: 19_093, rpc: 19_099, api: 19_095 });
    expect(again.portNotes).toEqual([{ port: 19_094, holder: 'unknown process', instead: 19_099 }]);
  });

  test('a lab grows by a plan but does not shrink by one', () => {
    const saved = plan();
    expect(plan({ members: 4 }, saved).members.slice(0, 3)).toEqual(saved.members);
    expect(makePlan({ ...options, members: 2 }, saved, new Map())).toMatchObject({
      ok: false,
      error: expect.stringContaining('has 3 members, not 2'),
    });
    expect(addMember(saved, new Map([[19_100, 'sshd (pid 1)']]))).toMatchObject({
      ok: true,
      value: { member: { name: 'kapacitor-4', gossip: 19_099, rpc: 19_101, api: 19_102 } },
    });
  });

  test('whatever is taken, ports are distinct, free and survive saving', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.integer({ min: 19_050, max: 19_180 })),
        fc.constantFrom('generator', 'spawn'),
        (members, busy, kind) => {
          const taken = busy.map((number): [number, string] => [number, 'x']);
          const made = plan({ members, data: { kind: kind === 'spawn' ? 'spawn' : 'generator' } }, null, taken);
          const ports = portsOf(made).map(({ port }) => port);
          expect(new Set(ports).size).toBe(ports.length);
          expect(ports.filter((port) => busy.includes(port))).toEqual([]);
          expect(plan({}, planSchema.parse(JSON.parse(JSON.stringify(made))), taken)).toMatchObject({
            members: made.members,
            inboxPort: made.inboxPort,
          });
        },
      ),
    );
  });
});

describe('member configuration', () => {
  const config = (made: Plan, member = 0) => memberConfig(made, present(made.members[member], 'member'));
  const parsed = (made: Plan, member = 0) => {
    const text = config(made, member);
    if (!text.ok) throw new Error(text.error);
    return toml.parse(text.value);
  };

  test('D2: everything binds literal 127.0.0.1', () => {
    expect(parsed(plan(), 1)).toMatchObject({
      hostname: '127.0.0.1',
      data_dir: '/labs/triangle-mon/kapacitor-2/data',
      http: { 'bind-address': '127.0.0.1:19095' },
      cluster: { 'bind-address': '127.0.0.1:19093' },
      rpc: { 'bind-address': '127.0.0.1:19094' },
      alert: { redundancy: 2, 'delay-per-member': '2s' },
      stats: { enabled: false },
      influxdb: [{ enabled: false }],
    });
  });

  test('with an influxd of its own, members subscribe in server mode', () => {
    expect(parsed(plan({ data: { kind: 'spawn' } }))['influxdb']).toEqual([
      expect.objectContaining({ enabled: true, urls: ['http://127.0.0.1:19060'], 'subscription-mode': 'server' }),
    ]);
  });

  const set = (...texts: string[]) =>
    texts.map((text) => {
      const setting = parseMemberSetting(text);
      if (!setting.ok) throw new Error(setting.error);
      return setting.value;
    });

  test('--set changes one member, or all', () => {
    const made = plan({
      settings: set('kapacitor-2.alert.redundancy=3', 'all.logging.level=DEBUG', 'all.influxdb.0.timeout=5s'),
    });
    expect(parsed(made, 0)).toMatchObject({
      alert: { redundancy: 2 },
      logging: { level: 'DEBUG' },
      influxdb: [{ timeout: '5s' }],
    });
    expect(parsed(made, 1)).toMatchObject({ alert: { redundancy: 3 } });
  });

  test("a wrong value is refused in the member's own words, before any file is written", () => {
    expect(config(plan({ settings: set('all.cluster.roles=["cook"]') }))).toMatchObject({
      ok: false,
      error: expect.stringContaining('roles'),
    });
    expect(config(plan({ settings: set('all.alert.redundancy.deep=1') }))).toMatchObject({
      ok: false,
      error: expect.stringContaining('no section'),
    });
    expect(parseMemberSetting('redundancy')).toMatchObject({ ok: false });
  });
});
